//! `redhanded hook`.

mod agent;
mod install;
mod pre_commit;
mod pushed;

use std::io::Write;
use std::path::Path;
use std::time::Instant;

use anyhow::Context;

use super::Process;
use super::args::{AnyScanArgs, Color, HookArgs, HookCommand};
use super::carry_out::{carry_out, scan_all};
use super::exit::ExitStatus;
use super::git::{HistoryScan, Part};
use super::plan::ScanPlan;
use crate::scan::{Outcome, Progress};
use crate::source::{Environment, Range, Refs, Repository, Source};

/// Runs one of the subcommands.
pub(super) fn run(
    args: &HookArgs,
    color: Color,
    process: &Process<'_>,
) -> anyhow::Result<ExitStatus> {
    match &args.command {
        HookCommand::PreCommit(args) => pre_commit::run(args, color, process),
        HookCommand::PrePush(args) => pushed::pre_push(args, color, process),
        HookCommand::PreReceive(args) => pushed::pre_receive(args, color, process),
        HookCommand::Agent(args) => agent::run(args),
        HookCommand::Install(args) => install::run(args, process),
    }
}

/// The hook's work: what was typed, when it began, and the repository, which is
/// the one that git runs the hook for.
struct Job {
    started: Instant,
    repository: Repository,
    plan: ScanPlan,
    color: Color,
    /// What to do about findings.
    advice: &'static str,
}

impl Job {
    fn new(
        args: &AnyScanArgs,
        color: Color,
        process: &Process<'_>,
        advice: &'static str,
    ) -> anyhow::Result<Self> {
        let started = Instant::now();
        let repository = Repository::open(Path::new("."), &environment(process))?;
        let root = repository.work_tree().unwrap_or(Path::new("."));
        let plan = ScanPlan::new(args, root)?;
        Ok(Self { started, repository, plan, color, advice })
    }

    /// Scans the sources and reports.
    fn carry_out(&self, sources: &[Box<dyn Source>]) -> anyhow::Result<(Outcome, ExitStatus)> {
        self.report(|progress| scan_all(&self.plan, sources, progress))
    }

    /// Scans what a range of commits brings, and reports.
    fn scan_range(&self, range: Range, refs: Refs) -> anyhow::Result<ExitStatus> {
        let scan = HistoryScan::plain(&self.repository, refs, &self.plan, Part::Range(range))?;
        Ok(self.report(|progress| scan.run(&self.plan, progress))?.1)
    }

    /// Runs a scan, reports, and says what to do about findings.
    fn report(
        &self,
        scan: impl FnOnce(&Progress) -> Outcome,
    ) -> anyhow::Result<(Outcome, ExitStatus)> {
        let outcome = carry_out(&self.plan, self.color, self.started, scan)?;
        let status = self.plan.exit.status(&outcome);
        if matches!(status, ExitStatus::Findings(1..)) && !self.plan.quiet {
            tell(self.advice);
        }
        Ok((outcome, status))
    }

    /// The commits that are in the one revision's history and not in the other's.
    fn range(&self, (from, to): &(String, String)) -> anyhow::Result<Range> {
        let resolve = |revision: &str| {
            let asked = || format!("cannot tell what is between `{from}` and `{to}`");
            self.repository.resolve(revision).with_context(asked)
        };
        Ok(Range { include: vec![resolve(to)?], hide: vec![resolve(from)?] })
    }
}

/// What to do about findings before a commit. Advice goes to standard error,
/// where it disturbs no report.
const BEFORE_COMMIT: &str = "\
take the credentials out before you commit. What is none can be allowed by a comment on its
line: redhanded:allow";

/// What to do about findings in commits that are there already.
const BEFORE_PUSH: &str = "\
take the credentials out of the commits that have them, for a commit on top leaves them in the
history; revoke those that somebody could have seen. What is none can be allowed by a comment on
its line: redhanded:allow";

/// What git tells this hook.
fn environment(process: &Process<'_>) -> Environment {
    Environment::from_variables(process.variable)
}

/// The range of commits that the pre-commit framework was asked about.
fn range_of(process: &Process<'_>) -> Option<(String, String)> {
    let from = process.text("PRE_COMMIT_FROM_REF")?;
    Some((from, process.text("PRE_COMMIT_TO_REF")?))
}

/// Says something to the user that belongs to no report.
fn tell(message: &str) {
    // Nobody is left to tell if this cannot be printed.
    let message = message.lines().map(crate::report::sanitize::Safe);
    let mut out = anstream::stderr();
    for (at, line) in message.enumerate() {
        let before = if at == 0 { "redhanded: " } else { "  " };
        let _ = writeln!(out, "{before}{line}");
    }
}
