//! `redhanded scan`.

use std::io::IsTerminal;
use std::sync::Arc;
use std::sync::atomic::Ordering;
use std::time::Instant;

use super::args::{Color, ScanArgs};
use super::exit::ExitStatus;
use super::plan::ScanPlan;
use super::progress::ProgressLine;
use crate::report::Report;
use crate::scan::{Outcome, Progress};

/// Plans, scans and reports.
pub(super) fn run(args: &ScanArgs, color: Color) -> anyhow::Result<ExitStatus> {
    let started = Instant::now();
    let plan = ScanPlan::new(args)?;
    for target in &plan.targets {
        target.check()?;
    }
    let progress = Arc::new(Progress::default());
    stop_on_interrupt(&progress);
    let outcome = {
        let wanted = !plan.quiet && std::io::stderr().is_terminal();
        let _line = ProgressLine::start(&progress, wanted);
        scan_all(&plan, &progress)
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
    Ok(plan.exit.status(&outcome))
}

/// Scans the sources one after the other.
fn scan_all(plan: &ScanPlan, progress: &Progress) -> Outcome {
    let outcomes = plan.sources.iter().map(|source| plan.scanner.run(source.as_ref(), progress));
    outcomes.reduce(Outcome::join).unwrap_or_default()
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
