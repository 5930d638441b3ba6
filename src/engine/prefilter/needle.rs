//! One literal of the prefilter.

use super::slots::{Entry, Known, key};
use super::{GRAM, Table, Word, hash};
use crate::rule::{ByteSet, Trigger};

/// Folds the letter case of eight bytes. Other bytes change too, in the literal
/// as in the text.
const FOLD: u64 = 0x2020_2020_2020_2020;
/// Folds a byte.
pub(super) const FOLD_BYTE: u8 = 0x20;

/// All bytes, letter case folded.
const ANY_FOLDED: ByteSet = ByteSet::ANY.folded();

/// A literal.
pub(super) struct Needle {
    pub(super) literal: Box<[u8]>,
    fold: bool,
    /// Bytes that can follow it.
    follow: ByteSet,
    /// Where the first of the two grams stands that are entered for it.
    pub(super) pair: i32,
}

impl Needle {
    pub(super) fn new(trigger: &Trigger) -> Self {
        Self {
            literal: trigger.literal.as_ref().into(),
            fold: trigger.fold,
            follow: trigger.follow,
            pair: trigger.pair.into(),
        }
    }

    /// Whether what stands behind the literal, with which `text` begins, can do
    /// so. Behind the end of a text may be more of it.
    pub(super) fn may_precede(&self, text: &[u8]) -> bool {
        text.get(self.literal.len()).is_none_or(|next| self.follow.has(*next))
    }

    pub(super) fn equals(&self, bytes: &[u8]) -> bool {
        if self.fold {
            bytes.iter().zip(&self.literal).all(|(byte, folded)| byte | FOLD_BYTE == *folded)
        } else {
            bytes == &*self.literal
        }
    }

    /// The bytes known of the gram at `offset`, and all that may stand in the
    /// place of the one that is not known, folded.
    pub(super) fn known(&self, offset: i32) -> (&[u8], Option<ByteSet>) {
        let Ok(start) = usize::try_from(offset) else {
            return (&self.literal[..GRAM - 1], Some(ANY_FOLDED));
        };
        match self.literal.get(start..start + GRAM) {
            Some(gram) => (gram, None),
            None => (&self.literal[start..], Some(self.follow.folded())),
        }
    }

    /// Enters the gram at `offset` into the table, with every byte that may
    /// stand in a place that is not known.
    pub(super) fn enter(&self, offset: i32, table: &mut Table) {
        let mut enter = |gram: [u8; GRAM]| {
            let [a, b, c, d] = gram;
            let (hash, choice) = hash(u16::from_le_bytes([a, b]), u16::from_le_bytes([c, d]));
            table[usize::from(hash)] |= Word::rotate_left(1, choice.into());
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

    /// The entry for the gram at `offset`, with its key.
    pub(super) fn entry(&self, needle: u32, offset: i32) -> (u32, Entry) {
        let mut head = [0; 8];
        let mut mask = [0; 8];
        for (at, &byte) in self.literal.iter().take(8).enumerate() {
            head[at] = byte;
            mask[at] = 0xff;
        }
        let (gram, known) = match self.known(offset) {
            (&[a, b, c, d], _) => ([a, b, c, d], Known::All),
            (&[a, b, c], _) if offset < 0 => ([0, a, b, c], Known::Last),
            (&[a, b, c], _) => ([a, b, c, 0], Known::First),
            _ => ([0; GRAM], Known::All),
        };
        let entry = Entry {
            head: u64::from_le_bytes(head),
            mask: u64::from_le_bytes(mask),
            fold: if self.fold { FOLD } else { 0 },
            needle,
            offset,
        };
        (key(u32::from_le_bytes(gram), known), entry)
    }
}
