//! The JSON report of gitleaks, for programs that read it.

use std::borrow::Cow;
use std::io::{self, Write};

use serde::Serialize;

use super::date::rfc3339;
use super::inert::{List, pretty};
use super::shown::Shown;
use super::{Report, Reporter};
use crate::finding::{Finding, Time};
use crate::secret::entropy;

/// The format `gitleaks`.
pub(super) struct Gitleaks;

#[derive(Serialize)]
#[serde(rename_all = "PascalCase")]
struct Leak<'a> {
    #[serde(rename = "RuleID")]
    rule: &'a str,
    description: &'a str,
    start_line: u64,
    end_line: u64,
    start_column: u64,
    /// The last one itself.
    end_column: u64,
    r#match: String,
    secret: String,
    file: String,
    symlink_file: &'static str,
    commit: String,
    /// Of a credential that could be guessed nothing is told.
    entropy: f64,
    author: Cow<'a, str>,
    email: Cow<'a, str>,
    date: String,
    message: Cow<'a, str>,
    tags: [&'static str; 0],
    fingerprint: String,
}

impl Reporter for Gitleaks {
    fn name(&self) -> &'static str {
        "gitleaks"
    }

    fn tells_notices(&self) -> bool {
        false
    }

    fn write(&self, report: &Report<'_>, out: &mut dyn Write) -> io::Result<()> {
        let shown = Shown::new(report);
        pretty(&List(|| report.outcome.reported().map(|finding| leak(finding, &shown))), out)
    }
}

fn leak<'a>(finding: &'a Finding, shown: &Shown<'a>) -> Leak<'a> {
    let rule = shown.rule(finding);
    let place = &finding.place;
    let commit = finding.history.as_deref().and_then(|it| it.introduced_by.as_deref());
    let id = commit.map_or_else(String::new, |commit| commit.id.to_string());
    let file = shown.path(&place.origin);
    let secret = shown.secret(&finding.secret);
    let before = shown.mask.text(&finding.excerpt.before).into_owned();
    let after = shown.mask.text(&finding.excerpt.after).into_owned();
    let colon = if id.is_empty() { "" } else { ":" };
    let fingerprint = format!("{id}{colon}{file}:{}:{}", rule.id, place.start.line);
    let utc = |time: Time| rfc3339(Time { offset: 0, ..time }).replace("+00:00", "Z");
    Leak {
        rule: &rule.id,
        description: &rule.name,
        start_line: place.start.line,
        end_line: place.end.line,
        start_column: place.start.column,
        end_column: place.end.column.saturating_sub(1).max(1),
        r#match: format!("{}{secret}{}", before.trim_start(), after.trim_end()),
        secret,
        file,
        symlink_file: "",
        commit: id,
        entropy: if finding.secret.is_strong() {
            rounded(entropy(finding.secret.expose()))
        } else {
            0.0
        },
        author: commit.map_or(Cow::Borrowed(""), |commit| shown.mask.text(&commit.author)),
        email: commit.map_or(Cow::Borrowed(""), |commit| shown.mask.text(&commit.email)),
        date: commit.map_or_else(String::new, |commit| utc(commit.time)),
        message: commit.map_or(Cow::Borrowed(""), |commit| shown.mask.text(&commit.subject)),
        tags: [],
        fingerprint,
    }
}

fn rounded(bits: f64) -> f64 {
    (bits * 10.0).round() / 10.0
}
