//! All literals of all rules at once: where in a text does one stand?
//!
//! The text is sampled: at every second position four bytes, letter case
//! folded, are hashed to 21 bits and looked up in a table of 2 Mbit, of which
//! ordinary text touches little. Whichever way the samples fall, one of two
//! neighbouring four-byte runs ("grams") of a literal is sampled; which two of
//! a long literal are entered is decided by rarity. Of a literal of four bytes
//! one gram holds a byte more than the literal: it is entered with every byte
//! that can follow there.
//!
//! A block of text goes through three loops: hash all samples (the compiler
//! makes vector instructions of it), look all of them up, gather those found.
//! None of them branches on what the text holds. A sample that is found is then
//! followed up exactly: the literals it may belong to are compared with the
//! text.
//!
//! The result is exactly the set of places where a literal stands, which a
//! test holds against the `aho-corasick` crate.

use std::ops::Range;

use crate::rule::{ByteSet, Trigger};

/// Bytes in a sample.
const GRAM: usize = 4;
/// Positions between samples.
const STRIDE: usize = 2;
/// Samples in a block: what belongs to them stays in the first-level cache.
const SAMPLES: usize = 1024;
/// Most bytes of text that a block's samples are of.
const READ: usize = SAMPLES * STRIDE + STRIDE;
/// Samples looked at together when the found ones are gathered.
const GROUP: usize = 8;
/// The bits of the table that share the lower part of a hash.
type Word = u32;
/// Bits of a hash that choose one of them.
const CHOICE_BITS: u32 = Word::BITS.ilog2();
/// Those bits.
const CHOICE_MASK: u8 = (1 << CHOICE_BITS) - 1;
/// Slots of the second level.
const SLOT_BITS: u32 = 12;

/// A set of literals, ready to be searched for.
pub(crate) struct Prefilter {
    /// For each hash a bit: has a gram with that hash been entered?
    table: Box<[Word; 1 << 16]>,
    /// Literals by a gram that is all theirs.
    inside: Slots,
    /// Literals by the first three bytes of a gram of which the last one stands
    /// behind them.
    behind: Slots,
    /// Literals by the last three bytes of a gram that starts one byte before
    /// them.
    before: Slots,
    /// The literals.
    needles: Vec<Needle>,
}

/// A literal.
struct Needle {
    literal: Box<[u8]>,
    fold: bool,
    /// Bytes that can follow it, letter case folded.
    follow: ByteSet,
    /// Where the first of the two grams stands that are entered for it.
    pair: i32,
}

/// What a sample that was found may belong to.
#[derive(Clone, Copy)]
struct Entry {
    /// The first eight bytes of the literal, little-endian, zero-filled.
    head: u64,
    /// Bytes of `head` that count.
    mask: u64,
    /// Set bits fold letter case before comparing.
    fold: u64,
    /// The bytes the entry is filed under.
    key: u32,
    needle: u32,
    /// Bytes of the literal before the sample; -1 if it starts behind it.
    offset: i32,
}

/// Entries, filed by a hash of their key.
struct Slots {
    /// A bit for each hash of a key: most samples that were found by chance end
    /// here.
    keys: Box<[u32; 2048]>,
    starts: Box<[u32]>,
    /// The entries' keys: they are gone through without the entries.
    filed: Vec<u32>,
    entries: Vec<Entry>,
}

/// Folds the letter case of eight bytes. Other bytes change too, in the literal
/// as in the text.
const FOLD: u64 = 0x2020_2020_2020_2020;
/// Folds a byte.
const FOLD_BYTE: u8 = 0x20;

