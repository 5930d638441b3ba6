//! Scanning as planned, and reporting.

use std::io::{IsTerminal, Write};
use std::sync::Arc;
use std::sync::atomic::Ordering;
use std::time::{Duration, Instant};

use super::args::Color;
use super::checkout::Folder;
use super::output::stderr;
use super::plan::ScanPlan;
use super::progress::ProgressLine;
use crate::baseline::Applied;
use crate::notice::Notice;
use crate::report::{Checkout, Report, notices};
use crate::scan::{Outcome, Progress};
use crate::source::Source;

/// Scans the sources one after the other.
pub(super) fn scan_all(
    plan: &ScanPlan,
    sources: &[Box<dyn Source>],
    progress: &Progress,
) -> Outcome {
    let outcomes = sources.iter().map(|source| plan.scanner.run(source.as_ref(), progress));
    outcomes.reduce(Outcome::join).unwrap_or_default()
}

/// Runs a scan that can be interrupted, shows how it goes, reports and gives
/// what was found.
pub(super) fn carry_out(
    plan: &ScanPlan,
    color: Color,
    started: Instant,
    scan: impl FnOnce(&Progress) -> Outcome,
) -> anyhow::Result<Outcome> {
    for target in &plan.targets {
        target.check()?;
    }
    let mut outcome = watched(plan, scan);
    let baselines = plan.known.apply(&mut outcome, plan.scanner.rules());
    let folder = Folder::new(&plan.base, plan.limits.max_size);
    let elapsed = started.elapsed();
    add_shortcomings(plan, &mut outcome, elapsed, &folder);
    let report = report(plan, &outcome, &baselines, elapsed, &folder);
    for target in &plan.targets {
        target.write(&report, color)?;
    }
    if !plan.targets.iter().any(|target| target.reporter.tells_notices()) {
        tell_notices(&report, color);
    }
    Ok(outcome)
}

/// Runs a scan that can be interrupted, and shows how it goes.
pub(super) fn watched(plan: &ScanPlan, scan: impl FnOnce(&Progress) -> Outcome) -> Outcome {
    let progress = Arc::new(Progress::default());
    stop_on_interrupt(&progress);
    let wanted = !plan.quiet && std::io::stderr().is_terminal();
    let _line = ProgressLine::start(&progress, wanted);
    scan(&progress)
}

pub(super) fn report<'a>(
    plan: &'a ScanPlan,
    outcome: &'a Outcome,
    baselines: &'a [Applied],
    elapsed: Duration,
    checkout: &'a dyn Checkout,
) -> Report<'a> {
    Report {
        outcome,
        rules: plan.scanner.rules(),
        elapsed,
        show_secrets: plan.show_secrets,
        quiet: plan.quiet,
        verbose: plan.verbose,
        suppressed: plan.suppressed,
        explain: plan.explain,
        baselines,
        base: &plan.base,
        began: plan.began,
        checkout,
    }
}

/// What one report cannot tell, all of them say.
fn add_shortcomings(
    plan: &ScanPlan,
    outcome: &mut Outcome,
    elapsed: Duration,
    checkout: &dyn Checkout,
) {
    let report = report(plan, outcome, &[], elapsed, checkout);
    let short = plan.targets.iter().filter_map(|target| target.reporter.shortcomings(&report));
    let short: Vec<Notice> = short.collect();
    outcome.notices.extend(short);
    outcome.notices.sort();
    outcome.notices.dedup();
}

/// Trouble that no report has a place for is told on standard error.
fn tell_notices(report: &Report<'_>, color: Color) {
    let mut out = stderr(color);
    // Nobody is left to tell if this cannot be printed.
    let _ = notices(report, &mut out).and_then(|()| out.flush());
}

/// Ctrl-C ends the scan, not the program: what was found by then is reported. A
/// second one ends the program.
fn stop_on_interrupt(progress: &Arc<Progress>) {
    let progress = Arc::clone(progress);
    // Without a handler the default stays: the program ends. That is safe.
    let _ = ctrlc::set_handler(move || {
        if progress.cancelled.swap(true, Ordering::Relaxed) {
            #[expect(
                clippy::disallowed_methods,
                clippy::exit,
                reason = "the user asked twice; nothing half-written is left, reports are renamed"
            )]
            std::process::exit(2);
        }
    });
}
