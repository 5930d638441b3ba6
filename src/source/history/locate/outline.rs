//! Outlines of folders: where their entries stand, and which of them matter.
//!
//! Most trees are deltas, and alike to their bases but for an entry or two. The
//! outline of such a tree is that of its base, moved along with what both
//! share; only entries that are not whole inside a shared part are read.

use std::ops::Range;

use crate::object::ObjectId;
use crate::unit::Copied;

/// From so many comparisons on, sorting is cheaper.
const FEW: usize = 1 << 12;
/// Most digits of a mode. Six are usual.
const LONGEST_MODE: usize = 8;

/// What an entry of a tree says it is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum EntryKind {
    Folder,
    /// A file or a symbolic link.
    File,
    /// A commit of another repository.
    Submodule,
}

/// An entry of a tree.
#[derive(Debug)]
pub(super) struct Entry<'a> {
    pub(super) kind: EntryKind,
    pub(super) name: &'a [u8],
    pub(super) id: ObjectId,
    /// Where the next one starts.
    end: usize,
}

impl<'a> Entry<'a> {
    /// Reads the entry that starts at `start`: its mode in octal digits, a
    /// space, its name, a zero and the name of an object.
    pub(super) fn parse(bytes: &'a [u8], start: usize) -> Option<Self> {
        let rest = bytes.get(start..)?;
        let (kind, mode) = match rest {
            // Nearly all are one of these.
            [b'1', b'0', b'0', b'6', b'4', b'4', b' ', ..] => (EntryKind::File, 6),
            [b'4', b'0', b'0', b'0', b'0', b' ', ..] => (EntryKind::Folder, 5),
            _ => kind(rest)?,
        };
        let named = &rest[mode + 1..];
        let zero = memchr::memchr(0, named).filter(|zero| *zero > 0)?;
        let (name, behind) = named.split_at(zero);
        let id = *behind[1..].first_chunk::<{ ObjectId::LENGTH }>()?;
        let end = start + mode + 1 + zero + 1 + id.len();
        Some(Self { kind, name, id: ObjectId::new(id), end })
    }
}

/// What the mode at the beginning of an entry says, and how many digits it has.
fn kind(entry: &[u8]) -> Option<(EntryKind, usize)> {
    let space = entry.iter().take(LONGEST_MODE + 1).position(|byte| *byte == b' ')?;
    let digits = &entry[..space];
    if digits.is_empty() || !digits.iter().all(|digit| (b'0'..=b'7').contains(digit)) {
        return None;
    }
    let mode = digits.iter().fold(0, |mode, digit| mode * 8 + u32::from(digit - b'0'));
    let kind = match mode & 0o170_000 {
        0o040_000 => EntryKind::Folder,
        0o160_000 => EntryKind::Submodule,
        _ => EntryKind::File,
    };
    Some((kind, space))
}

/// The entries of a tree as they stand there; none for what is no entry, and
/// then nothing more.
pub(super) fn entries(tree: &[u8]) -> impl Iterator<Item = Option<Entry<'_>>> {
    let mut next = Some(0);
    std::iter::from_fn(move || {
        let start = next.take().filter(|start| *start < tree.len())?;
        let entry = Entry::parse(tree, start);
        next = entry.as_ref().map(|entry| entry.end);
        Some(entry)
    })
}

/// What a tree holds under a name: an object that matters.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub(super) struct Held {
    /// Number of the name.
    pub(super) name: u32,
    /// Number of the object.
    pub(super) object: u32,
}

/// An entry that matters.
#[derive(Clone, Copy, Debug)]
struct Point {
    start: u32,
    held: Held,
}

/// An entry that was read.
#[derive(Debug)]
struct Fresh {
    kind: EntryKind,
    start: u32,
    /// Where its name stands.
    name: Range<usize>,
    /// Number of the points taken over that stand before it.
    points: usize,
}

/// The entries of a tree that were read, all at once.
pub(super) struct FreshEntries<'a> {
    bytes: &'a [u8],
    fresh: &'a [Fresh],
    /// Their objects.
    pub(super) ids: &'a [ObjectId],
}

impl<'a> FreshEntries<'a> {
    /// What kinds and names they have, in the order of the objects.
    pub(super) fn kinds_and_names(&self) -> impl Iterator<Item = (EntryKind, &'a [u8])> {
        let Self { bytes, fresh, .. } = *self;
        fresh.iter().map(|fresh| (fresh.kind, &bytes[fresh.name.clone()]))
    }
}

/// What is to be known of a tree when its deltas come by.
#[derive(Debug, Default)]
pub(super) struct Outline {
    /// Where its entries start, and where the last one ends.
    starts: Vec<u32>,
    /// Those that matter, ascending.
    points: Vec<Point>,
}

