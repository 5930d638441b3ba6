//! The records of the machine formats: frozen copies of what the scanner knows.
//!
//! These types are the published format, described by `schemas/report.json`.
//! They change only by adding fields, or with a new [`SCHEMA_VERSION`].

use std::collections::BTreeMap;

use serde::Serialize;

use super::Report;
use crate::finding::{By, Disposition, Finding, Place};
use crate::hex::hex;
use crate::notice::Notice;
use crate::paths::path_text;
use crate::rule::{RuleIndex, RuleSet, Severity};
use crate::scan::Dropped;
use crate::secret::Secret;
use crate::unit::Encoding;

/// Version of the machine formats: the major number grows when a field changes
/// its meaning or goes, the minor one when one is added.
pub(super) const SCHEMA_VERSION: &str = "1.0";

#[derive(Serialize)]
pub(super) struct ToolRecord {
    name: &'static str,
    version: &'static str,
}

#[derive(Serialize)]
pub(super) struct FindingRecord<'a> {
    rule: &'a str,
    name: &'a str,
    provider: &'a str,
    class: &'static str,
    severity: &'static str,
    confidence: &'static str,
    fingerprint: String,
    #[serde(flatten)]
    place: PlaceRecord,
    secret: SecretRecord,
    excerpt: ExcerptRecord<'a>,
    why: &'a str,
    fix: &'a str,
    #[serde(skip_serializing_if = "Option::is_none")]
    suppressed_by: Option<ByRecord<'a>>,
}

/// Where something stands.
#[derive(Serialize)]
struct PlaceRecord {
    path: String,
    /// The name's bytes in hexadecimal, if it is not UTF-8.
    #[serde(skip_serializing_if = "Option::is_none")]
    path_hex: Option<String>,
    line: u64,
    column: u64,
    end_line: u64,
    end_column: u64,
    offset: u64,
    end_offset: u64,
    encoding: &'static str,
}

#[derive(Serialize)]
struct SecretRecord {
    masked: String,
    /// Bytes of the value.
    length: usize,
    /// The value itself, only if it was asked for.
    #[serde(skip_serializing_if = "Option::is_none")]
    value: Option<String>,
}

#[derive(Serialize)]
struct ExcerptRecord<'a> {
    before: &'a str,
    after: &'a str,
    cut_before: bool,
    cut_after: bool,
}

#[derive(Serialize)]
struct ByRecord<'a> {
    kind: &'static str,
    #[serde(skip_serializing_if = "Option::is_none")]
    list: Option<&'static str>,
    entry: &'a str,
}

#[derive(Serialize)]
pub(super) struct DroppedRecord<'a> {
    rule: &'a str,
    #[serde(flatten)]
    place: PlaceRecord,
    secret: SecretRecord,
    reason: &'static str,
    detail: String,
}

#[derive(Serialize)]
pub(super) struct NoticeRecord<'a> {
    kind: &'static str,
    place: &'a str,
    detail: &'a str,
    gap: bool,
}

#[derive(Serialize)]
pub(super) struct SummaryRecord {
    complete: bool,
    findings: usize,
    by_severity: BTreeMap<&'static str, usize>,
    suppressed: usize,
    below_threshold: u64,
    dropped: u64,
    rules: usize,
    coverage: CoverageRecord,
}

#[derive(Serialize)]
struct CoverageRecord {
    files: u64,
    bytes: u64,
    ignored: u64,
    excluded: u64,
    links_not_followed: u64,
    special_files: u64,
    gaps: usize,
}

impl ToolRecord {
    pub(super) fn new() -> Self {
        Self { name: env!("CARGO_PKG_NAME"), version: env!("CARGO_PKG_VERSION") }
    }
}

