//! Markdown for a comment or the summary of a pipeline.
//!
//! It is kept so short that a comment can hold it. What comes from the scanned
//! world stands in code, where nobody is mentioned and nothing is a link.

use std::collections::BTreeSet;
use std::fmt::Write as _;
use std::io::{self, Write};

use super::sanitize::{Safe, clipped};
use super::shown::{Shown, story};
use super::{Report, Reporter};
use crate::finding::Finding;
use crate::notice::Notice;
use crate::rule::{Rule, Severity};

/// The format `markdown`.
pub(super) struct Markdown;

/// Bytes of all rows together; a comment takes 65,536 characters.
const ROOM: usize = 32_000;
/// Bytes of all advice together.
const ROOM_FOR_ADVICE: usize = 16_000;
/// Bytes of all trouble together.
const ROOM_FOR_TROUBLE: usize = 8_000;
/// Columns that a path may take.
const PATH: usize = 200;
/// Columns that a credential may take, where it is shown.
const SECRET: usize = 200;

impl Reporter for Markdown {
    fn name(&self) -> &'static str {
        "markdown"
    }

    fn write(&self, report: &Report<'_>, out: &mut dyn Write) -> io::Result<()> {
        let shown = Shown::new(report);
        let findings = shown.gravest_first();
        writeln!(out, "## {}\n", heading(report, findings.len()))?;
        if !findings.is_empty() {
            writeln!(out, "| severity | place | what | credential |\n| --- | --- | --- | --- |")?;
            let rows = findings.iter().map(|finding| row(finding, &shown));
            let more = write_until(out, rows, ROOM)?;
            writeln!(out)?;
            write_more(out, more, "findings")?;
            write_advice(out, report, &findings)?;
        }
        write_trouble(out, &shown)
    }
}

fn heading(report: &Report<'_>, count: usize) -> String {
    let outcome = report.outcome;
    if count == 0 {
        let but = if outcome.is_complete() { "" } else { ", but not everything was covered" };
        return format!("No leaked credentials found{but}");
    }
    let of = |severity: &&Severity| {
        let count = outcome.reported().filter(|it| it.severity == **severity).count();
        (count > 0).then(|| format!("{count} {severity}"))
    };
    let counts: Vec<String> = Severity::ALL.iter().rev().filter_map(|it| of(&it)).collect();
    let noun = if count == 1 { "credential" } else { "credentials" };
    format!("{count} leaked {noun}: {}", counts.join(", "))
}

/// Writes texts as long as there is room, and gives the number of the others.
fn write_until(
    out: &mut dyn Write,
    texts: impl Iterator<Item = String>,
    room: usize,
) -> io::Result<usize> {
    let mut left = room;
    let mut more = 0;
    for text in texts {
        match left.checked_sub(text.len()) {
            Some(rest) if more == 0 => {
                left = rest;
                out.write_all(text.as_bytes())?;
            }
            _ => more += 1,
        }
    }
    Ok(more)
}

fn write_more(out: &mut dyn Write, more: usize, what: &str) -> io::Result<()> {
    match more {
        0 => Ok(()),
        _ => writeln!(out, "and {more} more {what}\n"),
    }
}

fn row(finding: &Finding, shown: &Shown<'_>) -> String {
    let rule = shown.rule(finding);
    let path = code(&clipped(&shown.path(&finding.place.origin), PATH));
    let secret = code(&clipped(&shown.secret(&finding.secret), SECRET));
    let told = story(finding);
    let told = if told.is_empty() { told } else { format!("<br>{told}") };
    format!(
        "| {} | {path} line {} | {} {}{told} | {secret} |\n",
        finding.severity,
        finding.place.start.line,
        text(&rule.name),
        code(&rule.id),
    )
}

