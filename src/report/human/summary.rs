//! What was found and what was covered, in a few lines.

use std::io::{self, Write};

use super::{ALARM, GOOD, WARN};
use crate::report::Report;
use crate::rule::Severity;
use crate::scan::Coverage;

/// Says how the scan ended.
pub(super) fn write_summary(out: &mut dyn Write, report: &Report<'_>) -> io::Result<()> {
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