/// Makes outlines.
#[derive(Default)]
pub(super) struct Outliner {
    made: Outline,
    /// Whether the outline is asked for; else only changes are.
    full: bool,
    /// Which points of the base were taken over.
    taken: Vec<Range<usize>>,
    /// The entries of the tree that were not: those whose objects should be in
    /// this repository.
    fresh: Vec<Fresh>,
    /// Their objects.
    ids: Vec<ObjectId>,
    /// What they hold that matters.
    answers: Vec<Option<Held>>,
    /// Which points of the tree are theirs.
    read: Vec<usize>,
    spare: Vec<Point>,
    added: Vec<Held>,
    removed: Vec<Held>,
}

/// Whether all of a tree could be read.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Reading {
    Whole,
    Damaged,
}

impl Outliner {
    /// Reads a tree; `full` asks for its outline. `look` is shown the entries
    /// that are not taken over from the base, but for submodules, and adds to the
    /// list for each what of it matters.
    pub(super) fn read(
        &mut self,
        bytes: &[u8],
        full: bool,
        base: Option<(&Outline, &[Copied])>,
        look: impl FnOnce(&FreshEntries<'_>, &mut Vec<Option<Held>>),
    ) -> Reading {
        self.made.starts.clear();
        self.made.points.clear();
        self.taken.clear();
        self.read.clear();
        self.fresh.clear();
        self.ids.clear();
        self.full = full;
        if full {
            // The room a tree like its base takes, and a little more.
            let room = base.map_or(bytes.len() / 32, |(base, _)| base.starts.len()) + 8;
            self.made.starts.reserve(room);
        }
        let read = self.read_all(bytes, base);
        self.answers.clear();
        if !self.fresh.is_empty() {
            let Self { fresh, ids, answers, .. } = self;
            look(&FreshEntries { bytes, fresh, ids }, answers);
            self.add_points();
        }
        if read.is_some() { Reading::Whole } else { Reading::Damaged }
    }

    /// None if something is there that is no entry.
    fn read_all(&mut self, bytes: &[u8], base: Option<(&Outline, &[Copied])>) -> Option<()> {
        let mut at = 0;
        if let Some((base, copied)) = base {
            for part in copied {
                while at < part.to {
                    at = self.read_entry(bytes, at)?;
                }
                at = self.take_part(bytes, at, (base, part))?;
            }
        }
        while at < bytes.len() {
            at = self.read_entry(bytes, at)?;
        }
        self.made.starts.push(u32::try_from(at).ok()?);
        Some(())
    }

    /// Reads the entry at `at`, and tells where the next one starts.
    fn read_entry(&mut self, bytes: &[u8], at: usize) -> Option<usize> {
        let entry = Entry::parse(bytes, at)?;
        let start = u32::try_from(at).ok()?;
        if self.full {
            self.made.starts.push(start);
        }
        if entry.kind != EntryKind::Submodule {
            let end = entry.end - ObjectId::LENGTH - 1;
            let name = end - entry.name.len()..end;
            let points = self.made.points.len();
            self.fresh.push(Fresh { kind: entry.kind, start, name, points });
            self.ids.push(entry.id);
        }
        Some(entry.end)
    }

    /// Adds the points of the entries that were read to those taken over.
    fn add_points(&mut self) {
        if self.answers.iter().all(Option::is_none) {
            return;
        }
        let mut all = std::mem::take(&mut self.spare);
        all.clear();
        let taken = &mut self.made.points;
        let mut at = 0;
        for (fresh, held) in self.fresh.iter().zip(&self.answers) {
            let Some(held) = *held else { continue };
            all.extend_from_slice(&taken[at..fresh.points]);
            at = fresh.points;
            self.read.push(all.len());
            all.push(Point { start: fresh.start, held });
        }
        all.extend_from_slice(&taken[at..]);
        self.spare = std::mem::replace(taken, all);
    }

    /// Takes over the entries that are whole inside a copied part, from the
    /// first one on that starts here and there alike. Tells where the next
    /// entry starts.
    fn take_part(
        &mut self,
        bytes: &[u8],
        mut at: usize,
        (base, part): (&Outline, &Copied),
    ) -> Option<usize> {
        while at < part.to + part.length {
            let there = u32::try_from(at - part.to + part.from).ok()?;
            let Ok(first) = base.starts.binary_search(&there) else {
                at = self.read_entry(bytes, at)?;
                continue;
            };
            let end = u32::try_from(part.from + part.length).ok()?;
            let behind = &base.starts[first..];
            let count = behind.partition_point(|start| *start <= end) - 1;
            let (taken, next) = (&behind[..count], behind[count]);
            let shift = u32::try_from(at).ok()?.wrapping_sub(there);
            if self.full {
                self.made.starts.extend(taken.iter().map(|start| start.wrapping_add(shift)));
            }
            self.take_points(base, there..next, shift);
            return Some(at + (next - there) as usize);
        }
        Some(at)
    }

    /// Takes over the points of the base that stand in a range.
    fn take_points(&mut self, base: &Outline, range: Range<u32>, shift: u32) {
        let first = base.points.partition_point(|point| point.start < range.start);
        let behind = &base.points[first..];
        let count = behind.partition_point(|point| point.start < range.end);
        let moved = |point: &Point| Point { start: point.start.wrapping_add(shift), ..*point };
        self.made.points.extend(behind[..count].iter().map(moved));
        self.taken.push(first..first + count);
    }

    /// What the tree that was read last holds and its base does not, then what
    /// the base holds and the tree does not; each as a set.
    pub(super) fn changes(&mut self, base: Option<&Outline>) -> (&[Held], &[Held]) {
        let Self { made: Outline { points, .. }, read, added, removed, .. } = self;
        added.clear();
        removed.clear();
        added.extend(read.iter().map(|at| points[*at].held));
        let Some(base) = base else {
            retain_absent(added, &[]);
            return (added, removed);
        };
        if !self.taken.is_sorted_by_key(|range| range.start) {
            self.taken.sort_unstable_by_key(|range| range.start);
        }
        let mut at = 0;
        for range in self.taken.iter().chain([&(base.points.len()..base.points.len())]) {
            if at < range.start {
                removed.extend(base.points[at..range.start].iter().map(|point| point.held));
            }
            at = at.max(range.end);
        }
        retain_absent(added, &base.points);
        retain_absent(removed, points);
        (added, removed)
    }

    /// The outline of the tree that was read last.
    pub(super) fn finish(&mut self) -> Outline {
        let starts = std::mem::take(&mut self.made.starts);
        // As many points as there are take less room than the list for them.
        Outline { starts, points: self.made.points.clone() }
    }
}

/// Keeps what none of the points holds, each once.
fn retain_absent(held: &mut Vec<Held>, points: &[Point]) {
    if held.len() > 1 {
        held.sort_unstable();
        held.dedup();
    }
    if held.len().saturating_mul(points.len()) <= FEW {
        held.retain(|held| points.iter().all(|point| point.held != *held));
    } else {
        let mut all: Vec<Held> = points.iter().map(|point| point.held).collect();
        all.sort_unstable();
        held.retain(|held| all.binary_search(held).is_err());
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::{Entry, EntryKind, FreshEntries, Held, Outline, Outliner, Reading};
    use crate::object::ObjectId;
    use crate::unit::Copied;

    /// A tree with an entry for each pair: its name and its object.
    fn tree(entries: &[(String, u8)]) -> Vec<u8> {
        let mut bytes = Vec::new();
        for (name, object) in entries {
            bytes.extend_from_slice(b"40000 ");
            bytes.extend_from_slice(name.as_bytes());
            bytes.push(0);
            bytes.extend_from_slice(&[*object; 20]);
        }
        bytes
    }

    /// Everything that begins with `x` matters.
    fn held(name: &[u8], id: &ObjectId) -> Option<Held> {
        let step = |n: u32, byte: &u8| n.wrapping_mul(251).wrapping_add(u32::from(*byte));
        let object = u32::from(id.as_bytes()[0]);
        let number = name.iter().fold(0, step);
        (name[0] == b'x').then_some(Held { name: number, object })
    }

    fn look(entries: &FreshEntries<'_>, answers: &mut Vec<Option<Held>>) {
        let entries = entries.kinds_and_names().zip(entries.ids);
        answers.extend(entries.map(|((_, name), id)| held(name, id)));
    }

    fn outline(bytes: &[u8], base: Option<(&Outline, &[Copied])>) -> (Outliner, Reading) {
        let mut outliner = Outliner::default();
        let reading = outliner.read(bytes, true, base, look);
        (outliner, reading)
    }

    fn all(outline: &Outline) -> Vec<(u32, Held)> {
        outline.points.iter().map(|point| (point.start, point.held)).collect()
    }

    #[test]
    fn an_entry_is_read() {
        let bytes = b"100644 a b\0aaaaaaaaaaaaaaaaaaaa160000 c\0bbbbbbbbbbbbbbbbbbbb";
        let first = Entry::parse(bytes, 0).expect("it is right");
        assert_eq!((first.kind, first.name, first.end), (EntryKind::File, b"a b".as_slice(), 31));
        let second = Entry::parse(bytes, 31).expect("it is right");
        assert_eq!((second.kind, second.end), (EntryKind::Submodule, bytes.len()));
        for damaged in [
            b"100644 a\0aaaaaaaaaaaaaaaaaaa".as_slice(),
            b"100644 a",
            b"100644 \0aaaaaaaaaaaaaaaaaaaa",
            b" a\0aaaaaaaaaaaaaaaaaaaa",
            b"100648 a\0aaaaaaaaaaaaaaaaaaaa",
            b"100644\0aaaaaaaaaaaaaaaaaaaa",
            b"1006440000 a\0aaaaaaaaaaaaaaaaaaaa",
        ] {
            assert!(Entry::parse(damaged, 0).is_none());
        }
    }

    /// What an entry says, read digit by digit.
    fn read_slowly(bytes: &[u8]) -> Option<(EntryKind, &[u8], &[u8])> {
        let zero = bytes.iter().position(|byte| *byte == 0)?;
        let (head, behind) = (&bytes[..zero], &bytes[zero + 1..]);
        let space = head.iter().position(|byte| *byte == b' ').filter(|space| *space <= 8)?;
        let mode = u32::from_str_radix(std::str::from_utf8(&head[..space]).ok()?, 8).ok()?;
        let kind = match mode & 0o170_000 {
            0o040_000 => EntryKind::Folder,
            0o160_000 => EntryKind::Submodule,
            _ => EntryKind::File,
        };
        let name = Some(&head[space + 1..]).filter(|name| !name.is_empty())?;
        Some((kind, name, behind.get(..20)?))
    }

    proptest! {
        #[test]
        fn an_entry_is_read_as_one_does_slowly(
            mode in "(100644|40000|100755|120000|160000|040000|10064|400000|[0-9]{0,10})",
            name in "[ a-c\0]{0,4}",
            rest in proptest::collection::vec(0_u8..3, 0..25),
        ) {
            let mut bytes = format!("{mode} {name}\0").into_bytes();
            bytes.extend(rest);
            let entry = Entry::parse(&bytes, 0);
            let read = entry.as_ref().map(|entry| (entry.kind, entry.name, &entry.id.as_bytes()[..]));
            prop_assert_eq!(read, read_slowly(&bytes));
        }
    }

    #[test]
    fn a_tree_is_read_up_to_its_damage() {
        let mut bytes = tree(&[("xa".into(), 1), ("b".into(), 2)]);
        bytes.extend_from_slice(b"40000 x");
        let (mut outliner, reading) = outline(&bytes, None);
        assert_eq!(reading, Reading::Damaged);
        assert_eq!(outliner.changes(None).0.len(), 1);
    }

    /// Copies and insertions that make a text of another.
    fn pieces() -> impl Strategy<Value = Vec<(bool, usize, usize)>> {
        proptest::collection::vec((any::<bool>(), 0..600_usize, 1..200_usize), 0..12)
    }

    fn entries() -> impl Strategy<Value = Vec<(String, u8)>> {
        proptest::collection::vec(("[xy][ab0]{0,2}", 0..4_u8), 0..20)
    }

    proptest! {
        /// An outline that is taken over in parts is that of the whole tree,
        /// and so are the changes: whatever is copied, even if nothing of it
        /// makes sense.
        #[test]
        fn what_is_taken_over_is_what_would_be_read(
            base in entries(),
            other in entries(),
            pieces in pieces(),
        ) {
            let (base, other) = (tree(&base), tree(&other));
            let (mut bytes, mut copied) = (Vec::new(), Vec::new());
            for (copy, from, length) in pieces {
                let source = if copy { &base } else { &other };
                let from = from.min(source.len());
                let length = length.min(source.len() - from);
                if copy && length > 0 {
                    copied.push(Copied { from, to: bytes.len(), length });
                }
                bytes.extend_from_slice(&source[from..from + length]);
            }
            let (mut outliner, _) = outline(&base, None);
            let base = outliner.finish();
            let (mut whole, expected) = outline(&bytes, None);
            let mut brief = Outliner::default();
            let (mut parts, reading) = outline(&bytes, Some((&base, &copied)));
            prop_assert_eq!(reading, expected);
            let (added, removed) = parts.changes(Some(&base));
            let (added, removed) = (added.to_vec(), removed.to_vec());
            let set = |outline: &Outline| {
                let mut set: Vec<Held> = all(outline).into_iter().map(|(_, held)| held).collect();
                set.sort_unstable();
                set.dedup();
                set
            };
            prop_assert_eq!(brief.read(&bytes, false, Some((&base, &copied)), look), reading);
            prop_assert_eq!(brief.changes(Some(&base)), (&added[..], &removed[..]));
            let (whole, parts) = (whole.finish(), parts.finish());
            prop_assert_eq!(all(&whole), all(&parts));
            if reading == Reading::Whole {
                prop_assert_eq!(&whole.starts, &parts.starts);
            }
            let (before, now) = (set(&base), set(&whole));
            let without = |one: &[Held], other: &[Held]| -> Vec<Held> {
                one.iter().filter(|held| !other.contains(held)).copied().collect()
            };
            prop_assert_eq!(added, without(&now, &before));
            prop_assert_eq!(removed, without(&before, &now));
        }
    }
}
