//! Columns as other programs count them, and the texts that they are counted in.

use std::ops::Range;
use std::path::PathBuf;

use super::Report;
use crate::finding::Finding;
use crate::span::line_around;
use crate::unit::{Encoding, Origin, UTF8_MARK};

/// What a column is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Counted {
    /// A code unit of UTF-16, as in SARIF.
    Utf16,
    /// A byte of UTF-8.
    Bytes,
}

/// The text of the file at hand: findings come file by file, so it is kept until
/// the next one.
pub(super) struct TextAtHand<'a> {
    report: &'a Report<'a>,
    path: Option<PathBuf>,
    text: Option<Vec<u8>>,
}

impl<'a> TextAtHand<'a> {
    pub(super) fn new(report: &'a Report<'a>) -> Self {
        Self { report, path: None, text: None }
    }

    /// The bytes of the finding's file, if it is in one, and whether they are
    /// others than the last time.
    pub(super) fn of(&mut self, finding: &Finding) -> (Option<&[u8]>, bool) {
        let Origin::File(path) = &finding.place.origin else { return (None, false) };
        let is_new = self.path.as_ref() != Some(path);
        if is_new {
            self.text = self.report.checkout.text(path);
            self.path = Some(path.clone());
        }
        (self.text.as_deref(), is_new)
    }
}

/// First column of a finding and the one behind its last, from 1. Without the
/// text bytes cannot always be told.
pub(super) fn columns(
    finding: &Finding,
    text: Option<&[u8]>,
    counted: Counted,
) -> Option<(u64, u64)> {
    if let Some((text, span)) = text.and_then(|text| Some((text, span_in(finding, text)?))) {
        let column = |at: usize| {
            let first = line_around(text, at).start;
            let line = &text[first..at];
            // A byte order mark is no character of the first line.
            let mark = if first == 0 { UTF8_MARK } else { b"" };
            1 + count(line.strip_prefix(mark).unwrap_or(line), counted)
        };
        return Some((column(span.start), column(span.end)));
    }
    let excerpt = &finding.excerpt;
    let start = match counted {
        // Of the line's characters those that are two units are seen here.
        Counted::Utf16 => {
            let wide = excerpt.before.chars().filter(|c| c.len_utf16() == 2).count();
            finding.place.start.column + wide as u64
        }
        Counted::Bytes if excerpt.cut_before || !excerpt.before.is_ascii() => return None,
        Counted::Bytes => finding.place.start.column,
    };
    let secret = finding.secret.expose();
    let last = secret.iter().rposition(|byte| b"\n\r".contains(byte));
    let end = match last {
        None => start + count(secret, counted),
        Some(end) => 1 + count(&secret[end + 1..], counted),
    };
    Some((start, end))
}

/// Where in `text` the finding stands, if it still stands there.
fn span_in(finding: &Finding, text: &[u8]) -> Option<Range<usize>> {
    if finding.place.encoding != Encoding::Bytes {
        return None;
    }
    let at = |offset: u64| usize::try_from(offset).ok();
    let span = at(finding.place.span.start)?..at(finding.place.span.end)?;
    (text.get(span.clone())? == finding.secret.expose()).then_some(span)
}

fn count(text: &[u8], counted: Counted) -> u64 {
    match counted {
        Counted::Bytes => text.len() as u64,
        Counted::Utf16 => utf16(text).count() as u64,
    }
}

/// The code units of `text` as a program in JavaScript or Java decodes it: what
/// is no UTF-8 is U+FFFD, as often as the Encoding Standard says.
pub(super) fn utf16(text: &[u8]) -> impl Iterator<Item = u16> {
    text.utf8_chunks().flat_map(|chunk| {
        let broken = (!chunk.invalid().is_empty()).then_some(0xfffd);
        chunk.valid().encode_utf16().chain(broken)
    })
}
