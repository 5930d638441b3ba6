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
//! None of them branches on what the text holds. Those found go through a
//! sieve, again without a branch: is anything filed under a sample's bytes? For
//! what is left the literals it may belong to are compared with the text.
//!
//! The result is exactly the set of places where a literal stands, which a
//! test holds against the `aho-corasick` crate.

mod block;
mod needle;
mod slots;

use std::ops::Range;

use crate::rule::Trigger;
pub(super) use block::Block;
use block::{GROUP, SAMPLES, SIFTED, STRIDE};
use needle::Needle;
use slots::{Entry, Known, Slots, key};

/// Bytes in a sample.
const GRAM: usize = 4;
/// Bits of a hash that the first two bytes of a sample decide upon.
const UPPER_BITS: u32 = 6;
/// What they and the other two are multiplied by: odd numbers, by which few
/// runs of common text have the hash of one that was entered.
const FACTORS: (u16, u16) = (0x1a59, 0xe603);
/// The bits of the table that share the lower part of a hash.
type Word = u32;
/// For each hash a bit.
type Table = [Word; 1 << 16];
/// Bits of a hash that choose one of them.
const CHOICE_BITS: u32 = Word::BITS.ilog2();

/// A set of literals, ready to be searched for.
pub(crate) struct Prefilter {
    /// For each hash a bit: has a gram with that hash been entered?
    table: Box<Table>,
    /// Literals by the bytes of the grams entered for them.
    slots: Slots,
    /// The literals.
    needles: Vec<Needle>,
}

impl Prefilter {
    /// A prefilter for `triggers`, whose literals have four bytes or more, or
    /// three if only certain ones can follow; hits name them by their index.
    pub(crate) fn new<'a>(triggers: impl Iterator<Item = &'a Trigger>) -> Self {
        let needles: Vec<Needle> = triggers.map(Needle::new).collect();
        let mut table: Box<Table> =
            vec![0; 1 << 16].into_boxed_slice().try_into().expect("the length is right");
        let mut entries = Vec::with_capacity(needles.len() * 2);
        for (index, needle) in (0..).zip(&needles) {
            for offset in [needle.pair, needle.pair + 1] {
                needle.enter(offset, &mut table);
                entries.push(needle.entry(index, offset));
            }
        }
        Self { table, slots: Slots::new(entries), needles }
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
                block.add(text, at, samples, &self.table);
                at += samples * STRIDE;
                if block.filled == SAMPLES {
                    self.find_in_block(text, block, hit);
                }
            }
        }
        self.find_in_block(text, block, hit);
    }

    /// Follows up what was found in the block, and empties it.
    fn find_in_block(&self, text: &[u8], block: &mut Block, hit: &mut dyn FnMut(u32, usize)) {
        let found = block.gather();
        for first in (0..found).step_by(SIFTED) {
            let kept = self.sift(text, block, first..found.min(first + SIFTED));
            for &(sample, key) in &block.sieve[..kept] {
                for entry in self.slots.filed_under(key) {
                    let start = sample.wrapping_add_signed(-(entry.offset as isize));
                    if self.stands_at(entry, text, start) {
                        hit(entry.needle, start);
                    }
                }
            }
        }
        block.filled = 0;
    }

    /// Puts those of some found samples into the sieve under whose bytes literals
    /// are filed; returns how many keys that are. What was found by chance ends
    /// here, without a branch that could be foreseen wrongly.
    #[inline(never)]
    fn sift(&self, text: &[u8], block: &mut Block, found: Range<usize>) -> usize {
        let mut kept = 0;
        for noted in found {
            let sample = block.place(noted);
            let gram = u32::from_le_bytes(bytes_at(text, sample));
            for known in [Known::All, Known::First, Known::Last] {
                let key = key(gram, known);
                block.sieve[kept] = (sample, key);
                kept += usize::from(self.slots.may_hold(key));
            }
        }
        kept
    }

    /// Whether the literal of `entry` stands at `start`.
    #[inline]
    fn stands_at(&self, entry: &Entry, text: &[u8], start: usize) -> bool {
        let Some(rest) = text.get(start..) else { return false };
        let head = rest.first_chunk::<8>().map(|head| u64::from_le_bytes(*head));
        if head.is_some_and(|head| (head | entry.fold) & entry.mask != entry.head) {
            return false;
        }
        let needle = &self.needles[entry.needle as usize];
        if head.is_some() && needle.literal.len() <= 8 {
            return needle.may_precede(rest);
        }
        let same = rest.get(..needle.literal.len()).is_some_and(|bytes| needle.equals(bytes));
        same && needle.may_precede(rest)
    }
}

/// The four bytes at `at`; behind the end of the text stand zeros.
#[expect(clippy::inline_always, reason = "it must become part of the loop")]
#[inline(always)]
fn bytes_at(text: &[u8], at: usize) -> [u8; GRAM] {
    let rest = text.get(at..).unwrap_or_default();
    rest.first_chunk().copied().unwrap_or_else(|| {
        let mut padded = [0; GRAM];
        padded[..rest.len()].copy_from_slice(rest);
        padded
    })
}

/// Hashes four bytes, letter case folded, to 16 bits that name a word of the
/// table and five, the last ones of the byte, that name a bit of it.
#[expect(clippy::inline_always, reason = "it must become part of the vector loop")]
#[inline(always)]
const fn hash(first: u16, second: u16) -> (u16, u8) {
    let first = (first | 0x2020).wrapping_mul(FACTORS.0);
    let second = (second | 0x2020).wrapping_mul(FACTORS.1);
    let rest = first.wrapping_add(second ^ (second >> 7));
    let word = first & !(u16::MAX >> UPPER_BITS) | rest >> UPPER_BITS;
    let [bit, _] = (rest >> (UPPER_BITS - CHOICE_BITS)).to_le_bytes();
    (word, bit)
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
        compare(&triggers, include_bytes!("../mod.rs"));
    }
}
