//! The delta forest of a pack: which entry is a delta for which other.
//!
//! Entries are numbered in the order they stand in the pack. Those that are
//! whole objects are roots, deltas stand under their bases. Nothing is
//! inflated for this; only the beginnings of entries are read.

use std::collections::HashSet;
use std::ops::Range;

use super::pack::{
    EntryHeader, EntryKind, HEADER, Kind, LONGEST_HEADER, ObjectError, Pack, PackReader,
};
use crate::object::ObjectId;

/// Stands for no entry.
const NONE: u32 = u32::MAX;
/// Entries that are worth a thread.
const LEAST: u32 = 10_000;

/// The number of an entry. No pack has so many that it does not fit.
fn small(number: usize) -> u32 {
    u32::try_from(number).unwrap_or(NONE)
}

/// The forest of one pack.
pub(super) struct Forest {
    entries: Vec<Entry>,
    /// For each entry: the name of its object. The index has them, too, but in
    /// an order that has nothing to do with how a pack is walked.
    ids: Vec<ObjectId>,
    /// Whether the entries have checksums.
    has_checksums: bool,
    /// Roots and what they are; all in a tree are of its root's kind.
    roots: Vec<(u32, Kind)>,
    /// Entries that belong to no tree, and why.
    pub(super) lost: Vec<(u32, ObjectError)>,
}

/// What the beginning of an entry says.
enum Link {
    Root(Kind),
    Delta(u32),
    Lost(Box<ObjectError>),
}

/// An entry of a pack.
#[derive(Clone, Copy)]
struct Entry {
    /// Where it stands in the pack.
    offset: u64,
    /// Its name, by the place in the index.
    name: u32,
    /// The entry it is a delta for.
    base: u32,
    /// Its children are a list, linked by the next one.
    first_child: u32,
    next_sibling: u32,
    /// How many stand in the tree under it, itself among them.
    weight: u32,
    /// The checksum of its packed bytes, if there are any.
    checksum: u32,
}

impl Forest {
    /// Reads the beginnings of all entries of `pack`, number `number` in the
    /// list of packs, with so many threads.
    pub(super) fn read(number: usize, pack: &Pack, threads: usize) -> Self {
        let mut forest = Self::of_entries(pack);
        let (links, ids) = forest.links((number, pack), threads);
        forest.ids = ids;
        for (at, link) in (0..).zip(links) {
            match link {
                Link::Root(kind) => forest.roots.push((at, kind)),
                Link::Delta(base) => {
                    let of_base = &mut forest.entries[base as usize];
                    let next_sibling = std::mem::replace(&mut of_base.first_child, at);
                    let entry = &mut forest.entries[at as usize];
                    (entry.base, entry.next_sibling) = (base, next_sibling);
                }
                Link::Lost(error) => forest.lost.push((at, *error)),
            }
        }
        forest.weigh();
        forest
    }

    /// What each entry is, and its name.
    fn links(&self, pack: (usize, &Pack), threads: usize) -> (Vec<Link>, Vec<ObjectId>) {
        let count = small(self.entries.len());
        let share = count.div_ceil(small(threads.max(1))).max(LEAST);
        let ranges =
            (0..count).step_by(share as usize).map(|start| start..count.min(start + share));
        let mut ids = vec![ObjectId::ZERO; self.entries.len()];
        let links = std::thread::scope(|scope| {
            let mut threads = Vec::new();
            for (range, ids) in ranges.zip(ids.chunks_mut(share as usize)) {
                let lost = range.clone();
                let read = move || {
                    for (at, id) in range.clone().zip(ids) {
                        *id = pack.1.index.name(self.name(at));
                    }
                    let mut reader = PackReader::of_neighbours();
                    range.map(|at| self.link(at, pack, &mut reader)).collect::<Vec<Link>>()
                };
                threads.push((lost, scope.spawn(read)));
            }
            let panicked = |_| Link::Lost(Box::new(ObjectError::Panicked));
            let links = threads.into_iter().map(|(range, thread)| {
                thread.join().unwrap_or_else(|_| range.map(panicked).collect())
            });
            links.flatten().collect()
        });
        (links, ids)
    }

    /// All entries by their place in the pack, nothing linked.
    fn of_entries(pack: &Pack) -> Self {
        let index = &pack.index;
        let mut order: Vec<(u64, u32)> = index.offsets().iter().copied().zip(0..).collect();
        order.sort_unstable();
        let entry = |(offset, name)| Entry {
            offset,
            name,
            base: NONE,
            first_child: NONE,
            next_sibling: NONE,
            weight: 0,
            checksum: index.checksum(name).unwrap_or_default(),
        };
        Self {
            entries: order.into_iter().map(entry).collect(),
            ids: Vec::new(),
            has_checksums: index.has_checksums(),
            roots: Vec::new(),
            lost: Vec::new(),
        }
    }

    /// Reads the beginning of an entry.
    fn link(&self, at: u32, pack: (usize, &Pack), reader: &mut PackReader) -> Link {
        let header = match self.header(at, pack, reader) {
            Ok(header) => header,
            Err(error) => return Link::Lost(Box::new(error)),
        };
        let base = match header.kind {
            EntryKind::Whole(kind) => return Link::Root(kind),
            EntryKind::OffsetDelta(distance) => {
                let start = self.entries[at as usize].offset;
                let base = start.checked_sub(distance).filter(|base| *base >= HEADER);
                base.and_then(|base| self.at_offset(base, at)).ok_or(ObjectError::BasePlace)
            }
            EntryKind::NameDelta(name) => {
                let name = ObjectId::new(name);
                let index = &pack.1.index;
                let base = index.find(&name).map(|name| index.offsets()[name as usize]);
                let end = small(self.entries.len());
                base.and_then(|base| self.at_offset(base, end)).ok_or(ObjectError::Base(name))
            }
        };
        base.map_or_else(|error| Link::Lost(Box::new(error)), Link::Delta)
    }

