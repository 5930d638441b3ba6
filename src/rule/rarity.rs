//! How rare a run of bytes is in ordinary text.
//!
//! The prefilter samples three bytes at a time and pays for each sample that is
//! also common in innocent text, so both the choice of a rule's literal and the
//! choice of the bytes looked at inside it go by rarity. The figures are a
//! model of byte pairs, counted over 60 MB of C, Go, Rust, shell and English
//! documentation. They steer speed only: a wrong figure costs time, never a
//! finding. This file is also compiled into the build script.

use std::collections::HashMap;
use std::sync::LazyLock;

/// Number of byte classes: letters, digits, `_`, `-`, blank, everything else.
const CLASSES: usize = 31;

/// How rare a repeated character is taken to be.
const REPEATED: u32 = 7;

/// Class of a byte whose bit 5 is set.
const fn class(byte: u8) -> usize {
    match byte | 0x20 {
        letter @ b'a'..=b'z' => (letter - b'a') as usize,
        b'0'..=b'9' => 26,
        0x7f => 27,
        b'-' => 28,
        b' ' => 29,
        _ => 30,
    }
}

/// Grams that are far more common than their pairs let expect: words that
/// programs and documentation are made of.
const COMMON: &str = include_str!("common_grams.txt");

/// They, by their folded bytes.
static COMMON_BITS: LazyLock<HashMap<[u8; 4], u32>> = LazyLock::new(|| {
    let lines = COMMON.lines().filter(|line| !line.starts_with('#'));
    let grams = lines.filter_map(|line| line.split_once(' ')).flat_map(|(bits, grams)| {
        let bits = bits.parse().unwrap_or(0);
        grams.split('|').filter_map(move |gram| {
            let gram: [u8; 4] = gram.as_bytes().try_into().ok()?;
            Some((gram.map(|byte| byte | 0x20), bits))
        })
    });
    grams.collect()
});

/// The same for runs of three bytes, as parts of those.
static COMMON_PARTS: LazyLock<HashMap<[u8; 3], u32>> = LazyLock::new(|| {
    const SCALE: u32 = 32;
    let (mut heads, mut tails) = (HashMap::new(), HashMap::new());
    for (&[a, b, c, d], bits) in COMMON_BITS.iter() {
        let frequency = 1_u64 << SCALE.saturating_sub(*bits);
        *heads.entry([a, b, c]).or_insert(0) += frequency;
        *tails.entry([b, c, d]).or_insert(0) += frequency;
    }
    for (gram, frequency) in tails {
        let known: &mut u64 = heads.entry(gram).or_insert(0);
        *known = frequency.max(*known);
    }
    let bits = |frequency: u64| SCALE.saturating_sub(frequency.ilog2());
    heads.into_iter().map(|(gram, frequency)| (gram, bits(frequency))).collect()
});

/// How rare `gram` is: about `-log2` of its frequency per position.
///
/// Letter case is ignored. Higher is rarer; 0 for fewer than two bytes.
pub(crate) fn rarity(gram: &[u8]) -> u32 {
    // One character over and over fills rulers, padding and encoded zeros.
    if gram.len() > 2 && gram.windows(2).all(|pair| pair[0] | 0x20 == pair[1] | 0x20) {
        return REPEATED;
    }
    let four = <[u8; 4]>::try_from(gram).ok().map(|gram| gram.map(|byte| byte | 0x20));
    if let Some(bits) = four.and_then(|gram| COMMON_BITS.get(&gram)) {
        return *bits;
    }
    let three = <[u8; 3]>::try_from(gram).ok().map(|gram| gram.map(|byte| byte | 0x20));
    let common = three.and_then(|gram| COMMON_PARTS.get(&gram).copied());
    let pairs = gram.windows(2).map(|pair| pair_bits(class(pair[0]), class(pair[1])));
    let total: u32 = pairs.sum();
    // A byte shared by two neighbouring pairs was counted twice: one of a class
    // occurs about once in 2^4 positions.
    let shared = u32::try_from(gram.len().saturating_sub(2)).unwrap_or(u32::MAX);
    let total = total.saturating_sub(shared.saturating_mul(4));
    common.map_or(total, |bits| bits.min(total))
}

/// `-log2` of the frequency of a pair of classes.
fn pair_bits(first: usize, second: usize) -> u32 {
    char::from(PAIRS[first][second]).to_digit(36).unwrap_or(24)
}

/// `-log2` of the frequency of each pair of classes, a base-36 digit each.
#[rustfmt::skip]
const PAIRS: [&[u8; CLASSES]; CLASSES] = [
    b"da99dbagafb898faf898bbdccfadfaa", // a
    b"bdbeadfhachafgbdhcceagggahaehca", // b
    b"8dbc9dc9bi9abd8cfbb9ccffdhabg99", // c
    b"acca8cee9fgbddadfabdbdddcgacd88", // d
    b"9c98aaadcfd9a8cab788dab9bgabd77", // e
    b"aecba9ef9hgacd9dhbbb9gffdiacf89", // f
    b"dece9debbigdeb9dgbacdffgggdbga9", // g
    b"9gfd8fggaigedfaehcdbdgfhfhedgaa", // h
    b"bb9aa8agfge8969aga98gbgcibdegba", // i
    b"ehhgdhhihigighehjicgeiiiiigiiec", // j
    b"bfeeafdgcihefdeegecedgghgiedhaa", // k
    b"9eda8cde8he9ed9dgdaaaeegbgccg99", // l
    b"9cec8effahecbea9gebbbfggehdchba", // m
    b"9d998b8e9gbbdb9dfe97bbegcgdcd88", // n
    b"bb99c9cfahbaa8a9i8a99bbehhdcf99", // o
    b"9ecd9decbicadf9ag9b9bdffcibbga9", // p
    b"ghgghhhhgjighhighffhbhhihiffkdb", // q
    b"9dab7bae8gccb98cg8999bdfbhbbf88", // r
    b"adac8eca9hcbcdaaeca7aece9ecaf88", // s
    b"9dbc7bd88hebbd9ag89a9ddc9f9ae77", // t
    b"cbbd9bcg9ihab8ebg9aahggdhgcfjec", // u
    b"9fdd9dgfcihededefecdfeeeigcdica", // v
    b"afeebffbaiiffccehbcefgeghheehcb", // w
    b"abababggchifdeebhedafeeeff7dfba", // x
    b"ffefegggdigdbcf9id9afffggfeeg9a", // y
    b"fhghaihifijhhhfiighihhhhgeehked", // z
    b"aaabaafeegfeeffegfdeeef7gg5bd86", // digit
    b"bdbccbcdbfecbcdbfbabdcdefeacmdb", // _
    b"feeffefhfiiefffeifdeggghjgblbcd", // -
    b"898988aa8cc99899d8879a9bcd6bb45", // blank
    b"998998ab8ccaa9a9c888a9a9dd8bc43", // other
];

#[cfg(test)]
mod tests {
    use super::rarity;

    #[test]
    fn a_token_prefix_is_rarer_than_a_word() {
        assert!(rarity(b"ghp_") > rarity(b"tion"));
        assert!(rarity(b"AKIA") > rarity(b"the "));
        assert_eq!(rarity(b"GHP_"), rarity(b"ghp_"), "case is ignored");
        assert!(rarity(b"zzzz") < rarity(b"zzzx"), "a ruler is common whatever its character");
        assert_eq!(rarity(b"x"), 0);
        assert!(rarity(b"Type") < 12 && rarity(b"_pas") < rarity(b"_pzs"), "words are counted");
    }
}
