//! The line around a credential, clipped and masked.

use std::ops::Range;

use crate::finding::Excerpt;
use crate::span::{Span, line_around};

/// Bytes of the line shown before a credential.
const BEFORE: usize = 64;
/// Bytes of the line shown behind it.
const AFTER: usize = 48;
/// What stands for another credential in the line.
const STARS: &str = "********";

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
        let from = secret.start.saturating_sub(BEFORE);
        let to = secret.end.saturating_add(AFTER).min(text.len());
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
            cut_before: first.start == 0 && from > 0 && before.len() == BEFORE,
            cut_after: last.end == near.len() && to < text.len() && after.len() == AFTER,
            before: before.into(),
            after: after.into(),
        }
    }

    /// The excerpt around `secret` with every one of `secrets` masked. They are
    /// sorted.
    pub(super) fn masked(&self, secret: Span, secrets: &[Span]) -> Excerpt {
        let before_start = secret.start.saturating_sub(self.before.len() as u64);
        Excerpt {
            before: mask(&self.before, before_start, secrets),
            after: mask(&self.after, secret.end, secrets),
            cut_before: self.cut_before,
            cut_after: self.cut_after,
        }
    }
}

/// `bytes`, which start at `offset`, as text with the parts in `secrets`
/// replaced by stars.
fn mask(bytes: &[u8], offset: u64, secrets: &[Span]) -> String {
    let whole = Span { start: offset, end: offset + bytes.len() as u64 };
    let at = |place: u64| {
        usize::try_from(place.saturating_sub(offset)).unwrap_or(usize::MAX).min(bytes.len())
    };
    let mut text = String::new();
    let mut shown = 0;
    for secret in secrets.iter().filter(|secret| secret.overlaps(whole)) {
        let (start, end) = (at(secret.start), at(secret.end));
        if end > shown {
            text.push_str(&String::from_utf8_lossy(&bytes[shown..start.max(shown)]));
            if start >= shown {
                text.push_str(STARS);
            }
            shown = end;
        }
    }
    text.push_str(&String::from_utf8_lossy(&bytes[shown..]));
    text
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
        let excerpt = RawExcerpt::take(text, 12..18).masked(span(12, 18), &[span(12, 18)]);
        assert_eq!((excerpt.before.as_str(), excerpt.after.as_str()), ("key = ", "; rest"));
        assert!(!excerpt.cut_before && !excerpt.cut_after);
    }

    #[test]
    fn a_long_line_is_clipped_around_the_secret() {
        let text = [vec![b'a'; 500], b"SECRET".to_vec(), vec![b'b'; 500]].concat();
        let excerpt = RawExcerpt::take(&text, 500..506).masked(span(500, 506), &[]);
        assert!(excerpt.cut_before && excerpt.cut_after);
        assert!(excerpt.before.len() < 100 && excerpt.after.len() < 100);
    }

    #[test]
    fn neighbours_are_masked_however_they_overlap() {
        let bytes = b"0123456789";
        assert_eq!(mask(bytes, 100, &[span(102, 104)]), "01********456789");
        assert_eq!(mask(bytes, 100, &[span(90, 104), span(103, 106)]), "********6789");
        assert_eq!(mask(bytes, 100, &[span(108, 200)]), "01234567********");
        assert_eq!(mask(bytes, 100, &[span(0, 100), span(110, 120)]), "0123456789");
    }

    #[test]
    fn a_string_in_a_binary_ends_at_its_zeros() {
        let text = b"\x01\x00\x02\x00pw=SECRET\x00\x03";
        let excerpt = RawExcerpt::take(text, 7..13).masked(span(7, 13), &[]);
        assert_eq!((excerpt.before.as_str(), excerpt.after.as_str()), ("pw=", ""));
    }
}
