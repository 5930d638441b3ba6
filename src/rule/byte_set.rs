//! [`ByteSet`]: some of the 256 bytes.
//!
//! This file is also compiled into the build script.

/// A set of bytes: a bit for each.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct ByteSet(pub(crate) [u64; 4]);

impl ByteSet {
    /// All bytes.
    pub const ANY: Self = Self([u64::MAX; 4]);

    /// The set of these bytes.
    pub fn of(bytes: &[u8]) -> Self {
        let mut set = Self::default();
        for byte in bytes {
            set.0[usize::from(byte >> 6)] |= 1 << (byte & 63);
        }
        set
    }

    /// Whether a byte is in it.
    #[inline]
    pub fn has(&self, byte: u8) -> bool {
        self.0[usize::from(byte >> 6)] & (1 << (byte & 63)) != 0
    }

    /// How many bytes are in it.
    pub fn count(&self) -> u32 {
        self.0.iter().map(|word| word.count_ones()).sum()
    }

    /// Its bytes, ascending.
    pub fn bytes(&self) -> impl Iterator<Item = u8> + '_ {
        (0..=u8::MAX).filter(|byte| self.has(*byte))
    }

    /// Adds the bytes of another set.
    pub fn add(&mut self, other: &Self) {
        for (word, more) in self.0.iter_mut().zip(other.0) {
            *word |= more;
        }
    }

    /// The set with the letter case of its bytes folded as the prefilter does it
    /// (bit 5 set): each word's lower half holds the bytes without that bit.
    #[must_use]
    pub const fn folded(&self) -> Self {
        const UPPER: u64 = 0xffff_ffff_0000_0000;
        let [a, b, c, d] = self.0;
        let fold = [a | a << 32, b | b << 32, c | c << 32, d | d << 32];
        Self([fold[0] & UPPER, fold[1] & UPPER, fold[2] & UPPER, fold[3] & UPPER])
    }
}

#[cfg(test)]
mod tests {
    use super::ByteSet;

    #[test]
    fn folding_a_set_folds_each_of_its_bytes() {
        let mut word = 1_u64;
        for _ in 0..200 {
            let set = ByteSet([(); 4].map(|()| {
                word = word.wrapping_mul(0x9e37_79b9_7f4a_7c15).rotate_left(23);
                word & word.rotate_left(7)
            }));
            let mut expected: Vec<u8> = set.bytes().map(|byte| byte | 0x20).collect();
            expected.sort_unstable();
            expected.dedup();
            let folded = set.folded();
            assert_eq!(folded.bytes().collect::<Vec<u8>>(), expected);
            assert_eq!(folded.count() as usize, expected.len());
            assert_eq!(ByteSet::of(&expected), folded);
        }
        assert_eq!(ByteSet::ANY.folded().count(), 128);
    }
}
