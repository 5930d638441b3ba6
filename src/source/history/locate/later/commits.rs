//! The commits that are new since history was looked at before.

use std::collections::{HashMap, HashSet};

use git2::ObjectType;

use super::super::{Age, Tips};
use super::Before;
use crate::object::ObjectId;
use crate::source::history::text::{Links, tagged};
use crate::source::stored::Store;

/// New commits that are read one by one. Of more, looking at everything is the
/// quicker way.
const MOST: usize = 10_000;
/// Tags of tags of tags: so many in each other.
const DEEPEST_TAG: usize = 64;

/// What a ref leads to.
pub(super) struct Tip {
    /// All objects on the way: tags, and at the end what they tag.
    pub(super) way: Vec<ObjectId>,
    pub(super) kind: ObjectType,
}

impl Tip {
    pub(super) fn object(&self) -> ObjectId {
        self.way.last().copied().unwrap_or(ObjectId::ZERO)
    }
}

/// A new commit.
pub(super) struct Commit {
    pub(super) id: ObjectId,
    pub(super) tree: ObjectId,
    pub(super) parents: Vec<ObjectId>,
    pub(super) time: crate::finding::Time,
    pub(super) age: Age,
}

/// Finds new commits.
pub(super) struct Commits<'a> {
    store: &'a Store<'a>,
    before: &'a Before,
    tips: &'a Tips,
    links: HashMap<ObjectId, Links>,
    /// Commits known before that new ones are built on.
    boundary: HashSet<ObjectId>,
}

impl<'a> Commits<'a> {
    pub(super) fn new(store: &'a Store<'a>, before: &'a Before, tips: &'a Tips) -> Self {
        Self { store, before, tips, links: HashMap::new(), boundary: HashSet::new() }
    }

    /// Follows tags.
    pub(super) fn peel(&self, id: ObjectId) -> Option<Tip> {
        let mut way = vec![id];
        for _ in 0..DEEPEST_TAG {
            let object = self.store.read_any(*way.last()?).ok()?;
            if object.kind() != ObjectType::Tag {
                return Some(Tip { way, kind: object.kind() });
            }
            way.push(tagged(object.data())?);
        }
        None
    }

    /// The tree of a commit.
    pub(super) fn tree(&self, commit: ObjectId) -> Option<ObjectId> {
        match self.links.get(&commit) {
            Some(links) => Some(links.tree),
            None => Some(self.read(commit)?.tree),
        }
    }

    fn read(&self, commit: ObjectId) -> Option<Links> {
        let object = self.store.read(commit, ObjectType::Commit).ok()?;
        let mut links = Links::parse(object.data())?;
        if self.tips.shallow.contains(&commit) {
            links.parents.clear();
        }
        Some(links)
    }

    /// The age of a commit that was known before.
    fn known(&self, commit: &ObjectId) -> Option<Age> {
        let commits = &self.before.commits;
        let at = commits.binary_search_by_key(commit, |(id, _)| *id).ok()?;
        Some(commits[at].1)
    }

    /// Walks from new tips to what was known before.
    pub(super) fn walk<'t>(&mut self, tips: impl Iterator<Item = &'t Tip>) -> Option<()> {
        let starts = tips.filter(|tip| tip.kind == ObjectType::Commit).map(Tip::object);
        let mut left: Vec<ObjectId> = starts.collect();
        while let Some(commit) = left.pop() {
            if self.links.contains_key(&commit) {
                continue;
            }
            if self.known(&commit).is_some() {
                self.boundary.insert(commit);
                continue;
            }
            let links = self.read(commit)?;
            left.extend(&links.parents);
            self.links.insert(commit, links);
            if self.links.len() > MOST {
                return None;
            }
        }
        Some(())
    }

    /// Whether new tips were found to lead to a commit.
    pub(super) fn lead_to(&self, commit: &ObjectId) -> bool {
        self.boundary.contains(commit) || self.links.contains_key(commit)
    }

    /// The new commits, no one before its parents.
    pub(super) fn finish(mut self) -> Option<Vec<Commit>> {
        let mut all: Vec<Commit> = Vec::new();
        let mut ages: HashMap<ObjectId, Age> = HashMap::new();
        let mut ids: Vec<ObjectId> = self.links.keys().copied().collect();
        ids.sort_unstable();
        let mut left: Vec<(ObjectId, bool)> = ids.into_iter().map(|id| (id, false)).collect();
        while let Some((id, done)) = left.pop() {
            if done {
                let Some(Links { tree, parents, time }) = self.links.remove(&id) else { continue };
                let age = |parent| ages.get(parent).copied().or_else(|| self.known(parent));
                let before: Option<Vec<Age>> = parents.iter().map(age).collect();
                let age = Age::of(time.seconds, before?.into_iter());
                ages.insert(id, age);
                all.push(Commit { id, tree, parents, time, age });
            } else if let Some(links) = self.links.get(&id) {
                left.push((id, true));
                let parents = links.parents.iter().filter(|id| self.links.contains_key(*id));
                left.extend(parents.map(|parent| (*parent, false)));
            }
        }
        Some(all)
    }
}
