//! `redhanded scan`.

use std::io::IsTerminal;
use std::sync::Arc;
use std::sync::atomic::Ordering;
use std::time::Instant;

use super::args::{Color, ScanArgs};
use super::exit::ExitStatus;
use super::plan::{Basis, ScanPlan};
use super::progress::ProgressLine;
use crate::report::Report;
use crate::scan::{Outcome, Progress};

/// Plans, scans and reports.
pub(super) fn run(args: &ScanArgs, color: Color) -> anyhow::Result<ExitStatus> {
    let started = Instant::now();
    let plan = ScanPlan::new(args)?;
    let scan = |progress: &Progress| Ok(scan_all(&plan, progress));
    report(&plan.basis, started, color, scan)
}

/// Scans the sources one after the other.
fn scan_all(plan: &ScanPlan, progress: &Progress) -> Outcome {
    let scanner = &plan.basis.scanner;
    let outcomes = plan.sources.iter().map(|source| scanner.run(source.as_ref(), progress));
    outcomes.reduce(Outcome::join).unwrap_or_default()
}

/// Runs a scan that can be interrupted, shows how it goes and reports what it
/// found.
pub(super) fn report(
    basis: &Basis,
    started: Instant,
    color: Color,
    scan: impl FnOnce(&Progress) -> anyhow::Result<Outcome>,
) -> anyhow::Result<ExitStatus> {
    for target in &basis.targets {
        target.check()?;
    }
    let progress = Arc::new(Progress::default());
    stop_on_interrupt(&progress);
    let outcome = {
        let wanted = !basis.quiet && std::io::stderr().is_terminal();
        let _line = ProgressLine::start(&progress, wanted);
        scan(&progress)?
    };
    let report = Report {
        outcome: &outcome,
        rules: basis.scanner.rules(),
        elapsed: started.elapsed(),
        show_secrets: basis.show_secrets,
        quiet: basis.quiet,
        verbose: basis.verbose,
    };
    for target in &basis.targets {
        target.write(&report, color)?;
    }
    Ok(basis.exit.status(&outcome))
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