impl<'a> FindingRecord<'a> {
    pub(super) fn new(finding: &'a Finding, report: &Report<'a>) -> Self {
        let rule = report.rules.rule(finding.rule);
        Self {
            rule: &rule.id,
            name: &rule.name,
            provider: &rule.provider,
            class: rule.class.as_str(),
            severity: finding.severity.as_str(),
            confidence: finding.confidence.as_str(),
            fingerprint: finding.fingerprint.to_string(),
            place: PlaceRecord::new(&finding.place),
            secret: SecretRecord::new(&finding.secret, report.show_secrets),
            excerpt: ExcerptRecord {
                before: &finding.excerpt.before,
                after: &finding.excerpt.after,
                cut_before: finding.excerpt.cut_before,
                cut_after: finding.excerpt.cut_after,
            },
            why: &rule.why,
            fix: &rule.fix,
            suppressed_by: match &finding.disposition {
                Disposition::Report => None,
                Disposition::Suppressed(by) => Some(ByRecord::new(by)),
            },
        }
    }
}

impl PlaceRecord {
    fn new(place: &Place) -> Self {
        let path = place.origin.path();
        let is_text = path.to_str().is_some();
        let bytes = path.as_os_str().as_encoded_bytes();
        Self {
            path: path_text(path),
            path_hex: (!is_text).then(|| hex(bytes)),
            line: place.start.line,
            column: place.start.column,
            end_line: place.end.line,
            end_column: place.end.column,
            offset: place.span.start,
            end_offset: place.span.end,
            encoding: match place.encoding {
                Encoding::Bytes => "bytes",
                Encoding::Utf16Le => "utf-16le",
                Encoding::Utf16Be => "utf-16be",
                Encoding::Utf32Le => "utf-32le",
                Encoding::Utf32Be => "utf-32be",
            },
        }
    }
}

impl SecretRecord {
    fn new(secret: &Secret, show: bool) -> Self {
        Self {
            masked: secret.masked(),
            length: secret.len(),
            value: show.then(|| String::from_utf8_lossy(secret.expose()).into_owned()),
        }
    }
}

impl<'a> ByRecord<'a> {
    fn new(by: &'a By) -> Self {
        match by {
            By::Comment(comment) => Self { kind: by.kind(), list: None, entry: comment },
            By::AllowList { list, entry } => Self { kind: by.kind(), list: Some(list), entry },
        }
    }
}

impl<'a> DroppedRecord<'a> {
    pub(super) fn new(dropped: &'a Dropped, rules: &'a RuleSet, show: bool) -> Self {
        Self {
            rule: id_of(dropped.rule, rules),
            place: PlaceRecord::new(&dropped.place),
            secret: SecretRecord::new(&dropped.value, show),
            reason: dropped.reason.as_str(),
            detail: dropped.reason.to_string(),
        }
    }
}

fn id_of(rule: RuleIndex, rules: &RuleSet) -> &str {
    &rules.rule(rule).id
}

impl<'a> NoticeRecord<'a> {
    pub(super) fn new(notice: &'a Notice) -> Self {
        Self {
            kind: notice.kind.as_str(),
            place: &notice.place,
            detail: &notice.detail,
            gap: notice.kind.leaves_a_gap(),
        }
    }
}

impl SummaryRecord {
    pub(super) fn new(report: &Report<'_>) -> Self {
        let outcome = report.outcome;
        let coverage = &outcome.coverage;
        let count = |severity| outcome.reported().filter(|f| f.severity == severity).count();
        Self {
            complete: outcome.is_complete(),
            findings: outcome.reported().count(),
            by_severity: Severity::ALL.iter().map(|&s| (s.as_str(), count(s))).collect(),
            suppressed: outcome.suppressed().count(),
            below_threshold: coverage.below_threshold,
            dropped: coverage.dropped,
            rules: report.rules.len(),
            coverage: CoverageRecord {
                files: coverage.files,
                bytes: coverage.bytes,
                ignored: coverage.ignored,
                excluded: coverage.excluded,
                links_not_followed: coverage.links,
                special_files: coverage.special,
                gaps: outcome.notices.iter().filter(|n| n.kind.leaves_a_gap()).count(),
            },
        }
    }
}
