//! Diagnostics for reviewdog, one a line.

use std::io::{self, Write};

use serde::Serialize;

use super::columns::{Counted, TextAtHand, columns};
use super::inert::compact;
use super::markdown::{code, text};
use super::shown::{Shown, pages};
use super::{HOME, Report, Reporter};
use crate::finding::Finding;
use crate::rule::Severity;

/// The format `rdjsonl`.
pub(super) struct ReviewDog;

#[derive(Serialize)]
struct Diagnostic<'a> {
    message: String,
    location: Location,
    severity: &'static str,
    source: Source,
    code: Code<'a>,
}

#[derive(Serialize)]
struct Location {
    path: String,
    range: Range,
}

#[derive(Serialize)]
struct Range {
    start: Position,
    end: Position,
}

/// Line and column from 1. Columns are bytes, and told if they are known.
#[derive(Serialize)]
struct Position {
    line: u64,
    #[serde(skip_serializing_if = "Option::is_none")]
    column: Option<u64>,
}

#[derive(Serialize)]
struct Source {
    name: &'static str,
    url: &'static str,
}

#[derive(Serialize)]
struct Code<'a> {
    value: &'a str,
    #[serde(skip_serializing_if = "Option::is_none")]
    url: Option<&'a str>,
}

impl Reporter for ReviewDog {
    fn name(&self) -> &'static str {
        "rdjsonl"
    }

    fn tells_notices(&self) -> bool {
        false
    }

    fn write(&self, report: &Report<'_>, out: &mut dyn Write) -> io::Result<()> {
        let shown = Shown::new(report);
        let mut at_hand = TextAtHand::new(report);
        for finding in report.outcome.reported() {
            let columns = columns(finding, at_hand.of(finding).0, Counted::Bytes);
            compact(&diagnostic(finding, &shown, columns), out)?;
            out.write_all(b"\n")?;
        }
        Ok(())
    }
}

/// The message becomes a comment, so it is Markdown.
fn diagnostic<'a>(
    finding: &Finding,
    shown: &Shown<'a>,
    columns: Option<(u64, u64)>,
) -> Diagnostic<'a> {
    let rule = shown.rule(finding);
    let secret = code(&shown.secret(&finding.secret));
    Diagnostic {
        message: format!(
            "{}: {secret}\n\n{} {}",
            text(&rule.name),
            text(&rule.why),
            text(&rule.fix)
        ),
        location: Location {
            path: shown.path(&finding.place.origin),
            range: Range {
                start: Position {
                    line: finding.place.start.line,
                    column: columns.map(|(start, _)| start),
                },
                end: Position { line: finding.place.end.line, column: columns.map(|(_, end)| end) },
            },
        },
        severity: match finding.severity {
            Severity::Critical | Severity::High => "ERROR",
            Severity::Medium => "WARNING",
            Severity::Low | Severity::Info => "INFO",
        },
        source: Source { name: env!("CARGO_PKG_NAME"), url: HOME },
        code: Code { value: &rule.id, url: pages(rule).next() },
    }
}
