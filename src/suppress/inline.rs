//! Comments that allow a finding: `redhanded:allow` on its line,
//! `redhanded:allow-next-line` on the line before, and the marks of other
//! tools on its line.
//!
//! Ours may name rules, `redhanded:allow(rule-a, rule-b)`, and then allow no
//! others. Comments are looked for within [`REACH`] bytes of the credential, so
//! that a line of any length costs the same.

use crate::span::line_around;

/// Bytes before and behind a credential within which a comment counts.
pub const REACH: usize = 2048;

const OURS: &[u8] = b"redhanded:allow";
const NEXT_LINE: &[u8] = b"-next-line";

/// Marks of other tools, which allow everything on their line.
const OTHERS: [&str; 6] = [
    "gitleaks:allow",
    "betterleaks:allow",
    "trufflehog:ignore",
    "kingfisher:ignore",
    "pragma: allowlist secret",
    "ggignore",
];

/// The comment that allows what `rule` found at `start..end` of `text`, as it
/// is written. `is_rule` tells whether a word is the id of a rule.
pub fn comment_for(
    text: &[u8],
    start: usize,
    end: usize,
    rule: &str,
    is_rule: &dyn Fn(&str) -> bool,
) -> Option<String> {
    let from = start.saturating_sub(REACH);
    let to = end.saturating_add(REACH).min(text.len());
    let near = text.get(from..to)?;
    let (start, end) = (start - from, end - from);
    // Nearly every line has no comment of ours or theirs: one colon or word
    // they all share decides that quickly.
    let first = line_around(near, start);
    let last =
        if near[start..end].contains(&b'\n') { line_around(near, end) } else { first.clone() };
    let outside = [&near[first.start..start], &near[end.min(last.end)..last.end]];
    let here = outside.iter().find_map(|part| on_line(part, rule, is_rule));
    here.or_else(|| {
        let before = near[..first.start].strip_suffix(b"\n").unwrap_or(&near[..first.start]);
        let before = before.strip_suffix(b"\r").unwrap_or(before);
        let line = &before[line_around(before, before.len()).start..];
        (first.start > 0).then(|| ours(line, true, rule, is_rule)).flatten()
    })
}

/// A comment that allows everything, or `rule`, on its own line.
fn on_line(line: &[u8], rule: &str, is_rule: &dyn Fn(&str) -> bool) -> Option<String> {
    ours(line, false, rule, is_rule).or_else(|| {
        let theirs = OTHERS.iter().find(|mark| find(line, mark.as_bytes()).is_some());
        theirs.map(|mark| (*mark).to_owned())
    })
}

/// One of our comments that allows `rule`: of the kind for the next line, or of
/// the kind for its own.
fn ours(
    line: &[u8],
    next_line: bool,
    rule: &str,
    is_rule: &dyn Fn(&str) -> bool,
) -> Option<String> {
    let mut rest = line;
    while let Some(at) = find(rest, OURS) {
        rest = &rest[at + OURS.len()..];
        let behind = rest.strip_prefix(NEXT_LINE);
        if behind.is_some() != next_line {
            continue;
        }
        let named = named_rules(behind.unwrap_or(rest), is_rule);
        if named.is_empty() || named.contains(&rule) {
            let suffix = if next_line { "-next-line" } else { "" };
            let ids =
                if named.is_empty() { String::new() } else { format!("({})", named.join(", ")) };
            return Some(format!("redhanded:allow{suffix}{ids}"));
        }
    }
    None
}

/// The rules named behind a comment: in brackets, behind `=` or `:`, or simply
/// behind it if the first word is a rule's id.
fn named_rules<'a>(behind: &'a [u8], is_rule: &dyn Fn(&str) -> bool) -> Vec<&'a str> {
    let (list, explicit) = match behind.first() {
        Some(b'(' | b'[' | b'=' | b':') => (&behind[1..], true),
        Some(b' ' | b'\t') => (behind, false),
        _ => return Vec::new(),
    };
    let end = list.iter().position(|byte| b")]".contains(byte)).unwrap_or(list.len());
    let is_word = |byte: &u8| byte.is_ascii_alphanumeric() || *byte == b'-' || *byte == b'_';
    let words = list[..end]
        .split(|byte| !is_word(byte))
        .filter_map(|word| std::str::from_utf8(word).ok())
        .filter(|word| !word.is_empty());
    if explicit && behind.first().is_some_and(|byte| b"([".contains(byte)) {
        words.collect()
    } else {
        words.take_while(|word| is_rule(word)).collect()
    }
}

fn find(text: &[u8], what: &[u8]) -> Option<usize> {
    memchr::memmem::find(text, what)
}

#[cfg(test)]
mod tests {
    use super::comment_for;

    const IDS: [&str; 2] = ["acme-token", "acme-key"];

    fn allowed(text: &str, rule: &str) -> Option<String> {
        let start = text.find("SECRET").expect("the text has a secret");
        comment_for(text.as_bytes(), start, start + 6, rule, &|word| IDS.contains(&word))
    }

    #[test]
    fn our_comment_allows_its_line_only() {
        assert!(allowed("x = SECRET # redhanded:allow", "acme-token").is_some());
        assert!(allowed("# redhanded:allow\nx = SECRET", "acme-token").is_none());
        assert!(allowed("x = SECRET\n# redhanded:allow", "acme-token").is_none());
        assert!(allowed("/* redhanded:allow */ SECRET", "acme-token").is_some());
    }

    #[test]
    fn the_next_line_comment_allows_the_next_line_only() {
        assert!(allowed("# redhanded:allow-next-line\nx = SECRET", "acme-token").is_some());
        assert!(allowed("# redhanded:allow-next-line\r\nx = SECRET", "acme-token").is_some());
        assert!(allowed("# redhanded:allow-next-line\n\nx = SECRET", "acme-token").is_none());
        assert!(allowed("x = SECRET # redhanded:allow-next-line", "acme-token").is_none());
    }

    #[test]
    fn named_rules_limit_a_comment() {
        for comment in
            ["(acme-token)", "[acme-key, acme-token]", " acme-token", "=acme-token", ": acme-token"]
        {
            let text = format!("x = SECRET # redhanded:allow{comment}");
            assert!(allowed(&text, "acme-token").is_some(), "{comment}");
            assert!(allowed(&text, "other").is_none(), "{comment}");
        }
        assert!(allowed("SECRET # redhanded:allow it is a test", "other").is_some());
        assert!(allowed("SECRET # redhanded:allow(no-such-rule)", "acme-key").is_none());
    }

    #[test]
    fn other_tools_marks_count_on_the_same_line() {
        for mark in super::OTHERS {
            assert!(allowed(&format!("SECRET # {mark}"), "acme-key").is_some(), "{mark}");
            assert!(allowed(&format!("SECRET\n# {mark}"), "acme-key").is_none(), "{mark}");
        }
        assert!(allowed("SECRET # nosec", "acme-key").is_none());
    }

    #[test]
    fn a_block_is_allowed_on_its_first_or_last_line() {
        let text = b"a BEGIN\nmiddle\nEND # redhanded:allow";
        assert!(comment_for(text, 2, 18, "acme-key", &|_| false).is_some());
        let text = b"a BEGIN\nmiddle # redhanded:allow\nEND";
        assert!(comment_for(text, 2, text.len(), "acme-key", &|_| false).is_none());
    }
}