    fn header(
        &self,
        at: u32,
        pack: (usize, &Pack),
        reader: &mut PackReader,
    ) -> Result<EntryHeader, ObjectError> {
        let place = self.place(at, pack.1);
        let end = place.end.min(place.start.saturating_add(LONGEST_HEADER as u64));
        EntryHeader::parse(reader.bytes(pack, place.start..end)?).ok_or(ObjectError::Header)
    }

    /// The entry before `behind` that begins at an offset. It is looked for from
    /// there back: deltas mostly stand near their bases.
    fn at_offset(&self, offset: u64, behind: u32) -> Option<u32> {
        let (mut first, mut end) = (behind as usize, behind as usize);
        let mut step = 1;
        while first > 0 && self.entries.get(first).is_none_or(|entry| entry.offset > offset) {
            end = first;
            first = first.saturating_sub(step);
            step *= 2;
        }
        let end = self.entries.len().min(end + 1);
        let near = &self.entries[first..end];
        let at = first + near.partition_point(|entry| entry.offset < offset);
        (self.entries.get(at)?.offset == offset).then(|| small(at))
    }

    /// Weighs all trees. What no root leads to is lost: it stands under a lost
    /// entry, or bases lead in a circle.
    fn weigh(&mut self) {
        let mut order: Vec<u32> = self.roots.iter().map(|(root, _)| *root).collect();
        let mut next = 0;
        while let Some(&at) = order.get(next) {
            next += 1;
            self.entries[at as usize].weight = 1;
            order.extend(self.children(at));
        }
        for &at in order.iter().rev() {
            let Entry { base, weight, .. } = self.entries[at as usize];
            if base != NONE {
                self.entries[base as usize].weight += weight;
            }
        }
        self.lose_unweighed();
    }

    fn lose_unweighed(&mut self) {
        let mut known: HashSet<u32> = self.lost.iter().map(|(at, _)| *at).collect();
        let mut left: Vec<u32> = known.iter().copied().collect();
        while let Some(at) = left.pop() {
            let below: Vec<u32> = self.children(at).filter(|child| known.insert(*child)).collect();
            self.lost.extend(below.iter().map(|&child| (child, ObjectError::LostBase)));
            left.extend(below);
        }
        let unweighed = (0..).zip(&self.entries).filter(|(_, entry)| entry.weight == 0);
        let circles = unweighed.map(|(at, _)| at).filter(|at| known.insert(*at));
        let circles: Vec<_> = circles.map(|at| (at, ObjectError::Cycle)).collect();
        self.lost.extend(circles);
        self.lost.sort_unstable_by_key(|(at, _)| *at);
    }

    /// The entries that are deltas for this one.
    pub(super) fn children(&self, at: u32) -> impl Iterator<Item = u32> + '_ {
        let some = |child: u32| (child != NONE).then_some(child);
        let first = some(self.entries[at as usize].first_child);
        let next = move |&child: &u32| some(self.entries[child as usize].next_sibling);
        std::iter::successors(first, next)
    }

    /// How many entries stand in the tree under an entry, itself among them.
    pub(super) fn weight(&self, at: u32) -> u32 {
        self.entries[at as usize].weight
    }

    /// The entry that this one is a delta for.
    pub(super) fn base(&self, at: u32) -> Option<u32> {
        let base = self.entries[at as usize].base;
        (base != NONE).then_some(base)
    }

    /// What the root at this entry is.
    pub(super) fn root_kind(&self, at: u32) -> Kind {
        let found = self.roots.binary_search_by_key(&at, |(root, _)| *root);
        found.map_or(Kind::Blob, |found| self.roots[found].1)
    }

    /// Why an entry belongs to no tree, if it does not.
    pub(super) fn lost(&self, at: u32) -> Option<&ObjectError> {
        let found = self.lost.binary_search_by_key(&at, |(lost, _)| *lost).ok()?;
        Some(&self.lost[found].1)
    }

    /// The entry whose name stands at this place in the index.
    pub(super) fn named(&self, name: u32, pack: &Pack) -> Option<u32> {
        self.at_offset(*pack.index.offsets().get(name as usize)?, small(self.entries.len()))
    }

    /// The roots and what they are, in the order of the pack.
    pub(super) fn roots(&self) -> &[(u32, Kind)] {
        &self.roots
    }

    /// The place of an entry's name in the index.
    pub(super) fn name(&self, at: u32) -> u32 {
        self.entries[at as usize].name
    }

    /// The name of an entry's object.
    pub(super) fn id(&self, at: u32) -> ObjectId {
        self.ids[at as usize]
    }

    /// The checksum of an entry's packed bytes (CRC-32), if the index has any.
    pub(super) fn checksum(&self, at: u32) -> Option<u32> {
        self.has_checksums.then(|| self.entries[at as usize].checksum)
    }

    /// Where an entry stands in its pack: up to the next one.
    pub(super) fn place(&self, at: u32, pack: &Pack) -> Range<u64> {
        let start = self.entries[at as usize].offset;
        let behind = &self.entries[at as usize + 1..];
        let next = match behind.first() {
            // Only a wrong index has two entries in one place.
            Some(next) if next.offset == start => {
                behind.get(behind.partition_point(|entry| entry.offset <= start))
            }
            next => next,
        };
        start..next.map_or(pack.end(), |next| next.offset)
    }
}
