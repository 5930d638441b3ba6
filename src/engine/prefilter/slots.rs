//! What samples may belong to, filed by the bytes of the sample.

use super::needle::FOLD_BYTE;

/// Bits of a slot's number.
const SLOT_BITS: u32 = 14;
/// Bits of the hash that a first look takes.
const KEY_BITS: u32 = 18;
/// Words of the bits for that look.
const KEY_WORDS: usize = 1 << (KEY_BITS - u32::BITS.ilog2());

/// What a sample may belong to.
#[derive(Clone, Copy)]
pub(super) struct Entry {
    /// The first eight bytes of the literal, little-endian, zero-filled.
    pub(super) head: u64,
    /// Bytes of `head` that count.
    pub(super) mask: u64,
    /// Set bits fold letter case before comparing.
    pub(super) fold: u64,
    pub(super) needle: u32,
    /// Bytes of the literal before the sample; -1 if it starts behind it.
    pub(super) offset: i32,
}

/// Entries, filed by a hash of their key. One slot may hold those of several
/// keys: the literal is compared anyway.
pub(super) struct Slots {
    /// A bit for each hash of a key: samples that were found by chance end here.
    keys: Box<[u32; KEY_WORDS]>,
    starts: Box<[u32]>,
    entries: Vec<Entry>,
}

impl Slots {
    /// Files entries, each under its key.
    pub(super) fn new(mut entries: Vec<(u32, Entry)>) -> Self {
        entries.sort_by_key(|(key, entry)| (slot(*key), entry.needle, entry.offset));
        let mut starts = vec![0; (1 << SLOT_BITS) + 1];
        let mut keys: Box<[u32; KEY_WORDS]> =
            vec![0; KEY_WORDS].into_boxed_slice().try_into().expect("the length is right");
        for (key, _) in &entries {
            starts[slot(*key) + 1] += 1;
            let hash = key_hash(*key);
            keys[hash >> 5] |= 1 << (hash & 31);
        }
        for slot in 0..1 << SLOT_BITS {
            starts[slot + 1] += starts[slot];
        }
        let entries = entries.into_iter().map(|(_, entry)| entry).collect();
        Self { keys, starts: starts.into(), entries }
    }

    /// Whether something is filed under `key`, or by chance seems to be.
    #[expect(clippy::inline_always, reason = "it must become part of the loop")]
    #[inline(always)]
    pub(super) fn may_hold(&self, key: u32) -> bool {
        let hash = key_hash(key);
        (self.keys[hash >> 5] >> (hash & 31)) & 1 != 0
    }

    /// The entries filed under `key`, perhaps with others.
    #[inline]
    pub(super) fn filed_under(&self, key: u32) -> &[Entry] {
        let slot = slot(key);
        &self.entries[self.starts[slot] as usize..self.starts[slot + 1] as usize]
    }
}

/// Which bytes of a sample are known, and where.
#[derive(Clone, Copy)]
pub(super) enum Known {
    /// All four.
    All,
    /// All but the last.
    First,
    /// All but the first.
    Last,
}

/// The key for the bytes of a sample of which some are known.
#[expect(clippy::inline_always, reason = "it must become part of the loop")]
#[inline(always)]
pub(super) fn key(gram: u32, known: Known) -> u32 {
    // The byte that is not known is put as one that no folded byte is.
    match known {
        Known::All => gram | FOLD,
        Known::First => (gram | FOLD) & 0x00ff_ffff,
        Known::Last => (gram | FOLD) & 0xffff_ff00,
    }
}

/// Folds the letter case of four bytes.
const FOLD: u32 = u32::from_le_bytes([FOLD_BYTE; 4]);

fn key_hash(key: u32) -> usize {
    (key.wrapping_mul(0x9e37_79b1) >> (u32::BITS - KEY_BITS)) as usize
}

fn slot(key: u32) -> usize {
    key_hash(key) >> (KEY_BITS - SLOT_BITS)
}
