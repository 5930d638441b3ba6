//! For people: each finding with its line, then what was covered.
//!
//! Styles are written as ANSI escapes; who opens the output strips them where
//! they are not wanted.

use std::io::{self, Write};

use anstyle::{AnsiColor, Style};

use super::sanitize::{Safe, width};
use super::{Report, Reporter};
use crate::finding::{Disposition, Finding};
use crate::notice::Notice;
use crate::paths::path_text;
use crate::rule::Severity;
use crate::scan::{Coverage, Dropped};

/// The format `human`.
pub(super) struct Human;

const BOLD: Style = Style::new().bold();
const DIM: Style = Style::new().dimmed();
const ALARM: Style = AnsiColor::Red.on_default().bold();
const WARN: Style = AnsiColor::Yellow.on_default().bold();
const GOOD: Style = AnsiColor::Green.on_default().bold();
const INFO: Style = AnsiColor::Cyan.on_default();

impl Reporter for Human {
    fn name(&self) -> &'static str {
        "human"
    }

    fn write(&self, report: &Report<'_>, out: &mut dyn Write) -> io::Result<()> {
        for finding in report.outcome.reported() {
            write_finding(out, report, finding)?;
        }
        for dropped in &report.outcome.dropped {
            write_dropped(out, report, dropped)?;
        }
        if !report.outcome.dropped.is_empty() {
            writeln!(out)?;
        }
        if !report.quiet {
            write_suppressed(out, report)?;
        }
        for notice in &report.outcome.notices {
            write_notice(out, notice)?;
        }
        if report.quiet { Ok(()) } else { write_summary(out, report) }
    }
}

const fn style(severity: Severity) -> Style {
    match severity {
        Severity::Critical | Severity::High => ALARM,
        Severity::Medium => WARN,
        Severity::Low | Severity::Info => INFO,
    }
}

fn write_finding(out: &mut dyn Write, report: &Report<'_>, finding: &Finding) -> io::Result<()> {
    let rule = report.rules.rule(finding.rule);
    let place = &finding.place;
    let path = path_text(place.origin.path());
    let (line, column) = (place.start.line, place.start.column);
    let severity = style(finding.severity);
    writeln!(
        out,
        "{BOLD}{}:{line}:{column}{BOLD:#}  {severity}{}{severity:#}  {} {DIM}[{}]{DIM:#}",
        Safe(&path),
        finding.severity,
        Safe(&rule.name),
        rule.id,
    )?;
    write_line(out, report, finding)?;
    if !report.quiet {
        writeln!(out, "  {DIM}{} {}{DIM:#}", Safe(&rule.why), Safe(&rule.fix))?;
    }
    writeln!(out)
}

/// The line with the credential masked, and a mark under it.
fn write_line(out: &mut dyn Write, report: &Report<'_>, finding: &Finding) -> io::Result<()> {
    let excerpt = &finding.excerpt;
    let number = finding.place.start.line.to_string();
    let before = excerpt.before.trim_start();
    let cut_before = if excerpt.cut_before { "…" } else { "" };
    let cut_after = if excerpt.cut_after { "…" } else { "" };
    let shown = if report.show_secrets {
        String::from_utf8_lossy(finding.secret.expose()).into_owned()
    } else {
        finding.secret.masked()
    };
    let gap = " ".repeat(number.len());
    writeln!(
        out,
        "  {DIM}{number} |{DIM:#} {cut_before}{}{ALARM}{}{ALARM:#}{}{cut_after}",
        Safe(before),
        Safe(&shown),
        Safe(excerpt.after.trim_end()),
    )?;
    let indent = " ".repeat(width(before) + cut_before.chars().count());
    let mark = "^".repeat(width(&shown));
    writeln!(out, "  {DIM}{gap} |{DIM:#} {indent}{ALARM}{mark}{ALARM:#}")
}

fn write_dropped(out: &mut dyn Write, report: &Report<'_>, dropped: &Dropped) -> io::Result<()> {
    let path = path_text(dropped.place.origin.path());
    let start = dropped.place.start;
    writeln!(
        out,
        "{DIM}{}:{}:{}  dropped  {}  {}: {}{DIM:#}",
        Safe(&path),
        start.line,
        start.column,
        report.rules.rule(dropped.rule).id,
        dropped.value.masked(),
        Safe(&dropped.reason.to_string()),
    )
}

