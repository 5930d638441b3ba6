//! Where credentials are: which commits brought them to which paths, and where
//! and how long they can be seen.
//!
//! One walk over trees, commits and tags, then work in memory:
//!
//! - [`numbers`], [`names`]: small numbers for objects and for names of entries.
//! - [`outline`]: the entries of a tree, those of its base taken over.
//! - [`gather`]: the walk. Of a tree it keeps how it differs from its base.
//! - [`holdings`]: which trees lead to what is looked for.
//! - [`ancestry`]: commits, their parents and their order.
//! - [`missing`]: what is named and not there.
//! - [`introductions`], [`exposure`], [`paths`]: the outcome.
//! - [`later`]: the same again, of what is new since.
//!
//! Nothing here is small because honest repositories are: trees that hold
//! themselves, commits before their own parents and a few trees that make up
//! millions of paths end in a notice.

mod ancestry;
mod exposure;
mod gather;
mod holdings;
mod introductions;
mod later;
mod missing;
mod names;
mod numbers;
mod outline;
mod paths;

use std::collections::{HashMap, HashSet};
use std::path::PathBuf;
use std::sync::Arc;

use super::History;
use super::pack::Kind;
use super::text::describe;
use crate::finding::{Commit, Exposure};
use crate::notice::{Notice, NoticeKind};
use crate::object::ObjectId;
use crate::paths::path_from;
pub use ancestry::Age;
use ancestry::Ancestry;
use exposure::Exposures;
use gather::{EMPTY_TREE, Gathered, Gathering};
use holdings::{Holdings, List};
use introductions::{Brought, Introductions};
pub(super) use later::Later;
pub use later::{Before, LeakBefore};
use names::Names;
use numbers::{Marks, Numbers};

/// What is to be located.
#[derive(Clone, Debug, Default)]
pub struct Targets {
    /// For each object that holds credentials their numbers: ascending, each
    /// once. Objects are blobs, or commits and annotated tags whose text holds
    /// them.
    pub holders: HashMap<ObjectId, Box<[u32]>>,
    /// Number of credentials. All numbers are smaller.
    pub count: u32,
}

/// Where the outside world holds on to a repository's history.
#[derive(Clone, Debug, Default)]
pub struct Tips {
    /// Full names of refs and the objects they point to, not peeled.
    pub refs: Vec<(String, ObjectId)>,
    /// The object that HEAD points to.
    pub head: Option<ObjectId>,
    /// Paths and blobs of the index.
    pub index: Vec<(PathBuf, ObjectId)>,
    /// The commits whose introductions count; all, if none are given. What can
    /// be seen where does not depend on it.
    pub commits: Option<HashSet<ObjectId>>,
    /// The commits at which history is cut off: their parents do not count.
    pub shallow: HashSet<ObjectId>,
    /// Whether a path is wanted for each object.
    pub paths: bool,
}

/// Where credentials are.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Located {
    /// For each credential, by its number. Empty if it was cancelled.
    pub leaks: Vec<LocatedLeak>,
    /// For objects that are looked for a path at which a commit has it, if that
    /// is wanted and one does, or at which it is staged.
    pub paths: HashMap<ObjectId, PathBuf>,
    /// Objects that are missing or damaged, in order, each once.
    pub notices: Vec<Notice>,
    /// The commits that a ref or HEAD leads to, in the order of their names.
    pub commits: Vec<(ObjectId, Age)>,
}

/// Where a credential is.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct LocatedLeak {
    /// What brought it in, the earliest first; no commit comes before its
    /// parents, whatever their clocks said.
    ///
    /// Only commits that a ref or HEAD leads to count, unless none of them holds
    /// it: then all others do.
    pub introductions: Vec<IntroducedAt>,
    /// Where and how long it can be seen.
    pub exposure: Exposure,
}

/// A commit that brought a credential to a path at which none of its parents
/// held it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct IntroducedAt {
    /// The commit.
    pub commit: Arc<Commit>,
    /// The path; empty if the commit's own text holds the credential.
    pub path: PathBuf,
    /// The blob at the path, or the commit.
    pub object: ObjectId,
}

/// What is looked for, by numbers of objects.
struct Wanted<'a> {
    holders: HashMap<u32, &'a [u32]>,
    /// The same objects, ascending.
    objects: Vec<u32>,
    /// And as marks.
    marks: Marks,
    count: u32,
}

