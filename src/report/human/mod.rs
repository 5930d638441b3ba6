//! For people: each finding with its line, then what was covered.
//!
//! Styles are written as ANSI escapes; who opens the output strips them where
//! they are not wanted.

mod finding;
mod history;
mod notices;
mod summary;

use std::io::{self, Write};

use anstyle::{AnsiColor, Style};

use super::mask::Mask;
use super::{Report, Reporter};
use crate::finding::{Finding, Place};
use crate::unit::Origin;
use finding::{write_dropped, write_finding, write_suppressed};
use notices::write_notices;
use summary::write_summary;

/// The format `human`.
pub(super) struct Human;

const BOLD: Style = Style::new().bold();
const DIM: Style = Style::new().dimmed();
const ALARM: Style = AnsiColor::Red.on_default().bold();
const WARN: Style = AnsiColor::Yellow.on_default().bold();
const GOOD: Style = AnsiColor::Green.on_default().bold();
const INFO: Style = AnsiColor::Cyan.on_default();

/// What is written, and what must not show in it.
struct View<'a> {
    report: &'a Report<'a>,
    mask: Mask<'a>,
}

impl Reporter for Human {
    fn name(&self) -> &'static str {
        "human"
    }

    fn write(&self, report: &Report<'_>, out: &mut dyn Write) -> io::Result<()> {
        let view = View { report, mask: Mask::new(report) };
        for finding in report.outcome.reported() {
            write_finding(out, &view, finding)?;
        }
        for dropped in &report.outcome.dropped {
            write_dropped(out, &view, dropped)?;
        }
        if !report.outcome.dropped.is_empty() {
            writeln!(out)?;
        }
        if !report.quiet {
            write_suppressed(out, &view)?;
        }
        write_notices(out, &view)?;
        if report.quiet { Ok(()) } else { write_summary(out, report) }
    }
}

/// Writes only the trouble on the way, for who reads a report without any.
pub fn notices(report: &Report<'_>, out: &mut dyn Write) -> io::Result<()> {
    write_notices(out, &View { report, mask: Mask::new(report) })
}

/// Writes one finding of a report.
pub fn one_finding(report: &Report<'_>, finding: &Finding, out: &mut dyn Write) -> io::Result<()> {
    write_finding(out, &View { report, mask: Mask::new(report) }, finding)
}

/// A place as people write it. Not yet safe for a terminal.
fn label(place: &Place, mask: &Mask<'_>) -> String {
    let text = match &place.origin {
        Origin::Commit(id) => format!("commit {}", id.short()),
        Origin::Tag(id) => format!("tag {}", id.short()),
        Origin::Blob { path: None, id } => format!("blob {}", id.short()),
        origin => mask.path(origin.path()).text,
    };
    // At the start of a line these are commands to what runs a pipeline.
    let here = if text.starts_with("::") || text.starts_with("##[") { "./" } else { "" };
    format!("{here}{text}:{}:{}", place.start.line, place.start.column)
}
