//! `redhanded git`.

use std::io::Write;
use std::time::Instant;

use super::Process;
use super::args::{Color, GitArgs, HistoryArgs, PartArgs};
use super::cache::cache;
use super::carry_out::carry_out;
use super::exit::ExitStatus;
use super::plan::ScanPlan;
use crate::cache::Cache;
use crate::object::ObjectId;
use crate::scan::{Outcome, Progress, Telling};
use crate::source::{
    Environment, HistoryOptions, Introduced, Objects, Range, Refs, Repository, Staged,
};

/// Plans, scans and reports.
pub(super) fn run(
    args: &GitArgs,
    color: Color,
    process: &Process<'_>,
) -> anyhow::Result<ExitStatus> {
    let started = Instant::now();
    let repository = Repository::open(&args.repository, &Environment::default())?;
    let plan = ScanPlan::new(&args.scan, repository.top())?;
    let options = options(&plan, args.history.whole);
    if args.history.rebuild_only {
        return rebuild_only(&repository, options, started);
    }
    if args.part.staged {
        return staged(&repository, &plan, color, started);
    }
    let refs = repository.refs()?;
    let part = part(&args.part, &repository, &refs)?;
    let telling = telling(&args.history, !args.part.reachable_only);
    let scan = HistoryScan::new(&repository, refs, &plan, options, part, telling)?;
    let scan = scan.remembering(&args.history, process);
    let outcome = carry_out(&plan, color, started, |progress| scan.run(&plan, progress))?;
    Ok(plan.exit.status(&outcome))
}

/// Scans what would be committed.
fn staged(
    repository: &Repository,
    plan: &ScanPlan,
    color: Color,
    started: Instant,
) -> anyhow::Result<ExitStatus> {
    let staged = Staged::new(repository, plan.limits, plan.threads)?;
    let staged = staged.without(&plan.excludes);
    let scan = |progress: &Progress| plan.scanner.run(&staged, progress);
    let outcome = carry_out(plan, color, started, scan)?;
    Ok(plan.exit.status(&outcome))
}

/// How the objects of a history are read.
pub(super) fn options(plan: &ScanPlan, whole: bool) -> HistoryOptions {
    let processors = || std::thread::available_parallelism().map_or(1, usize::from);
    HistoryOptions {
        threads: if plan.threads == 0 { processors() } else { plan.threads },
        limits: plan.limits,
        whole,
    }
}

/// What is told of history.
pub(super) fn telling(args: &HistoryArgs, unreachable: bool) -> Telling {
    Telling { introductions: args.all_places, every_place: args.every_place, unreachable }
}

/// What is scanned of a history.
pub(super) enum Part {
    /// All objects there are.
    Everything,
    /// What a revision leads to: its name and its object.
    Branch(String, ObjectId),
    /// What the commits of a range brought in.
    Range(Range),
}

fn part(args: &PartArgs, repository: &Repository, refs: &Refs) -> anyhow::Result<Part> {
    Ok(if let Some(range) = &args.range {
        Part::Range(repository.range(range)?)
    } else if let Some(commit) = &args.since_commit {
        Part::Range(Range {
            include: vec![repository.resolve("HEAD")?],
            hide: vec![repository.resolve(commit)?],
        })
    } else if let Some(branch) = &args.branch {
        Part::Branch(full_name(branch, refs), repository.resolve(branch)?)
    } else if args.unpushed {
        Part::Range(unpushed(refs))
    } else {
        Part::Everything
    })
}

/// The full name of a branch or tag; what was typed, if it is none.
fn full_name(typed: &str, refs: &Refs) -> String {
    let names = ["", "refs/heads/", "refs/tags/", "refs/remotes/"].map(|at| format!("{at}{typed}"));
    let known = |name: &String| refs.tips.iter().any(|(tip, _)| tip == name);
    names.into_iter().find(known).unwrap_or_else(|| typed.to_owned())
}

