//! GitLab's report of secret detection, version 15.2.1 of its schema.

use std::cell::RefCell;
use std::io::{self, Write};

use serde::Serialize;

use super::date::rfc3339;
use super::inert::{List, pretty};
use super::occurrence::Names;
use super::shown::{Shown, cut, pages, story};
use super::{HOME, Report, Reporter};
use crate::finding::{Finding, Time};
use crate::notice::Notice;
use crate::rule::Severity;

/// The format `gitlab`.
pub(super) struct GitLab;

const VERSION: &str = "15.2.1";
const SCHEMA: &str = "https://gitlab.com/gitlab-org/security-products/security-report-schemas/-/raw/v15.2.1/dist/secret-detection-report-format.json";
/// What stands for a commit where there is none.
const NO_COMMIT: &str = "0000000000000000000000000000000000000000";
/// Characters of a name.
const NAME: usize = 255;
/// Characters of a solution.
const SOLUTION: usize = 7000;

#[derive(Serialize)]
struct Document<M, V> {
    version: &'static str,
    schema: &'static str,
    scan: Scan<M>,
    vulnerabilities: V,
}

#[derive(Serialize)]
struct Scan<M> {
    analyzer: Tool,
    scanner: Tool,
    r#type: &'static str,
    start_time: String,
    end_time: String,
    status: &'static str,
    messages: M,
}

#[derive(Serialize)]
struct Tool {
    id: &'static str,
    name: &'static str,
    url: &'static str,
    version: &'static str,
    vendor: Vendor,
}

#[derive(Serialize)]
struct Vendor {
    name: &'static str,
}

#[derive(Serialize)]
struct Message {
    level: &'static str,
    value: String,
}

#[derive(Serialize)]
struct Vulnerability<'a> {
    id: String,
    name: String,
    description: &'a str,
    severity: &'static str,
    solution: String,
    identifiers: [Identifier<'a>; 2],
    links: Vec<Link<'a>>,
    location: Location<'a>,
    details: Details,
    /// The credential itself, only if it was asked for: GitLab asks the issuer
    /// with it whether it still works.
    #[serde(skip_serializing_if = "Option::is_none")]
    raw_source_code_extract: Option<String>,
}

/// What stands below the description.
#[derive(Serialize)]
struct Details {
    credential: Detail,
    #[serde(skip_serializing_if = "Option::is_none")]
    history: Option<Detail>,
}

#[derive(Serialize)]
struct Detail {
    name: &'static str,
    r#type: &'static str,
    value: String,
}

#[derive(Serialize)]
struct Identifier<'a> {
    r#type: &'static str,
    name: String,
    value: &'a str,
    #[serde(skip_serializing_if = "Option::is_none")]
    url: Option<&'static str>,
}

#[derive(Serialize)]
struct Link<'a> {
    url: &'a str,
}

#[derive(Serialize)]
struct Location<'a> {
    file: String,
    start_line: u64,
    end_line: u64,
    commit: Commit<'a>,
}

#[derive(Serialize)]
struct Commit<'a> {
    sha: String,
    #[serde(skip_serializing_if = "Option::is_none")]
    author: Option<std::borrow::Cow<'a, str>>,
    #[serde(skip_serializing_if = "Option::is_none")]
    date: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    message: Option<std::borrow::Cow<'a, str>>,
}

impl Tool {
    const fn new() -> Self {
        let name = env!("CARGO_PKG_NAME");
        let version = env!("CARGO_PKG_VERSION");
        Self { id: name, name, url: HOME, version, vendor: Vendor { name } }
    }
}

impl Reporter for GitLab {
    fn name(&self) -> &'static str {
        "gitlab"
    }

    fn write(&self, report: &Report<'_>, out: &mut dyn Write) -> io::Result<()> {
        let shown = Shown::new(report);
        let head = report.checkout.provenance().and_then(|it| it.commit);
        let head = head.unwrap_or_else(|| NO_COMMIT.to_owned());
        let names = RefCell::new(Names::default());
        let vulnerability = |finding| {
            vulnerability(finding, &shown, &head, names.borrow_mut().uuid_of(finding, &shown))
        };
        // Both times are that at which the scan began: of one input there is one
        // report, if that time is the same.
        let time = rfc3339(Time { seconds: report.began.unwrap_or_default(), offset: 0 });
        let time = &time[..time.len().min("2024-03-05T09:30:00".len())];
        let document = Document {
            version: VERSION,
            schema: SCHEMA,
            scan: Scan {
                analyzer: Tool::new(),
                scanner: Tool::new(),
                r#type: "secret_detection",
                start_time: time.to_owned(),
                end_time: time.to_owned(),
                status: if report.outcome.is_complete() { "success" } else { "failure" },
                messages: List(|| report.outcome.notices.iter().map(|it| message(it, &shown))),
            },
            vulnerabilities: List(|| report.outcome.reported().map(vulnerability)),
        };
        pretty(&document, out)
    }
}

fn message(notice: &Notice, shown: &Shown<'_>) -> Message {
    let kind = notice.kind;
    let level = if kind.leaves_a_gap() { "warn" } else { "info" };
    let value = format!("{} ({})", shown.notice(notice), kind.as_str());
    Message { level, value }
}

fn vulnerability<'a>(
    finding: &'a Finding,
    shown: &Shown<'a>,
    head: &str,
    id: String,
) -> Vulnerability<'a> {
    let rule = shown.rule(finding);
    let clear = || String::from_utf8_lossy(finding.secret.expose()).into_owned();
    Vulnerability {
        id,
        name: cut(&rule.name, NAME).into_owned(),
        description: &rule.why,
        severity: severity(finding.severity),
        solution: cut(&rule.fix, SOLUTION).into_owned(),
        identifiers: [
            Identifier {
                r#type: "redhanded_rule",
                name: format!("redhanded rule {}", rule.id),
                value: &rule.id,
                url: None,
            },
            Identifier {
                r#type: "cwe",
                name: "CWE-798".to_owned(),
                value: "798",
                url: Some("https://cwe.mitre.org/data/definitions/798.html"),
            },
        ],
        links: pages(rule).map(|url| Link { url }).collect(),
        location: Location {
            file: shown.path(&finding.place.origin),
            start_line: finding.place.start.line,
            end_line: finding.place.end.line,
            commit: commit(finding, shown, head),
        },
        details: details(finding, shown),
        raw_source_code_extract: shown.report.show_secrets.then(clear),
    }
}

fn details(finding: &Finding, shown: &Shown<'_>) -> Details {
    let history = Detail { name: "History", r#type: "text", value: story(finding) };
    let secret = shown.secret(&finding.secret);
    Details {
        credential: Detail { name: "Credential", r#type: "code", value: secret },
        history: (!history.value.is_empty()).then_some(history),
    }
}

/// The commit that brought it in, or the one that is checked out.
fn commit<'a>(finding: &'a Finding, shown: &Shown<'a>, head: &str) -> Commit<'a> {
    let history = finding.history.as_deref();
    match history.and_then(|history| history.introduced_by.as_deref()) {
        None => Commit { sha: head.to_owned(), author: None, date: None, message: None },
        Some(commit) => Commit {
            sha: commit.id.to_string(),
            author: Some(shown.mask.text(&commit.author)),
            date: Some(rfc3339(commit.time)),
            message: Some(shown.mask.text(&commit.subject)),
        },
    }
}

const fn severity(severity: Severity) -> &'static str {
    match severity {
        Severity::Critical => "Critical",
        Severity::High => "High",
        Severity::Medium => "Medium",
        Severity::Low => "Low",
        Severity::Info => "Info",
    }
}
