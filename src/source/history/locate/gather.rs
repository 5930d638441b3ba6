//! What the walk over trees, commits and tags gathers.

use std::collections::HashMap;
use std::ops::Range;
use std::sync::atomic::{AtomicBool, AtomicU32, AtomicUsize, Ordering};
use std::sync::{Mutex, PoisonError};

use super::names::{KnownNames, Names};
use super::numbers::{Finder, Marks, NONE, Numbers};
use super::outline::{EntryKind, FreshEntries, Held, Outline, Outliner, Reading};
use crate::finding::Time;
use crate::notice::{Notice, NoticeKind};
use crate::object::ObjectId;
use crate::source::history::index::PackIndex;
use crate::source::history::noted::{Named, Noted, Said};
use crate::source::history::pack::{Kind, ObjectError};
use crate::source::history::scan::lost;
use crate::source::history::text::{Links, tagged};
use crate::source::history::walk::{Object, Visitor};
use crate::unit::Copied;

/// The tree without entries. Git knows it even where it is not stored.
pub(super) const EMPTY_TREE: ObjectId = ObjectId::new([
    0x4b, 0x82, 0x5d, 0xc6, 0x42, 0xcb, 0x6e, 0xb9, 0xa0, 0x60, 0xe5, 0x4b, 0xf8, 0xd6, 0x92, 0x88,
    0xfb, 0xee, 0x49, 0x04,
]);
/// Changes and missing objects that are remembered of any repository.
const ALWAYS: u64 = 1 << 24;
/// Bytes of packs for each that is remembered beyond [`ALWAYS`]. Every change
/// brings the name of an object, which cannot be packed.
const BYTES_OF_CHANGE: u64 = 8;

/// A tree, by what it holds that its base does not, and the other way round.
#[derive(Clone, Copy)]
pub(super) struct Node {
    /// The tree it is a delta for; it has a smaller number.
    pub(super) base: u32,
    /// Number of the object.
    pub(super) object: u32,
    /// Where its changes start: those that are added, then those removed.
    start: usize,
    added: u32,
    removed: u32,
}

/// A commit.
pub(super) struct CommitNode {
    /// Number of the object.
    pub(super) object: u32,
    /// Number of its tree.
    pub(super) tree: u32,
    pub(super) time: Time,
    /// Where its parents start in the list of all.
    start: usize,
    count: usize,
}

impl CommitNode {
    /// Where its parents stand in the list of all.
    pub(super) fn parents(&self) -> Range<usize> {
        self.start..self.start + self.count
    }
}

/// An object that is named and not there.
pub(super) struct Absent {
    /// Number of the commit that names it.
    pub(super) commit: u32,
    pub(super) id: ObjectId,
    /// Whether it is the commit's tree; else it is a parent.
    pub(super) tree: bool,
}

/// What was gathered.
#[derive(Default)]
pub(super) struct Gathered {
    /// All trees. A base comes before its deltas.
    pub(super) nodes: Vec<Node>,
    changes: Vec<Held>,
    /// All commits, in the order of their numbers.
    pub(super) commits: Vec<CommitNode>,
    /// The parents of all of them, those that are there.
    pub(super) parents: Vec<u32>,
    pub(super) absent: Vec<Absent>,
    /// What tags point to.
    pub(super) tags: HashMap<u32, u32>,
    /// What tags point to that is not there.
    pub(super) dangling: HashMap<u32, ObjectId>,
    /// Objects that trees hold and that are not there, by a name they have.
    pub(super) missing: HashMap<ObjectId, Box<[u8]>>,
    pub(super) notices: Vec<Notice>,
}

impl Gathered {
    /// What a tree holds and its base does not.
    pub(super) fn added(&self, node: &Node) -> &[Held] {
        &self.changes[node.start..node.start + node.added as usize]
    }

    /// What the base of a tree holds and the tree does not.
    pub(super) fn removed(&self, node: &Node) -> &[Held] {
        let start = node.start + node.added as usize;
        &self.changes[start..start + node.removed as usize]
    }

    /// All parts as one, with so many trees.
    fn join(parts: Vec<Part<'_>>, trees: u32) -> Self {
        let mut all = Self::default();
        let none = Node { base: NONE, object: NONE, start: 0, added: 0, removed: 0 };
        all.nodes = vec![none; trees as usize];
        for Part { nodes, gathered: part, .. } in parts {
            for (number, node) in nodes {
                all.nodes[number as usize] = Node { start: node.start + all.changes.len(), ..node };
            }
            all.changes.extend(part.changes);
            let start = all.parents.len();
            let moved = |commit: CommitNode| CommitNode { start: commit.start + start, ..commit };
            all.commits.extend(part.commits.into_iter().map(moved));
            all.parents.extend(part.parents);
            all.absent.extend(part.absent);
            all.tags.extend(part.tags);
            all.dangling.extend(part.dangling);
            for (id, name) in part.missing {
                all.miss(id, &name);
            }
            all.notices.extend(part.notices);
        }
        all.commits.sort_by_key(|commit| commit.object);
        // Copies of a commit.
        all.commits.dedup_by_key(|commit| commit.object);
        all
    }

