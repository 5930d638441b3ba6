//! What trees lead to, read one by one.

use std::collections::HashMap;
use std::rc::Rc;

use git2::{ObjectType, OdbObject};

use super::super::outline::{EntryKind, entries};
use super::super::{EMPTY_TREE, Targets};
use crate::object::ObjectId;
use crate::source::stored::Store;

/// Trees that are read, and that are compared, before looking at everything is
/// the quicker way.
const MOST: usize = 1 << 16;
/// Folders in each other. No system of files takes that many.
const DEEPEST: usize = 512;

/// Numbers of credentials, ascending.
pub(super) type Set = Rc<[u32]>;

/// Reads trees, each once.
pub(super) struct Trees<'a> {
    store: &'a Store<'a>,
    targets: &'a Targets,
    /// The credentials that trees lead to.
    known: HashMap<ObjectId, Set>,
    none: Set,
    /// Folders compared so far.
    compared: usize,
}

/// A credential at a path.
pub(super) struct Found {
    pub(super) leak: u32,
    pub(super) path: Vec<u8>,
    pub(super) object: ObjectId,
}

/// A folder to be compared with those at its path in the parents.
struct Folder {
    path: Vec<u8>,
    tree: ObjectId,
    parents: Vec<ObjectId>,
}

impl<'a> Trees<'a> {
    pub(super) fn new(store: &'a Store<'a>, targets: &'a Targets) -> Self {
        Self { store, targets, known: HashMap::new(), none: Rc::default(), compared: 0 }
    }

    /// Whether a tree was come by.
    pub(super) fn have_met(&self, id: &ObjectId) -> bool {
        self.known.contains_key(id)
    }

    /// The credentials that an object itself holds.
    pub(super) fn held_by(&self, object: &ObjectId) -> &'a [u32] {
        self.targets.holders.get(object).map_or(&[], |leaks| leaks)
    }

    /// The credentials that a tree leads to. None if it cannot be read, or too
    /// many were.
    pub(super) fn set(&mut self, tree: ObjectId) -> Option<Set> {
        self.set_at(tree, 0)
    }

    fn set_at(&mut self, tree: ObjectId, depth: usize) -> Option<Set> {
        if tree == EMPTY_TREE {
            return Some(self.none.clone());
        }
        if let Some(set) = self.known.get(&tree) {
            return Some(set.clone());
        }
        if self.known.len() > MOST || depth > DEEPEST {
            return None;
        }
        let mut leaks: Vec<u32> = Vec::new();
        let object = self.read(tree)?;
        for entry in entries(object.data()) {
            let entry = entry?;
            match entry.kind {
                EntryKind::Folder => leaks.extend(&*self.set_at(entry.id, depth + 1)?),
                EntryKind::File => leaks.extend(self.held_by(&entry.id)),
                EntryKind::Submodule => {}
            }
        }
        leaks.sort_unstable();
        leaks.dedup();
        let set = if leaks.is_empty() { self.none.clone() } else { leaks.into() };
        self.known.insert(tree, set.clone());
        Some(set)
    }

    fn read(&self, tree: ObjectId) -> Option<OdbObject<'a>> {
        self.store.read(tree, ObjectType::Tree).ok()
    }

    /// What stands in `tree` and at its path in none of `parents`.
    pub(super) fn compare(&mut self, tree: ObjectId, parents: Vec<ObjectId>) -> Option<Vec<Found>> {
        let mut found = Vec::new();
        let mut folders = vec![Folder { path: Vec::new(), tree, parents }];
        while let Some(folder) = folders.pop() {
            self.compared += 1;
            if self.compared > MOST {
                return None;
            }
            if !folder.parents.contains(&folder.tree) && !self.set(folder.tree)?.is_empty() {
                self.compare_folder(&folder, &mut found, &mut folders)?;
            }
        }
        Some(found)
    }

    fn compare_folder(
        &mut self,
        folder: &Folder,
        found: &mut Vec<Found>,
        folders: &mut Vec<Folder>,
    ) -> Option<()> {
        let object = self.read(folder.tree)?;
        let parents = folder.parents.iter().filter(|parent| **parent != EMPTY_TREE);
        let parents: Option<Vec<_>> = parents.map(|parent| self.read(*parent)).collect();
        let parents = parents?;
        let parents = parents.iter().flat_map(|parent| entries(parent.data()).flatten());
        let mut parents: Vec<_> =
            parents.filter(|entry| entry.kind != EntryKind::Submodule).collect();
        parents.sort_by_key(|entry| entry.name);
        for entry in entries(object.data()) {
            let entry = entry?;
            let leads = match entry.kind {
                EntryKind::Folder => !self.set(entry.id)?.is_empty(),
                EntryKind::File => !self.held_by(&entry.id).is_empty(),
                EntryKind::Submodule => false,
            };
            if !leads {
                continue;
            }
            let before = &parents[parents.partition_point(|before| before.name < entry.name)..];
            let count = before.iter().take_while(|before| before.name == entry.name).count();
            let before = &before[..count];
            if before.iter().any(|before| before.id == entry.id) {
                continue;
            }
            let path = [&folder.path[..], entry.name].concat();
            if entry.kind == EntryKind::File {
                let held = self.held_by(&entry.id).iter().copied();
                let known = |leak: &u32| {
                    before.iter().any(|before| self.held_by(&before.id).contains(leak))
                };
                let new = held.filter(|leak| !known(leak));
                found.extend(new.map(|leak| Found { leak, path: path.clone(), object: entry.id }));
            } else {
                let parents = before.iter().filter(|before| before.kind == EntryKind::Folder);
                let parents = parents.map(|before| before.id).collect();
                folders.push(Folder { path: [&path[..], b"/"].concat(), tree: entry.id, parents });
            }
        }
        Some(())
    }
}
