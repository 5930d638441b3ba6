//! One JSON document.

use std::io::{self, Write};

use serde::Serialize;

use super::inert::{List, pretty};
use super::mask::Mask;
use super::record::{
    DroppedRecord, FindingRecord, NoticeRecord, SCHEMA_VERSION, SummaryRecord, ToolRecord,
};
use super::{Report, Reporter};

/// The format `json`: `schemas/report.json` describes it.
pub(super) struct Json;

#[derive(Serialize)]
struct Document<N, F, S, D> {
    schema_version: &'static str,
    tool: ToolRecord,
    summary: SummaryRecord,
    notices: N,
    findings: F,
    suppressed: S,
    dropped: D,
}

impl Reporter for Json {
    fn name(&self) -> &'static str {
        "json"
    }

    fn write(&self, report: &Report<'_>, out: &mut dyn Write) -> io::Result<()> {
        let outcome = report.outcome;
        let mask = Mask::new(report);
        let finding = |finding| FindingRecord::new(finding, report, &mask);
        let dropped = |dropped| DroppedRecord::new(dropped, report, &mask);
        let notice = |notice| NoticeRecord::new(notice, &mask);
        let document = Document {
            schema_version: SCHEMA_VERSION,
            tool: ToolRecord::new(),
            summary: SummaryRecord::new(report),
            notices: List(|| outcome.notices.iter().map(notice)),
            findings: List(|| outcome.reported().map(finding)),
            suppressed: List(|| outcome.suppressed().map(finding)),
            dropped: List(|| outcome.dropped.iter().map(dropped)),
        };
        pretty(&document, out)
    }
}