impl Prefilter {
    /// A prefilter for `triggers`, whose literals have four bytes or more, or
    /// three if only certain ones can follow; hits name them by their index.
    pub(crate) fn new<'a>(triggers: impl Iterator<Item = &'a Trigger>) -> Self {
        let needles: Vec<Needle> = triggers.map(Needle::new).collect();
        let mut table: Box<[Word; 1 << 16]> =
            vec![0; 1 << 16].into_boxed_slice().try_into().expect("the length is right");
        let (mut inside, mut behind, mut before) = (Vec::new(), Vec::new(), Vec::new());
        for (index, needle) in (0..).zip(&needles) {
            let first = needle.pair;
            for offset in [first, first + 1] {
                needle.enter(offset, &mut table);
                let entries = match needle.known(offset) {
                    (_, None) => &mut inside,
                    _ if offset < 0 => &mut before,
                    _ => &mut behind,
                };
                entries.push(needle.entry(index, offset));
            }
        }
        let [inside, behind, before] = [inside, behind, before].map(Slots::new);
        Self { table, inside, behind, before, needles }
    }

    /// Calls `hit(index, start)` for every place where a literal stands in
    /// `text`, in the order of the samples, which is that of the starts but for
    /// the length of a literal.
    pub(crate) fn find(&self, text: &[u8], hit: &mut dyn FnMut(u32, usize)) {
        self.find_in(text, std::iter::once(0..text.len()), &mut Block::default(), hit);
    }

    /// Calls `hit` for every literal that stands in one of `ranges` of `text`,
    /// and for some that only begin or end there. One that stands where two
    /// ranges overlap comes twice.
    pub(crate) fn find_in(
        &self,
        text: &[u8],
        ranges: impl Iterator<Item = Range<usize>>,
        block: &mut Block,
        hit: &mut dyn FnMut(u32, usize),
    ) {
        for range in ranges {
            let mut at = range.start;
            while at < range.end {
                let wanted = (range.end - at).div_ceil(STRIDE).next_multiple_of(GROUP);
                let samples = wanted.min(SAMPLES - block.filled);
                block.add(text, at, samples);
                at += samples * STRIDE;
                if block.filled == SAMPLES {
                    self.find_in_block(text, block, hit);
                }
            }
        }
        self.find_in_block(text, block, hit);
    }

    /// Looks up all samples in the block, and empties it.
    fn find_in_block(&self, text: &[u8], block: &mut Block, hit: &mut dyn FnMut(u32, usize)) {
        block.look_up(&self.table);
        for noted in 0..block.gather() {
            let (place, mut bits) = block.group(noted);
            while bits != 0 {
                let lane = bits.trailing_zeros() as usize / 8;
                bits &= bits - 1;
                self.follow_up(text, place + lane * STRIDE, hit);
            }
        }
        block.filled = 0;
    }

    /// Compares the literals behind a sample that was found with the text.
    #[inline(never)]
    fn follow_up(&self, text: &[u8], sample: usize, hit: &mut dyn FnMut(u32, usize)) {
        let Some(rest) = text.get(sample..) else { return };
        let (inside, behind, before) = match *rest {
            [a, b, c, d, ..] => (key([a, b, c, d]), key([a, b, c, 0]), key([b, c, d, 0])),
            [a, b, c] => (0, key([a, b, c, 0]), 0),
            _ => return,
        };
        for (slots, key) in [(&self.inside, inside), (&self.behind, behind), (&self.before, before)]
        {
            if slots.may_hold(key) {
                self.compare(slots, key, text, sample, hit);
            }
        }
    }

    /// Compares the literals filed under `key` with the text around a sample.
    #[inline(never)]
    fn compare(
        &self,
        slots: &Slots,
        key: u32,
        text: &[u8],
        sample: usize,
        hit: &mut dyn FnMut(u32, usize),
    ) {
        for entry in slots.filed_under(key) {
            let start = sample.checked_add_signed(-(entry.offset as isize));
            if let Some(start) = start.filter(|&start| self.stands_at(entry, text, start)) {
                hit(entry.needle, start);
            }
        }
    }

    /// Whether the literal of `entry` stands at `start`.
    fn stands_at(&self, entry: &Entry, text: &[u8], start: usize) -> bool {
        let Some(rest) = text.get(start..) else { return false };
        let needle = &self.needles[entry.needle as usize];
        if let Some(head) = rest.first_chunk::<8>() {
            let head = (u64::from_le_bytes(*head) | entry.fold) & entry.mask;
            if head != entry.head {
                return false;
            }
            if needle.literal.len() <= 8 {
                return needle.may_precede(rest);
            }
        }
        let same = rest.get(..needle.literal.len()).is_some_and(|bytes| needle.equals(bytes));
        same && needle.may_precede(rest)
    }
}

/// Samples from one or several parts of a text.
pub(crate) struct Block {
    /// How many there are; a multiple of the group.
    filled: usize,
    /// The lower 16 bits of each sample's hash.
    hashes: [u16; SAMPLES],
    /// The upper ones: which bit of a word they choose.
    choices: [u8; SAMPLES],
    /// For each sample 1 if it was found.
    found: [u8; SAMPLES],
    /// For each group, where in the text its first sample stands.
    places: [usize; SAMPLES / GROUP],
    /// Groups of samples among which some were found.
    groups: [u8; SAMPLES / GROUP],
}

