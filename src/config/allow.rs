//! Allow lists as they are written, made valid.
//!
//! An entry that allows everything, or that cannot allow anything, is a slip of
//! the hand: each is refused with its place.

use std::ops::Range;
use std::path::Path;

use regex_syntax::ParserBuilder;
use regex_syntax::hir::Hir;

use super::file::{Allow, Words};
use crate::rule::pattern_fault;
use crate::suppress::{AllowError, AllowLists, AllowSpec};

/// An entry that is refused: where it stands, if that is known, and why.
pub(super) type Refused = (Option<Range<usize>>, String);

/// The allow lists of a configuration in `folder`.
pub(super) fn compile(folder: &Path, written: &Allow) -> Result<AllowLists, Refused> {
    type Check = fn(&str) -> Option<&'static str>;
    let lists: [(&str, &Words, Check); 4] = [
        ("paths", &written.paths, stray_path),
        ("regexes", &written.regexes, boundless_regex),
        ("stopwords", &written.stopwords, blank_word),
        ("fingerprints", &written.fingerprints, no_fingerprint),
    ];
    let spec = AllowSpec {
        paths: texts(&written.paths),
        regexes: texts(&written.regexes),
        stopwords: texts(&written.stopwords),
        fingerprints: texts(&written.fingerprints),
    };
    let compiled = AllowLists::new(folder, &spec).map_err(|error| {
        let list = lists.iter().find(|(list, ..)| *list == error.list).map(|(_, words, _)| words);
        let entry = list.and_then(|list| list.iter().find(|it| *it.get_ref() == error.entry));
        let reason = regex_fault(&error).unwrap_or(error.reason);
        let message = format!("allow.{}: `{}`: {reason}", error.list, error.entry);
        (entry.map(toml::Spanned::span), message)
    })?;
    for (list, entries, check) in lists {
        for entry in entries {
            if let Some(reason) = check(entry.get_ref()) {
                // The entry is not repeated: it could be a credential that was
                // put into the wrong list.
                return Err((Some(entry.span()), format!("allow.{list}: {reason}")));
            }
        }
    }
    Ok(compiled)
}

fn texts(words: &Words) -> Vec<String> {
    words.iter().map(|word| word.get_ref().clone()).collect()
}

/// A path pattern that could only match outside the folder, which is to say
/// never.
fn stray_path(pattern: &str) -> Option<&'static str> {
    let pattern = pattern.strip_prefix('!').unwrap_or(pattern);
    let drive = matches!(pattern.as_bytes(), [b'a'..=b'z' | b'A'..=b'Z', b':', b'/' | b'\\', ..]);
    if drive || pattern.split('/').any(|part| part == "..") {
        return Some("it leads out of the folder of this file, which paths are relative to");
    }
    None
}

/// What is wrong with a pattern: the engine that refused it says only that
/// something is.
fn regex_fault(error: &AllowError) -> Option<String> {
    if error.list != "regexes" {
        return None;
    }
    let fault = parse_regex(&error.entry).err()?;
    Some(pattern_fault(&fault).0)
}

/// Reads a pattern as [`AllowLists`] does.
#[expect(clippy::result_large_err, reason = "it is turned into a few words at once")]
fn parse_regex(pattern: &str) -> Result<Hir, regex_syntax::Error> {
    ParserBuilder::new().unicode(false).utf8(false).build().parse(pattern)
}

fn boundless_regex(pattern: &str) -> Option<&'static str> {
    let shortest = parse_regex(pattern).ok()?.properties().minimum_len();
    (shortest == Some(0)).then_some("it can match the empty text, and so allows everything")
}

fn blank_word(word: &str) -> Option<&'static str> {
    word.trim().is_empty().then_some("a word without letters allows everything")
}

fn no_fingerprint(entry: &str) -> Option<&'static str> {
    let is_digit = |byte: u8| byte.is_ascii_digit() || (b'a'..=b'f').contains(&byte);
    let fine = entry.len() == 32 && entry.bytes().all(is_digit);
    (!fine).then_some("a fingerprint is 32 hexadecimal digits in lower case")
}

#[cfg(test)]
mod tests {
    use super::{blank_word, boundless_regex, no_fingerprint, stray_path};

    #[test]
    fn a_regex_must_match_something() {
        for pattern in ["", ".*", "a?", "a|", "^", "$", r"\b", "(?i)", "(x|y*)"] {
            assert!(boundless_regex(pattern).is_some(), "{pattern}");
        }
        for pattern in ["a", "^a$", ".+", r"\xff", "[^\\s\\S]"] {
            assert!(boundless_regex(pattern).is_none(), "{pattern}");
        }
    }

    #[test]
    fn a_path_stays_in_the_folder() {
        for pattern in ["../x", "a/../x", "!../x", "..", "C:/x", "C:\\x"] {
            assert!(stray_path(pattern).is_some(), "{pattern}");
        }
        for pattern in ["/src/", "a..b", "a:b", "/nosuch/there", "/", "*", "...", "/a/b/**", ""] {
            assert!(stray_path(pattern).is_none(), "{pattern}");
        }
    }

    #[test]
    fn words_and_fingerprints_have_a_form() {
        assert!(blank_word("").is_some() && blank_word(" \t").is_some());
        assert!(blank_word("x").is_none());
        assert!(no_fingerprint(&"0af9".repeat(8)).is_none());
        for wrong in ["", "xyz", &"0AF9".repeat(8), &"0af9".repeat(9), &"0ag9".repeat(8)] {
            assert!(no_fingerprint(wrong).is_some(), "{wrong}");
        }
    }
}
