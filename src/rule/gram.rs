//! Which bytes of a literal the prefilter looks at.
//!
//! It samples four bytes at every second position, so two neighbouring runs of
//! four ("grams") of each literal must be known to it. Which two is decided
//! here, once, when a rule is read. This file is also compiled into the build
//! script.

use super::rarity::rarity;

/// Bytes in a gram.
const GRAM: usize = 4;
/// Binary digits of a sample's hash.
const HASH_BITS: u32 = 21;
/// Bytes that can stand in a place of which nothing is known, letter case
/// folded.
const ANY: u32 = 128;

/// Where, from the start of `literal`, the first of the two neighbouring grams
/// stands that cost least together: those that are rarest in text and fill
/// least of the table. -1 is the byte before the literal; `following` is the
/// number of bytes that can stand behind it.
pub(crate) fn rarest_pair(literal: &[u8], following: u32) -> i8 {
    // A literal is a dozen bytes at most.
    let last = i8::try_from(literal.len()).unwrap_or(i8::MAX) - 4;
    let mut before = cost(literal, following, -1);
    let mut best = (f64::INFINITY, 0);
    for first in -1..=last {
        let behind = cost(literal, following, first + 1);
        if before + behind < best.0 {
            best = (before + behind, first);
        }
        before = behind;
    }
    best.1
}

/// The share of samples that the gram at `offset` will be found among: by its
/// own frequency and by chance.
fn cost(literal: &[u8], following: u32, offset: i8) -> f64 {
    let (gram, entered) = match usize::try_from(offset) {
        Err(_) => (&literal[..GRAM - 1], ANY),
        Ok(start) => match literal.get(start..start + GRAM) {
            Some(gram) => (gram, 1),
            None => (&literal[start..], following),
        },
    };
    let frequency = (1_u64 << rarity(gram).min(63)) as f64;
    frequency.recip() + f64::from(entered) / f64::from(1_u32 << HASH_BITS)
}

#[cfg(test)]
mod tests {
    use super::rarest_pair;

    #[test]
    fn rare_grams_are_chosen() {
        assert_eq!(rarest_pair(b"type_zqxk", 128), 4, "not those of a common word");
        assert_eq!(rarest_pair(b"pat", 36), -1, "there is only one pair");
        assert!((-1..=0).contains(&rarest_pair(b"ghp_", 64)));
    }
}
