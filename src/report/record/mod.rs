//! The records of the machine formats: frozen copies of what the scanner knows.
//!
//! These types are the published formats, described in `schemas/`.
//! They change only by adding fields, or with a new [`SCHEMA_VERSION`].

mod anatomy;
mod history;
mod kind;
mod known;
mod place;
mod rule;
mod summary;

use std::borrow::Cow;

use serde::Serialize;

use super::Report;
use super::mask::Mask;
use crate::finding::{By, Disposition, Finding, Likelihood, Part, Share, Triage};
use crate::notice::Notice;
use crate::scan::Dropped;
use crate::secret::Secret;
pub(super) use anatomy::AnatomyRecord;
pub(super) use history::CommitRecord;
use history::HistoryRecord;
use kind::KindRecord;
pub(super) use known::KnownRecord;
use place::PlaceRecord;
pub(super) use rule::RuleRecord;
pub(super) use summary::SummaryRecord;

/// Version of the machine formats: the major number grows when a field changes
/// its meaning or goes, the minor one when one is added.
pub(super) const SCHEMA_VERSION: &str = "1.4";

#[derive(Serialize)]
pub(super) struct ToolRecord {
    name: &'static str,
    version: &'static str,
}

#[derive(Serialize)]
pub(super) struct FindingRecord<'a> {
    #[serde(flatten)]
    kind: KindRecord<'a>,
    fingerprint: String,
    #[serde(flatten)]
    place: PlaceRecord,
    secret: SecretRecord,
    /// What belongs to it and was found beside it.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    parts: Vec<PartRecord<'a>>,
    #[serde(skip_serializing_if = "Option::is_none")]
    likelihood: Option<LikelihoodRecord<'a>>,
    excerpt: ExcerptRecord<'a>,
    anatomy: AnatomyRecord<'a>,
    #[serde(skip_serializing_if = "Option::is_none")]
    history: Option<HistoryRecord<'a>>,
    why: &'a str,
    fix: &'a str,
    #[serde(skip_serializing_if = "Option::is_none")]
    suppressed_by: Option<ByRecord<'a>>,
    #[serde(skip_serializing_if = "Option::is_none")]
    known: Option<KnownFromRecord>,
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
struct PartRecord<'a> {
    name: &'a str,
    rule: &'a str,
    line: u64,
    column: u64,
    secret: SecretRecord,
}

#[derive(Serialize)]
struct ExcerptRecord<'a> {
    before: Cow<'a, str>,
    after: Cow<'a, str>,
    cut_before: bool,
    cut_after: bool,
}

#[derive(Serialize)]
struct ByRecord<'a> {
    kind: &'static str,
    #[serde(skip_serializing_if = "Option::is_none")]
    list: Option<&'static str>,
    entry: Cow<'a, str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    state: Option<&'static str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    note: Option<Cow<'a, str>>,
}

/// Where a finding is known from.
#[derive(Serialize)]
struct KnownFromRecord {
    by: &'static str,
    #[serde(skip_serializing_if = "Option::is_none")]
    state: Option<&'static str>,
}

#[derive(Serialize)]
pub(super) struct DroppedRecord<'a> {
    rule: &'a str,
    #[serde(flatten)]
    place: PlaceRecord,
    secret: SecretRecord,
    reason: &'static str,
    detail: String,
    #[serde(skip_serializing_if = "Option::is_none")]
    likelihood: Option<LikelihoodRecord<'a>>,
}

#[derive(Serialize)]
struct LikelihoodRecord<'a> {
    value: f64,
    /// What decided, with `--explain`.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    shares: Vec<ShareRecord<'a>>,
}

#[derive(Serialize)]
struct ShareRecord<'a> {
    feature: &'a str,
    weight: f64,
}

#[derive(Serialize)]
pub(super) struct NoticeRecord<'a> {
    kind: &'static str,
    place: Cow<'a, str>,
    detail: Cow<'a, str>,
    gap: bool,
}

