//! `redhanded scan`.

use std::path::{Path, PathBuf};
use std::time::Instant;

use anyhow::Context;

use super::args::{Color, ScanArgs, WalkArgs};
use super::carry_out::{carry_out, scan_all};
use super::exit::ExitStatus;
use super::plan::ScanPlan;
use crate::source::{Source, Stdin, Tree, TreeOptions};

/// Plans, scans and reports.
pub(super) fn run(args: &ScanArgs, color: Color) -> anyhow::Result<ExitStatus> {
    let started = Instant::now();
    let root = args.paths.iter().find(|path| !is_stdin(path)).map_or(Path::new("."), |p| p);
    check_paths(&args.paths)?;
    let plan = ScanPlan::new(&args.scan, root)?;
    let sources = sources(args, &plan);
    let outcome = carry_out(&plan, color, started, |progress| scan_all(&plan, &sources, progress))?;
    Ok(plan.exit.status(&outcome))
}

fn is_stdin(path: &Path) -> bool {
    path == Path::new("-")
}

/// A path that is not there is a slip of the hand, not an empty scan.
pub(super) fn check_paths(paths: &[PathBuf]) -> anyhow::Result<()> {
    for path in paths.iter().filter(|path| !is_stdin(path)) {
        path.symlink_metadata().with_context(|| format!("cannot scan {}", path.display()))?;
    }
    Ok(())
}

/// Standard input, if it is among the paths, and all the others as one tree.
fn sources(args: &ScanArgs, plan: &ScanPlan) -> Vec<Box<dyn Source>> {
    let mut sources: Vec<Box<dyn Source>> = Vec::new();
    let (streams, roots): (Vec<_>, Vec<_>) = args.paths.iter().cloned().partition(|p| is_stdin(p));
    if !streams.is_empty() {
        sources.push(Box::new(Stdin::new(std::io::stdin(), plan.limits)));
    }
    if !roots.is_empty() {
        sources.push(Box::new(tree(roots, &args.walk, plan)));
    }
    sources
}

/// Files and folders, without what is excluded.
pub(super) fn tree(roots: Vec<PathBuf>, walk: &WalkArgs, plan: &ScanPlan) -> Tree {
    let options = TreeOptions {
        honour_ignores: !walk.no_ignore,
        follow_links: walk.follow,
        threads: threads(plan.threads, &roots),
        limits: plan.limits,
    };
    Tree::new(roots, options).without(plan.excludes.clone())
}

/// One file needs one thread; starting more would take longer than scanning it.
fn threads(asked: usize, roots: &[PathBuf]) -> usize {
    let single = roots.len() == 1 && roots.iter().all(|root| root.is_file());
    if single && asked == 0 { 1 } else { asked }
}