    /// Takes note of an object that is missing. Of all names it has, the first
    /// in their order is told, so that it does not depend on who came first.
    fn miss(&mut self, id: ObjectId, name: &[u8]) {
        let known = self.missing.entry(id).or_insert_with(|| name.into());
        if name < &**known {
            *known = name.into();
        }
    }
}

/// What one thread gathered, and what it needs for that.
struct Part<'a> {
    numbers: Finder<'a>,
    names: KnownNames<'a>,
    outliner: Outliner,
    /// Numbers of the objects of a tree.
    found: Vec<u32>,
    /// Trees with their numbers, which are not one after the other.
    nodes: Vec<(u32, Node)>,
    /// All but the trees.
    gathered: Gathered,
}

/// What all threads of the walk share.
pub(super) struct Gathering<'a> {
    numbers: &'a Numbers<'a>,
    names: &'a Names,
    /// The blobs that are looked for; none if nothing is.
    wanted: Option<&'a Marks>,
    cancelled: &'a (dyn Fn() -> bool + Sync),
    /// Number of the next tree.
    next: AtomicU32,
    /// How much more may be remembered.
    left: AtomicUsize,
    overflow: AtomicBool,
    /// What was gathered, by nobody at present.
    parts: Mutex<Vec<Part<'a>>>,
}

impl<'a> Gathering<'a> {
    /// `packed` is the number of bytes of all packs.
    pub(super) fn new(
        numbers: &'a Numbers<'a>,
        names: &'a Names,
        wanted: Option<&'a Marks>,
        packed: u64,
        cancelled: &'a (dyn Fn() -> bool + Sync),
    ) -> Self {
        let left = usize::try_from(ALWAYS + packed / BYTES_OF_CHANGE).unwrap_or(usize::MAX);
        Self {
            numbers,
            names,
            wanted,
            cancelled,
            next: AtomicU32::new(0),
            left: AtomicUsize::new(left),
            overflow: AtomicBool::new(false),
            parts: Mutex::default(),
        }
    }

    /// One thread's part in it; it is handed in when it is dropped, and may be
    /// carried on by another.
    pub(super) fn visitor(&self) -> Gatherer<'_, 'a> {
        let part = self.parts.lock().unwrap_or_else(PoisonError::into_inner).pop();
        let new = || Part {
            numbers: Finder::new(self.numbers),
            names: KnownNames::new(self.names),
            outliner: Outliner::default(),
            found: Vec::new(),
            nodes: Vec::new(),
            gathered: Gathered::default(),
        };
        Gatherer { shared: self, part: Some(part.unwrap_or_else(new)) }
    }

    /// Everything that was gathered, and whether that is all there was.
    pub(super) fn finish(self) -> (Gathered, bool) {
        let parts = self.parts.into_inner().unwrap_or_else(PoisonError::into_inner);
        (Gathered::join(parts, self.next.into_inner()), !self.overflow.into_inner())
    }

    /// Whether so much more may be remembered.
    fn take(&self, count: usize) -> bool {
        let take = |left: usize| left.checked_sub(count);
        let taken = self.left.fetch_update(Ordering::Relaxed, Ordering::Relaxed, take).is_ok();
        if !taken {
            self.overflow.store(true, Ordering::Relaxed);
        }
        taken
    }
}

/// Gathers what one thread comes by.
pub(super) struct Gatherer<'s, 'a> {
    shared: &'s Gathering<'a>,
    /// Only missing when it is dropped.
    part: Option<Part<'a>>,
}

/// What is kept of a tree: its number and outline.
pub(super) struct Kept {
    number: u32,
    outline: Outline,
}

