//! What the page is made of: a frozen copy, with short names because there can
//! be many findings.

use std::borrow::Cow;
use std::collections::BTreeMap;

use serde::{Serialize, Serializer};

use crate::anatomy::Fact;
use crate::finding::{Finding, History, Part};
use crate::notice::Notice;
use crate::report::date::date;
use crate::report::record::CommitRecord;
use crate::report::shown::{Shown, pages, presence};
use crate::rule::{Rule, RuleIndex};

/// Refs that are named of a finding.
const REFS: usize = 20;

/// All that the page shows.
pub(super) struct Data<'a> {
    shown: &'a Shown<'a>,
    /// The rules that found something, and their places in the list.
    rules: BTreeMap<RuleIndex, usize>,
}

impl<'a> Data<'a> {
    pub(super) fn new(shown: &'a Shown<'a>) -> Self {
        let found: std::collections::BTreeSet<RuleIndex> =
            shown.report.outcome.reported().map(|finding| finding.rule).collect();
        Self { shown, rules: found.into_iter().zip(0..).collect() }
    }
}

impl Serialize for Data<'_> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        use crate::report::inert::List;
        let Self { shown, rules } = self;
        let report = shown.report;
        let outcome = report.outcome;
        let coverage = &outcome.coverage;
        Document {
            version: env!("CARGO_PKG_VERSION"),
            complete: outcome.is_complete(),
            suppressed: outcome.suppressed().count(),
            dropped: coverage.dropped,
            texts: coverage.files + coverage.blobs + coverage.messages,
            bytes: coverage.bytes,
            rule_count: report.rules.len(),
            rules: List(|| rules.keys().map(|index| RuleData::new(report.rules.rule(*index)))),
            findings: List(|| {
                outcome.reported().map(|it| FindingData::new(it, rules[&it.rule], shown))
            }),
            notices: List(|| outcome.notices.iter().map(|notice| NoticeData::new(notice, shown))),
        }
        .serialize(serializer)
    }
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct Document<R, F, N> {
    version: &'static str,
    complete: bool,
    suppressed: usize,
    dropped: u64,
    texts: u64,
    bytes: u64,
    rule_count: usize,
    rules: R,
    findings: F,
    notices: N,
}

#[derive(Serialize)]
struct RuleData<'a> {
    id: &'a str,
    name: &'a str,
    provider: &'a str,
    class: &'static str,
    why: &'a str,
    fix: &'a str,
    pages: Vec<&'a str>,
}

impl<'a> RuleData<'a> {
    fn new(rule: &'a Rule) -> Self {
        Self {
            id: &rule.id,
            name: &rule.name,
            provider: &rule.provider,
            class: rule.class.as_str(),
            why: &rule.why,
            fix: &rule.fix,
            pages: pages(rule).collect(),
        }
    }
}

#[derive(Serialize)]
struct FindingData<'a> {
    rule: usize,
    severity: &'static str,
    confidence: &'static str,
    path: String,
    line: u64,
    column: u64,
    secret: String,
    before: Cow<'a, str>,
    after: Cow<'a, str>,
    fingerprint: String,
    /// Whether the credential has ended, if it says so.
    #[serde(skip_serializing_if = "Option::is_none")]
    expired: Option<bool>,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    facts: Vec<(Cow<'a, str>, Cow<'a, str>)>,
    #[serde(skip_serializing_if = "Option::is_none")]
    history: Option<HistoryData<'a>>,
}

impl<'a> FindingData<'a> {
    fn new(finding: &'a Finding, rule: usize, shown: &Shown<'_>) -> Self {
        let cut = |is_cut: bool| if is_cut { "…" } else { "" };
        let excerpt = &finding.excerpt;
        let (before, after) = (shown.mask.text(&excerpt.before), shown.mask.text(&excerpt.after));
        let fact = |fact: &'a Fact| (Cow::Borrowed(&*fact.name), shown.mask.text(&fact.value));
        let part = |part: &'a Part| {
            let secret = shown.secret(&part.secret);
            let value = format!("{secret} (line {})", part.place.start.line);
            (Cow::Owned(format!("with {}", part.name)), Cow::Owned(value))
        };
        let parts = finding.parts.iter().map(part);
        Self {
            rule,
            severity: finding.severity.as_str(),
            confidence: finding.confidence.as_str(),
            path: shown.path(&finding.place.origin),
            line: finding.place.start.line,
            column: finding.place.start.column,
            secret: shown.secret(&finding.secret),
            before: Cow::Owned(format!("{}{}", cut(excerpt.cut_before), before.trim_start())),
            after: Cow::Owned(format!("{}{}", after.trim_end(), cut(excerpt.cut_after))),
            fingerprint: finding.fingerprint.to_string(),
            expired: finding.anatomy.expired,
            facts: finding.anatomy.facts.iter().map(fact).chain(parts).collect(),
            history: finding.history.as_deref().map(|it| HistoryData::new(it, shown)),
        }
    }
}

#[derive(Serialize)]
struct HistoryData<'a> {
    #[serde(skip_serializing_if = "Option::is_none")]
    commit: Option<CommitRecord<'a>>,
    presence: &'static str,
    words: &'static str,
    /// Days on which it was first and last seen.
    #[serde(skip_serializing_if = "Option::is_none")]
    first: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    last: Option<String>,
    commits: u64,
    introductions: u64,
    refs: Vec<Cow<'a, str>>,
}

impl<'a> HistoryData<'a> {
    fn new(history: &'a History, shown: &Shown<'_>) -> Self {
        let exposure = &history.exposure;
        let commit = history.introduced_by.as_deref();
        Self {
            commit: commit.map(|commit| CommitRecord::new(commit, &shown.mask)),
            presence: exposure.presence.as_str(),
            words: presence(exposure.presence),
            first: exposure.first_seen.map(date),
            last: exposure.last_seen.map(date),
            commits: exposure.commits,
            introductions: history.introductions,
            refs: exposure.refs.iter().take(REFS).map(|name| shown.mask.text(name)).collect(),
        }
    }
}

#[derive(Serialize)]
struct NoticeData {
    kind: &'static str,
    text: String,
    gap: bool,
}

impl NoticeData {
    fn new(notice: &Notice, shown: &Shown<'_>) -> Self {
        let (kind, gap) = (notice.kind.as_str(), notice.kind.leaves_a_gap());
        Self { kind, text: shown.notice(notice), gap }
    }
}
