//! Scanning for a baseline: files, and history if that was asked for.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};

use super::super::Process;
use super::super::args::{HistoryArgs, WalkArgs};
use super::super::git::{HistoryScan, Part, options};
use super::super::plan::ScanPlan;
use super::super::scan::tree;
use crate::baseline::{Entry, alike, path_of};
use crate::finding::{Disposition, Finding, Fingerprint, Known, Triage};
use crate::report::masked;
use crate::rule::Confidence;
use crate::scan::{Outcome, Progress, Telling};
use crate::source::{Environment, Repository, Source, Tree};

/// What is scanned.
pub(super) struct Sources<'r> {
    files: Option<Tree>,
    past: Option<HistoryScan<'r>>,
    /// The folder that paths are told from.
    base: PathBuf,
}

/// What is scanned, as far as it comes from the command line.
#[derive(Clone, Copy)]
pub(super) struct Scope<'a> {
    pub(super) path: &'a Path,
    /// The folder that the baseline is about.
    pub(super) base: &'a Path,
    pub(super) walk: &'a WalkArgs,
    pub(super) no_cache: bool,
}

/// The repository whose history is to be scanned.
pub(super) fn repository(path: &Path, wanted: bool) -> anyhow::Result<Option<Repository>> {
    let open = || Repository::open(path, &Environment::default());
    Ok(wanted.then(open).transpose()?)
}

impl<'r> Sources<'r> {
    pub(super) fn new(
        scope: Scope<'_>,
        plan: &ScanPlan,
        repository: Option<&'r Repository>,
        process: &Process<'_>,
    ) -> anyhow::Result<Self> {
        let telling = Telling { introductions: true, unreachable: true, ..Telling::default() };
        let told = HistoryArgs { no_cache: scope.no_cache, ..HistoryArgs::default() };
        let past = match repository {
            None => None,
            Some(repository) => {
                let (refs, options) = (repository.refs()?, options(plan, false));
                let part = Part::Everything;
                let scan = HistoryScan::new(repository, refs, plan, options, part, telling)?;
                Some(scan.remembering(&told, process))
            }
        };
        let has_files = repository.is_none_or(|it| it.work_tree().is_some());
        let files = has_files.then(|| tree(vec![scope.path.to_owned()], scope.walk, plan));
        Ok(Self { files, past, base: scope.base.to_owned() })
    }

    /// Scans; gives what an audit of both would report, and all that was seen.
    /// Each finding is marked first.
    pub(super) fn look(
        &self,
        plan: &ScanPlan,
        mark: &mut dyn FnMut(&mut [Finding]),
        progress: &Progress,
    ) -> (Outcome, Seen) {
        let (scanner, wanted) = (&plan.scanner, plan.min_confidence);
        let mut past = self.past.as_ref().map(|past| past.run(plan, progress));
        let files = self.files.as_ref().map(|files| scanner.run(files as &dyn Source, progress));
        let mut files = files.unwrap_or_default();
        for outcome in past.iter_mut().chain([&mut files]) {
            mark(&mut outcome.findings);
        }
        let base = &self.base;
        let mut seen = Seen { history: past.is_some(), ..Seen::default() };
        let found = past.as_ref().map_or(&[][..], |past| &past.findings);
        seen.add([&files.findings, found], base, wanted, plan);
        let mut outcome = match past {
            None => files,
            Some(past) => {
                let both = scanner.join_audit(files, past, false);
                seen.count(&both.findings, wanted);
                both
            }
        };
        // What is less sure was looked at only to see that it is there.
        let all = outcome.findings.len();
        outcome.findings.retain(|finding| finding.confidence >= wanted);
        let unsure = all - outcome.findings.len();
        seen.below_severity = outcome.coverage.below_threshold > 0;
        outcome.coverage.below_threshold += unsure as u64;
        (outcome, seen)
    }
}

/// All findings of a scan, by their fingerprints.
#[derive(Default)]
pub(super) struct Seen {
    pub(super) findings: BTreeMap<Fingerprint, SeenFinding>,
    /// Whether history was scanned.
    pub(super) history: bool,
    /// Whether there were findings of less severity than was asked for, which are
    /// not among these.
    pub(super) below_severity: bool,
}

/// What was seen of one fingerprint.
pub(super) struct SeenFinding {
    pub(super) rule: String,
    /// The paths it stands at, credentials masked.
    pub(super) paths: Vec<String>,
    /// Whether it stands in a file.
    in_file: bool,
    pub(super) count: u32,
    /// Whether it belongs into a baseline: it is sure enough, and nothing else
    /// suppresses it.
    pub(super) wanted: bool,
    /// What another tool's file says of it.
    pub(super) told: Option<Triage>,
}

impl Seen {
    /// Adds what was found in files and in history. A path of the one can hold a
    /// credential of the other.
    fn add(&mut self, both: [&[Finding]; 2], base: &Path, wanted: Confidence, plan: &ScanPlan) {
        let findings = both.into_iter().flatten();
        let paths = findings.clone().map(|finding| path_of(&finding.place.origin, base));
        for (finding, path) in findings.clone().zip(masked(findings, paths)) {
            let seen = self.findings.entry(finding.fingerprint).or_insert_with(|| SeenFinding {
                rule: plan.scanner.rules().rule(finding.rule).id.to_string(),
                paths: Vec::new(),
                in_file: false,
                count: 1,
                wanted: false,
                told: None,
            });
            seen.told = seen.told.or_else(|| finding.known.and_then(Known::triage));
            seen.in_file |= finding.place.origin.object().is_none();
            let is_reported = finding.disposition == Disposition::Report;
            seen.wanted |= is_reported && finding.confidence >= wanted;
            if seen.paths.last() != Some(&path) {
                seen.paths.push(path);
            }
        }
        for findings in both {
            self.count(findings, wanted);
        }
    }

    /// Counts the weak credentials that stand alike, which share a fingerprint.
    fn count(&mut self, findings: &[Finding], wanted: Confidence) {
        let is_counted = |finding: &&Finding| {
            let is_reported = finding.disposition == Disposition::Report;
            is_reported && finding.confidence >= wanted && !finding.secret.is_strong()
        };
        for (fingerprint, count) in alike(findings.iter().filter(is_counted)) {
            if let Some(seen) = self.findings.get_mut(&fingerprint) {
                seen.count = seen.count.max(count);
            }
        }
    }
}

impl SeenFinding {
    /// A new entry for it.
    pub(super) fn entry(&self, fingerprint: Fingerprint, triage: Triage) -> Entry {
        let path = self.paths.first().map_or("", String::as_str);
        let mut entry = Entry::new(fingerprint, &self.rule, path, triage);
        entry.history = !self.in_file;
        entry.count = self.count;
        entry
    }

    /// Writes down where it is now; where one of several places is known already,
    /// that stays.
    pub(super) fn refresh(&self, entry: &mut Entry) {
        if !self.paths.contains(&entry.path)
            && let Some(path) = self.paths.first()
        {
            entry.path.clone_from(path);
        }
        entry.history = !self.in_file;
    }
}
