//! How many results there may be, and which ones stay.

use std::cmp::Reverse;

use crate::finding::{Disposition, Finding};
use crate::notice::{Notice, NoticeKind};
use crate::report::Report;

/// Results that GitHub takes in a run; with more it refuses the file.
pub(super) const MOST: usize = 25_000;
/// Results of a run that it keeps, the gravest.
const KEPT: usize = 5_000;

/// The findings that are written, in the order of the report.
pub(super) struct Limit<'a> {
    findings: Vec<&'a Finding>,
    left_out: usize,
}

impl<'a> Limit<'a> {
    pub(super) fn new(report: &Report<'a>) -> Self {
        let is_wanted = |it: &&Finding| report.suppressed || it.disposition == Disposition::Report;
        Self::to(report.outcome.findings.iter().filter(is_wanted).collect(), MOST)
    }

    /// The `most` gravest of these, and of them the surest.
    fn to(findings: Vec<&'a Finding>, most: usize) -> Self {
        if findings.len() <= most {
            return Self { findings, left_out: 0 };
        }
        let left_out = findings.len() - most;
        let mut numbered: Vec<(usize, &Finding)> = findings.into_iter().enumerate().collect();
        numbered.sort_by_key(|(_, it)| {
            let counts = it.disposition == Disposition::Report;
            Reverse((counts, it.severity, it.confidence))
        });
        numbered.truncate(most);
        numbered.sort_by_key(|(number, _)| *number);
        Self { findings: numbered.into_iter().map(|(_, finding)| finding).collect(), left_out }
    }

    pub(super) fn findings(&self) -> impl Iterator<Item = &'a Finding> {
        self.findings.iter().copied()
    }

    /// What is to be said of those that are not written, or not kept.
    pub(super) fn notice(&self) -> Option<Notice> {
        let written = self.findings.len();
        let detail = if self.left_out > 0 {
            format!(
                "the SARIF report has the {written} gravest findings; {} more would make GitHub \
                 refuse it",
                self.left_out
            )
        } else if written > KEPT {
            format!("of {written} results in the SARIF report GitHub keeps the {KEPT} gravest")
        } else {
            return None;
        };
        Some(Notice::new(NoticeKind::ReportLimit, "", detail))
    }
}
