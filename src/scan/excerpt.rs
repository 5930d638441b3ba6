//! The line around a credential, clipped and masked.

use std::ops::Range;

use crate::finding::Excerpt;
use crate::secret::STARS;
use crate::span::{Span, line_around, next_boundary};

/// Bytes of the line shown before a credential.
const BEFORE: usize = 64;
/// Bytes of the line shown behind it.
const AFTER: usize = 48;

/// The bytes around a credential, kept until all credentials near it are known.
#[derive(Debug)]
pub(super) struct RawExcerpt {
    before: Vec<u8>,
    after: Vec<u8>,
    cut_before: bool,
    cut_after: bool,
}

impl RawExcerpt {
    /// Takes what stands around `secret` on its lines in `text`.
    pub(super) fn take(text: &[u8], secret: Range<usize>) -> Self {
        // Not from the middle of a character, nor to it.
        let from = next_boundary(text, secret.start.saturating_sub(BEFORE)).min(secret.start);
        let to = next_boundary(text, secret.end.saturating_add(AFTER).min(text.len()));
        let near = &text[from..to];
        let first = line_around(near, secret.start - from);
        let last = line_around(near, secret.end - from);
        let mut before = &near[first.start..secret.start - from];
        let mut after = &near[secret.end - from..last.end];
        // Around a string in a binary file there is no line, only zero bytes.
        if let Some(zero) = memchr::memrchr(0, before) {
            before = &before[zero + 1..];
        }
        if let Some(zero) = memchr::memchr(0, after) {
            after = &after[..zero];
        }
        Self {
            cut_before: before.len() == secret.start - from
                && !ends_line(text, from.checked_sub(1)),
            cut_after: after.len() == to - secret.end && !ends_line(text, Some(to)),
            before: before.into(),
            after: after.into(),
        }
    }

    /// The excerpt around `secret` with everything in `hidden` masked, and every
    /// copy of one of `values`. `hidden` is sorted and disjoint.
    pub(super) fn masked(&self, secret: Span, hidden: &[Span], values: &[&[u8]]) -> Excerpt {
        let before_start = secret.start.saturating_sub(self.before.len() as u64);
        Excerpt {
            before: mask(&self.before, before_start, hidden, values),
            after: mask(&self.after, secret.end, hidden, values),
            cut_before: self.cut_before,
            cut_after: self.cut_after,
        }
    }
}

/// Whether a line or the text ends at `at`, or a string in a binary.
fn ends_line(text: &[u8], at: Option<usize>) -> bool {
    at.and_then(|at| text.get(at)).is_none_or(|byte| b"\n\r\0".contains(byte))
}

/// `bytes`, which start at `offset`, as text with stars for the parts that lie
/// in `hidden` and for copies of `values`.
fn mask(bytes: &[u8], offset: u64, hidden: &[Span], values: &[&[u8]]) -> String {
    let at = |place: u64| {
        usize::try_from(place.saturating_sub(offset)).unwrap_or(usize::MAX).min(bytes.len())
    };
    let mut masks: Vec<Range<usize>> =
        hidden.iter().map(|span| at(span.start)..at(span.end)).filter(|m| !m.is_empty()).collect();
    for value in values {
        masks.extend(copies(value, bytes));
    }
    masks.sort_by_key(|mask| mask.start);
    let mut text = String::new();
    let mut shown = 0;
    for mask in masks.iter().filter(|mask| !mask.is_empty()) {
        if mask.start >= shown {
            text.push_str(&String::from_utf8_lossy(&bytes[shown..mask.start]));
            text.push_str(STARS);
        }
        shown = shown.max(mask.end);
    }
    text.push_str(&String::from_utf8_lossy(&bytes[shown..]));
    text
}

/// Where copies of `value` stand in `bytes`, which are few: preparing a search
/// would cost more than searching.
fn copies<'a>(value: &'a [u8], bytes: &'a [u8]) -> impl Iterator<Item = Range<usize>> + 'a {
    let first = value.first().copied();
    let starts = first.into_iter().flat_map(move |first| memchr::memchr_iter(first, bytes));
    starts.filter(|&at| bytes[at..].starts_with(value)).map(|at| at..at + value.len())
}

#[cfg(test)]
mod tests {
    use super::{RawExcerpt, mask};
    use crate::span::Span;

    fn span(start: u64, end: u64) -> Span {
        Span { start, end }
    }

    #[test]
    fn a_line_is_cut_at_its_ends() {
        let text = b"first\nkey = SECRET; rest\nlast";
        let excerpt = RawExcerpt::take(text, 12..18).masked(span(12, 18), &[span(12, 18)], &[]);
        assert_eq!((excerpt.before.as_str(), excerpt.after.as_str()), ("key = ", "; rest"));
        assert!(!excerpt.cut_before && !excerpt.cut_after);
    }

    #[test]
    fn a_long_line_is_clipped_around_the_secret() {
        let text = [vec![b'a'; 500], b"SECRET".to_vec(), vec![b'b'; 500]].concat();
        let excerpt = RawExcerpt::take(&text, 500..506).masked(span(500, 506), &[], &[]);
        assert!(excerpt.cut_before && excerpt.cut_after);
        assert!(excerpt.before.len() < 100 && excerpt.after.len() < 100);
    }

    #[test]
    fn neighbours_are_masked_however_they_overlap() {
        let bytes = b"0123456789";
        let mask = |hidden: &[Span]| mask(bytes, 100, hidden, &[]);
        assert_eq!(mask(&[span(102, 104)]), "01********456789");
        assert_eq!(mask(&[span(90, 104), span(103, 106)]), "********6789");
        assert_eq!(mask(&[span(108, 200)]), "01234567********");
        assert_eq!(mask(&[span(0, 100), span(110, 120)]), "0123456789");
    }

    #[test]
    fn copies_of_a_value_are_masked() {
        assert_eq!(mask(b"a=WORD b=WORD_x", 0, &[], &[b"WORD"]), "a=******** b=********_x");
        assert_eq!(mask(b"xWORDx", 0, &[span(0, 3)], &[b"WORD"]), "********x");
    }

    #[test]
    fn a_string_in_a_binary_ends_at_its_zeros() {
        let text = b"\x01\x00\x02\x00pw=SECRET\x00\x03";
        let excerpt = RawExcerpt::take(text, 7..13).masked(span(7, 13), &[], &[]);
        assert_eq!((excerpt.before.as_str(), excerpt.after.as_str()), ("pw=", ""));
    }
}
