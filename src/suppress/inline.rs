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

/// Whether there is any comment of ours or others' in `text`. Most texts have
/// none, and then nothing more needs to be asked about it.
pub fn has_comments(text: &[u8]) -> bool {
    find(text, OURS).is_some() || OTHERS.iter().any(|mark| find(text, mark.as_bytes()).is_some())
}

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
        let suffix = if next_line { "-next-line" } else { "" };
        match scope(behind.unwrap_or(rest), is_rule) {
            Some(Scope::Everything) => return Some(format!("redhanded:allow{suffix}")),
            Some(Scope::Rules(ids)) if ids.contains(&rule) => {
                // What is no rule's id is not repeated: it could be anything.
                let ids: Vec<&str> = ids.into_iter().filter(|id| is_rule(id)).collect();
                return Some(format!("redhanded:allow{suffix}({})", ids.join(", ")));
            }
            _ => {}
        }
    }
    None
}

/// What one of our comments allows.
enum Scope<'a> {
    Everything,
    Rules(Vec<&'a str>),
}

/// What a comment allows, by what stands behind its word. In brackets and
/// behind `=` stands a list of ids; behind `:` or a blank it is one if it begins
/// with what looks like an id, and otherwise the reason for the comment. `None`
/// if the word goes on, and so is another word.
fn scope<'a>(behind: &'a [u8], is_rule: &dyn Fn(&str) -> bool) -> Option<Scope<'a>> {
    let list = behind.get(1..).unwrap_or_default();
    match behind.first() {
        Some(b'(' | b'[') => {
            let end = list.iter().position(|byte| b")]".contains(byte)).unwrap_or(list.len());
            Some(Scope::Rules(words(&list[..end]).collect()))
        }
        Some(b'=') => Some(Scope::Rules(leading_ids(list, is_rule))),
        Some(b':' | b' ' | b'\t') => {
            let ids = leading_ids(list, is_rule);
            Some(if ids.is_empty() { Scope::Everything } else { Scope::Rules(ids) })
        }
        Some(byte) if byte.is_ascii_alphanumeric() || b"-_".contains(byte) => None,
        _ => Some(Scope::Everything),
    }
}

/// The words `text` begins with that are ids of rules or, with a dash inside,
/// look like one.
fn leading_ids<'a>(text: &'a [u8], is_rule: &dyn Fn(&str) -> bool) -> Vec<&'a str> {
    let looks_like_id = |word: &str| word.trim_matches('-').contains('-');
    words(text).take_while(|word| is_rule(word) || looks_like_id(word)).collect()
}

/// The words of a list, separated by whatever is neither letter, digit, dash
/// nor underscore.
fn words(text: &[u8]) -> impl Iterator<Item = &str> {
    text.split(|byte| !(byte.is_ascii_alphanumeric() || b"-_".contains(byte)))
        .filter_map(|word| std::str::from_utf8(word).ok())
        .filter(|word| !word.is_empty() && *word != "--")
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
        assert!(allowed("SECRET # redhanded:allow: it is a test", "other").is_some());
        for mistyped in
            ["(no-such-rule)", "()", "=no-such-rule", ": no-such-rule", "ed", "-nextline"]
        {
            let text = format!("SECRET # redhanded:allow{mistyped}");
            assert!(allowed(&text, "acme-key").is_none(), "{mistyped}");
        }
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
