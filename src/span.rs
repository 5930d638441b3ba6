//! Byte ranges, and lines and columns for the few places that need them.

use memchr::{memchr, memchr2_iter};

/// A range of bytes, end-exclusive, counted from the start of what is scanned.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Span {
    /// First byte.
    pub start: u64,
    /// One past the last byte.
    pub end: u64,
}

impl Span {
    /// A span from offsets relative to `base`.
    pub fn at(base: u64, start: usize, end: usize) -> Self {
        Self { start: base + start as u64, end: base + end as u64 }
    }

    /// Whether the two share a byte.
    pub fn overlaps(self, other: Self) -> bool {
        self.start < other.end && other.start < self.end
    }

    /// Whether every byte of `other` is in this one.
    pub fn contains(self, other: Self) -> bool {
        self.start <= other.start && other.end <= self.end
    }
}

/// A place in text as people count it.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Position {
    /// Line, from 1. Lines end with LF, CR LF or a lone CR.
    pub line: u64,
    /// Column, from 1, in characters: a byte that is not UTF-8 is one.
    pub column: u64,
}

impl Position {
    /// The first character of a text.
    pub const START: Self = Self { line: 1, column: 1 };

    /// The position after the text `passed`, which is followed by `next`.
    ///
    /// `next` decides whether a CR at the end of `passed` stands alone or is
    /// the first half of a line end.
    #[must_use]
    pub fn after(self, passed: &[u8], next: Option<u8>) -> Self {
        let (line_ends, tail) = split_lines(passed, next);
        let column = if line_ends == 0 { self.column } else { 1 };
        Self { line: self.line + line_ends, column: column + count_chars(tail) }
    }
}

/// The number of line ends in `text`, and what stands behind the last one.
fn split_lines(text: &[u8], next: Option<u8>) -> (u64, &[u8]) {
    let mut ends = 0;
    let mut tail = text;
    if memchr(b'\r', text).is_none() {
        ends = memchr::memchr_iter(b'\n', text).count() as u64;
        tail = memchr::memrchr(b'\n', text).map_or(text, |last| &text[last + 1..]);
        return (ends, tail);
    }
    for at in memchr2_iter(b'\n', b'\r', text) {
        let following = text.get(at + 1).copied().or(next);
        if text[at] == b'\n' || following != Some(b'\n') {
            ends += 1;
            tail = &text[at + 1..];
        }
    }
    (ends, tail)
}

/// The first place from `at` on that is not inside a UTF-8 character: at most
/// three bytes on, whatever the text.
pub fn next_boundary(text: &[u8], at: usize) -> usize {
    let rest = text.get(at..).unwrap_or_default();
    at + rest.iter().take_while(|byte| **byte & 0xc0 == 0x80).take(3).count()
}

/// Characters in `text`; each byte that belongs to none counts as one.
pub fn count_chars(text: &[u8]) -> u64 {
    let chunks = text.utf8_chunks();
    chunks.map(|chunk| (chunk.valid().chars().count() + chunk.invalid().len()) as u64).sum()
}

/// Walks forward through one text and tells the position of ascending offsets.
///
/// Each byte is looked at once however many places are asked for, and none
/// behind the last place.
#[derive(Clone, Debug)]
pub struct LineCursor {
    offset: u64,
    position: Position,
}

impl Default for LineCursor {
    fn default() -> Self {
        Self { offset: 0, position: Position::START }
    }
}

impl LineCursor {
    /// Moves to byte `target` of `text`, whose first byte has offset `base`,
    /// and returns its position. A target behind the cursor moves nothing.
    pub fn advance(&mut self, text: &[u8], base: u64, target: u64) -> Position {
        let from = usize::try_from(self.offset.saturating_sub(base)).unwrap_or(usize::MAX);
        let to = usize::try_from(target.saturating_sub(base)).unwrap_or(usize::MAX);
        let to = to.min(text.len());
        if from < to {
            let next = text.get(to).copied();
            self.position = self.position.after(&text[from..to], next);
            self.offset = base + to as u64;
        }
        self.position
    }
}

/// The line around `at`: from behind the line end before it to the next one.
pub fn line_around(text: &[u8], at: usize) -> std::ops::Range<usize> {
    let at = at.min(text.len());
    let start = memchr::memrchr2(b'\n', b'\r', &text[..at]).map_or(0, |end| end + 1);
    let end = memchr::memchr2(b'\n', b'\r', &text[at..]).map_or(text.len(), |end| at + end);
    start..end
}

#[cfg(test)]
mod tests {
    use super::{LineCursor, Position, count_chars, line_around, next_boundary};

    fn position(text: &[u8], at: usize) -> (u64, u64) {
        let found = LineCursor::default().advance(text, 0, at as u64);
        (found.line, found.column)
    }

    #[test]
    fn every_kind_of_line_end_counts_once() {
        assert_eq!(position(b"a\nb", 2), (2, 1));
        assert_eq!(position(b"a\r\nb", 3), (2, 1));
        assert_eq!(position(b"a\rb", 2), (2, 1));
        assert_eq!(position(b"a\r\rb\r\n\nc", 7), (5, 1));
    }

    #[test]
    fn columns_count_characters() {
        assert_eq!(position("é€x".as_bytes(), 5), (1, 3));
        assert_eq!(position(b"\xe9\xe8x", 2), (1, 3), "Latin-1: a byte is a character");
        assert_eq!(count_chars("añ\u{1F600}".as_bytes()), 3);
    }

    #[test]
    fn steps_add_up_to_one_stride() {
        let text = "one\r\ntwo\rthree\nfoué\r\n\r\nx".as_bytes();
        for step in 1..6 {
            let mut cursor = LineCursor::default();
            for at in (0..=text.len()).step_by(step).filter(|at| !(20..=21).contains(at)) {
                let stepped = cursor.advance(text, 0, at as u64);
                let direct = LineCursor::default().advance(text, 0, at as u64);
                assert_eq!(stepped.line, direct.line, "line at {at} in steps of {step}");
                assert_eq!(stepped.column, direct.column, "column at {at} in steps of {step}");
            }
        }
    }

    #[test]
    fn pieces_continue_each_other() {
        let mut cursor = LineCursor::default();
        cursor.advance(b"ab\ncd", 0, 5);
        let there = cursor.advance(b"cdef\ng", 3, 8);
        assert_eq!(there, Position { line: 3, column: 1 });
    }

    #[test]
    fn a_boundary_is_never_inside_a_character() {
        let text = "a€b".as_bytes();
        assert_eq!([0, 1, 2, 3, 4, 5, 9].map(|at| next_boundary(text, at)), [0, 1, 4, 4, 4, 5, 9]);
        assert_eq!(next_boundary(&[0x80; 9], 2), 5, "what is no text is not walked through");
    }

    #[test]
    fn the_line_around_a_place() {
        assert_eq!(line_around(b"ab\ncd\r\nef", 4), 3..5);
        assert_eq!(line_around(b"ab", 1), 0..2);
        assert_eq!(line_around(b"", 3), 0..0);
    }
}