impl Default for Block {
    fn default() -> Self {
        Self {
            filled: 0,
            hashes: [0; SAMPLES],
            choices: [0; SAMPLES],
            found: [0; SAMPLES],
            places: [0; SAMPLES / GROUP],
            groups: [0; SAMPLES / GROUP],
        }
    }
}

impl Block {
    /// Adds so many samples from `at` of `text` on: no more than there is room
    /// for. Behind the end of the text stand zeros.
    fn add(&mut self, text: &[u8], at: usize, samples: usize) {
        let first = self.filled;
        let read = samples * STRIDE + STRIDE;
        if let Some(bytes) = text.get(at..at + read) {
            self.hash(bytes, first, samples);
        } else {
            let mut padded = [0; READ];
            let rest = &text[at..];
            padded[..rest.len()].copy_from_slice(rest);
            self.hash(&padded[..read], first, samples);
        }
        let places = &mut self.places[first / GROUP..(first + samples) / GROUP];
        for (group, place) in places.iter_mut().enumerate() {
            *place = at + group * GROUP * STRIDE;
        }
        self.filled += samples;
    }

    /// Hashes samples and files them from `first` on.
    fn hash(&mut self, read: &[u8], first: usize, samples: usize) {
        #[cfg(target_arch = "x86_64")]
        if std::arch::is_x86_feature_detected!("avx2") {
            #[expect(unsafe_code, reason = "the processor was asked: it has what is needed")]
            // SAFETY: AVX2 was detected on the line above.
            unsafe {
                self.hash_avx2(read, first, samples);
            }
            return;
        }
        self.hash_anywhere(read, first, samples);
    }

    /// The same code as [`hash_anywhere`](Self::hash_anywhere), compiled for
    /// 32-byte registers.
    #[cfg(target_arch = "x86_64")]
    #[target_feature(enable = "avx2")]
    fn hash_avx2(&mut self, read: &[u8], first: usize, samples: usize) {
        self.hash_anywhere(read, first, samples);
    }

    #[expect(clippy::inline_always, reason = "it must become part of the vector loop")]
    #[inline(always)]
    fn hash_anywhere(&mut self, read: &[u8], first: usize, samples: usize) {
        let read = &read[..samples * STRIDE + STRIDE];
        let hashes = &mut self.hashes[first..first + samples];
        let choices = &mut self.choices[first..first + samples];
        for sample in 0..samples {
            let at = sample * STRIDE;
            let first = u16::from_le_bytes([read[at], read[at + 1]]);
            let second = u16::from_le_bytes([read[at + 2], read[at + 3]]);
            (hashes[sample], choices[sample]) = hash(first, second);
        }
    }

    /// Looks the samples up.
    fn look_up(&mut self, table: &[Word; 1 << 16]) {
        for sample in 0..self.filled.min(SAMPLES) {
            let word = table[usize::from(self.hashes[sample])];
            self.found[sample] = (word >> self.choices[sample]).to_le_bytes()[0] & 1;
        }
    }

    /// Notes the groups in which samples were found; returns how many.
    fn gather(&mut self) -> usize {
        let mut count = 0;
        let (groups, _) = self.found[..self.filled.min(SAMPLES)].as_chunks::<GROUP>();
        for (number, group) in groups.iter().enumerate() {
            self.groups[count] = u8::try_from(number).unwrap_or(u8::MAX);
            count += usize::from(u64::from_le_bytes(*group) != 0);
        }
        count
    }

    /// Where the first sample of a noted group stands, and one bit in the byte
    /// of each of its samples that was found.
    fn group(&self, noted: usize) -> (usize, u64) {
        let group = usize::from(self.groups[noted]);
        let bytes = self.found[group * GROUP..].first_chunk::<GROUP>();
        (self.places[group], bytes.map_or(0, |bytes| u64::from_le_bytes(*bytes)))
    }
}

impl Needle {
    fn new(trigger: &Trigger) -> Self {
        Self {
            literal: trigger.literal.as_ref().into(),
            fold: trigger.fold,
            follow: trigger.follow.folded(),
            pair: trigger.pair.into(),
        }
    }