impl ToolRecord {
    pub(super) fn new() -> Self {
        Self { name: env!("CARGO_PKG_NAME"), version: env!("CARGO_PKG_VERSION") }
    }
}

impl<'a> FindingRecord<'a> {
    pub(super) fn new(finding: &'a Finding, report: &Report<'a>, mask: &'a Mask<'a>) -> Self {
        let rule = report.rules.rule(finding.rule);
        Self {
            kind: KindRecord::new(rule, finding.severity, finding.confidence),
            fingerprint: finding.fingerprint.to_string(),
            place: PlaceRecord::new(&finding.place, mask),
            secret: SecretRecord::new(&finding.secret, report.show_secrets),
            parts: finding.parts.iter().map(|part| PartRecord::new(part, report)).collect(),
            likelihood: finding.likelihood.as_ref().map(LikelihoodRecord::new),
            excerpt: ExcerptRecord {
                before: mask.text(&finding.excerpt.before),
                after: mask.text(&finding.excerpt.after),
                cut_before: finding.excerpt.cut_before,
                cut_after: finding.excerpt.cut_after,
            },
            anatomy: AnatomyRecord::new(&finding.anatomy, mask),
            history: finding.history.as_deref().map(|history| HistoryRecord::new(history, mask)),
            why: &rule.why,
            fix: &rule.fix,
            suppressed_by: match &finding.disposition {
                Disposition::Report => None,
                Disposition::Suppressed(by) => Some(ByRecord::new(by, mask)),
            },
            known: finding.known.map(|known| KnownFromRecord {
                by: known.source(),
                state: known.triage().map(Triage::as_str),
            }),
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

impl<'a> PartRecord<'a> {
    fn new(part: &'a Part, report: &Report<'a>) -> Self {
        Self {
            name: &part.name,
            rule: &report.rules.rule(part.rule).id,
            line: part.place.start.line,
            column: part.place.start.column,
            secret: SecretRecord::new(&part.secret, report.show_secrets),
        }
    }
}

impl<'a> ByRecord<'a> {
    fn new(by: &'a By, mask: &Mask<'_>) -> Self {
        let kind = by.kind();
        let plain = |list, entry: &'a str| {
            let entry = mask.text(entry);
            Self { kind, list, entry, state: None, note: None }
        };
        match by {
            By::Comment(comment) => plain(None, comment),
            By::AllowList { list, entry } => plain(Some(*list), entry),
            By::Baseline { file, triage, note } => Self {
                state: Some(triage.as_str()),
                note: note.as_deref().map(|note| mask.text(note)),
                ..plain(None, file)
            },
        }
    }
}

impl<'a> DroppedRecord<'a> {
    pub(super) fn new(dropped: &'a Dropped, report: &Report<'a>, mask: &Mask<'_>) -> Self {
        Self {
            rule: &report.rules.rule(dropped.rule).id,
            place: PlaceRecord::new(&dropped.place, mask),
            secret: SecretRecord::new(&dropped.value, report.show_secrets),
            reason: dropped.reason.as_str(),
            detail: dropped.reason.to_string(),
            likelihood: dropped.likelihood.as_ref().map(LikelihoodRecord::new),
        }
    }
}

impl<'a> LikelihoodRecord<'a> {
    fn new(likelihood: &'a Likelihood) -> Self {
        let share = |share: &'a Share| ShareRecord {
            feature: &share.feature,
            weight: f64::from(share.weight) / 1000.0,
        };
        let value = (likelihood.value * 1000.0).round() / 1000.0;
        Self { value, shares: likelihood.shares.iter().map(share).collect() }
    }
}

impl<'a> NoticeRecord<'a> {
    pub(super) fn new(notice: &'a Notice, mask: &Mask<'_>) -> Self {
        Self {
            kind: notice.kind.as_str(),
            place: mask.text(&notice.place),
            detail: mask.text(&notice.detail),
            gap: notice.kind.leaves_a_gap(),
        }
    }
}
