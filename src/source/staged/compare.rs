//! The index beside the tree of HEAD.

use std::collections::HashSet;
use std::ops::Range;

use git2::ObjectType;

use super::super::index::{self, Index};
use super::super::introduced::{Kind, Listing, Trees};
use super::super::stored::{Store, Unread};
use crate::notice::Notice;
use crate::object::ObjectId;
use crate::paths::{path_from, path_text};

/// Folders in each other. No system of files takes that many.
const DEEPEST: usize = 2048;

/// A path, the blob staged there, and the one that was there before.
pub(super) type Changed = (Vec<u8>, ObjectId, Option<ObjectId>);

/// Compares the index with a tree, folder by folder. A folder of which git
/// knows that its tree is the same is passed over: it is that tree which would
/// be committed.
pub(super) struct Comparison<'r> {
    store: &'r Store<'r>,
    index: &'r Index,
    changes: Vec<Changed>,
    notices: Vec<Notice>,
    /// Blobs that HEAD has where the index has them not.
    gone: HashSet<ObjectId>,
    /// Folders that HEAD has and the index has not.
    gone_folders: Vec<ObjectId>,
}

/// A folder of the index, and what is known of it.
struct Folder<'r> {
    /// Its entries in the index, those of its folders among them.
    entries: Range<usize>,
    /// Length of its path, the slash behind it included.
    path: usize,
    depth: usize,
    /// Its tree in HEAD.
    head: Option<ObjectId>,
    /// What git knows of its tree.
    known: Option<&'r index::Folder>,
}

impl<'r> Comparison<'r> {
    pub(super) fn new(store: &'r Store<'r>, index: &'r Index) -> Self {
        Self {
            store,
            index,
            changes: Vec::new(),
            notices: Vec::new(),
            gone: HashSet::new(),
            gone_folders: Vec::new(),
        }
    }

    /// The changes from the tree `head`, sorted by path, and what could not be
    /// compared.
    pub(super) fn run(mut self, head: Option<ObjectId>) -> (Vec<Changed>, Vec<Notice>) {
        let known = self.index.folders.as_ref();
        let entries = 0..self.index.entries.len();
        let mut folders = vec![Folder { entries, path: 0, depth: 0, head, known }];
        while let Some(folder) = folders.pop() {
            if !folder.is_unchanged() {
                self.folder(&folder, &mut folders);
            }
        }
        self.find_moved();
        self.changes.sort_unstable();
        self.changes.dedup();
        (self.changes, self.notices)
    }

    fn folder(&mut self, folder: &Folder<'r>, folders: &mut Vec<Folder<'r>>) {
        // A tree that cannot be read holds nothing, so that more is new.
        let read = |id| self.store.read(id, ObjectType::Tree).ok();
        let object = folder.head.and_then(read);
        let head = Listing::of(object.as_ref().map_or(&[], |object| object.data()));
        let mut names = HashSet::new();
        let mut at = folder.entries.start;
        while at < folder.entries.end {
            let entry = &self.index.entries[at];
            let path = self.index.path(entry);
            let rest = &path[folder.path..];
            let slash = memchr::memchr(b'/', rest);
            let name = &rest[..slash.unwrap_or(rest.len())];
            names.insert(name);
            let Some(slash) = slash else {
                self.file(entry, &head, name);
                at += 1;
                continue;
            };
            let tree = head.named(name).find(|there| there.kind == Kind::Tree);
            let tree = tree.map(|there| there.id);
            if Kind::of_mode(entry.mode) == Kind::Tree {
                self.whole_folder(entry, tree);
                at += 1;
                continue;
            }
            let length = folder.path + slash + 1;
            let end = self.end_of(&path[..length], at..folder.entries.end);
            if folder.depth < DEEPEST {
                let known = folder.known.and_then(|known| known.folder(name));
                let (entries, depth) = (at..end, folder.depth + 1);
                folders.push(Folder { entries, path: length, depth, head: tree, known });
            } else {
                let unread = Unread::damaged("its folders are nested too deep".to_owned());
                self.notices.push(unread.at(path_text(&path_from(path.to_vec()))));
            }
            at = end;
        }
        for there in head.entries().filter(|there| !names.contains(there.name)) {
            match there.kind {
                Kind::Tree => self.gone_folders.push(there.id),
                Kind::Blob => {
                    self.gone.insert(there.id);
                }
                Kind::Submodule => {}
            }
        }
    }

    /// Compares one staged file, or link, with what HEAD has of that name.
    fn file(&mut self, entry: &index::Entry, head: &Listing<'_>, name: &[u8]) {
        if entry.is_intended || Kind::of_mode(entry.mode) != Kind::Blob {
            return;
        }
        let mut before = None;
        for there in head.named(name).filter(|there| there.kind == Kind::Blob) {
            if there.id == entry.id {
                return;
            }
            before = Some(there.id);
        }
        self.changes.push((self.index.path(entry).to_vec(), entry.id, before));
    }

    /// Compares a folder that stands in the index as a whole: that of a sparse
    /// checkout.
    fn whole_folder(&mut self, entry: &index::Entry, head: Option<ObjectId>) {
        let mut trees = Trees::new(self.store);
        trees.compare(entry.id, head.into_iter().collect());
        let path = self.index.path(entry);
        for (id, below) in trees.blobs {
            self.changes.push(([path, &below.unwrap_or_default()].concat(), id, None));
        }
        self.notices.append(&mut trees.notices);
    }

    /// The end of the entries whose paths begin with `folder`; the first of
    /// `entries` does.
    fn end_of(&self, folder: &[u8], entries: Range<usize>) -> usize {
        let below = |entry: &index::Entry| self.index.path(entry).starts_with(folder);
        entries.start + self.index.entries[entries].partition_point(below)
    }

    /// What is new at its path, and gone from another, was moved: it adds no
    /// line.
    fn find_moved(&mut self) {
        if self.changes.iter().all(|(_, _, before)| before.is_some()) {
            return;
        }
        let mut trees = Trees::new(self.store);
        for tree in &self.gone_folders {
            trees.compare(*tree, Vec::new());
        }
        self.gone.extend(trees.blobs.iter().map(|(id, _)| id));
        for (_, id, before) in &mut self.changes {
            if before.is_none() && self.gone.contains(id) {
                *before = Some(*id);
            }
        }
    }
}

impl Folder<'_> {
    /// Whether git knows that its tree is that of HEAD.
    fn is_unchanged(&self) -> bool {
        let known = self.known.and_then(|known| known.tree);
        known
            .is_some_and(|(entries, tree)| entries == self.entries.len() && Some(tree) == self.head)
    }
}