    /// Whether what stands behind the literal, with which `text` begins, can do
    /// so. Behind the end of a text may be more of it.
    fn may_precede(&self, text: &[u8]) -> bool {
        let next = text.get(self.literal.len()).map(|byte| byte | FOLD_BYTE);
        next.is_none_or(|next| self.follow.has(next))
    }

    fn equals(&self, bytes: &[u8]) -> bool {
        if self.fold {
            bytes.iter().zip(&self.literal).all(|(byte, folded)| byte | FOLD_BYTE == *folded)
        } else {
            bytes == &*self.literal
        }
    }

    /// The bytes known of the gram at `offset`, and all that may stand in the
    /// place of the one that is not known, folded.
    fn known(&self, offset: i32) -> (&[u8], Option<&ByteSet>) {
        let Ok(start) = usize::try_from(offset) else {
            return (&self.literal[..GRAM - 1], Some(&ANY_FOLDED));
        };
        match self.literal.get(start..start + GRAM) {
            Some(gram) => (gram, None),
            None => (&self.literal[start..], Some(&self.follow)),
        }
    }

    /// Enters the gram at `offset` into the table, with every byte that may
    /// stand in a place that is not known.
    fn enter(&self, offset: i32, table: &mut [Word; 1 << 16]) {
        let mut enter = |gram: [u8; GRAM]| {
            let [a, b, c, d] = gram;
            let (hash, choice) = hash(u16::from_le_bytes([a, b]), u16::from_le_bytes([c, d]));
            table[usize::from(hash)] |= 1 << choice;
        };
        match self.known(offset) {
            (&[a, b, c, d], _) => enter([a, b, c, d]),
            (&[a, b, c], Some(set)) => {
                for byte in set.bytes() {
                    enter(if offset < 0 { [byte, a, b, c] } else { [a, b, c, byte] });
                }
            }
            _ => {}
        }
    }

    fn entry(&self, needle: u32, offset: i32) -> Entry {
        let mut head = [0; 8];
        let mut mask = [0; 8];
        for (at, &byte) in self.literal.iter().take(8).enumerate() {
            head[at] = byte;
            mask[at] = 0xff;
        }
        Entry {
            head: u64::from_le_bytes(head),
            mask: u64::from_le_bytes(mask),
            fold: if self.fold { FOLD } else { 0 },
            key: match self.known(offset) {
                (&[a, b, c, d], _) => key([a, b, c, d]),
                (&[a, b, c], _) => key([a, b, c, 0]),
                _ => 0,
            },
            needle,
            offset,
        }
    }
}

impl Slots {
    fn new(mut entries: Vec<Entry>) -> Self {
        entries.sort_by_key(|entry| (slot(entry.key), entry.needle, entry.offset));
        let mut starts = vec![0; (1 << SLOT_BITS) + 1];
        for entry in &entries {
            starts[slot(entry.key) + 1] += 1;
        }
        for slot in 0..1 << SLOT_BITS {
            starts[slot + 1] += starts[slot];
        }
        let mut keys = Box::new([0; 2048]);
        for entry in &entries {
            let hash = key_hash(entry.key);
            keys[hash >> 5] |= 1 << (hash & 31);
        }
        let filed = entries.iter().map(|entry| entry.key).collect();
        Self { keys, starts: starts.into(), filed, entries }
    }

    /// Whether something is filed under `key`, or by chance seems to be.
    #[expect(clippy::inline_always, reason = "it must become part of the vector loop")]
    #[inline(always)]
    fn may_hold(&self, key: u32) -> bool {
        let hash = key_hash(key);
        (self.keys[hash >> 5] >> (hash & 31)) & 1 != 0
    }

    /// The entries filed under `key`.
    fn filed_under(&self, key: u32) -> impl Iterator<Item = &Entry> {
        let slot = slot(key);
        let range = self.starts[slot] as usize..self.starts[slot + 1] as usize;
        let (filed, entries) = (&self.filed[range.clone()], &self.entries[range]);
        filed.iter().zip(entries).filter(move |(filed, _)| **filed == key).map(|(_, entry)| entry)
    }
}

/// Four bytes as a number, letter case folded; a byte that is not known is 0.
fn key(bytes: [u8; 4]) -> u32 {
    u32::from_le_bytes(bytes.map(|byte| byte | FOLD_BYTE))
}

/// A hash of 16 bits.
fn key_hash(key: u32) -> usize {
    (key.wrapping_mul(0x9e37_79b1) >> 16) as usize
}

