//! Scanning what somebody proposes without believing what it says of itself.
//!
//! Three scans at most. In the first one the base's configuration counts, and no
//! comment does; nearly always it finds nothing, and that is all. Else a second
//! one lets comments count, and a credential that it does not report is let off
//! if in the base, too, a comment allows the very same one. A third one believes
//! all that the proposal brings, only to say what that would have hidden.

use anyhow::Context;

use super::super::args::AnyScanArgs;
use super::super::git::{HistoryScan, Part};
use super::super::plan::{ScanPlan, Trust};
use super::believed::AtCommit;
use super::resolve::Proposal;
use crate::notice::{Notice, NoticeKind};
use crate::object::ObjectId;
use crate::scan::{Credentials, Outcome, Progress};
use crate::source::{Introduced, Range, Refs, Repository};

/// What is scanned, and what for.
pub(super) struct Review<'r> {
    pub(super) repository: &'r Repository,
    pub(super) refs: &'r Refs,
    pub(super) range: &'r Range,
    pub(super) proposal: Proposal,
    pub(super) typed: &'r AnyScanArgs,
}

impl Review<'_> {
    /// The plan by which only the base is believed.
    ///
    /// # Errors
    ///
    /// If the base's configuration cannot be used.
    pub(super) fn plan(&self) -> anyhow::Result<ScanPlan> {
        let base = self.proposal.believed;
        let asked = || format!("cannot use the configuration of the base {}", base.short());
        self.plan_by(base, false).with_context(asked)
    }

    fn plan_by(&self, commit: ObjectId, comments: bool) -> anyhow::Result<ScanPlan> {
        let files = AtCommit::new(self.repository, commit);
        let trust = Trust { files: &files, comments, compares: true };
        ScanPlan::believing(&trust, self.typed, self.repository.top())
    }

    /// Scans by `plan`, which is that of [`plan`](Self::plan).
    ///
    /// # Errors
    ///
    /// If the history cannot be read at all.
    pub(super) fn scan(&self, plan: &ScanPlan, progress: &Progress) -> anyhow::Result<Outcome> {
        let mut outcome = self.scan_by(plan, progress)?;
        if outcome.reported().next().is_none() {
            return Ok(outcome);
        }
        let rules = plan.scanner.rules();
        let lenient = self.plan_by(self.proposal.believed, true)?;
        let known = Credentials::commented(&self.base(&lenient, progress)?, rules);
        let leniently = self.scan_by(&lenient, progress)?;
        plan.scanner.let_off(&mut outcome, leniently, &known);
        if plan.exit.only_new {
            let base = Credentials::found(&self.base(plan, progress)?, rules);
            outcome.know(&base, rules);
        }
        outcome.notices.extend(self.hidden(&outcome, plan, progress));
        outcome.notices.sort();
        Ok(outcome)
    }

    /// What a plan finds in the commits.
    fn scan_by(&self, plan: &ScanPlan, progress: &Progress) -> anyhow::Result<Outcome> {
        scan_range(self.repository, self.refs, self.range, plan, progress)
    }

    /// What a plan finds in the files of the base.
    fn base(&self, plan: &ScanPlan, progress: &Progress) -> anyhow::Result<Outcome> {
        let tree = self.repository.tree_of(self.proposal.believed)?;
        let range = Range { include: vec![tree], hide: Vec::new() };
        let files = Introduced::new(self.repository, &range, plan.limits, plan.threads)?;
        Ok(plan.scanner.run(&files.without(plan.excludes.clone()), progress))
    }

    /// Says how many of the findings the proposal itself would have hidden.
    fn hidden(&self, outcome: &Outcome, plan: &ScanPlan, progress: &Progress) -> Option<Notice> {
        let say = |detail| Some(Notice::new(NoticeKind::Configuration, "", detail));
        let rules = plan.scanner.rules();
        // What the base's baseline has is suppressed when the scan is over.
        let findings = outcome.findings.clone();
        let mut reported = Outcome { findings, ..Outcome::default() };
        plan.known.apply(&mut reported, rules);
        let trusting = self.plan_by(self.proposal.head, true);
        let trusted = trusting.and_then(|trusting| {
            let mut found = self.scan_by(&trusting, progress)?;
            trusting.known.apply(&mut found, trusting.scanner.rules());
            Ok(Credentials::reported(&found, trusting.scanner.rules()))
        });
        match trusted {
            Ok(trusted) => match reported.reported_beyond(&trusted, rules) {
                0 => None,
                1 => say(format!("1 finding {WOULD_BE_HIDDEN}")),
                count => say(format!("{count} findings {WOULD_BE_HIDDEN}")),
            },
            Err(error) => {
                say(format!("the configuration that the change brings cannot be used: {error:#}"))
            }
        }
    }
}

/// What is said of findings that the change would have hidden.
const WOULD_BE_HIDDEN: &str = "would be hidden by comments, configuration or a baseline that \
    the change itself brings, which do not count; they do once the base has them, or with --trust-head";

/// What a plan finds in what some commits bring.
pub(super) fn scan_range(
    repository: &Repository,
    refs: &Refs,
    range: &Range,
    plan: &ScanPlan,
    progress: &Progress,
) -> anyhow::Result<Outcome> {
    let scan = HistoryScan::plain(repository, refs.clone(), plan, Part::Range(range.clone()))?;
    Ok(scan.run(plan, progress))
}
