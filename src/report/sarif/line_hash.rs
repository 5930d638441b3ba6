//! The hash by which code scanning knows a line again when others move it.
//!
//! For each line it is made of the hundred characters that follow the line's
//! beginning, blanks left out, so it is the same wherever the line stands. It
//! is a polynomial of these characters (R. M. Karp and M. O. Rabin, *Efficient
//! randomized pattern-matching algorithms*, 1987), which rolls over the text;
//! equal ones in one file are numbered. An alert whose hash is other than the
//! one GitHub's own action computes would be closed and opened again.

use std::collections::HashMap;

use crate::report::columns::utf16;

/// Characters that the hash of a line is made of.
const BLOCK: usize = 100;
/// How often the base is multiplied until a character leaves.
const STEPS: u32 = 100;
const BASE: u64 = 37;
/// What stands behind the last character.
const END: u16 = 0xffff;

/// The hashes of a text's lines, computed when the first one is asked for.
#[derive(Default)]
pub(super) struct LineHashes(Option<Vec<Numbered>>);

/// A hash and how often it was there so far.
type Numbered = (u64, u32);

/// Bytes of the largest text whose lines have hashes: each takes memory, and no
/// forge shows a larger file.
const LARGEST: usize = 64 << 20;

impl LineHashes {
    /// That of a line, which is counted from 1, if there is such a line.
    pub(super) fn of_line(&mut self, text: &[u8], line: u64) -> Option<String> {
        if text.len() > LARGEST {
            return None;
        }
        let hashes = self.0.get_or_insert_with(|| hashes(text));
        let at = usize::try_from(line).ok()?.checked_sub(1)?;
        hashes.get(at).map(|(hash, count)| format!("{hash:x}:{count}"))
    }
}

/// The hashes of all lines.
fn hashes(text: &[u8]) -> Vec<Numbered> {
    let mut rolling = Rolling::default();
    let mut at_start = true;
    for unit in without_blanks(text).chain([END]) {
        rolling.push(unit, at_start);
        at_start = unit == u16::from(b'\n');
    }
    for _ in 0..BLOCK {
        rolling.push(0, false);
    }
    rolling.hashes
}

/// The characters that count: no blanks, and one line feed for each line end.
fn without_blanks(text: &[u8]) -> impl Iterator<Item = u16> {
    let mut behind_return = false;
    utf16(text).filter_map(move |unit| {
        let is = |byte: u8| unit == u16::from(byte);
        let skipped = is(b' ') || is(b'\t') || behind_return && is(b'\n');
        behind_return = !skipped && is(b'\r');
        (!skipped).then_some(if is(b'\r') { u16::from(b'\n') } else { unit })
    })
}

/// The last hundred characters and their hash.
struct Rolling {
    window: [u16; BLOCK],
    /// Whether a line starts at that place of the window.
    starts: [bool; BLOCK],
    at: usize,
    hash: u64,
    /// How often each hash was there.
    counts: HashMap<u64, u32>,
    hashes: Vec<Numbered>,
}

impl Default for Rolling {
    fn default() -> Self {
        Self {
            window: [0; BLOCK],
            starts: [false; BLOCK],
            at: 0,
            hash: 0,
            counts: HashMap::new(),
            hashes: Vec::new(),
        }
    }
}

impl Rolling {
    /// What the character that leaves the window still counts for.
    const LEAVING: u64 = BASE.wrapping_pow(STEPS);

    /// Takes a character in; when the one that leaves starts a line, the window
    /// is what that line's hash is made of.
    fn push(&mut self, unit: u16, starts_line: bool) {
        if std::mem::replace(&mut self.starts[self.at], starts_line) {
            let count = self.counts.entry(self.hash).or_default();
            *count += 1;
            self.hashes.push((self.hash, *count));
        }
        let left = std::mem::replace(&mut self.window[self.at], unit);
        self.hash = (self.hash.wrapping_mul(BASE))
            .wrapping_add(u64::from(unit))
            .wrapping_sub(Self::LEAVING.wrapping_mul(u64::from(left)));
        self.at = (self.at + 1) % BLOCK;
    }
}

#[cfg(test)]
mod tests {
    use super::{BASE, BLOCK, END, LineHashes, Numbered, hashes, without_blanks};

    /// What the hash is, computed from each line's beginning.
    fn plainly(text: &[u8]) -> Vec<Numbered> {
        let units: Vec<u16> = without_blanks(text).chain([END]).collect();
        let is_start = |at: &usize| *at == 0 || units[at - 1] == u16::from(b'\n');
        let mut seen: Vec<u64> = Vec::new();
        let hash = |at: usize| {
            let block = units[at..].iter().copied().chain([0; BLOCK]).take(BLOCK);
            let add = |hash: u64, unit| hash.wrapping_mul(BASE).wrapping_add(u64::from(unit));
            let hash = block.fold(0, add);
            seen.push(hash);
            let count = seen.iter().filter(|other| **other == hash).count();
            (hash, u32::try_from(count).expect("few lines"))
        };
        (0..units.len()).filter(is_start).map(hash).collect()
    }

    #[test]
    fn the_rolling_hash_is_that_of_each_block() {
        let long = "lorem ipsum dolor sit amet\n".repeat(30);
        for text in
            ["", "\n", "a", "a\n", " \t a\r\nb\r\rc\n\nd", "é\u{1F600}\u{feff}\r\tx\n", &long]
        {
            assert_eq!(hashes(text.as_bytes()), plainly(text.as_bytes()), "{text:?}");
        }
        let broken = b"\xff\xfea\xe2\x82\nb\xf0\x9f\x98\n";
        assert_eq!(hashes(broken), plainly(broken));
    }

    #[test]
    fn there_is_a_hash_for_each_line_and_no_more() {
        let mut lines = LineHashes::default();
        let text = b"a\nb\r\nc\rd";
        assert!((1..=4).all(|line| lines.of_line(text, line).is_some()));
        assert_eq!((lines.of_line(text, 0), lines.of_line(text, 5)), (None, None));
    }

    #[test]
    fn equal_lines_are_numbered_and_blanks_do_not_count() {
        let text = "x\n".repeat(300);
        let hashes = hashes(text.as_bytes());
        assert_eq!((hashes[0].1, hashes[99].1), (1, 100));
        assert_eq!(super::hashes(b"a b\n c"), super::hashes(b"\tab\r\nc"));
    }

    /// What the action of GitHub computes for these.
    #[test]
    fn the_hashes_are_those_of_code_scanning() {
        for (text, expected) in [
            ("", "c129715d7a2bc9a3:1"),
            (
                "one = 1\r\n\ttwo = \u{e9}\u{1F600}\rthree\n",
                "b346d72b3c9688be:1 4c53b8ef32378ba0:1 bd8bfd8320422591:1 c129715d7a2bc9a3:1",
            ),
        ] {
            let hashes = hashes(text.as_bytes());
            let written = hashes.iter().map(|(hash, count)| format!("{hash:x}:{count}"));
            assert_eq!(written.collect::<Vec<_>>().join(" "), expected);
        }
    }
}
