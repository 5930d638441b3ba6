//! Reports of outcomes that tests make up, without a scan.

use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::time::Duration;

use redhanded::anatomy::Anatomy;
use redhanded::finding::{
    Commit, Disposition, Excerpt, Exposure, Finding, Fingerprint, History, Introduction, Place,
    Presence, Time,
};
use redhanded::object::ObjectId;
use redhanded::report::{NoCheckout, Report, format};
use redhanded::rule::RuleSet;
use redhanded::scan::{Coverage, Outcome};
use redhanded::secret::Secret;
use redhanded::span::{Position, Span};
use redhanded::unit::{Encoding, Origin};

use crate::support::github_token;

/// 2024-03-05T09:30:00+01:00.
pub(super) const FIRST: Time = Time { seconds: 1_709_627_400, offset: 60 };
/// 2025-01-02T23:00:00-09:30.
pub(super) const LAST: Time = Time { seconds: 1_735_893_000, offset: -570 };

/// The object whose name is this byte over and over.
pub(super) fn object(byte: u8) -> ObjectId {
    ObjectId::new([byte; ObjectId::LENGTH])
}

pub(super) fn blob(path: &str) -> Origin {
    Origin::Blob { path: Some(PathBuf::from(path)), id: object(0xb1) }
}

/// The third line of a text, from its seventh character on.
pub(super) fn place(origin: Origin) -> Place {
    Place {
        origin,
        span: Span { start: 30, end: 70 },
        start: Position { line: 3, column: 7 },
        end: Position { line: 3, column: 47 },
        encoding: Encoding::Bytes,
    }
}

/// The token of all these findings at a place.
pub(super) fn found(origin: Origin, history: Option<History>) -> Finding {
    let rules = RuleSet::builtin();
    let (rule, found_by) = rules.find("github-pat-classic").expect("the rule is there");
    let secret = Secret::new(github_token().as_bytes());
    let excerpt = Excerpt { before: "TOKEN=".into(), ..Excerpt::default() };
    Finding {
        rule,
        severity: found_by.severity,
        confidence: found_by.confidence,
        fingerprint: Fingerprint::new(&found_by.id, &secret, "", &excerpt),
        secret,
        parts: Vec::new(),
        anatomy: Anatomy::default(),
        likelihood: None,
        place: place(origin),
        excerpt,
        disposition: Disposition::Report,
        known: None,
        history: history.map(Box::new),
    }
}

pub(super) fn commit(byte: u8, subject: &str) -> Commit {
    Commit {
        id: object(byte),
        author: "Jane Doe".into(),
        email: "jane@acme.example".into(),
        time: FIRST,
        subject: subject.into(),
    }
}

pub(super) fn introduction(byte: u8, subject: &str, path: &str) -> Introduction {
    Introduction { commit: Arc::new(commit(byte, subject)), place: place(blob(path)) }
}

pub(super) fn exposure(presence: Presence, refs: &[&str]) -> Exposure {
    Exposure {
        presence,
        first_seen: Some(FIRST),
        last_seen: Some(LAST),
        commits: 14,
        refs: refs.iter().map(|&name| name.to_owned()).collect(),
    }
}

/// Of a credential that one commit brought to one place, and that HEAD has.
pub(super) fn history() -> History {
    History {
        introduced_by: Some(Arc::new(commit(0x4f, "Add deployment"))),
        introductions: 1,
        others: Vec::new(),
        places: 1,
        every_place: Vec::new(),
        exposure: exposure(Presence::Head, &["refs/heads/main"]),
    }
}

/// Of one of which nothing more is known than that it is in the repository.
pub(super) fn bare_history(presence: Presence) -> History {
    let exposure =
        Exposure { presence, first_seen: None, last_seen: None, commits: 0, refs: Vec::new() };
    History { introduced_by: None, introductions: 0, exposure, ..history() }
}

/// What a scan of a repository with these findings gives.
pub(super) fn outcome(findings: Vec<Finding>) -> Outcome {
    let coverage = Coverage {
        blobs: 262_343,
        messages: 203_352,
        bytes: 8_100_000_000,
        searched: 1_200_000_000,
        ..Coverage::default()
    };
    Outcome { findings, coverage, ..Outcome::default() }
}

/// A report in a format, with something about it changed.
pub(super) fn report_with(name: &str, outcome: &Outcome, change: fn(&mut Report<'_>)) -> String {
    let rules = RuleSet::builtin();
    let mut report = Report {
        outcome,
        rules: &rules,
        elapsed: Duration::from_millis(2100),
        show_secrets: false,
        quiet: false,
        verbose: false,
        suppressed: false,
        explain: false,
        baselines: &[],
        base: Path::new(""),
        began: Some(FIRST.seconds),
        checkout: &NoCheckout,
    };
    change(&mut report);
    let mut written = Vec::new();
    let reporter = format(name).expect("there is such a format");
    reporter.write(&report, &mut written).expect("memory can be written to");
    String::from_utf8(written).expect("a report is UTF-8")
}

pub(super) fn report(name: &str, outcome: &Outcome) -> String {
    report_with(name, outcome, |_| {})
}

/// The report for people, without its styles.
pub(super) fn plain(outcome: &Outcome) -> String {
    plain_with(outcome, |_| {})
}

pub(super) fn plain_with(outcome: &Outcome, change: fn(&mut Report<'_>)) -> String {
    without_styles(&report_with("human", outcome, change))
}

/// Text without the escapes of its styles. Any other escape stays.
pub(super) fn without_styles(text: &str) -> String {
    let mut plain = String::new();
    for (number, part) in text.split('\u{1b}').enumerate() {
        let rest = part.strip_prefix('[').and_then(|rest| rest.split_once('m'));
        match rest {
            Some((style, rest)) if number > 0 && style.bytes().all(|b| b.is_ascii_digit()) => {
                plain.push_str(rest);
            }
            _ if number == 0 => plain.push_str(part),
            _ => plain.extend(["\u{1b}", part]),
        }
    }
    plain
}
