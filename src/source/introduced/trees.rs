//! What a commit's tree has that none of its parents' trees has.

use std::collections::HashSet;

use git2::{ObjectType, OdbObject};

use super::super::stored::{Store, Unread};
use crate::notice::Notice;
use crate::object::ObjectId;
use crate::paths::{path_from, path_text};

/// Folders in each other. No system of files takes that many.
const DEEPEST: usize = 2048;

/// Compares trees and gathers the blobs that are new in one.
pub(in crate::source) struct Trees<'r> {
    store: &'r Store<'r>,
    /// Every blob found, once, and a path where it stands.
    pub(in crate::source) blobs: Vec<(ObjectId, Option<Vec<u8>>)>,
    pub(in crate::source) notices: Vec<Notice>,
    seen: HashSet<ObjectId>,
    /// Trees that were compared with these others: doing so again would give
    /// nothing new. Trees can be nested so that they have more paths than
    /// anybody could walk.
    compared: HashSet<(ObjectId, Vec<ObjectId>)>,
}

/// A tree to be compared with those at the same path in the parents.
struct Folder {
    path: Vec<u8>,
    depth: usize,
    tree: ObjectId,
    parents: Vec<ObjectId>,
}

impl<'r> Trees<'r> {
    pub(in crate::source) fn new(store: &'r Store<'r>) -> Self {
        Self {
            store,
            blobs: Vec::new(),
            notices: Vec::new(),
            seen: HashSet::new(),
            compared: HashSet::new(),
        }
    }

    /// Takes a blob without a path.
    pub(in crate::source) fn blob(&mut self, id: ObjectId) {
        if self.seen.insert(id) {
            self.blobs.push((id, None));
        }
    }

    /// Takes the blobs of `tree` that stand at the same path in none of
    /// `parents`.
    pub(in crate::source) fn compare(&mut self, tree: ObjectId, parents: Vec<ObjectId>) {
        let mut folders = vec![Folder { path: Vec::new(), depth: 0, tree, parents }];
        while let Some(folder) = folders.pop() {
            self.folder(folder, &mut folders);
        }
    }

    fn folder(&mut self, mut folder: Folder, folders: &mut Vec<Folder>) {
        folder.parents.sort_unstable();
        folder.parents.dedup();
        let Folder { path, depth, tree, parents } = folder;
        if parents.contains(&tree) || self.compared.contains(&(tree, Vec::new())) {
            return;
        }
        if !self.compared.insert((tree, parents.clone())) {
            return;
        }
        if depth > DEEPEST {
            let unread = Unread::damaged("its folders are nested too deep".to_owned());
            return self.notices.push(unread.at(path_text(&path_from(path))));
        }
        let object = match self.store.read(tree, ObjectType::Tree) {
            Ok(object) => object,
            Err(unread) => return self.notices.push(unread.at(place(&path))),
        };
        // A parent's tree that cannot be read holds nothing, so that more is new.
        let read = |id: &ObjectId| self.store.read(*id, ObjectType::Tree).ok();
        let parents: Vec<OdbObject<'_>> = parents.iter().filter_map(read).collect();
        let parents: Vec<_> = parents.iter().map(|parent| Listing::of(parent.data())).collect();
        for entry in entries(object.data()) {
            let Some(entry) = entry else {
                let unread = Unread::damaged(format!("the tree {tree} has an entry that is none"));
                self.notices.push(unread.at(place(&path)));
                break;
            };
            // What was a submodule of that name was not looked at: kinds count.
            let mut there = parents.iter().flat_map(|parent| parent.named(entry.name));
            if entry.kind == Kind::Submodule || there.any(|there| *there == entry) {
                continue;
            }
            let path = [&path[..], entry.name].concat();
            if entry.kind == Kind::Tree {
                let there = parents.iter().flat_map(|parent| parent.named(entry.name));
                let parents = there.filter(|there| there.kind == Kind::Tree).map(|there| there.id);
                let parents = parents.collect();
                let path = [&path[..], b"/"].concat();
                folders.push(Folder { path, depth: depth + 1, tree: entry.id, parents });
            } else if self.seen.insert(entry.id) {
                self.blobs.push((entry.id, Some(path)));
            }
        }
    }
}

