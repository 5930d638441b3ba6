//! Samples of text, a block at a time: hash them, look them up, gather those
//! that were found.

use super::{Word, hash};

/// Positions between samples.
pub(super) const STRIDE: usize = 2;
/// Samples in a block: what belongs to them stays in the first-level cache.
pub(super) const SAMPLES: usize = 1024;
/// Most bytes of text that a block's samples are of.
const READ: usize = SAMPLES * STRIDE + STRIDE;
/// Samples looked at together when the found ones are gathered.
pub(super) const GROUP: usize = 8;

/// Samples from one or several parts of a text.
pub(crate) struct Block {
    /// How many there are; a multiple of the group.
    pub(super) filled: usize,
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
    pub(super) fn add(&mut self, text: &[u8], at: usize, samples: usize) {
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
    pub(super) fn look_up(&mut self, table: &[Word; 1 << 16]) {
        for sample in 0..self.filled.min(SAMPLES) {
            let word = table[usize::from(self.hashes[sample])];
            self.found[sample] = (word >> self.choices[sample]).to_le_bytes()[0] & 1;
        }
    }

    /// Notes the groups in which samples were found; returns how many.
    pub(super) fn gather(&mut self) -> usize {
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
    pub(super) fn group(&self, noted: usize) -> (usize, u64) {
        let group = usize::from(self.groups[noted]);
        let bytes = self.found[group * GROUP..].first_chunk::<GROUP>();
        (self.places[group], bytes.map_or(0, |bytes| u64::from_le_bytes(*bytes)))
    }
}
