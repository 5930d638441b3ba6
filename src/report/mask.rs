//! [`Mask`]: no credential of a report stands in clear in what the report says
//! around it.
//!
//! The line of a finding is masked when it is found. A path, the first line of
//! a commit's message, an author or the name of a branch can hold the same
//! credential, and stand in a report for quite another reason.

use std::borrow::Cow;
use std::path::Path;

use super::Report;
use crate::finding::Finding;
use crate::hex::hex;
use crate::paths::text_of;
use crate::secret::{STARS, Secret};

/// Shortest value whose copies are looked for: a shorter one stands everywhere
/// by chance.
const SHORTEST: usize = 4;
/// Shortest dropped value whose copies are looked for: a shorter one is a word
/// such as `example` more often than not.
const SHORTEST_DROPPED: usize = 16;
/// Number of pairs of bytes.
const PAIRS: usize = 1 << 16;

/// Shortest value of a finding whose copies are looked for. A word that is
/// somebody's password stands in paths and names for what it means.
fn shortest(finding: &Finding) -> usize {
    let is_word = |byte: &u8| byte.is_ascii_alphabetic() || b"-_. ".contains(byte);
    let by_name = finding.likelihood.is_some();
    if by_name && finding.secret.expose().iter().all(is_word) { SHORTEST_DROPPED } else { SHORTEST }
}

/// The values of findings, each with the length from which copies are looked for.
fn values_of<'f>(
    findings: impl Iterator<Item = &'f Finding> + Clone,
) -> impl Iterator<Item = (&'f Secret, usize)> {
    let found = findings.clone().map(|finding| (&finding.secret, shortest(finding)));
    let parts = findings.flat_map(|finding| &finding.parts);
    found.chain(parts.map(|part| (&part.secret, SHORTEST)))
}

/// Texts as they may be shown or kept: with stars for every copy of a finding's
/// credential.
pub fn masked<'f>(
    findings: impl Iterator<Item = &'f Finding> + Clone,
    texts: impl IntoIterator<Item = String>,
) -> Vec<String> {
    let values = values_of(findings).filter(|(secret, shortest)| secret.len() >= *shortest);
    let mask = Mask::of(values.flat_map(|(secret, _)| forms(secret)).collect());
    texts.into_iter().map(|text| mask.text(&text).into_owned()).collect()
}

/// Finds copies of a report's credentials, however many there are, in time in
/// proportion to the text.
pub(super) struct Mask<'a> {
    /// What is looked for, sorted, each once.
    values: Vec<Cow<'a, [u8]>>,
    /// The longest other value that each one begins with.
    shorter: Vec<Option<usize>>,
    /// Whether a value starts with the pair of bytes that is the index. Empty
    /// if there are no values.
    starts: Vec<bool>,
}

/// A path as a report shows it.
pub(super) struct ShownPath {
    /// Its text: what is not UTF-8 in it is written `\xNN`.
    pub(super) text: String,
    /// Its bytes in hexadecimal, if they are not UTF-8 and none is masked.
    pub(super) hex: Option<String>,
}

impl<'a> Mask<'a> {
    /// Masks the credentials of `report`, suppressed ones among them; none if
    /// they are to be shown.
    pub(super) fn new(report: &Report<'a>) -> Self {
        let outcome = report.outcome;
        if report.show_secrets {
            return Self::of(Vec::new());
        }
        let found = values_of(outcome.findings.iter());
        let dropped = outcome.dropped.iter().map(|dropped| (&dropped.value, SHORTEST_DROPPED));
        let wanted = found.chain(dropped).filter(|(secret, shortest)| secret.len() >= *shortest);
        Self::of(wanted.flat_map(|(secret, _)| forms(secret)).collect())
    }

    /// Masks these.
    pub(super) fn of_secrets(secrets: impl Iterator<Item = &'a Secret>) -> Self {
        let long = secrets.filter(|secret| secret.len() >= SHORTEST);
        Self::of(long.flat_map(forms).collect())
    }

