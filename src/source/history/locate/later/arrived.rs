//! What new packs and loose objects say of other objects.

use std::collections::HashSet;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Mutex, PoisonError};

use super::super::outline::{EntryKind, entries};
use super::super::{EMPTY_TREE, is_structure};
use crate::object::ObjectId;
use crate::source::history::History;
use crate::source::history::pack::{Kind, ObjectError};
use crate::source::history::text::{Links, tagged};
use crate::source::history::walk::{Object, Visitor};
use crate::unit::Copied;

/// Different objects in new trees, for each thread. No honest repository whose
/// new objects are few enough has more.
const MOST_HELD: usize = 1 << 20;

/// Commits, trees and tags that are new.
#[derive(Default)]
pub(super) struct Arrived {
    /// Commits and trees.
    pub(super) structure: HashSet<ObjectId>,
    /// What new trees hold.
    pub(super) held: HashSet<ObjectId>,
}

/// What all threads of the walk share.
#[derive(Default)]
struct Gathering {
    arrived: Mutex<Arrived>,
    /// Whether something cannot be read.
    is_damaged: AtomicBool,
}

impl Arrived {
    /// Reads the new objects. None if some cannot be read, or if there are too
    /// many for this to be the quicker way.
    pub(super) fn of(history: &History, most: usize) -> Option<Self> {
        let packed: usize = history.packs.iter().map(|(pack, _)| pack.index.len()).sum();
        let is_lost = history.packs.iter().any(|(_, forest)| !forest.lost.is_empty());
        if is_lost || packed + history.loose.len() > most {
            return None;
        }
        let gathering = Gathering::default();
        let honest = history.walk(is_structure, history.largest(), &|| Gatherer {
            shared: &gathering,
            own: Arrived::default(),
        });
        let damaged = gathering.is_damaged.into_inner();
        let arrived = gathering.arrived.into_inner().unwrap_or_else(PoisonError::into_inner);
        (honest && !damaged).then_some(arrived)
    }
}

/// Gathers what one thread comes by.
struct Gatherer<'a> {
    shared: &'a Gathering,
    own: Arrived,
}

impl Gatherer<'_> {
    /// Takes a tree in; tells whether it is sound.
    fn tree(&mut self, bytes: &[u8]) -> bool {
        entries(bytes).all(|entry| {
            let Some(entry) = entry else { return false };
            if entry.kind != EntryKind::Submodule && entry.id != EMPTY_TREE {
                self.own.held.insert(entry.id);
            }
            self.own.held.len() <= MOST_HELD
        })
    }
}

impl Visitor for Gatherer<'_> {
    type Kept = ();

    fn object(&mut self, object: &Object<'_>, _: Option<(&(), &[Copied])>) {
        let is_sound = match object.kind {
            Kind::Tree => self.tree(object.bytes),
            Kind::Commit => Links::parse(object.bytes).is_some(),
            Kind::Tag => tagged(object.bytes).is_some(),
            Kind::Blob => true,
        };
        if matches!(object.kind, Kind::Tree | Kind::Commit) {
            self.own.structure.insert(object.id);
        }
        if !is_sound {
            self.shared.is_damaged.store(true, Ordering::Relaxed);
        }
    }

    fn lost(&mut self, _: ObjectId, _: &ObjectError) {
        self.shared.is_damaged.store(true, Ordering::Relaxed);
    }

    fn is_cancelled(&self) -> bool {
        false
    }
}

impl Drop for Gatherer<'_> {
    fn drop(&mut self) {
        let own = std::mem::take(&mut self.own);
        let mut all = self.shared.arrived.lock().unwrap_or_else(PoisonError::into_inner);
        all.structure.extend(own.structure);
        all.held.extend(own.held);
    }
}
