//! Samples of text, a block at a time: hash them, look them up, gather those
//! that were found.

use super::{Table, hash};

/// Positions between samples.
pub(super) const STRIDE: usize = 2;
/// Samples in a block: what belongs to them stays in the first-level cache.
pub(super) const SAMPLES: usize = 1024;
/// Most bytes of text that a block's samples are of.
const READ: usize = SAMPLES * STRIDE + STRIDE;
/// Samples looked at together when the found ones are gathered.
pub(super) const GROUP: usize = 8;

/// Found samples that are sifted together.
pub(super) const SIFTED: usize = 64;
/// The lowest bit of each of eight bytes.
const LOWEST: u64 = 0x0101_0101_0101_0101;

/// Samples from one or several parts of a text.
pub(crate) struct Block {
    /// How many there are; a multiple of the group.
    pub(super) filled: usize,
    /// The lower 16 bits of the hash of each sample that is being added.
    hashes: [u16; SAMPLES],
    /// The upper ones: which bit of a word they choose, by their last five bits.
    choices: [u8; SAMPLES],
    /// For each sample a byte of which the lowest bit tells if it was found.
    found: [u8; SAMPLES],
    /// For each group, where in the text its first sample stands.
    places: [usize; SAMPLES / GROUP],
    /// Groups of samples among which some were found.
    groups: [u8; SAMPLES / GROUP],
    /// The samples that were found.
    found_samples: [u16; SAMPLES],
    /// Some of them, by their places, with the keys under which literals are
    /// filed. A sample has three.
    pub(super) sieve: [(usize, u32); 3 * SIFTED + 1],
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
            found_samples: [0; SAMPLES],
            sieve: [(0, 0); 3 * SIFTED + 1],
        }
    }
}

impl Block {
    /// Looks up so many samples from `at` of `text` on: no more than there is room
    /// for. Behind the end of the text stand zeros.
    pub(super) fn add(&mut self, text: &[u8], at: usize, samples: usize, table: &Table) {
        let first = self.filled;
        let read = samples * STRIDE + STRIDE;
        if let Some(bytes) = text.get(at..at + read) {
            self.look_up(bytes, first, samples, table);
        } else {
            let mut padded = [0; READ];
            let rest = &text[at..];
            padded[..rest.len()].copy_from_slice(rest);
            self.look_up(&padded[..read], first, samples, table);
        }
        let places = &mut self.places[first / GROUP..(first + samples) / GROUP];
        for (group, place) in places.iter_mut().enumerate() {
            *place = at + group * GROUP * STRIDE;
        }
        self.filled += samples;
    }

    /// Hashes samples, files them from `first` on and looks them up.
    fn look_up(&mut self, read: &[u8], first: usize, samples: usize, table: &Table) {
        #[cfg(target_arch = "x86_64")]
        if std::arch::is_x86_feature_detected!("avx2")
            && std::arch::is_x86_feature_detected!("bmi2")
        {
            #[expect(unsafe_code, reason = "the processor was asked: it has what is needed")]
            // SAFETY: AVX2 and BMI2 were detected on the lines above.
            unsafe {
                self.look_up_avx2(read, first, samples, table);
            }
            return;
        }
        self.look_up_anywhere(read, first, samples, table);
    }

    /// The same code as [`look_up_anywhere`](Self::look_up_anywhere), compiled for
    /// 32-byte registers and shifts by any register.
    #[cfg(target_arch = "x86_64")]
    #[target_feature(enable = "avx2,bmi2")]
    fn look_up_avx2(&mut self, read: &[u8], first: usize, samples: usize, table: &Table) {
        self.look_up_anywhere(read, first, samples, table);
    }

    #[expect(clippy::inline_always, reason = "it must be compiled with its caller")]
    #[inline(always)]
    fn look_up_anywhere(&mut self, read: &[u8], first: usize, samples: usize, table: &Table) {
        // A sample's second half is the next one's first half.
        let (halves, _) = read.as_chunks::<STRIDE>();
        let (firsts, seconds) = (&halves[..samples], &halves[1..=samples]);
        let hashes = &mut self.hashes[..samples];
        let choices = &mut self.choices[..samples];
        for sample in 0..samples {
            let first = u16::from_le_bytes(firsts[sample]);
            let second = u16::from_le_bytes(seconds[sample]);
            (hashes[sample], choices[sample]) = hash(first, second);
        }
        let found = &mut self.found[first..first + samples];
        for sample in 0..samples {
            let word = table[usize::from(hashes[sample])];
            let bit = u32::from(choices[sample]);
            [found[sample], ..] = word.wrapping_shr(bit).to_le_bytes();
        }
    }

    /// Notes the samples that were found; returns how many.
    pub(super) fn gather(&mut self) -> usize {
        let mut count = 0;
        let (groups, _) = self.found[..self.filled.min(SAMPLES)].as_chunks::<GROUP>();
        for (number, group) in groups.iter().enumerate() {
            self.groups[count] = u8::try_from(number).unwrap_or(u8::MAX);
            count += usize::from(u64::from_le_bytes(*group) & LOWEST != 0);
        }
        let mut noted = 0;
        for &group in &self.groups[..count] {
            let first = usize::from(group) * GROUP;
            let mut bits = u64::from_le_bytes(groups[usize::from(group)]) & LOWEST;
            while bits != 0 {
                let lane = bits.trailing_zeros() as usize / 8;
                bits &= bits - 1;
                self.found_samples[noted] = u16::try_from(first + lane).unwrap_or(u16::MAX);
                noted += 1;
            }
        }
        noted
    }

    /// Where in the text a found sample stands.
    #[inline]
    pub(super) fn place(&self, noted: usize) -> usize {
        let sample = usize::from(self.found_samples[noted]);
        self.places[sample / GROUP] + sample % GROUP * STRIDE
    }
}
