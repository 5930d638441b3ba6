//! Which entries of a baseline are about what is no longer there.

use std::collections::BTreeSet;
use std::path::{Path, PathBuf};

use super::super::plan::ScanPlan;
use super::look::Seen;
use super::plural;
use crate::baseline::{Entries, Entry};
use crate::finding::Fingerprint;
use crate::paths::normal;
use crate::scan::{Outcome, Progress};
use crate::source::{Tree, TreeOptions};

/// Entries that no finding was seen of.
#[derive(Default)]
pub(super) struct Unseen {
    /// Of what is gone.
    pub(super) gone: Vec<Fingerprint>,
    /// Number of those that could still be there, for each reason why that is
    /// not known.
    pub(super) open: Vec<(usize, &'static str)>,
}

/// What was scanned.
#[derive(Clone, Copy)]
pub(super) struct Scanned<'a> {
    pub(super) plan: &'a ScanPlan,
    /// The path that was scanned.
    pub(super) path: &'a Path,
    /// The folder that the baseline is about.
    pub(super) base: &'a Path,
    pub(super) outcome: &'a Outcome,
    pub(super) seen: &'a Seen,
}

/// Finds the entries that no finding was seen of, and tells those that are gone
/// from those that were not looked at.
pub(super) fn unseen(entries: &Entries, scanned: Scanned<'_>) -> Unseen {
    let mut unseen = Unseen::default();
    let missing = entries.iter().filter(|it| !scanned.seen.findings.contains_key(&it.fingerprint));
    let (mut open, mut looked_at): (Vec<&'static str>, Vec<&Entry>) = (Vec::new(), Vec::new());
    for entry in missing {
        match why_unknown(entry, scanned) {
            Some(why) => open.push(why),
            None => looked_at.push(entry),
        }
    }
    let aside = look_aside(&looked_at, scanned);
    for entry in looked_at {
        if aside.contains(&entry.fingerprint) {
            open.push("stand in files that git ignores");
        } else {
            unseen.gone.push(entry.fingerprint);
        }
    }
    let reasons: BTreeSet<&'static str> = open.iter().copied().collect();
    let count = |why| open.iter().filter(|one| **one == why).count();
    unseen.open = reasons.into_iter().map(|why| (count(why), why)).collect();
    unseen
}

/// Why it is not known whether what an entry is about is still there.
fn why_unknown(entry: &Entry, scanned: Scanned<'_>) -> Option<&'static str> {
    let Scanned { plan, path, base, outcome, seen } = scanned;
    if !outcome.is_complete() {
        Some("could be in what could not be read")
    } else if normal(path) != normal(base) {
        Some("could be outside of what was scanned")
    } else if entry.history && !seen.history {
        Some("are of history, which was not scanned")
    } else if plan.scanner.rules().find(&entry.rule).is_none() {
        Some("are of rules that did not run")
    } else if seen.below_severity {
        Some("could be below the severity that was asked for")
    } else if plan.excludes.cover(base, Path::new(&entry.path)) {
        Some("are in what is excluded")
    } else {
        None
    }
}

/// What is seen in the files that the entries name, where they are there and
/// were left out because git ignores them.
fn look_aside(entries: &[&Entry], scanned: Scanned<'_>) -> BTreeSet<Fingerprint> {
    let Scanned { plan, base, outcome, .. } = scanned;
    if outcome.coverage.ignored == 0 {
        return BTreeSet::new();
    }
    let files: BTreeSet<PathBuf> = entries.iter().map(|entry| base.join(&entry.path)).collect();
    let is_file = |file: &PathBuf| file.symlink_metadata().is_ok_and(|it| it.is_file());
    let files: Vec<PathBuf> = files.into_iter().filter(is_file).collect();
    if files.is_empty() {
        return BTreeSet::new();
    }
    let options = TreeOptions {
        honour_ignores: false,
        follow_links: false,
        threads: plan.threads,
        limits: plan.limits,
    };
    let found = plan.scanner.run(&Tree::new(files, options), &Progress::default());
    found.findings.iter().map(|finding| finding.fingerprint).collect()
}

impl Unseen {
    /// A line for each reason why entries stay.
    pub(super) fn reasons(&self) -> impl Iterator<Item = String> {
        self.open.iter().map(|(count, why)| {
            let entries = plural(*count, "entry", "entries");
            format!("Not judged: {entries} that {why}.")
        })
    }
}
