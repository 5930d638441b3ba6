//! Scanning as planned, and reporting.

use std::io::IsTerminal;
use std::sync::Arc;
use std::sync::atomic::Ordering;
use std::time::Instant;

use super::args::Color;
use super::plan::ScanPlan;
use super::progress::ProgressLine;
use crate::report::Report;
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
    let progress = Arc::new(Progress::default());
    stop_on_interrupt(&progress);
    let outcome = {
        let wanted = !plan.quiet && std::io::stderr().is_terminal();
        let _line = ProgressLine::start(&progress, wanted);
        scan(&progress)
    };
    let report = Report {
        outcome: &outcome,
        rules: plan.scanner.rules(),
        elapsed: started.elapsed(),
        show_secrets: plan.show_secrets,
        quiet: plan.quiet,
        verbose: plan.verbose,
    };
    for target in &plan.targets {
        target.write(&report, color)?;
    }
    Ok(outcome)
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
