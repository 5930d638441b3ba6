//! `redhanded audit`.

use std::time::Instant;

use super::args::{AuditArgs, Color};
use super::exit::ExitStatus;
use super::git::{options, telling};
use super::plan::{Basis, tree};
use super::scan::report;
use crate::scan::Progress;
use crate::source::{Environment, Objects, Repository};

/// Plans, scans the folder and its history, and reports both together.
pub(super) fn run(args: &AuditArgs, color: Color) -> anyhow::Result<ExitStatus> {
    let started = Instant::now();
    let repository = Repository::open(&args.path, &Environment::default())?;
    let basis = Basis::new(&args.path, &args.rules, &args.report, &args.run)?;
    let options = options(&basis, &args.history, &args.run);
    let telling = telling(&args.history, true);
    let objects = Objects::of(&repository, options)?;
    // A repository without a work tree has no files.
    let files = repository.work_tree().is_some();
    let tree = files.then(|| tree(vec![args.path.clone()], &args.walk, &args.run, &basis));
    let tree = tree.transpose()?;
    report(&basis, started, color, |progress: &Progress| {
        let scanner = &basis.scanner;
        let history = scanner.run_history(objects.history(), &objects, telling, progress);
        let files = tree.as_ref().map(|tree| scanner.run(tree, progress)).unwrap_or_default();
        Ok(scanner.join_audit(files, history, telling.every_place))
    })
}
