//! GitLab's report of code quality, in the form of Code Climate.

use std::cell::RefCell;
use std::io::{self, Write};

use serde::Serialize;

use super::inert::{List, pretty};
use super::occurrence::Names;
use super::sanitize::Safe;
use super::shown::Shown;
use super::{Report, Reporter};
use crate::finding::Finding;
use crate::rule::Severity;

/// The format `codequality`.
pub(super) struct CodeQuality;

#[derive(Serialize)]
struct Issue<'a> {
    r#type: &'static str,
    check_name: &'a str,
    description: String,
    categories: [&'static str; 1],
    fingerprint: String,
    severity: &'static str,
    location: Location,
}

#[derive(Serialize)]
struct Location {
    path: String,
    lines: Lines,
}

#[derive(Serialize)]
struct Lines {
    begin: u64,
    end: u64,
}

impl Reporter for CodeQuality {
    fn name(&self) -> &'static str {
        "codequality"
    }

    fn tells_notices(&self) -> bool {
        false
    }

    fn write(&self, report: &Report<'_>, out: &mut dyn Write) -> io::Result<()> {
        let shown = Shown::new(report);
        let names = RefCell::new(Names::default());
        let issue = |finding| issue(finding, &shown, names.borrow_mut().of(finding, &shown));
        pretty(&List(|| report.outcome.reported().map(issue)), out)
    }
}

fn issue<'a>(finding: &Finding, shown: &Shown<'a>, fingerprint: String) -> Issue<'a> {
    let rule = shown.rule(finding);
    let secret = shown.secret(&finding.secret);
    Issue {
        r#type: "issue",
        check_name: &rule.id,
        description: format!("{}: {}", Safe(&rule.name), Safe(&secret)),
        categories: ["Security"],
        fingerprint,
        severity: match finding.severity {
            Severity::Critical => "blocker",
            Severity::High => "critical",
            Severity::Medium => "major",
            Severity::Low => "minor",
            Severity::Info => "info",
        },
        location: Location {
            path: shown.path(&finding.place.origin),
            lines: Lines { begin: finding.place.start.line, end: finding.place.end.line },
        },
    }
}