fn slot(key: u32) -> usize {
    key_hash(key) >> (16 - SLOT_BITS)
}

/// All bytes, letter case folded.
const ANY_FOLDED: ByteSet = ByteSet::ANY.folded();

/// Hashes four bytes, letter case folded, to 16 bits and a choice of one of the
/// bits of a word.
#[expect(clippy::inline_always, reason = "it must become part of the vector loop")]
#[inline(always)]
const fn hash(first: u16, second: u16) -> (u16, u8) {
    let first = (first | 0x2020).wrapping_mul(0x9e37);
    let second = (second | 0x2020).wrapping_mul(0x79b1);
    let mixed = first.wrapping_add(second ^ (second >> 7)) ^ (first >> 9);
    let choice = (first ^ second) >> 5;
    let [choice, _] = choice.to_le_bytes();
    (mixed, choice & CHOICE_MASK)
}

#[cfg(test)]
mod tests {
    use super::Prefilter;
    use crate::rule::{RuleSet, Trigger, sample};

    /// Literals and places by the prefilter, sorted.
    fn fast(triggers: &[Trigger], text: &[u8]) -> Vec<(u32, usize)> {
        let mut hits = Vec::new();
        Prefilter::new(triggers.iter()).find(text, &mut |index, at| hits.push((index, at)));
        hits.sort_unstable();
        hits
    }

    /// The same by the `aho-corasick` crate; of a literal whose follower is
    /// known only the places where it is followed so.
    fn exact(triggers: &[Trigger], text: &[u8]) -> Vec<(u32, usize)> {
        let folded: Vec<u8> = text.iter().map(|byte| byte | 0x20).collect();
        let mut hits = Vec::new();
        for (index, trigger) in (0..).zip(triggers) {
            let haystack = if trigger.fold { &folded } else { text };
            let automaton = aho_corasick::AhoCorasick::new([trigger.literal.as_ref()])
                .expect("one literal makes an automaton");
            let found = automaton.find_overlapping_iter(haystack).map(|found| found.start());
            hits.extend(found.map(|at| (index, at)));
        }
        hits.sort_unstable();
        hits
    }

    fn can_follow(trigger: &Trigger, text: &[u8], at: usize) -> bool {
        let behind = text.get(at + trigger.literal.len());
        behind.is_some_and(|byte| trigger.follow.has(*byte))
    }

    fn triggers() -> Vec<Trigger> {
        RuleSet::builtin().iter().flat_map(|(_, rule)| rule.triggers.to_vec()).collect()
    }

    /// Every place where a literal stands and can be part of a match is found,
    /// and nothing else.
    fn compare(triggers: &[Trigger], text: &[u8]) {
        let exact = exact(triggers, text);
        let fast = fast(triggers, text);
        for hit in &fast {
            assert!(exact.binary_search(hit).is_ok(), "{hit:?} is no hit");
        }
        for &(index, at) in &exact {
            if can_follow(&triggers[index as usize], text, at) {
                assert!(fast.binary_search(&(index, at)).is_ok(), "({index}, {at}) is missed");
            }
        }
    }

    #[test]
    fn literals_are_found_wherever_they_stand() {
        let triggers = triggers();
        for (index, trigger) in triggers.iter().enumerate() {
            let follow = trigger.follow.bytes().next().expect("something can follow");
            for at in [0, 1, 2, 3, 2043, 2044, 2045, 2046, 2047, 2048, 2049, 4090] {
                let mut text = vec![b' '; at];
                text.extend_from_slice(&trigger.literal);
                text.push(follow);
                let wanted = (u32::try_from(index).expect("few"), at);
                assert!(fast(&triggers[index..=index], &text).contains(&(0, at)), "{wanted:?}");
            }
        }
    }

    #[test]
    fn the_hits_are_those_of_aho_corasick() {
        let triggers = triggers();
        let literals: Vec<u8> =
            triggers.iter().flat_map(|t| [t.literal.as_ref(), b"aZ9 \n"].concat()).collect();
        compare(&triggers, &literals);
        compare(&triggers, literals.to_ascii_uppercase().as_slice());
        let noise = sample::expand("${base64:100000}", 5).expect("the template is right");
        compare(&triggers, noise.as_bytes());
        compare(&triggers, include_bytes!("mod.rs"));
    }
}
