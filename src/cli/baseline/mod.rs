//! `redhanded baseline`.

mod audit;
mod check;
mod create;
mod gone;
mod look;
mod store;
mod update;

use std::io::Write;
use std::path::{Path, PathBuf};
use std::time::Duration;

use anyhow::bail;

use super::Process;
use super::args::{
    AnyScanArgs, BaselineArgs, BaselineCommand, Color, KnownArgs, LookArgs, ReportArgs, RunArgs,
};
use super::carry_out::{report, watched};
use super::exit::ExitStatus;
use super::output::stderr;
use super::plan::{ScanPlan, Trust};
use crate::baseline::NAME;
use crate::config::base_of;
use crate::finding::Finding;
use crate::notice::NoticeKind;
use crate::report::{NoCheckout, notices};
use crate::rule::Confidence;
use crate::scan::Outcome;
use crate::source::Repository;
use look::{Scope, Seen, Sources};

/// Runs one of the subcommands.
pub(super) fn run(
    args: &BaselineArgs,
    color: Color,
    process: &Process<'_>,
) -> anyhow::Result<ExitStatus> {
    match &args.command {
        BaselineCommand::Create(args) => create::run(args, color, process),
        BaselineCommand::Update(args) => update::run(args, color, process),
        BaselineCommand::Check(args) => check::run(args, color, process),
        BaselineCommand::Audit(args) => audit::run(args, color, process),
    }
}

/// A scan for a baseline: nothing is reported of it.
struct Job {
    plan: ScanPlan,
    /// The folder that paths in the baseline are relative to.
    base: PathBuf,
    /// The baseline's file.
    file: PathBuf,
    allow_partial: bool,
}

impl Job {
    fn new(args: &LookArgs, show_secrets: bool) -> anyhow::Result<Self> {
        let typed = AnyScanArgs {
            read: args.read.clone(),
            rules: args.rules.clone(),
            known: KnownArgs { no_baseline: true, ..KnownArgs::default() },
            report: ReportArgs {
                min_severity: args.min_severity,
                min_confidence: args.min_confidence,
                show_secrets,
                ..ReportArgs::default()
            },
            run: RunArgs { threads: args.threads, ..RunArgs::default() },
        };
        super::scan::check_paths(std::slice::from_ref(&args.path))?;
        // All are looked at, so that what is less sure than before is not taken
        // for gone.
        let looked_at = Some(Confidence::Low);
        let plan = ScanPlan::looking_at(&Trust::all(), &typed, &args.path, looked_at)?;
        let base = base_of(&args.path);
        let file = args.baseline.clone().unwrap_or_else(|| default_file(&base));
        Ok(Self { plan, base, file, allow_partial: args.allow_partial })
    }

    /// Scans as the arguments say; each finding is marked first.
    fn look(
        &self,
        args: &LookArgs,
        repository: Option<&Repository>,
        process: &Process<'_>,
        mark: &mut dyn FnMut(&mut [Finding]),
    ) -> anyhow::Result<(Outcome, Seen)> {
        let (walk, no_cache) = (&args.walk, args.no_cache);
        let scope = Scope { path: &args.path, base: &self.base, walk, no_cache };
        let sources = Sources::new(scope, &self.plan, repository, process)?;
        let mut seen = Seen::default();
        let outcome = watched(&self.plan, |progress| {
            let (outcome, all) = sources.look(&self.plan, mark, progress);
            seen = all;
            outcome
        });
        if outcome.notices.iter().any(|notice| notice.kind == NoticeKind::Interrupted) {
            bail!("the scan was stopped, and the baseline is as it was");
        }
        Ok((outcome, seen))
    }

    /// Says what could not be looked at, and how the program ends then.
    fn end(&self, outcome: &Outcome, color: Color) -> ExitStatus {
        let report = report(&self.plan, outcome, &[], Duration::ZERO, &NoCheckout);
        let mut out = stderr(color);
        // Nobody is left to tell if this cannot be printed.
        let _ = notices(&report, &mut out).and_then(|()| out.flush());
        let covered = outcome.is_complete() || self.allow_partial;
        if covered { ExitStatus::Clean } else { ExitStatus::Trouble }
    }
}

/// The baseline of a folder, by a short path if it is in the current one.
fn default_file(base: &Path) -> PathBuf {
    if base == crate::paths::here() { PathBuf::from(NAME) } else { base.join(NAME) }
}

/// A number with its noun.
fn plural(count: usize, one: &str, many: &str) -> String {
    if count == 1 { format!("1 {one}") } else { format!("{count} {many}") }
}
