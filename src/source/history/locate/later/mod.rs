//! Locating credentials again when most of history was looked at before.
//!
//! Objects never change and history only grows, unless somebody rewrites it.
//! So of what was found before everything stays, new commits are compared with
//! their parents, and refs that moved are looked at again. Whenever something
//! else may have happened, or could be told wrong, there is no answer here, and
//! all of history has to be looked at.

mod arrived;
mod commits;
mod tally;
mod trees;

use std::collections::HashMap;
use std::path::Path;
use std::sync::Arc;

use git2::ObjectType;

use super::{Age, IntroducedAt, Located, LocatedLeak, Targets, Tips};
use crate::finding::{self, Exposure, Presence, Time};
use crate::notice::{Notice, NoticeKind};
use crate::object::ObjectId;
use crate::paths::path_from;
use crate::source::history::History;
use crate::source::history::text::{Links, describe};
use crate::source::repository::Repository;
use crate::source::stored::Store;
use arrived::Arrived;
use commits::{Commit, Commits, Tip};
use tally::{Tally, union};
use trees::{Found, Set, Trees};

/// New objects that are read one by one. Of more, looking at everything is the
/// quicker way.
const MOST: usize = 100_000;
/// Refs that may have moved or gone, likewise.
const MOST_GONE: usize = 1_000;

/// Where credentials were, and what that depended on.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Before {
    /// Refs and their objects, in the order of names.
    pub refs: Vec<(String, ObjectId)>,
    /// What HEAD pointed to.
    pub head: Option<ObjectId>,
    /// Where history was cut off, in order.
    pub shallow: Vec<ObjectId>,
    /// What was wrong.
    pub notices: Vec<Notice>,
    /// The commits that refs and HEAD led to, in the order of their names.
    pub commits: Vec<(ObjectId, Age)>,
    /// Where each credential was.
    pub leaks: Vec<LeakBefore>,
}

/// Where a credential was.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct LeakBefore {
    /// Commits, paths and objects that brought it in, the earliest first.
    pub introductions: Vec<(ObjectId, Vec<u8>, ObjectId)>,
    /// Whether what HEAD pointed to held it.
    pub in_head: bool,
    /// The places of the refs that held it.
    pub refs: Vec<u32>,
    /// The earliest time of a commit that held it.
    pub first_seen: Option<Time>,
    /// The latest one.
    pub last_seen: Option<Time>,
    /// Number of commits that held it.
    pub commits: u64,
}

impl Before {
    /// What was located, to be used later.
    pub fn of(located: &Located, tips: &Tips) -> Self {
        let places: HashMap<&str, u32> =
            (0..).zip(&tips.refs).map(|(at, (name, _))| (name.as_str(), at)).collect();
        let leak = |leak: &LocatedLeak| {
            let LocatedLeak { introductions, exposure } = leak;
            let introductions = introductions.iter();
            LeakBefore {
                introductions: introductions
                    .map(|at| (at.commit.id, bytes_of(&at.path), at.object))
                    .collect(),
                in_head: exposure.presence == Presence::Head,
                refs: exposure
                    .refs
                    .iter()
                    .filter_map(|name| places.get(&**name).copied())
                    .collect(),
                first_seen: exposure.first_seen,
                last_seen: exposure.last_seen,
                commits: exposure.commits,
            }
        };
        let mut shallow: Vec<ObjectId> = tips.shallow.iter().copied().collect();
        shallow.sort_unstable();
        Self {
            refs: tips.refs.clone(),
            head: tips.head,
            shallow,
            notices: located.notices.clone(),
            commits: located.commits.clone(),
            leaks: located.leaks.iter().map(leak).collect(),
        }
    }
}

impl Before {
    /// Whether credentials were at the same places under the same
    /// circumstances.
    pub fn is_like(&self, other: &Self) -> bool {
        // The commits follow from refs, and notices from objects.
        self.refs == other.refs && self.head == other.head && self.shallow == other.shallow
    }
}

/// A path of a repository as bytes.
fn bytes_of(path: &Path) -> Vec<u8> {
    path.as_os_str().as_encoded_bytes().to_vec()
}

/// What is located again.
pub(in crate::source::history) struct Later<'a> {
    pub(in crate::source::history) repository: &'a Repository,
    pub(in crate::source::history) tips: &'a Tips,
    pub(in crate::source::history) before: &'a Before,
    /// For each credential its number before, if it was known.
    pub(in crate::source::history) numbers: &'a [Option<u32>],
    pub(in crate::source::history) targets: &'a Targets,
    /// The objects that are new.
    pub(in crate::source::history) new: &'a History,
}

