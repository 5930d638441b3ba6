//! `redhanded audit`.

use std::time::Instant;

use super::Process;
use super::args::{AuditArgs, Color};
use super::carry_out::carry_out;
use super::exit::ExitStatus;
use super::git::{HistoryScan, Part, options, telling};
use super::plan::ScanPlan;
use super::scan::tree;
use crate::source::{Environment, Repository};

/// Plans, scans the folder and its history, and reports both together.
pub(super) fn run(
    args: &AuditArgs,
    color: Color,
    process: &Process<'_>,
) -> anyhow::Result<ExitStatus> {
    let started = Instant::now();
    let repository = Repository::open(&args.path, &Environment::default())?;
    let AuditArgs { path, walk, history: told, scan } = args;
    let plan = ScanPlan::new(scan, path)?;
    let telling = telling(told, true);
    let options = options(&plan, told.whole);
    let history = HistoryScan::new(
        &repository,
        repository.refs()?,
        &plan,
        options,
        Part::Everything,
        telling,
    )?;
    let history = history.remembering(told, process);
    // A bare repository has no files.
    let has_files = repository.work_tree().is_some();
    let files = has_files.then(|| tree(vec![path.clone()], walk, &plan));
    let outcome = carry_out(&plan, color, started, |progress| {
        let scanner = &plan.scanner;
        let past = history.run(&plan, progress);
        let files = files.as_ref().map(|files| scanner.run(files, progress)).unwrap_or_default();
        scanner.join_audit(files, past, telling.every_place)
    })?;
    Ok(plan.exit.status(&outcome))
}
