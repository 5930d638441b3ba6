//! Objects read by the library itself, without the program around it: so fast
//! that many generated packs can be tried.

use std::collections::BTreeSet;

use redhanded::finding::{Finding, Place};
use redhanded::rule::RuleSet;
use redhanded::scan::{Outcome, Progress, ScanOptions, Scanner, Telling};
use redhanded::source::{
    Environment, HistoryOptions, Limits, Objects, Repository, Tree, TreeOptions,
};
use redhanded::suppress::AllowLists;

use super::{Hit, Hits};
use crate::support::git::Repo;

/// Reads repositories, object by object.
pub(super) struct Reading(Scanner);

impl Reading {
    pub(super) fn new() -> Self {
        let options = ScanOptions::default();
        Self(Scanner::new(RuleSet::builtin(), AllowLists::default(), options))
    }

    fn limits(&self) -> Limits {
        Limits { max_size: 256 << 20, piece: 1 << 20, reach: self.0.reach() }
    }

    /// Scans all objects of a repository.
    fn history(&self, repo: &Repo, threads: usize, whole: bool) -> Outcome {
        let repository = Repository::open(repo.path(), &Environment::default());
        let repository = repository.expect("it can be opened");
        let options = HistoryOptions { threads, limits: self.limits(), whole };
        let objects = Objects::of(&repository, options).expect("its refs can be read");
        let telling = Telling { introductions: true, every_place: true, unreachable: true };
        self.0.run_history(objects.history(), &objects, telling, &Progress::default())
    }

    /// What was found in each object.
    fn hits(&self, outcome: &Outcome) -> Hits {
        let mut hits = Hits::new();
        for finding in &outcome.findings {
            let history = finding.history.as_deref().expect("history was scanned");
            for place in &history.every_place {
                let object = place.origin.object().expect("it is in an object").to_string();
                hits.entry(object).or_default().insert(self.hit(finding, place));
            }
        }
        hits
    }

    fn hit(&self, finding: &Finding, place: &Place) -> Hit {
        let rule = self.0.rules().rule(finding.rule).id.to_string();
        (rule, place.span.start, place.span.end)
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
        let files = Tree::new(vec![folder.path().to_owned()], options);
        let outcome = self.0.run(&files, &Progress::default());
        assert!(outcome.notices.is_empty(), "{:?}", outcome.notices);
        let mut hits = Hits::new();
        for finding in &outcome.findings {
            let name = finding.place.origin.path().file_name().expect("a file has a name");
            let object = name.to_string_lossy().into_owned();
            hits.entry(object).or_default().insert(self.hit(finding, &finding.place));
        }
        hits
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
    let dropped = format!("{} dropped", outcome.coverage.dropped);
    findings.chain([dropped]).collect()
}