/// Where refs are that moved, or are new.
struct Moved {
    /// For each ref its place before, if it did not move.
    stayed: Vec<Option<u32>>,
    /// What the others lead to, by their places now; what HEAD does, if it
    /// moved, by none.
    tips: Vec<(Option<usize>, Tip)>,
}

impl Later<'_> {
    /// Where credentials are now. None if that cannot be told by what is new.
    pub(in crate::source::history) fn locate(&self) -> Option<Located> {
        let store = Store::new(self.repository).ok()?;
        let mut shallow: Vec<ObjectId> = self.tips.shallow.iter().copied().collect();
        shallow.sort_unstable();
        // A path for every object is found by looking at everything.
        if self.tips.paths || shallow != self.before.shallow || !self.is_missing_still(&store) {
            return None;
        }
        let arrived = Arrived::of(self.new, MOST)?;
        if !arrived.held.iter().all(|id| store.has(*id)) {
            return None;
        }
        let mut commits = Commits::new(&store, self.before, self.tips);
        let moved = self.moved(&mut commits)?;
        let mut trees = Trees::new(&store, self.targets);
        let mut tallies = self.tallies(&moved, &trees);
        self.look_at_tips(&moved, &commits, &mut trees, &mut tallies)?;
        let commits = commits.finish()?;
        for commit in &commits {
            look_at_commit(commit, &store, &mut trees, &mut tallies)?;
        }
        let new: HashMap<ObjectId, Age> =
            commits.iter().map(|commit| (commit.id, commit.age)).collect();
        let is_reached = |id: &ObjectId| trees.have_met(id) || new.contains_key(id);
        let is_hidden = tallies.iter().any(|tally| tally.commits == 0);
        if is_hidden && !arrived.structure.iter().all(is_reached) {
            // A commit that no ref leads to may have brought it in.
            return None;
        }
        let mut all = self.before.commits.clone();
        all.extend(new);
        all.sort_unstable_by_key(|(id, _)| *id);
        let leaks = tell(&tallies_in_order(tallies, &all)?, &store)?;
        let mut paths = HashMap::new();
        for (path, id) in &self.tips.index {
            if self.targets.holders.contains_key(id) {
                paths.entry(*id).or_insert_with(|| path.clone());
            }
        }
        Some(Located { leaks, paths, notices: self.before.notices.clone(), commits: all })
    }

    /// Whether what was missing still is, and nothing else was wrong.
    fn is_missing_still(&self, store: &Store<'_>) -> bool {
        self.before.notices.iter().all(|notice| {
            let id = notice.place.strip_prefix("object ").and_then(|id| id.parse().ok());
            let is_missing = id.is_some_and(|id| !store.has(id));
            notice.kind == NoticeKind::MissingObject && is_missing
        })
    }

    /// Finds out which refs moved, and walks to what was known before. None if
    /// something may no longer be reachable.
    fn moved(&self, commits: &mut Commits<'_>) -> Option<Moved> {
        let Self { tips, before, .. } = self;
        let mut left: HashMap<&str, (u32, ObjectId)> =
            (0..).zip(&before.refs).map(|(at, (name, id))| (name.as_str(), (at, *id))).collect();
        let mut moved = Moved { stayed: Vec::new(), tips: Vec::new() };
        for (at, (name, id)) in tips.refs.iter().enumerate() {
            let known = left.get(name.as_str()).filter(|(_, known)| known == id);
            let known = known.map(|(at, _)| *at);
            moved.stayed.push(known);
            if known.is_some() {
                left.remove(name.as_str());
            } else {
                moved.tips.push((Some(at), commits.peel(*id)?));
            }
        }
        if let Some(head) = tips.head.filter(|_| tips.head != before.head) {
            moved.tips.push((None, commits.peel(head)?));
        }
        commits.walk(moved.tips.iter().map(|(_, tip)| tip))?;
        if left.len() > MOST_GONE {
            return None;
        }
        let gone = left.into_values().map(|(_, id)| id);
        let gone = gone.chain(before.head.filter(|_| tips.head != before.head));
        for id in gone {
            let tip = commits.peel(id)?;
            let is_tip = || {
                let mut refs = tips.refs.iter().zip(&moved.stayed);
                refs.any(|((_, id), stayed)| stayed.is_some() && *id == tip.object())
            };
            if tip.kind == ObjectType::Commit && !commits.lead_to(&tip.object()) && !is_tip() {
                return None;
            }
        }
        Some(moved)
    }

    /// What was known before, and what is staged now.
    fn tallies(&self, moved: &Moved, trees: &Trees<'_>) -> Vec<Tally> {
        let mut now: Vec<Option<&str>> = vec![None; self.before.refs.len()];
        for ((name, _), stayed) in self.tips.refs.iter().zip(&moved.stayed) {
            if let Some(at) = stayed {
                now[*at as usize] = Some(name);
            }
        }
        let same_head = self.tips.head == self.before.head;
        let tally = |number: &Option<u32>| {
            let Some(before) = number.and_then(|number| self.before.leaks.get(number as usize))
            else {
                return Tally::default();
            };
            let refs = before.refs.iter().filter_map(|at| now.get(*at as usize).copied()?);
            let refs = refs.map(str::to_owned).collect();
            Tally::of(before, refs, same_head && before.in_head)
        };
        let mut tallies: Vec<Tally> = self.numbers.iter().map(tally).collect();
        for (_, id) in &self.tips.index {
            for leak in trees.held_by(id) {
                tallies[*leak as usize].is_staged = true;
            }
        }
        tallies
    }

    /// Tells of refs and HEAD where they moved.
    fn look_at_tips(
        &self,
        moved: &Moved,
        commits: &Commits<'_>,
        trees: &mut Trees<'_>,
        tallies: &mut [Tally],
    ) -> Option<()> {
        for (at, tip) in &moved.tips {
            let set = match tip.kind {
                ObjectType::Commit => trees.set(commits.tree(tip.object())?)?,
                ObjectType::Tree => trees.set(tip.object())?,
                _ => Set::default(),
            };
            let texts = tip.way.iter().flat_map(|id| trees.held_by(id)).copied();
            for leak in union(&set, &texts.collect::<Vec<_>>()) {
                let tally = &mut tallies[leak as usize];
                match at {
                    Some(at) => tally.refs.push(self.tips.refs[*at].0.clone()),
                    None => tally.in_head = true,
                }
            }
        }
        Some(())
    }
}

