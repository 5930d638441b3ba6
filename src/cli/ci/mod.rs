//! `redhanded ci`: what a change brings, by what the pipeline says of it.
//!
//! [`platform`] and its kin turn variables into a [`change`], [`resolve`] turns
//! that into commits of this repository, [`proposal`] scans what is not
//! believed, and [`reports`] chooses where it is told.

mod azure;
mod believed;
mod change;
mod github;
mod gitlab;
mod log;
mod others;
mod platform;
mod proposal;
mod reports;
mod resolve;
mod show;

use std::fs::File;
use std::io::Read;
use std::path::Path;
use std::time::Instant;

use anyhow::{Context, bail};

use super::Process;
use super::args::{CiArgs, Color, Platform, WalkArgs};
use super::carry_out::carry_out;
use super::exit::ExitStatus;
use super::git::{HistoryScan, Part};
use super::output::Destination;
use super::plan::ScanPlan;
use super::scan::tree;
use crate::scan::{Outcome, Progress};
use crate::source::{Environment, Limits, Range, Refs, Repository};
use proposal::{Review, scan_range};
use resolve::{Resolved, Resolver, Scope, corrected};

/// Largest file that a platform tells of an event in.
const LARGEST_EVENT: u64 = 64 << 20;

/// Plans, scans and reports.
pub(super) fn run(
    args: &CiArgs,
    color: Color,
    process: &Process<'_>,
) -> anyhow::Result<ExitStatus> {
    let variables = |name: &str| process.text(name);
    let platform = args.change.platform.unwrap_or_else(|| Platform::of(&variables));
    let result = Job::new(args, color, platform).and_then(|job| job.run(&variables));
    if let (Err(error), Platform::GitHub) = (&result, platform) {
        show::annotate(error);
    }
    result
}

/// One run in a pipeline.
struct Job<'a> {
    args: &'a CiArgs,
    color: Color,
    platform: Platform,
    started: Instant,
    repository: Repository,
    refs: Refs,
}

impl<'a> Job<'a> {
    fn new(args: &'a CiArgs, color: Color, platform: Platform) -> anyhow::Result<Self> {
        let started = Instant::now();
        let repository = Repository::open(Path::new("."), &Environment::default())?;
        let refs = repository.refs()?;
        Ok(Self { args, color, platform, started, repository, refs })
    }

    fn run(&self, variables: platform::Variables<'_>) -> anyhow::Result<ExitStatus> {
        let told = || self.platform.change(variables, &read_event);
        let change = corrected(&self.args.change, told)?;
        let here = Resolver {
            repository: &self.repository,
            refs: &self.refs,
            platform: self.platform,
            // Only commits are looked at.
            limits: Limits { max_size: 0, piece: 1, reach: 0 },
        };
        let mut resolved = here.resolve(&change)?;
        if self.args.change.trust_head {
            resolved.proposal = None;
        }
        let targets = reports::reports(self.args, self.platform, variables)?;
        if self.args.change.print_plan {
            return show::plan(self.platform, &resolved, &targets, self.color);
        }
        if !self.args.scan.report.quiet {
            show::told(self.platform, &resolved);
        }
        let review = self.review(&resolved);
        let mut plan = match &review {
            Some(review) => review.plan()?,
            None => ScanPlan::new(&self.args.scan, self.repository.top())?,
        };
        plan.targets = targets;
        self.carry_out(&plan, review.as_ref(), &resolved)
    }

    /// How what is proposed is scanned; none if all is believed.
    fn review<'r>(&'r self, resolved: &'r Resolved) -> Option<Review<'r>> {
        let Scope::Commits(range) = &resolved.scope else { return None };
        let (repository, refs, typed) = (&self.repository, &self.refs, &self.args.scan);
        resolved.proposal.map(|proposal| Review { repository, refs, range, proposal, typed })
    }

    /// Scans and reports.
    fn carry_out(
        &self,
        plan: &ScanPlan,
        review: Option<&Review<'_>>,
        resolved: &Resolved,
    ) -> anyhow::Result<ExitStatus> {
        let mut failure = None;
        let outcome = carry_out(plan, self.color, self.started, |progress| {
            let scanned = match (&resolved.scope, review) {
                (Scope::Everything, _) => self.everything(plan, progress),
                (Scope::Nothing, _) => Ok(Outcome::default()),
                (Scope::Commits(_), Some(review)) => review.scan(plan, progress),
                (Scope::Commits(range), None) => self.commits(range, plan, progress),
            };
            scanned.unwrap_or_else(|error| {
                failure = Some(error);
                Outcome::default()
            })
        })?;
        if let Some(error) = failure {
            return Err(error);
        }
        for target in &plan.targets {
            if let Destination::EndOf(path) = &target.destination {
                show::add_to_summary(path, self.platform, resolved)?;
            }
        }
        Ok(plan.exit.status(&outcome))
    }

    fn commits(
        &self,
        range: &Range,
        plan: &ScanPlan,
        progress: &Progress,
    ) -> anyhow::Result<Outcome> {
        scan_range(&self.repository, &self.refs, range, plan, progress)
    }

    /// Scans all of history, and the checkout if there is one.
    fn everything(&self, plan: &ScanPlan, progress: &Progress) -> anyhow::Result<Outcome> {
        let (repository, refs) = (&self.repository, self.refs.clone());
        let scan = HistoryScan::plain(repository, refs, plan, Part::Everything)?;
        let history = scan.run(plan, progress);
        let Some(folder) = self.repository.work_tree() else { return Ok(history) };
        // People know the files by the folder that they are in.
        let here = Path::new(".");
        let is_here = here.canonicalize().ok() == folder.canonicalize().ok();
        let folder = if is_here { here } else { folder };
        let walk = WalkArgs { no_ignore: false, follow: false };
        let files = plan.scanner.run(&tree(vec![folder.to_owned()], &walk, plan), progress);
        Ok(plan.scanner.join_audit(files, history, false))
    }
}

/// The text of a file in which a platform tells of an event.
fn read_event(path: &str) -> anyhow::Result<String> {
    // Opening a pipe could take for ever.
    if !Path::new(path).metadata()?.is_file() {
        bail!("it is no file");
    }
    let file = File::open(path)?;
    let mut text = String::new();
    file.take(LARGEST_EVENT + 1).read_to_string(&mut text).context("it is no text")?;
    if text.len() as u64 > LARGEST_EVENT {
        bail!("it is too large");
    }
    Ok(text)
}
