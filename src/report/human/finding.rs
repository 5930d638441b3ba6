//! A finding with its line, and what became of the others.

use std::io::{self, Write};

use anstyle::Style;

use super::history::write_history;
use super::{ALARM, BOLD, DIM, INFO, View, WARN, label};
use crate::anatomy::Fact;
use crate::finding::{By, Disposition, Finding, Known, Likelihood, Share, Triage};
use crate::report::sanitize::{Safe, clipped, width};
use crate::rule::Severity;
use crate::scan::Dropped;

const fn style(severity: Severity) -> Style {
    match severity {
        Severity::Critical | Severity::High => ALARM,
        Severity::Medium => WARN,
        Severity::Low | Severity::Info => INFO,
    }
}

/// The place and what stands there, why it matters and what to do.
pub(super) fn write_finding(
    out: &mut dyn Write,
    view: &View<'_>,
    finding: &Finding,
) -> io::Result<()> {
    let rule = view.report.rules.rule(finding.rule);
    let severity = style(finding.severity);
    writeln!(
        out,
        "{BOLD}{}{BOLD:#}  {severity}{}{severity:#}  {} {DIM}[{}]{DIM:#}",
        Safe(&label(&finding.place, &view.mask)),
        finding.severity,
        Safe(&rule.name),
        rule.id,
    )?;
    write_line(out, view, finding)?;
    write_anatomy(out, view, finding)?;
    write_parts(out, view, finding)?;
    write_history(out, view, finding)?;
    if let Some(known) = finding.known {
        writeln!(out, "  {DIM}known: {}{DIM:#}", in_words(known))?;
    }
    if let Some(decided) = finding.likelihood.as_ref().and_then(decided) {
        writeln!(out, "  {DIM}{decided}{DIM:#}")?;
    }
    if !view.report.quiet {
        writeln!(out, "  {DIM}{} {}{DIM:#}", Safe(&rule.why), Safe(&rule.fix))?;
    }
    writeln!(out)
}

/// Why a finding that is reported is no news.
fn in_words(known: Known) -> &'static str {
    match known {
        Known::Baseline(Triage::True) => "the baseline has it as a true leak",
        Known::Baseline(Triage::Unreviewed) => "the baseline has it as unreviewed",
        Known::Baseline(_) => "the baseline has it",
        Known::Base => "the base has it already",
    }
}

/// Features that are told of what decided.
const TOLD: usize = 6;

/// What decided that a value is likely a credential, if that was asked for: each
/// feature with what it adds to the logarithm of the odds.
fn decided(likelihood: &Likelihood) -> Option<String> {
    let share =
        |share: &Share| format!("{} {:+.1}", share.feature, f64::from(share.weight) / 1000.0);
    let shares: Vec<String> = likelihood.shares.iter().take(TOLD).map(share).collect();
    let percent = likelihood.value * 100.0;
    (!shares.is_empty()).then(|| format!("likely {percent:.0} %: {}", shares.join("; ")))
}

/// The line with the credential masked, and a mark under it.
fn write_line(out: &mut dyn Write, view: &View<'_>, finding: &Finding) -> io::Result<()> {
    let excerpt = &finding.excerpt;
    let number = finding.place.start.line.to_string();
    let before = view.mask.text(excerpt.before.trim_start());
    let after = view.mask.text(excerpt.after.trim_end());
    let cut_before = if excerpt.cut_before { "…" } else { "" };
    let cut_after = if excerpt.cut_after { "…" } else { "" };
    let shown = if view.report.show_secrets {
        String::from_utf8_lossy(finding.secret.expose()).into_owned()
    } else {
        finding.secret.masked()
    };
    let gap = " ".repeat(number.len());
    writeln!(
        out,
        "  {DIM}{number} |{DIM:#} {cut_before}{}{ALARM}{}{ALARM:#}{}{cut_after}",
        Safe(&before),
        Safe(&shown),
        Safe(&after),
    )?;
    let indent = " ".repeat(width(&before) + cut_before.chars().count());
    let mark = "^".repeat(width(&shown));
    writeln!(out, "  {DIM}{gap} |{DIM:#} {indent}{ALARM}{mark}{ALARM:#}")
}

/// A line for each part that belongs to the credential.
fn write_parts(out: &mut dyn Write, view: &View<'_>, finding: &Finding) -> io::Result<()> {
    for part in &finding.parts {
        let shown = if view.report.show_secrets {
            String::from_utf8_lossy(part.secret.expose()).into_owned()
        } else {
            part.secret.masked()
        };
        let line = part.place.start.line;
        writeln!(out, "  with {} {} {DIM}(line {line}){DIM:#}", part.name, Safe(&shown))?;
    }
    Ok(())
}

/// Columns that the value of a fact may take.
const FACT: usize = 60;

/// What the credential says about itself, on one line.
fn write_anatomy(out: &mut dyn Write, view: &View<'_>, finding: &Finding) -> io::Result<()> {
    if view.report.quiet || finding.anatomy.facts.is_empty() {
        return Ok(());
    }
    let fact = |fact: &Fact| {
        let value = clipped(&view.mask.text(&fact.value), FACT);
        format!("{} {value}", Safe(&fact.name))
    };
    let facts: Vec<String> = finding.anatomy.facts.iter().map(fact).collect();
    writeln!(out, "  {DIM}{}{DIM:#}", facts.join(" · "))
}

/// One line of what was dropped.
pub(super) fn write_dropped(
    out: &mut dyn Write,
    view: &View<'_>,
    dropped: &Dropped,
) -> io::Result<()> {
    writeln!(
        out,
        "{DIM}{}  dropped  {}  {}: {}{DIM:#}",
        Safe(&label(&dropped.place, &view.mask)),
        view.report.rules.rule(dropped.rule).id,
        dropped.value.masked(),
        Safe(&dropped.reason.to_string()),
    )?;
    match dropped.likelihood.as_ref().and_then(decided) {
        Some(decided) => writeln!(out, "  {DIM}{decided}{DIM:#}"),
        None => Ok(()),
    }
}

/// One line for each finding that was suppressed; for what a baseline did only
/// if that was asked for.
pub(super) fn write_suppressed(out: &mut dyn Write, view: &View<'_>) -> io::Result<()> {
    for finding in view.report.outcome.suppressed() {
        let Disposition::Suppressed(by) = &finding.disposition else { continue };
        if matches!(by, By::Baseline { .. }) && !view.report.explain {
            continue;
        }
        writeln!(
            out,
            "{DIM}{}  suppressed by {}  [{}]{DIM:#}",
            Safe(&label(&finding.place, &view.mask)),
            Safe(&view.mask.text(&by.to_string())),
            view.report.rules.rule(finding.rule).id,
        )?;
    }
    Ok(())
}
