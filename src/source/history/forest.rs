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
    /// For each entry: its children are a list, linked by the next one.
    first_child: Vec<u32>,
    next_sibling: Vec<u32>,
    /// For each entry: how many stand in the tree under it, itself among them.
    weights: Vec<u32>,
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
}

impl Forest {
    /// Reads the beginnings of all entries of `pack`, number `number` in the
    /// list of packs, with so many threads.
    pub(super) fn read(number: usize, pack: &Pack, threads: usize) -> Self {
        let mut forest = Self::of_entries(pack);
        for (at, link) in (0..).zip(forest.links((number, pack), threads)) {
            match link {
                Link::Root(kind) => forest.roots.push((at, kind)),
                Link::Delta(base) => {
                    forest.entries[at as usize].base = base;
                    forest.next_sibling[at as usize] = forest.first_child[base as usize];
                    forest.first_child[base as usize] = at;
                }
                Link::Lost(error) => forest.lost.push((at, *error)),
            }
        }
        forest.weigh();
        forest
    }

    /// What each entry is.
    fn links(&self, pack: (usize, &Pack), threads: usize) -> Vec<Link> {
        let count = small(self.entries.len());
        let share = count.div_ceil(small(threads.max(1))).max(LEAST);
        let ranges =
            (0..count).step_by(share as usize).map(|start| start..count.min(start + share));
        std::thread::scope(|scope| {
            let read = |range: Range<u32>| {
                let lost = range.clone();
                let thread = scope.spawn(move || {
                    let mut reader = PackReader::of_neighbours();
                    range.map(|at| self.link(at, pack, &mut reader)).collect::<Vec<Link>>()
                });
                (lost, thread)
            };
            let threads: Vec<_> = ranges.map(read).collect();
            let panicked = |_| Link::Lost(Box::new(ObjectError::Panicked));
            let links = threads.into_iter().map(|(range, thread)| {
                thread.join().unwrap_or_else(|_| range.map(panicked).collect())
            });
            links.flatten().collect()
        })
    }

    /// All entries by their place in the pack, nothing linked.
    fn of_entries(pack: &Pack) -> Self {
        let offsets = (0..).zip(pack.index.offsets());
        let mut entries: Vec<Entry> =
            offsets.map(|(name, &offset)| Entry { offset, name, base: NONE }).collect();
        entries.sort_unstable_by_key(|entry| (entry.offset, entry.name));
        let count = entries.len();
        Self {
            entries,
            first_child: vec![NONE; count],
            next_sibling: vec![NONE; count],
            weights: vec![0; count],
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
            self.weights[at as usize] = 1;
            order.extend(self.children(at));
        }
        for &at in order.iter().rev() {
            let base = self.entries[at as usize].base;
            if base != NONE {
                self.weights[base as usize] += self.weights[at as usize];
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
        let count = u32::try_from(self.weights.len()).unwrap_or(NONE);
        let circles = (0..count).filter(|at| self.weights[*at as usize] == 0 && known.insert(*at));
        let circles: Vec<_> = circles.map(|at| (at, ObjectError::Cycle)).collect();
        self.lost.extend(circles);
        self.lost.sort_unstable_by_key(|(at, _)| *at);
    }

    /// The entries that are deltas for this one.
    pub(super) fn children(&self, at: u32) -> impl Iterator<Item = u32> + '_ {
        let some = |child: u32| (child != NONE).then_some(child);
        let first = some(self.first_child[at as usize]);
        std::iter::successors(first, move |&child| some(self.next_sibling[child as usize]))
    }

    /// How many entries stand in the tree under an entry, itself among them.
    pub(super) fn weight(&self, at: u32) -> u32 {
        self.weights[at as usize]
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
