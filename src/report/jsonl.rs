//! One JSON record a line, the summary last.

use std::io::{self, Write};

use serde::Serialize;

use super::inert::compact;
use super::mask::Mask;
use super::record::{
    DroppedRecord, FindingRecord, NoticeRecord, SCHEMA_VERSION, SummaryRecord, ToolRecord,
};
use super::{Report, Reporter};

/// The format `jsonl`: each record names its `type`, and `schemas/record.json`
/// describes it.
pub(super) struct JsonLines;

#[derive(Serialize)]
#[serde(tag = "type", rename_all = "kebab-case")]
enum Record<'a> {
    Finding(FindingRecord<'a>),
    Suppressed(FindingRecord<'a>),
    Dropped(DroppedRecord<'a>),
    Notice(NoticeRecord<'a>),
    Summary {
        schema_version: &'static str,
        tool: ToolRecord,
        #[serde(flatten)]
        summary: SummaryRecord,
    },
}

impl Reporter for JsonLines {
    fn name(&self) -> &'static str {
        "jsonl"
    }

    fn write(&self, report: &Report<'_>, out: &mut dyn Write) -> io::Result<()> {
        let outcome = report.outcome;
        let mask = Mask::new(report);
        for finding in outcome.reported() {
            line(out, &Record::Finding(FindingRecord::new(finding, report, &mask)))?;
        }
        for finding in outcome.suppressed() {
            line(out, &Record::Suppressed(FindingRecord::new(finding, report, &mask)))?;
        }
        for dropped in &outcome.dropped {
            let record = DroppedRecord::new(dropped, report, &mask);
            line(out, &Record::Dropped(record))?;
        }
        for notice in &outcome.notices {
            line(out, &Record::Notice(NoticeRecord::new(notice, &mask)))?;
        }
        let (tool, summary) = (ToolRecord::new(), SummaryRecord::new(report));
        line(out, &Record::Summary { schema_version: SCHEMA_VERSION, tool, summary })
    }
}

fn line(out: &mut dyn Write, record: &Record<'_>) -> io::Result<()> {
    compact(record, out)?;
    out.write_all(b"\n")
}