fn write_suppressed(out: &mut dyn Write, report: &Report<'_>) -> io::Result<()> {
    for finding in report.outcome.suppressed() {
        let Disposition::Suppressed(by) = &finding.disposition else { continue };
        let path = path_text(finding.place.origin.path());
        let start = finding.place.start;
        writeln!(
            out,
            "{DIM}{}:{}:{}  suppressed by {}  [{}]{DIM:#}",
            Safe(&path),
            start.line,
            start.column,
            Safe(&by.to_string()),
            report.rules.rule(finding.rule).id,
        )?;
    }
    Ok(())
}

fn write_notice(out: &mut dyn Write, notice: &Notice) -> io::Result<()> {
    let Notice { place, kind, detail } = notice;
    let word = if kind.leaves_a_gap() { "not covered" } else { "note" };
    let colon = if place.is_empty() { "" } else { ": " };
    writeln!(
        out,
        "{WARN}{word}{WARN:#}  {}{colon}{} {DIM}[{}]{DIM:#}",
        Safe(place),
        Safe(detail),
        kind.as_str()
    )
}

/// What was found and what was covered, in three lines.
fn write_summary(out: &mut dyn Write, report: &Report<'_>) -> io::Result<()> {
    let outcome = report.outcome;
    let reported = outcome.reported().count();
    let suppressed = outcome.suppressed().count();
    if reported > 0 {
        write!(out, "{ALARM}{}{ALARM:#}", plural(reported as u64, "finding"))?;
        write!(out, ": {}", by_severity(report))?;
    } else if outcome.is_complete() {
        write!(out, "{GOOD}No findings{GOOD:#}")?;
    } else {
        write!(out, "{WARN}No findings, but not everything was covered{WARN:#}")?;
    }
    if suppressed > 0 {
        write!(out, "; {suppressed} suppressed")?;
    }
    if outcome.coverage.below_threshold > 0 {
        write!(out, "; {} below the threshold", outcome.coverage.below_threshold)?;
    }
    writeln!(out, ".")?;
    let Coverage { files, bytes, dropped, .. } = outcome.coverage;
    writeln!(
        out,
        "Scanned {}, {}, in {:.2} s with {}; {} dropped.",
        plural(files, "file"),
        size(bytes),
        report.elapsed.as_secs_f64(),
        plural(report.rules.len() as u64, "rule"),
        plural(dropped, "candidate"),
    )?;
    write_left_out(out, report)
}

fn by_severity(report: &Report<'_>) -> String {
    let counts = Severity::ALL.iter().rev().filter_map(|&severity| {
        let count = report.outcome.reported().filter(|f| f.severity == severity).count();
        (count > 0).then(|| format!("{count} {severity}"))
    });
    counts.collect::<Vec<_>>().join(", ")
}

fn write_left_out(out: &mut dyn Write, report: &Report<'_>) -> io::Result<()> {
    let coverage = &report.outcome.coverage;
    let gaps = report.outcome.notices.iter().filter(|n| n.kind.leaves_a_gap()).count() as u64;
    let parts = [
        (coverage.ignored, "ignored by git"),
        (coverage.excluded, "excluded"),
        (coverage.links, "symbolic link"),
        (coverage.special, "special file"),
    ];
    let left_out: Vec<String> = parts
        .iter()
        .filter(|(count, _)| *count > 0)
        .map(|(count, what)| match *what {
            "ignored by git" | "excluded" => format!("{count} {what}"),
            noun => plural(*count, noun),
        })
        .collect();
    let left_out = if left_out.is_empty() { "nothing".into() } else { left_out.join(", ") };
    let not_read = if gaps == 0 { "nothing".to_owned() } else { gaps.to_string() };
    writeln!(out, "Left out: {left_out}. Not read: {not_read}.")
}

fn plural(count: u64, noun: &str) -> String {
    if count == 1 { format!("1 {noun}") } else { format!("{count} {noun}s") }
}

/// A number of bytes with a decimal unit.
fn size(bytes: u64) -> String {
    const UNITS: [(&str, u64); 3] = [("GB", 1_000_000_000), ("MB", 1_000_000), ("kB", 1_000)];
    UNITS.iter().find(|(_, unit)| bytes >= *unit).map_or_else(
        || plural(bytes, "byte"),
        |(name, unit)| format!("{:.1} {name}", bytes as f64 / *unit as f64),
    )
}

#[cfg(test)]
mod tests {
    use super::{plural, size};

    #[test]
    fn numbers_read_well() {
        assert_eq!(plural(1, "file"), "1 file");
        assert_eq!(plural(0, "file"), "0 files");
        assert_eq!(size(999), "999 bytes");
        assert_eq!(size(1_500), "1.5 kB");
        assert_eq!(size(2_000_000_000), "2.0 GB");
    }
}