/// What local branches have and no remote's branches do. `HEAD` counts, too: it
/// may be on no branch.
fn unpushed(refs: &Refs) -> Range {
    let under = |prefix: &'static str| {
        refs.tips.iter().filter(move |(name, _)| name.starts_with(prefix)).map(|(_, id)| *id)
    };
    Range {
        include: under("refs/heads/").chain(under("HEAD")).collect(),
        hide: under("refs/remotes/").collect(),
    }
}

/// A scan of history, ready to run.
pub(super) struct HistoryScan<'r> {
    objects: Objects<'r>,
    /// The range, if not everything is scanned.
    introduced: Option<Introduced>,
    telling: Telling,
    /// Whether such a scan is likely to come again.
    recurs: bool,
    /// Where what is found is remembered, if it is.
    cache: Option<Cache>,
}

impl<'r> HistoryScan<'r> {
    pub(super) fn new(
        repository: &'r Repository,
        refs: Refs,
        plan: &ScanPlan,
        options: HistoryOptions,
        part: Part,
        telling: Telling,
    ) -> anyhow::Result<Self> {
        let objects = Objects::with_refs(repository, refs, options)?.without(plan.excludes.clone());
        let mut objects = objects.with_paths(telling.every_place);
        let recurs = matches!(part, Part::Everything | Part::Branch(..));
        let mut telling = telling;
        let introduced = match part {
            Part::Everything => None,
            Part::Branch(name, id) => {
                objects.restrict_to_refs(vec![(name, id)]);
                telling.unreachable = false;
                None
            }
            // All that the tips lead to: reading every object is quicker than
            // comparing every commit with its parents.
            Part::Range(Range { include, hide }) if hide.is_empty() => {
                let tip = |id: ObjectId| (id.to_string(), id);
                objects.restrict_to_refs(include.into_iter().map(tip).collect());
                telling.unreachable = false;
                None
            }
            Part::Range(range) => {
                let introduced =
                    Introduced::new(repository, &range, options.limits, options.threads)?;
                objects.restrict_to_commits(introduced.commits(), &range.include);
                Some(introduced.without(plan.excludes.clone()))
            }
        };
        Ok(Self { objects, introduced, telling, recurs, cache: None })
    }

    /// What hooks and pipelines scan: every version is told by its first place,
    /// and what no ref leads to counts.
    pub(super) fn plain(
        repository: &'r Repository,
        refs: Refs,
        plan: &ScanPlan,
        part: Part,
    ) -> anyhow::Result<Self> {
        let telling = Telling { unreachable: true, ..Telling::default() };
        Self::new(repository, refs, plan, options(plan, false), part, telling)
    }

    /// The same with the user's cache, unless that is not wanted.
    pub(super) fn remembering(self, args: &HistoryArgs, process: &Process<'_>) -> Self {
        // Who asks for another way of scanning wants to see it happen.
        let is_wanted = self.recurs && !args.no_cache && !args.whole;
        let cache = if is_wanted { cache(process) } else { None };
        Self { cache, ..self }
    }

    pub(super) fn run(&self, plan: &ScanPlan, progress: &Progress) -> Outcome {
        let scanner = &plan.scanner;
        if let Some(introduced) = &self.introduced {
            return scanner.run_history(introduced, &self.objects, self.telling, progress);
        }
        if let Some(cache) = &self.cache {
            return scanner.run_remembered(&self.objects, self.telling, progress, cache);
        }
        let everything = self.objects.history();
        scanner.run_history(everything, &self.objects, self.telling, progress)
    }
}

/// Reads every object, and says how many bytes they are and how long that took.
fn rebuild_only(
    repository: &Repository,
    options: HistoryOptions,
    started: Instant,
) -> anyhow::Result<ExitStatus> {
    let bytes = Objects::of(repository, options)?.history().rebuild_only();
    let seconds = started.elapsed().as_secs_f64();
    writeln!(std::io::stdout(), "{bytes} bytes rebuilt in {seconds:.3} s")?;
    Ok(ExitStatus::Clean)
}