/// Counts what a new commit holds, and tells what it brought in.
fn look_at_commit(
    commit: &Commit,
    store: &Store<'_>,
    trees: &mut Trees<'_>,
    tallies: &mut [Tally],
) -> Option<()> {
    let Commit { id, tree, parents, time, age } = commit;
    let in_text = trees.held_by(id);
    for leak in union(&trees.set(*tree)?, in_text) {
        tallies[leak as usize].count(*time);
    }
    for leak in in_text {
        tallies[*leak as usize].brought.push((*age, *id, Vec::new(), *id));
    }
    let tree_of = |parent: &ObjectId| {
        let object = store.read(*parent, ObjectType::Commit).ok()?;
        Some(Links::parse(object.data())?.tree)
    };
    let parents: Option<Vec<ObjectId>> = parents.iter().map(tree_of).collect();
    for Found { leak, path, object } in trees.compare(*tree, parents?)? {
        tallies[leak as usize].brought.push((*age, *id, path, object));
    }
    Some(())
}

/// What brought each credential in, the earliest first, and its exposure.
type Told = (Vec<(ObjectId, Vec<u8>, ObjectId)>, Exposure);

/// Puts what was known before and what is new in order.
fn tallies_in_order(tallies: Vec<Tally>, ages: &[(ObjectId, Age)]) -> Option<Vec<Told>> {
    let age = |id: &ObjectId| {
        let at = ages.binary_search_by_key(id, |(id, _)| *id).ok()?;
        Some(ages[at].1)
    };
    let told = tallies.into_iter().map(|mut tally| {
        let exposure = tally.exposure();
        let before = std::mem::take(&mut tally.before);
        if exposure.commits == 0 {
            return Some((before, exposure));
        }
        let mut all = tally.brought;
        // Commits that no ref leads to do not count once others hold it.
        if tally.had_commits {
            for (id, path, object) in before {
                all.push((age(&id)?, id, path, object));
            }
        }
        all.sort_unstable();
        all.dedup();
        Some((all.into_iter().map(|(_, id, path, object)| (id, path, object)).collect(), exposure))
    });
    told.collect()
}

/// Reads what the commits say.
fn tell(told: &[Told], store: &Store<'_>) -> Option<Vec<LocatedLeak>> {
    let mut commits: HashMap<ObjectId, Arc<finding::Commit>> = HashMap::new();
    let mut leaks = Vec::new();
    for (introductions, exposure) in told {
        let mut located = Vec::new();
        for (id, path, object) in introductions {
            if !commits.contains_key(id) {
                let text = store.read(*id, ObjectType::Commit).ok()?;
                commits.insert(*id, Arc::new(describe(*id, text.data())));
            }
            let commit = commits.get(id)?.clone();
            located.push(IntroducedAt { commit, path: path_from(path.clone()), object: *object });
        }
        leaks.push(LocatedLeak { introductions: located, exposure: exposure.clone() });
    }
    Some(leaks)
}