    fn of(mut values: Vec<Cow<'a, [u8]>>) -> Self {
        values.sort();
        values.dedup();
        let mut starts = vec![false; if values.is_empty() { 0 } else { PAIRS }];
        let mut shorter = Vec::with_capacity(values.len());
        // The values that the one at hand could begin with, each of which
        // begins with the one before it.
        let mut open: Vec<usize> = Vec::new();
        for (index, value) in values.iter().enumerate() {
            while open.pop_if(|top| !value.starts_with(&values[*top])).is_some() {}
            shorter.push(open.last().copied());
            open.push(index);
            if let Some(pair) = pair(value) {
                starts[pair] = true;
            }
        }
        Self { values, shorter, starts }
    }

    /// `text` with stars for every copy.
    pub(super) fn text<'t>(&self, text: &'t str) -> Cow<'t, str> {
        match self.hide(text.as_bytes()) {
            None => Cow::Borrowed(text),
            Some(masked) => Cow::Owned(String::from_utf8_lossy(&masked).into_owned()),
        }
    }

    /// `path` as text, with stars for every copy.
    pub(super) fn path(&self, path: &Path) -> ShownPath {
        let bytes = path.as_os_str().as_encoded_bytes();
        if let Some(masked) = self.hide(bytes) {
            return ShownPath { text: text_of(&masked), hex: None };
        }
        ShownPath { text: text_of(bytes), hex: path.to_str().is_none().then(|| hex(bytes)) }
    }

    /// `bytes` with stars for every copy, if there is any. Copies that overlap
    /// are hidden as one.
    fn hide(&self, bytes: &[u8]) -> Option<Vec<u8>> {
        if self.values.is_empty() {
            return None;
        }
        let mut masked = Vec::new();
        let mut end = 0;
        for at in 0..bytes.len() {
            let rest = &bytes[at..];
            let may_start = pair(rest).is_some_and(|pair| self.starts[pair]);
            let Some(length) = may_start.then(|| self.longest_at(rest)).flatten() else { continue };
            if at >= end {
                masked.extend_from_slice(&bytes[end..at]);
                masked.extend_from_slice(STARS.as_bytes());
            }
            end = end.max(at + length);
        }
        if end == 0 {
            return None;
        }
        masked.extend_from_slice(&bytes[end..]);
        Some(masked)
    }

    /// Length of the longest value that `text` starts with.
    ///
    /// Every value between one that `text` starts with and `text` itself, in
    /// their order, begins with that one, too. So it is the last value before
    /// `text`, or one that this one begins with.
    fn longest_at(&self, text: &[u8]) -> Option<usize> {
        let behind = self.values.partition_point(|value| value.as_ref() <= text);
        let mut at = behind.checked_sub(1)?;
        let common = self.values[at].iter().zip(text).take_while(|(a, b)| a == b).count();
        while self.values[at].len() > common {
            at = self.shorter[at]?;
        }
        Some(self.values[at].len())
    }
}

/// The first two bytes as a number.
fn pair(bytes: &[u8]) -> Option<usize> {
    let first = bytes.first_chunk::<2>()?;
    Some(usize::from(u16::from_be_bytes(*first)))
}

/// A secret as it is written in a path, and as it is written in text.
fn forms(secret: &Secret) -> impl Iterator<Item = Cow<'_, [u8]>> {
    let bytes = secret.expose();
    let replaced = match String::from_utf8_lossy(bytes) {
        Cow::Borrowed(_) => None,
        Cow::Owned(text) => Some(text),
    };
    // A notice has the path in it as text.
    let escaped = replaced.is_some().then(|| text_of(bytes));
    let texts = [replaced, escaped].into_iter().flatten();
    std::iter::once(Cow::Borrowed(bytes)).chain(texts.map(|text| Cow::Owned(text.into_bytes())))
}

#[cfg(test)]
mod tests {
    use std::borrow::Cow;
    use std::path::Path;

    use super::{Mask, forms};
    use crate::secret::Secret;

