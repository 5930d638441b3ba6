//! Where a name begins and ends.

use crate::rule::BEFORE;

/// Longest rest of a name behind the word that led to it.
pub(super) const MOST_BEHIND: usize = 48;
/// Longest name: what may stand before a word, the word, and its rest.
pub(super) const MOST: usize = BEFORE as usize + 2 * MOST_BEHIND;

/// Whether a byte can stand inside a name. Dots and dashes join the parts of
/// one (`spring.datasource.password`, `client-secret`).
pub(super) fn is_part(byte: u8) -> bool {
    byte.is_ascii_alphanumeric() || matches!(byte, b'_' | b'-' | b'.' | b'$' | 0x80..)
}

/// Where the name ends that goes on at `at`; none if that is more than `most`
/// bytes away.
pub(super) fn end(text: &[u8], at: usize, most: usize) -> Option<usize> {
    let rest = text.get(at..)?;
    let mut length = rest.iter().take(most + 1).take_while(|byte| is_part(**byte)).count();
    if length > most {
        return None;
    }
    // `a->b`, `the end.`, `token--`
    while length > 0 && matches!(rest[length - 1], b'-' | b'.' | b'$') {
        length -= 1;
    }
    Some(at + length)
}

/// Where the name begins that `at` is in; none if that is too far away.
pub(super) fn start(text: &[u8], at: usize) -> Option<usize> {
    let first = at.saturating_sub(BEFORE as usize);
    let before = text.get(first..at)?;
    let length = before.iter().rev().take_while(|byte| is_part(**byte)).count();
    if length == before.len() && first > 0 {
        return None;
    }
    let mut start = at - length;
    // What joins parts does not begin a name, but dashes begin an option.
    while start < at && matches!(text[start], b'.' | b'$') {
        start += 1;
    }
    Some(start)
}