/// Where a folder is, for people.
fn place(path: &[u8]) -> String {
    if path.is_empty() { "/".to_owned() } else { path_text(&path_from(path.to_vec())) }
}

/// The entries of a tree, sorted by their names. A damaged tree can have several
/// of one name.
pub(in crate::source) struct Listing<'t>(Vec<Entry<'t>>);

impl<'t> Listing<'t> {
    /// The entries of the tree with these bytes, up to what is none.
    pub(in crate::source) fn of(tree: &'t [u8]) -> Self {
        let mut listed: Vec<_> = entries(tree).map_while(|entry| entry).collect();
        listed.sort_by_key(|entry| entry.name);
        Self(listed)
    }

    pub(in crate::source) fn entries(&self) -> impl Iterator<Item = &Entry<'t>> {
        self.0.iter()
    }

    pub(in crate::source) fn named(&self, name: &[u8]) -> impl Iterator<Item = &Entry<'t>> {
        let first = self.0.partition_point(|entry| entry.name < name);
        self.0[first..].iter().take_while(move |entry| entry.name == name)
    }
}

/// What an entry of a tree is, by its mode.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(in crate::source) enum Kind {
    /// A folder.
    Tree,
    /// A file, or a symbolic link with its target for a text.
    Blob,
    /// A commit of another repository.
    Submodule,
}

impl Kind {
    pub(in crate::source) fn of_mode(mode: u32) -> Self {
        match mode & 0o170_000 {
            0o040_000 => Self::Tree,
            0o160_000 => Self::Submodule,
            _ => Self::Blob,
        }
    }
}

/// An entry of a tree.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(in crate::source) struct Entry<'t> {
    pub(in crate::source) name: &'t [u8],
    pub(in crate::source) kind: Kind,
    pub(in crate::source) id: ObjectId,
}

/// The entries of a tree as they stand there, in whatever order; None for what
/// is no entry, and then nothing more.
fn entries(tree: &[u8]) -> impl Iterator<Item = Option<Entry<'_>>> {
    let mut rest = Some(tree);
    std::iter::from_fn(move || {
        let bytes = rest.take().filter(|bytes| !bytes.is_empty())?;
        let entry = entry(bytes);
        rest = entry.map(|(_, behind)| behind);
        Some(entry.map(|(entry, _)| entry))
    })
}

/// The entry at the start: its mode in octal digits, a space, its name, a zero
/// and the bytes of an object's name; and what is behind it.
fn entry(bytes: &[u8]) -> Option<(Entry<'_>, &[u8])> {
    let space = memchr::memchr(b' ', bytes)?;
    let mode = u32::from_str_radix(std::str::from_utf8(&bytes[..space]).ok()?, 8).ok()?;
    let behind = &bytes[space + 1..];
    let (name, behind) = behind.split_at(memchr::memchr(0, behind)?);
    let (id, rest) = behind[1..].split_first_chunk()?;
    Some((Entry { name, kind: Kind::of_mode(mode), id: ObjectId::new(*id) }, rest))
}

#[cfg(test)]
mod tests {
    use super::{Kind, entries};

    #[test]
    fn entries_are_read_up_to_what_is_none() {
        let mut tree = b"40000 sub\0".to_vec();
        tree.extend([7; 20]);
        tree.extend(b"100644 a\nb\0");
        tree.extend([8; 20]);
        let read: Vec<_> = entries(&tree).map(|entry| entry.expect("it is one")).collect();
        assert_eq!(
            read.iter().map(|entry| entry.kind).collect::<Vec<_>>(),
            [Kind::Tree, Kind::Blob]
        );
        assert_eq!(read[1].name, b"a\nb");
        for end in 1..tree.len() {
            let whole = entries(&tree[..end]).flatten().count();
            let broken = entries(&tree[..end]).filter(Option::is_none).count();
            assert_eq!((whole, broken), (usize::from(end >= 30), usize::from(end != 30)), "{end}");
        }
    }
}