    fn mask(values: &[&'static str]) -> Mask<'static> {
        Mask::of(values.iter().map(|value| Cow::Borrowed(value.as_bytes())).collect())
    }

    #[test]
    fn every_copy_is_masked() {
        let mask = mask(&["swordfish", "hunter2", "hunter2"]);
        assert_eq!(mask.text("a hunter2 swordfish b"), "a ******** ******** b");
        assert_eq!(mask.text("hunter2hunter2"), "****************");
        assert_eq!(mask.text("xhunter2"), "x********");
        assert!(matches!(mask.text("hunter1"), Cow::Borrowed("hunter1")));
        assert_eq!(mask.text("hunte"), "hunte");
        assert_eq!(mask.text(""), "");
    }

    #[test]
    fn without_values_nothing_is_masked() {
        assert_eq!(mask(&[]).text("anything"), "anything");
    }

    #[test]
    fn the_longest_copy_counts_and_overlapping_ones_are_one() {
        let mask = mask(&["abcd", "abcdefgh", "abcdefghijkl", "abcdeX", "ghijklmn"]);
        assert_eq!(mask.text("abcd"), "********");
        assert_eq!(mask.text("abcdefgZ"), "********efgZ");
        assert_eq!(mask.text("abcdefghijkX"), "********ijkX");
        assert_eq!(mask.text("-abcdefghijklmn-"), "-********-");
        assert_eq!(mask.text("abcdeX abcdeY"), "******** ********eY");
    }

    #[test]
    fn the_result_is_that_of_plain_search() {
        let values = ["aaaa", "aaaab", "abab", "abaaa", "bbbbb", "babab", "baaaaa", "bbab"];
        let mask = mask(&values);
        for number in 0..1_u32 << 14 {
            let text: String =
                (0..14).map(|bit| if number >> bit & 1 == 0 { 'a' } else { 'b' }).collect();
            let mut hidden = [false; 14];
            for value in values {
                for at in (0..14).filter(|&at| text[at..].starts_with(value)) {
                    hidden[at..at + value.len()].fill(true);
                }
            }
            let left: String =
                text.chars().zip(hidden).filter(|(_, hidden)| !hidden).map(|(c, _)| c).collect();
            assert_eq!(mask.text(&text).replace('*', ""), left, "{text}");
        }
    }

    #[test]
    fn a_path_with_a_copy_has_no_bytes_to_show() {
        let mask = mask(&["hunter2"]);
        let shown = mask.path(Path::new("backup/hunter2.sql"));
        assert_eq!((shown.text.as_str(), shown.hex), ("backup/********.sql", None));
    }

    #[cfg(unix)]
    #[test]
    fn a_path_that_is_not_utf8_is_masked_before_it_is_written() {
        use std::os::unix::ffi::OsStrExt;
        let path = |bytes: &'static [u8]| Path::new(std::ffi::OsStr::from_bytes(bytes));
        let hidden = Secret::new(b"caf\xe9pass");
        let mask = Mask::of(forms(&hidden).collect());
        let shown = mask.path(path(b"\xe8/caf\xe9pass.txt"));
        assert_eq!((shown.text.as_str(), shown.hex), ("\\xe8/********.txt", None));
        let shown = mask.path(path(b"caf\xe9.txt"));
        assert_eq!(shown.hex.as_deref(), Some("636166e92e747874"));
        assert_eq!(mask.text("in caf\u{fffd}pass or caf\\xe9pass"), "in ******** or ********");
    }

    /// Thousands of values with one beginning, and a text made of nothing but
    /// that beginning.
    #[test]
    fn many_values_that_begin_alike_cost_little() {
        let values: Vec<String> = (0..4000).map(|n| format!("token_token_{n:08}")).collect();
        let of = |value: &String| Cow::Owned(value.clone().into_bytes());
        let mask = Mask::of(values.iter().map(of).collect());
        let subject = "token_".repeat(100);
        for value in &values {
            assert_eq!(mask.text(value), "********");
            assert!(matches!(mask.text(&subject), Cow::Borrowed(_)));
        }
    }
}
