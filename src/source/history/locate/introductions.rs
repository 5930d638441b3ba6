//! Which commits brought a credential to which paths.
//!
//! A commit is compared with all of its parents at once: what none of them
//! holds at a path is new there. Only entries that lead to what is looked for
//! are compared, and only where commit and parents differ.

use std::sync::Arc;

use super::Wanted;
use super::ancestry::Ancestry;
use super::holdings::{Holdings, List};
use super::numbers::NONE;
use super::outline::Held;

/// Introductions that are told, of all credentials together.
const MOST: usize = 1 << 18;
/// Bytes of all paths that are told: a tree that holds itself makes long ones.
const MOST_BYTES: usize = 1 << 27;
/// Steps of paths that are remembered, also of those that lead to nothing new.
const MOST_STEPS: usize = 1 << 22;
/// Entries that are compared before a repository counts as one that was made to
/// keep whoever reads it busy.
const PATIENCE: u64 = 1 << 30;
/// Entries that are compared between two looks at whether to stop.
const PERIOD: u64 = 1 << 20;

/// A credential that a commit brought to a path.
#[derive(Clone, Copy)]
pub(super) struct Brought {
    /// Number of the credential.
    pub(super) leak: u32,
    /// Place of the commit.
    pub(super) commit: u32,
    /// The path, by its last step; none for the text of the commit itself.
    pub(super) path: u32,
    /// Number of the object that holds the credential.
    pub(super) object: u32,
}

/// A step of a path.
struct Step {
    /// The step before it.
    above: u32,
    /// Number of its name.
    name: u32,
    /// Bytes of the path up to here.
    length: usize,
}

/// A folder to be compared with those at its path in the parents.
struct Folder {
    list: List,
    /// Lists of the parents' folders, at the end of those that wait.
    parents: Vec<List>,
    path: u32,
}

/// Finds introductions.
pub(super) struct Introductions<'a> {
    wanted: &'a Wanted<'a>,
    holdings: &'a Holdings,
    ancestry: &'a Ancestry<'a>,
    /// For each commit the list of its tree.
    roots: &'a [List],
    names: &'a [Arc<[u8]>],
    cancelled: &'a dyn Fn() -> bool,
    pub(super) found: Vec<Brought>,
    steps: Vec<Step>,
    /// Bytes of the paths of what was found.
    bytes: usize,
    compared: u64,
    /// Whether some were left out.
    pub(super) cut: bool,
}

impl<'a> Introductions<'a> {
    pub(super) fn new(
        wanted: &'a Wanted<'a>,
        holdings: &'a Holdings,
        ancestry: &'a Ancestry<'a>,
        roots: &'a [List],
        names: &'a [Arc<[u8]>],
        cancelled: &'a dyn Fn() -> bool,
    ) -> Self {
        Self {
            wanted,
            holdings,
            ancestry,
            roots,
            names,
            cancelled,
            found: Vec::new(),
            steps: Vec::new(),
            bytes: 0,
            compared: 0,
            cut: false,
        }
    }

    /// Finds what the commits brought in, of the credentials for which `of` is
    /// true.
    pub(super) fn find(&mut self, commits: impl Iterator<Item = u32>, of: &dyn Fn(u32) -> bool) {
        for commit in commits {
            if self.cut {
                return;
            }
            self.find_in_text(commit, of);
            let known = self.steps.len();
            let found = self.found.len();
            self.find_in_tree(commit, of);
            if self.found.len() == found {
                self.steps.truncate(known);
            }
        }
    }

    /// What the text of a commit holds, it brought in.
    fn find_in_text(&mut self, commit: u32, of: &dyn Fn(u32) -> bool) {
        let object = self.ancestry.commit(commit).object;
        if self.wanted.marks.has(object) {
            let leaks = self.wanted.held_by(object).iter().copied().filter(|leak| of(*leak));
            let brought = leaks.map(|leak| Brought { leak, commit, path: NONE, object });
            self.found.extend(brought);
        }
    }