/// What to do about the credentials of each kind, once.
fn write_advice(out: &mut dyn Write, report: &Report<'_>, findings: &[&Finding]) -> io::Result<()> {
    if report.quiet {
        return Ok(());
    }
    writeln!(out, "### What to do\n")?;
    let mut told = BTreeSet::new();
    let rules = findings.iter().filter(|finding| told.insert(finding.rule));
    let advice = rules.map(|finding| advice(report.rules.rule(finding.rule)));
    let more = write_until(out, advice, ROOM_FOR_ADVICE)?;
    writeln!(out)?;
    write_more(out, more, "kinds; `redhanded rules show RULE` tells of each")
}

fn advice(rule: &Rule) -> String {
    format!("- **{}**: {}\n", text(&rule.name), text(&rule.fix))
}

fn write_trouble(out: &mut dyn Write, shown: &Shown<'_>) -> io::Result<()> {
    let notices = &shown.report.outcome.notices;
    if notices.is_empty() {
        return Ok(());
    }
    writeln!(out, "### Not covered, and notes\n")?;
    let more = write_until(out, notices.iter().map(|it| trouble(it, shown)), ROOM_FOR_TROUBLE)?;
    writeln!(out)?;
    write_more(out, more, "of these")
}

fn trouble(notice: &Notice, shown: &Shown<'_>) -> String {
    let Notice { place, kind, detail } = notice;
    let place = shown.mask.text(place);
    let place = if place.is_empty() { String::new() } else { code(&clipped(&place, PATH)) + " " };
    let detail = code(&clipped(&shown.mask.text(detail), PATH));
    format!("- {}: {place}{detail}\n", kind.as_str())
}

/// Text as code, in a table or elsewhere.
pub(super) fn code(written: &str) -> String {
    let safe = Safe(written).to_string();
    if !safe.contains(['`', '|', '\\']) {
        return if safe.trim().is_empty() { String::new() } else { format!("`{safe}`") };
    }
    // No escape holds in code and in a table at once, but characters by their
    // numbers do.
    let mut code = String::from("<code>");
    for character in safe.chars() {
        if character.is_ascii_punctuation() {
            // Writing into a string cannot fail.
            let _ = write!(code, "&#{};", u32::from(character));
        } else {
            code.push(character);
        }
    }
    code + "</code>"
}

/// Text that is shown as it is written.
pub(super) fn text(written: &str) -> String {
    let mut text = String::new();
    for character in Safe(written).to_string().chars() {
        match character {
            // A comment in between, and nobody is told.
            '@' => text.push_str("&#64;<!-- -->"),
            '/' | '-' | '.' | ',' | ';' | '\'' | '"' | '?' | '=' | '%' => text.push(character),
            c if c.is_ascii_punctuation() => {
                // Writing into a string cannot fail.
                let _ = write!(text, "&#{};", u32::from(c));
            }
            c => text.push(c),
        }
    }
    text
}

#[cfg(test)]
mod tests {
    use super::{code, text, write_until};

    #[test]
    fn code_is_code_whatever_stands_in_it() {
        assert_eq!(code("a.b @user <b> *c*"), "`a.b @user <b> *c*`");
        assert_eq!(code("a`|\\"), "<code>a&#96;&#124;&#92;</code>");
        assert_eq!(code("a\nb"), "<code>a&#92;nb</code>");
        assert_eq!(code(" "), "");
    }

    #[test]
    fn text_has_no_markup() {
        assert_eq!(text("a-b, c."), "a-b, c.");
        assert_eq!(text("<a> *b* @c"), "&#60;a&#62; &#42;b&#42; &#64;<!-- -->c");
        assert_eq!(text("https://x [y](z)"), "https&#58;//x &#91;y&#93;&#40;z&#41;");
    }

    #[test]
    fn what_has_no_room_is_counted() {
        let mut out = Vec::new();
        let texts = ["aa", "bb", "c", "dd"].map(str::to_owned);
        let more = write_until(&mut out, texts.into_iter(), 5).expect("memory can be written to");
        assert_eq!((out.as_slice(), more), (b"aabbc".as_slice(), 1));
    }
}
