//! Comma-separated values (RFC 4180), for spreadsheets.
//!
//! A spreadsheet takes a field for a formula by its first character, and a
//! formula can fetch and run things: such a field gets an apostrophe before it.

use std::borrow::Cow;
use std::io::{self, Write};

use super::date::rfc3339;
use super::sanitize::Safe;
use super::shown::Shown;
use super::{Report, Reporter};
use crate::finding::{Commit, Finding};

/// The format `csv`.
pub(super) struct Csv;

const HEADER: [&str; 21] = [
    "severity",
    "confidence",
    "rule",
    "name",
    "provider",
    "class",
    "path",
    "line",
    "column",
    "end_line",
    "end_column",
    "secret",
    "expired",
    "fingerprint",
    "object",
    "commit",
    "author",
    "email",
    "time",
    "subject",
    "presence",
];

impl Reporter for Csv {
    fn name(&self) -> &'static str {
        "csv"
    }

    fn tells_notices(&self) -> bool {
        false
    }

    fn write(&self, report: &Report<'_>, out: &mut dyn Write) -> io::Result<()> {
        let shown = Shown::new(report);
        write_record(out, &HEADER.map(Cow::Borrowed))?;
        for finding in report.outcome.reported() {
            write_record(out, &record(finding, &shown))?;
        }
        Ok(())
    }
}

fn record<'a>(finding: &'a Finding, shown: &Shown<'a>) -> [Cow<'a, str>; 21] {
    let rule = shown.rule(finding);
    let place = &finding.place;
    let history = finding.history.as_deref();
    let commit = history.and_then(|history| history.introduced_by.as_deref());
    let told = |of: fn(&Commit) -> &str| match commit {
        None => Cow::Borrowed(""),
        Some(commit) => Cow::Owned(shown.mask.text(of(commit)).into_owned()),
    };
    let number = |number: u64| Cow::Owned(number.to_string());
    [
        finding.severity.as_str().into(),
        finding.confidence.as_str().into(),
        rule.id.as_ref().into(),
        rule.name.as_ref().into(),
        rule.provider.as_ref().into(),
        rule.class.as_str().into(),
        shown.path(&place.origin).into(),
        number(place.start.line),
        number(place.start.column),
        number(place.end.line),
        number(place.end.column),
        shown.secret(&finding.secret).into(),
        finding.anatomy.expired.map_or("", |expired| if expired { "yes" } else { "no" }).into(),
        finding.fingerprint.to_string().into(),
        place.origin.object().map_or_else(String::new, |id| id.to_string()).into(),
        commit.map_or_else(String::new, |commit| commit.id.to_string()).into(),
        told(|commit| &commit.author),
        told(|commit| &commit.email),
        commit.map_or_else(String::new, |commit| rfc3339(commit.time)).into(),
        told(|commit| &commit.subject),
        history.map_or("", |history| history.exposure.presence.as_str()).into(),
    ]
}

fn write_record(out: &mut dyn Write, fields: &[Cow<'_, str>]) -> io::Result<()> {
    let fields: Vec<String> = fields.iter().map(|text| field(text)).collect();
    write!(out, "{}\r\n", fields.join(","))
}

/// A field in quotes, whatever is in it: a semicolon is a border to some.
fn field(text: &str) -> String {
    let safe = Safe(text).to_string().replace('"', "\"\"");
    let first = safe.chars().find(|character| !character.is_whitespace());
    let is_formula = first.is_some_and(|first| "=+-@|%＝＋－＠".contains(first));
    let apostrophe = if is_formula { "'" } else { "" };
    format!("\"{apostrophe}{safe}\"")
}

#[cfg(test)]
mod tests {
    use super::field;

    #[test]
    fn no_field_is_a_formula_nor_ends_before_its_end() {
        for (text, expected) in [
            ("plain", "\"plain\""),
            ("=1+1", "\"'=1+1\""),
            ("\t@SUM(A1)", "\"' @SUM(A1)\""),
            ("-1", "\"'-1\""),
            ("a=b", "\"a=b\""),
            ("a\",\"=b\n", "\"a\"\",\"\"=b\\n\""),
            ("＝x", "\"'＝x\""),
            ("", "\"\""),
        ] {
            assert_eq!(field(text), expected);
        }
    }
}
