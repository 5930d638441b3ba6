//! What was found and what was covered, in a few lines.

use std::io::{self, Write};

use super::{ALARM, GOOD, WARN};
use crate::baseline::Applied;
use crate::report::Report;
use crate::report::sanitize::Safe;
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
    let coverage = &outcome.coverage;
    writeln!(
        out,
        "Scanned {}, {}, in {:.2} s with {}; {} dropped.",
        texts(coverage),
        size(coverage.bytes),
        report.elapsed.as_secs_f64(),
        plural(report.rules.len() as u64, "rule"),
        plural(coverage.dropped, "candidate"),
    )?;
    if report.verbose {
        write_searched(out, coverage)?;
        write_remembered(out, coverage)?;
    }
    write_left_out(out, report)?;
    write_baselines(out, report)
}

/// What each baseline did.
fn write_baselines(out: &mut dyn Write, report: &Report<'_>) -> io::Result<()> {
    for applied in report.baselines {
        let Applied { file, entries, suppressed, reported, .. } = applied;
        let entries = match *entries {
            1 => "1 entry".to_owned(),
            many => format!("{many} entries"),
        };
        write!(out, "Baseline {}: {entries}; {suppressed} suppressed", Safe(file))?;
        if *reported > 0 {
            write!(out, ", {reported} known and reported")?;
        }
        writeln!(out, ".")?;
    }
    Ok(())
}

/// How many texts of which kinds were read: `2 files, 5 blobs and 3 messages`.
fn texts(coverage: &Coverage) -> String {
    let Coverage { files, blobs, messages, .. } = *coverage;
    let kinds = [(files, "file"), (blobs, "blob"), (messages, "message")];
    let mut there: Vec<String> = kinds
        .iter()
        .filter(|(count, _)| *count > 0)
        .map(|(count, noun)| plural(*count, noun))
        .collect();
    match there.pop() {
        None => plural(0, "file"),
        Some(last) if there.is_empty() => last,
        Some(last) => format!("{} and {last}", there.join(", ")),
    }
}

/// How much of what was read was searched, where that is not all.
fn write_searched(out: &mut dyn Write, coverage: &Coverage) -> io::Result<()> {
    let Coverage { blobs, messages, bytes, searched, .. } = *coverage;
    if blobs + messages == 0 || bytes == 0 {
        return Ok(());
    }
    if searched >= bytes {
        return writeln!(out, "Searched all of it.");
    }
    writeln!(
        out,
        "Searched {} of {} ({:.1} %): the rest stands in other versions of the same files.",
        size(searched),
        size(bytes),
        searched as f64 / bytes as f64 * 100.0,
    )
}

/// How much of what counts as read is known from an earlier scan.
fn write_remembered(out: &mut dyn Write, coverage: &Coverage) -> io::Result<()> {
    let Coverage { bytes, remembered, .. } = *coverage;
    match remembered {
        0 => Ok(()),
        all if all == bytes => writeln!(out, "All of it is known from an earlier scan."),
        some => writeln!(out, "{} of it are known from an earlier scan.", size(some)),
    }
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
    use super::{plural, size, texts};
    use crate::scan::Coverage;

    #[test]
    fn numbers_read_well() {
        assert_eq!(plural(1, "file"), "1 file");
        assert_eq!(plural(0, "file"), "0 files");
        assert_eq!(size(999), "999 bytes");
        assert_eq!(size(1_500), "1.5 kB");
        assert_eq!(size(2_000_000_000), "2.0 GB");
    }

    #[test]
    fn texts_are_counted_by_their_kind() {
        let texts = |files, blobs, messages| {
            texts(&Coverage { files, blobs, messages, ..Coverage::default() })
        };
        assert_eq!(texts(0, 0, 0), "0 files");
        assert_eq!(texts(3, 0, 0), "3 files");
        assert_eq!(texts(0, 1, 0), "1 blob");
        assert_eq!(texts(0, 5, 3), "5 blobs and 3 messages");
        assert_eq!(texts(2, 5, 1), "2 files, 5 blobs and 1 message");
    }
}