impl Part<'_> {
    fn tree(
        &mut self,
        shared: &Gathering<'_>,
        object: &Object<'_>,
        base: Option<(&Kept, &[Copied])>,
    ) -> Option<Kept> {
        let Self { numbers, names, outliner, found, gathered, .. } = self;
        let look = |entries: &FreshEntries<'_>, answers: &mut Vec<Option<Held>>| {
            numbers.find_all(entries.ids, found);
            let entries = entries.kinds_and_names().zip(entries.ids).zip(&*found);
            answers.extend(entries.map(|(entry, number)| {
                let ((kind, name), id) = entry;
                if *number == NONE {
                    miss(shared, gathered, *id, name);
                    return None;
                }
                let wanted = shared.wanted?;
                let matters = kind == EntryKind::Folder || wanted.has(*number);
                matters.then(|| Held { name: names.number(name), object: *number })
            }));
        };
        let outline = base.map(|(base, copied)| (&base.outline, copied));
        let reading = outliner.read(object.bytes, object.has_deltas, outline, look);
        if reading == Reading::Damaged {
            self.damaged(object.id, "it is no list of names and objects");
        }
        let mut number = NONE;
        if shared.wanted.is_some() {
            let (added, removed) = self.outliner.changes(outline.map(|(outline, _)| outline));
            if !shared.take(added.len() + removed.len()) {
                return None;
            }
            number = shared.next.fetch_add(1, Ordering::Relaxed);
            let size = |held: &[Held]| u32::try_from(held.len()).unwrap_or(NONE);
            let node = Node {
                base: base.map_or(NONE, |(base, _)| base.number),
                object: self.numbers.number(object).unwrap_or(NONE),
                start: self.gathered.changes.len(),
                added: size(added),
                removed: size(removed),
            };
            self.nodes.push((number, node));
            self.gathered.changes.extend_from_slice(added);
            self.gathered.changes.extend_from_slice(removed);
        }
        (object.has_deltas && reading == Reading::Whole)
            .then(|| Kept { number, outline: self.outliner.finish() })
    }

    /// Takes in what an object that the walk came by says of others.
    fn hear_of(&mut self, object: &Object<'_>, said: &Said<'_>) {
        if let Some(number) = self.numbers.number(object) {
            self.hear(number, object.id, said);
        }
    }

    /// The same of an object with this number.
    fn hear(&mut self, number: u32, id: ObjectId, said: &Said<'_>) {
        match said {
            Said::Commit(Some(named)) => self.commit(number, named),
            Said::Commit(None) => {
                self.damaged(id, "it names no tree, or a parent that is no name");
            }
            Said::Tag(Some(target)) => {
                let found = self.numbers.find(target);
                if let Some(target) = found {
                    self.gathered.tags.insert(number, target);
                } else {
                    self.gathered.dangling.insert(number, *target);
                }
            }
            Said::Tag(None) => self.damaged(id, "it names no object"),
        }
    }

    fn commit(&mut self, number: u32, named: &Named<'_>) {
        let Gathered { parents, absent, commits, .. } = &mut self.gathered;
        let mut miss = |id, tree| absent.push(Absent { commit: number, id, tree });
        let tree = self.numbers.find(&named.tree);
        if tree.is_none() && named.tree != EMPTY_TREE {
            miss(named.tree, true);
        }
        let start = parents.len();
        for parent in named.parents {
            match self.numbers.find(parent) {
                Some(parent) => parents.push(parent),
                None => miss(*parent, false),
            }
        }
        let (tree, count) = (tree.unwrap_or(NONE), parents.len() - start);
        commits.push(CommitNode { object: number, tree, time: named.time, start, count });
    }

    fn damaged(&mut self, id: ObjectId, detail: &str) {
        let kind = NoticeKind::DamagedObject;
        self.gathered.notices.push(Notice::new(kind, format!("object {id}"), detail));
    }
}

/// Takes note that an object which a tree holds under a name is not there.
fn miss(shared: &Gathering<'_>, gathered: &mut Gathered, id: ObjectId, name: &[u8]) {
    let known = gathered.missing.contains_key(&id);
    if id != EMPTY_TREE && (known || shared.take(1)) {
        gathered.miss(id, name);
    }
}

impl Gatherer<'_, '_> {
    /// Takes in what was noted of commits and tags of a pack with this index.
    pub(super) fn hear(mut self, index: &PackIndex, noted: &Noted) {
        let Some(part) = &mut self.part else { return };
        noted.tell(|name, said| {
            let id = index.name(name);
            if let Some(number) = part.numbers.number_of(Some(name), &id) {
                part.hear(number, id, &said);
            }
        });
    }
}

impl Visitor for Gatherer<'_, '_> {
    type Kept = Option<Kept>;

    fn object(
        &mut self,
        object: &Object<'_>,
        base: Option<(&Option<Kept>, &[Copied])>,
    ) -> Option<Kept> {
        let part = self.part.as_mut()?;
        match object.kind {
            Kind::Tree => {
                let base = base.and_then(|(kept, copied)| Some((kept.as_ref()?, copied)));
                return part.tree(self.shared, object, base);
            }
            Kind::Commit => {
                let links = Links::parse(object.bytes);
                part.hear_of(object, &Said::Commit(links.as_ref().map(Named::from)));
            }
            Kind::Tag => part.hear_of(object, &Said::Tag(tagged(object.bytes))),
            Kind::Blob => {}
        }
        None
    }

    fn lost(&mut self, id: ObjectId, error: &ObjectError) {
        if let Some(part) = &mut self.part {
            part.gathered.notices.push(lost(id, error));
        }
    }

    fn is_cancelled(&self) -> bool {
        (self.shared.cancelled)()
    }
}

impl Drop for Gatherer<'_, '_> {
    fn drop(&mut self) {
        let parts = &mut *self.shared.parts.lock().unwrap_or_else(PoisonError::into_inner);
        parts.extend(self.part.take());
    }
}
