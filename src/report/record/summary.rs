//! What was found and what was covered, in numbers.

use std::collections::BTreeMap;

use serde::Serialize;

use crate::report::Report;
use crate::rule::Severity;

#[derive(Serialize)]
pub(in crate::report) struct SummaryRecord {
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
    blobs: u64,
    messages: u64,
    bytes: u64,
    searched_bytes: u64,
    ignored: u64,
    excluded: u64,
    links_not_followed: u64,
    special_files: u64,
    gaps: usize,
}

impl SummaryRecord {
    pub(in crate::report) fn new(report: &Report<'_>) -> Self {
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
                blobs: coverage.blobs,
                messages: coverage.messages,
                bytes: coverage.bytes,
                searched_bytes: coverage.searched,
                ignored: coverage.ignored,
                excluded: coverage.excluded,
                links_not_followed: coverage.links,
                special_files: coverage.special,
                gaps: outcome.notices.iter().filter(|n| n.kind.leaves_a_gap()).count(),
            },
        }
    }
}
