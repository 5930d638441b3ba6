//! What commits and tags say of other objects, noted while their texts are
//! scanned: what is found is then located without reading them once more.
//!
//! Nothing is noted of loose objects; there are few.

use std::collections::HashMap;
use std::sync::{Mutex, PoisonError};

use super::forest::Forest;
use super::pack::Kind;
use super::text::{Links, tagged};
use super::walk::Object;
use crate::finding::Time;
use crate::object::ObjectId;

/// What one thread noted of commits and tags of a pack.
#[derive(Default)]
pub(super) struct Noted {
    commits: Vec<NotedCommit>,
    /// The parents of all of them.
    parents: Vec<ObjectId>,
    /// What tags point to, if they say so.
    tags: Vec<(u32, Option<ObjectId>)>,
    /// Commits that do not say what commits have to.
    damaged: Vec<u32>,
}

/// A commit; there are many, so none has an allocation of its own.
struct NotedCommit {
    /// Place of its name in the index, as for all others here.
    name: u32,
    /// Number of its parents.
    parents: u32,
    tree: ObjectId,
    time: Time,
}

/// What a commit names.
pub(super) struct Named<'a> {
    pub(super) tree: ObjectId,
    pub(super) parents: &'a [ObjectId],
    /// When it was made.
    pub(super) time: Time,
}

impl<'a> From<&'a Links> for Named<'a> {
    fn from(links: &'a Links) -> Self {
        Self { tree: links.tree, parents: &links.parents, time: links.time }
    }
}

/// What an object says of others; nothing, if it should and does not.
pub(super) enum Said<'a> {
    Commit(Option<Named<'a>>),
    Tag(Option<ObjectId>),
}

impl Noted {
    /// Notes what a commit or tag of a pack says.
    pub(super) fn add(&mut self, object: &Object<'_>) {
        let Some(name) = object.name else { return };
        match object.kind {
            Kind::Commit => match Links::parse(object.bytes) {
                Some(links) => self.add_commit(name, &links),
                None => self.damaged.push(name),
            },
            Kind::Tag => self.tags.push((name, tagged(object.bytes))),
            Kind::Tree | Kind::Blob => {}
        }
    }

    fn add_commit(&mut self, name: u32, links: &Links) {
        let parents = u32::try_from(links.parents.len()).unwrap_or(u32::MAX);
        self.commits.push(NotedCommit { name, parents, tree: links.tree, time: links.time });
        self.parents.extend_from_slice(&links.parents);
    }

    fn len(&self) -> usize {
        self.commits.len() + self.tags.len() + self.damaged.len()
    }

    /// Tells what each object said, by the place of its name in the index.
    pub(super) fn tell(&self, mut told: impl FnMut(u32, Said<'_>)) {
        let mut rest = &self.parents[..];
        for &NotedCommit { name, parents, tree, time } in &self.commits {
            let (parents, behind) = rest.split_at(rest.len().min(parents as usize));
            rest = behind;
            told(name, Said::Commit(Some(Named { tree, parents, time })));
        }
        self.damaged.iter().for_each(|name| told(*name, Said::Commit(None)));
        self.tags.iter().for_each(|(name, object)| told(*name, Said::Tag(*object)));
    }
}

/// What the threads of one walk noted.
#[derive(Default)]
pub(super) struct Notes(Mutex<Vec<Noted>>);

impl Notes {
    /// Takes what a thread noted.
    pub(super) fn add(&self, noted: Noted) {
        self.0.lock().unwrap_or_else(PoisonError::into_inner).push(noted);
    }
}

/// What was noted of packs of which no commit or tag is left out, by the
/// numbers of the packs.
#[derive(Default)]
pub(super) struct NotedPacks(Mutex<HashMap<usize, Vec<Noted>>>);

impl NotedPacks {
    /// Keeps what was noted of a pack, if that is all of its commits and tags:
    /// a walk may have been stopped, and some objects cannot be read or are
    /// larger than texts may be.
    pub(super) fn keep(&self, pack: usize, forest: &Forest, notes: Notes) {
        let parts = notes.0.into_inner().unwrap_or_else(PoisonError::into_inner);
        let speak = |kind: &Kind| matches!(kind, Kind::Commit | Kind::Tag);
        let roots = forest.roots().iter().filter(|(_, kind)| speak(kind));
        let all: usize = roots.map(|(root, _)| forest.weight(*root) as usize).sum();
        if parts.iter().map(Noted::len).sum::<usize>() == all {
            self.0.lock().unwrap_or_else(PoisonError::into_inner).insert(pack, parts);
        }
    }

    /// Takes out what was noted of a pack.
    pub(super) fn take(&self, pack: usize) -> Option<Vec<Noted>> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner).remove(&pack)
    }
}