    fn find_in_tree(&mut self, commit: u32, of: &dyn Fn(u32) -> bool) {
        let list = self.roots[commit as usize];
        let parents = || self.ancestry.parents(commit).map(|parent| self.roots[parent as usize]);
        if list == 0 || parents().any(|parent| parent == list) {
            return;
        }
        let parents = parents().filter(|parent| *parent != 0).collect();
        let mut folders = vec![Folder { list, parents, path: NONE }];
        while let Some(folder) = folders.pop() {
            for held in self.holdings.entries(folder.list) {
                if !self.go_on() {
                    return;
                }
                self.compare(commit, &folder, *held, of, &mut folders);
            }
        }
    }

    /// Compares an entry of a folder with the parents' entries of its name.
    fn compare(
        &mut self,
        commit: u32,
        folder: &Folder,
        held: Held,
        of: &dyn Fn(u32) -> bool,
        folders: &mut Vec<Folder>,
    ) {
        let before = || folder.parents.iter().flat_map(|list| self.named(*list, held.name));
        if before().any(|before| before.object == held.object) {
            return;
        }
        if self.wanted.marks.has(held.object) {
            let known: Vec<&[u32]> =
                before().map(|before| self.wanted.held_by(before.object)).collect();
            let is_new = |leak: &u32| known.iter().all(|known| known.binary_search(leak).is_err());
            let leaks = self.wanted.held_by(held.object).iter().copied();
            let mut leaks = leaks.filter(|leak| is_new(leak) && of(*leak)).peekable();
            if leaks.peek().is_none() {
                return;
            }
            let (path, length) = step(&mut self.steps, folder.path, held.name, self.names);
            let (object, known) = (held.object, self.found.len());
            self.found.extend(leaks.map(|leak| Brought { leak, commit, path, object }));
            self.bytes = self.bytes.saturating_add(length.saturating_mul(self.found.len() - known));
            return;
        }
        let list = self.holdings.of(held.object);
        let parents: Vec<List> = before()
            .map(|before| self.holdings.of(before.object))
            .filter(|list| *list != 0)
            .collect();
        if list != 0 && !parents.contains(&list) {
            let (path, _) = step(&mut self.steps, folder.path, held.name, self.names);
            folders.push(Folder { list, parents, path });
        }
    }

    /// The entries of a list that have a name.
    fn named(&self, list: List, name: u32) -> &'a [Held] {
        let entries = self.holdings.entries(list);
        let behind = &entries[entries.partition_point(|held| held.name < name)..];
        &behind[..behind.iter().take_while(|held| held.name == name).count()]
    }

    /// Whether there is time and room for more.
    fn go_on(&mut self) -> bool {
        self.compared += 1;
        let stop = self.compared.is_multiple_of(PERIOD) && (self.cancelled)();
        self.cut |= stop || self.compared > PATIENCE || self.found.len() > MOST;
        self.cut |= self.bytes > MOST_BYTES || self.steps.len() > MOST_STEPS;
        !self.cut
    }

    /// A path as bytes, `/` between its steps.
    pub(super) fn path(&self, path: u32) -> Vec<u8> {
        let first = self.steps.get(path as usize);
        let above = |step: &&Step| self.steps.get(step.above as usize);
        let steps: Vec<&Step> = std::iter::successors(first, above).collect();
        let names: Vec<&[u8]> =
            steps.iter().rev().map(|step| &*self.names[step.name as usize]).collect();
        names.join(&b'/')
    }
}

/// Adds a step to a path. Gives its number and the bytes of the path.
fn step(steps: &mut Vec<Step>, above: u32, name: u32, names: &[Arc<[u8]>]) -> (u32, usize) {
    let before = steps.get(above as usize).map_or(0, |step| step.length + 1);
    let length = before.saturating_add(names[name as usize].len());
    let number = u32::try_from(steps.len()).unwrap_or(NONE);
    steps.push(Step { above, name, length });
    (number, length)
}