impl<'a> Wanted<'a> {
    fn new(targets: &'a Targets, numbers: &Numbers<'_>) -> Self {
        let mut holders = HashMap::new();
        let mut marks = Marks::new(numbers.count());
        for (id, leaks) in &targets.holders {
            if let Some(object) = numbers.find(id) {
                // A number that is too large would be a mistake of the caller.
                let known = leaks.partition_point(|leak| *leak < targets.count);
                holders.insert(object, &leaks[..known]);
                marks.set(object);
            }
        }
        let mut objects: Vec<u32> = holders.keys().copied().collect();
        objects.sort_unstable();
        Self { holders, objects, marks, count: targets.count }
    }

    /// The credentials that an object itself holds.
    fn held_by(&self, object: u32) -> &'a [u32] {
        self.holders.get(&object).copied().unwrap_or_default()
    }
}

impl History {
    /// Finds out where credentials are, and whether all objects that trees and
    /// commits name are there. Without any credentials it does the latter.
    pub fn locate(
        &self,
        targets: &Targets,
        tips: &Tips,
        cancelled: &(dyn Fn() -> bool + Sync),
    ) -> Located {
        let numbers = Numbers::new(self);
        let wanted = Wanted::new(targets, &numbers);
        let names = Names::default();
        let searched = (!wanted.objects.is_empty()).then_some(&wanted.marks);
        let packed = self.packs.iter().map(|(pack, _)| pack.length()).sum();
        let gathering = Gathering::new(&numbers, &names, searched, packed, cancelled);
        let honest = self.gather(&gathering);
        let (mut gathered, complete) = gathering.finish();
        let mut notices = std::mem::take(&mut gathered.notices);
        if !honest {
            notices.push(excess("a pack unpacks to more than any honest one"));
        }
        if !complete {
            notices.push(excess("folders change more than in any honest repository"));
        }
        let ancestry = Ancestry::new(&gathered, &numbers, tips);
        notices.extend(missing::tell(&gathered, &ancestry, &numbers, tips));
        let untold = || LocatedLeak { introductions: Vec::new(), exposure: exposure::none() };
        let leaks = (0..targets.count).map(|_| untold()).collect();
        let mut located = Located { leaks, notices, ..Located::default() };
        if !cancelled() {
            let names = names.into_list();
            let search =
                Search { history: self, numbers, wanted, names, ancestry, tips, cancelled };
            search.run(&gathered, &mut located);
        }
        if cancelled() {
            located.leaks.clear();
        }
        located.notices.sort();
        located.notices.dedup();
        located
    }
}

impl History {
    /// Has everything looked at that tells of other objects, but for commits and
    /// tags of which a scan noted what they say. Gives false if a pack unpacks to
    /// more than any honest one.
    fn gather(&self, gathering: &Gathering<'_>) -> bool {
        let (largest, visitor) = (self.largest(), || gathering.visitor());
        let mut honest = true;
        for (number, (pack, _)) in self.packs.iter().enumerate() {
            let noted = self.noted.take(number);
            let wanted = if noted.is_some() { is_tree } else { is_structure };
            honest &= self.walk_pack(number, wanted, largest, &visitor);
            std::thread::scope(|scope| {
                for noted in noted.into_iter().flatten() {
                    scope.spawn(move || visitor().hear(&pack.index, &noted));
                }
            });
        }
        self.walk_loose(is_structure, largest, &visitor);
        honest
    }
}

fn is_tree(kind: Kind) -> bool {
    kind == Kind::Tree
}

/// Whether objects of a kind tell of others.
fn is_structure(kind: Kind) -> bool {
    kind != Kind::Blob
}

fn excess(what: &str) -> Notice {
    let detail = format!("{what}; where credentials are is not told in full");
    Notice::new(NoticeKind::TooLarge, "", detail)
}

/// Does both at the same time, if there are threads for it.
fn both<A, B: Send>(
    threads: usize,
    one: impl FnOnce() -> A,
    other: impl FnOnce() -> B + Send,
) -> (A, B) {
    if threads < 2 {
        return (one(), other());
    }
    std::thread::scope(|scope| {
        let other = scope.spawn(other);
        (one(), other.join().unwrap_or_else(|panic| std::panic::resume_unwind(panic)))
    })
}

/// The search for credentials, after the walk.
struct Search<'a> {
    history: &'a History,
    numbers: Numbers<'a>,
    wanted: Wanted<'a>,
    names: Vec<Arc<[u8]>>,
    ancestry: Ancestry<'a>,
    tips: &'a Tips,
    cancelled: &'a (dyn Fn() -> bool + Sync),
}

