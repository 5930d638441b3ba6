//! Entries for samples, filed by the bytes of the sample.

use super::needle::FOLD_BYTE;

/// Slots of the second level.
const SLOT_BITS: u32 = 12;

/// What a sample that was found may belong to.
#[derive(Clone, Copy)]
pub(super) struct Entry {
    /// The first eight bytes of the literal, little-endian, zero-filled.
    pub(super) head: u64,
    /// Bytes of `head` that count.
    pub(super) mask: u64,
    /// Set bits fold letter case before comparing.
    pub(super) fold: u64,
    /// The bytes the entry is filed under.
    pub(super) key: u32,
    pub(super) needle: u32,
    /// Bytes of the literal before the sample; -1 if it starts behind it.
    pub(super) offset: i32,
}

/// Entries, filed by a hash of their key.
pub(super) struct Slots {
    /// A bit for each hash of a key: most samples that were found by chance end
    /// here.
    keys: Box<[u32; 2048]>,
    starts: Box<[u32]>,
    /// The entries' keys: they are gone through without the entries.
    filed: Vec<u32>,
    entries: Vec<Entry>,
}

impl Slots {
    pub(super) fn new(mut entries: Vec<Entry>) -> Self {
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
    pub(super) fn may_hold(&self, key: u32) -> bool {
        let hash = key_hash(key);
        (self.keys[hash >> 5] >> (hash & 31)) & 1 != 0
    }

    /// The entries filed under `key`.
    pub(super) fn filed_under(&self, key: u32) -> impl Iterator<Item = &Entry> {
        let slot = slot(key);
        let range = self.starts[slot] as usize..self.starts[slot + 1] as usize;
        let (filed, entries) = (&self.filed[range.clone()], &self.entries[range]);
        filed.iter().zip(entries).filter(move |(filed, _)| **filed == key).map(|(_, entry)| entry)
    }
}

/// Four bytes as a number, letter case folded; a byte that is not known is 0.
pub(super) fn key(bytes: [u8; 4]) -> u32 {
    u32::from_le_bytes(bytes.map(|byte| byte | FOLD_BYTE))
}

/// A hash of 16 bits.
fn key_hash(key: u32) -> usize {
    (key.wrapping_mul(0x9e37_79b1) >> 16) as usize
}

fn slot(key: u32) -> usize {
    key_hash(key) >> (16 - SLOT_BITS)
}
