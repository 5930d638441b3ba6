//! Objects read by the library itself, without the program around it: so fast
//! that many generated packs can be tried.

use std::collections::{BTreeMap, BTreeSet};

use redhanded::finding::Disposition;
use redhanded::rule::RuleSet;
use redhanded::scan::{Outcome, Progress, ScanOptions, Scanner};
use redhanded::source::{History, HistoryOptions, Limits, Source, Tree, TreeOptions};
use redhanded::suppress::AllowLists;

use super::Hit;
use crate::support::git::Repo;

/// What is found in each object, and whether it is reported.
type Hits = BTreeMap<String, BTreeSet<(bool, Hit)>>;

/// Reads repositories, object by object.
pub(super) struct Reading(Scanner);

impl Reading {
    pub(super) fn new() -> Self {
        let options = ScanOptions { explain: true, ..ScanOptions::default() };
        Self(Scanner::new(RuleSet::builtin(), AllowLists::default(), options))
    }

    fn limits(&self) -> Limits {
        Limits { max_size: 256 << 20, piece: 1 << 20, reach: self.0.reach() }
    }

    fn scan(&self, source: &dyn Source) -> Outcome {
        self.0.run(source, &Progress::default())
    }

    /// Scans all objects of a repository.
    fn history(&self, repo: &Repo, threads: usize, whole: bool) -> Outcome {
        let options = HistoryOptions { threads, limits: self.limits(), whole };
        self.scan(&History::open(&[repo.git_dir().join("objects")], options))
    }

    /// What was found, by object or by the file's name.
    fn hits(&self, outcome: &Outcome) -> Hits {
        let mut hits = Hits::new();
        for finding in &outcome.findings {
            let origin = &finding.place.origin;
            let file = || origin.path().file_name().map(|name| name.to_string_lossy().into_owned());
            let name = origin.object().map(|id| id.to_string()).or_else(file);
            let rule = self.0.rules().rule(finding.rule).id.to_string();
            let hit = (rule, finding.place.span.start, finding.place.span.end);
            let reported = finding.disposition == Disposition::Report;
            hits.entry(name.expect("it has a name")).or_default().insert((reported, hit));
        }
        hits
    }

    /// What is to be found in each object: its content is written to a file.
    fn expected(&self, repo: &Repo) -> Hits {
        let folder = super::written_out(repo);
        let options = TreeOptions {
            honour_ignores: false,
            follow_links: false,
            threads: 2,
            limits: self.limits(),
        };
        let outcome = self.scan(&Tree::new(vec![folder.path().to_owned()], options));
        assert!(outcome.notices.is_empty(), "{:?}", outcome.notices);
        self.hits(&outcome)
    }

    /// Asserts that reading the objects of a repository in whatever way gives
    /// the same, and in each object what its content gives.
    #[track_caller]
    pub(super) fn assert_exact(&self, repo: &Repo, what: &str) -> usize {
        let outcome = self.history(repo, 1, false);
        assert!(outcome.notices.is_empty(), "{what}: {:?}", outcome.notices);
        let detail = detail(&outcome);
        for (threads, whole) in [(1, true), (2, false), (2, true), (8, false)] {
            let other = self::detail(&self.history(repo, threads, whole));
            let first = detail.iter().zip(&other).find(|(one, other)| one != other);
            assert!(first.is_none(), "{what}, {threads} threads, whole: {whole}: {first:#?}");
            assert_eq!(detail.len(), other.len(), "{what}, {threads} threads, whole: {whole}");
        }
        let (found, expected) = (self.hits(&outcome), self.expected(repo));
        for id in found.keys().chain(expected.keys()).collect::<BTreeSet<_>>() {
            assert_eq!(found.get(id), expected.get(id), "{what}: in object {id}");
        }
        expected.values().map(BTreeSet::len).sum()
    }
}

/// All that an outcome tells, line by line.
fn detail(outcome: &Outcome) -> Vec<String> {
    let findings = outcome.findings.iter().map(|finding| format!("{finding:?}"));
    let dropped = outcome.dropped.iter().map(|dropped| format!("{dropped:?}"));
    findings.chain(dropped).collect()
}