impl Search<'_> {
    fn run(&self, gathered: &Gathered, located: &mut Located) {
        let Self { numbers, wanted, names, ancestry, tips, cancelled, .. } = self;
        let threads = self.history.options.threads;
        let (holdings, ages) =
            both(threads, || Holdings::new(gathered, wanted, numbers.count()), || ancestry.ages());
        if holdings.cut {
            located.notices.push(excess("folders hold more credentials than can be remembered"));
        }
        let roots: Vec<List> =
            gathered.commits.iter().map(|commit| holdings.of(commit.tree)).collect();
        let counting = self.counting();
        let (mut introductions, exposures) = both(
            threads,
            || {
                let mut introductions =
                    Introductions::new(wanted, &holdings, ancestry, &roots, names, cancelled);
                introductions.find(self.commits(true, counting.as_ref()), &|_| true);
                introductions
            },
            || Exposures::new(numbers, wanted, &holdings, ancestry, &roots, tips).all(),
        );
        // Of what no reachable commit holds, the others count.
        let unreached = |leak: u32| exposures[leak as usize].commits == 0;
        if (0..wanted.count).any(unreached) {
            introductions.find(self.commits(false, counting.as_ref()), &unreached);
        }
        if (self.cancelled)() {
            return;
        }
        if introductions.cut {
            located.notices.push(excess("credentials were brought to too many paths"));
        }
        for (leak, exposure) in located.leaks.iter_mut().zip(exposures) {
            leak.exposure = exposure;
        }
        self.tell(&introductions, &ages, located);
        let reachable = ancestry.places().filter(|place| ancestry.is_reachable(*place));
        let named = |place: u32| (numbers.id(ancestry.commit(place).object), ages[place as usize]);
        located.commits = reachable.map(named).collect();
        located.commits.sort_unstable_by_key(|(id, _)| *id);
        if tips.paths {
            let paths = paths::paths(wanted, &holdings, ancestry, names).into_iter();
            located.paths = paths.map(|(at, path)| (numbers.id(at), path_from(path))).collect();
        }
        let is_wanted = |id: &ObjectId| numbers.find(id).is_some_and(|at| wanted.marks.has(at));
        for (path, id) in tips.index.iter().filter(|(_, id)| is_wanted(id)) {
            located.paths.entry(*id).or_insert_with(|| path.clone());
        }
    }

    /// The commits whose introductions count; none if all do.
    fn counting(&self) -> Option<HashSet<u32>> {
        let commits = self.tips.commits.as_ref()?;
        let objects = commits.iter().filter_map(|id| self.numbers.find(id));
        Some(objects.filter_map(|object| self.ancestry.place(object)).collect())
    }

    /// The commits, of those whose introductions count, that are reachable, or
    /// that are not.
    fn commits(
        &self,
        reachable: bool,
        counting: Option<&HashSet<u32>>,
    ) -> impl Iterator<Item = u32> {
        let places = self.ancestry.places();
        let places = places.filter(move |place| self.ancestry.is_reachable(*place) == reachable);
        places.filter(move |place| counting.is_none_or(|counting| counting.contains(place)))
    }

    /// Tells of the introductions in order, with what the commits say.
    fn tell(&self, introductions: &Introductions<'_>, ages: &[Age], located: &mut Located) {
        let Located { leaks, notices, .. } = located;
        let mut reader = self.history.reader();
        let mut commits: HashMap<u32, Arc<Commit>> = HashMap::new();
        let mut commit = |place: u32| {
            let commit = commits.entry(place).or_insert_with(|| {
                let id = self.numbers.id(self.ancestry.commit(place).object);
                let text = reader.read(id).map(|(_, text)| text);
                let text = text.map_err(|notice| notices.push(notice)).unwrap_or_default();
                Arc::new(describe(id, &text))
            });
            commit.clone()
        };
        let key = |brought: &Brought| -> (Age, ObjectId, Vec<u8>, ObjectId) {
            let id = self.numbers.id(self.ancestry.commit(brought.commit).object);
            let path = introductions.path(brought.path);
            (ages[brought.commit as usize], id, path, self.numbers.id(brought.object))
        };
        let mut found: Vec<_> = introductions
            .found
            .iter()
            .map(|brought| (brought.leak, key(brought), brought))
            .collect();
        found.sort_unstable_by(|a, b| (a.0, &a.1).cmp(&(b.0, &b.1)));
        found.dedup_by(|a, b| (a.0, &a.1) == (b.0, &b.1));
        for (leak, (_, _, path, object), brought) in found {
            let commit = commit(brought.commit);
            let introduced = IntroducedAt { commit, path: path_from(path), object };
            leaks[leak as usize].introductions.push(introduced);
        }
    }
}
