//! The history of repositories: what is in their objects, wherever these are
//! and whatever state they are in.

mod differential;
mod handmade;
mod hostile;
mod layouts;
mod limits;
mod objects;
mod peers;
mod races;
mod reading;
mod texts;

use std::collections::{BTreeMap, BTreeSet};

use serde_json::Value;

use crate::support::git::Repo;
use crate::support::{Folder, Run};

/// Where something is found: the rule, and the first and last byte of the
/// credential.
type Hit = (String, u64, u64);

/// What is found in each object.
type Hits = BTreeMap<String, BTreeSet<Hit>>;

/// The credentials that are found, by rule and value, with whether one of their
/// places is to be reported: in others a comment may allow them.
type Standing = BTreeMap<(String, String), bool>;

fn text(value: &Value) -> String {
    value.as_str().unwrap_or_else(|| panic!("{value} is no text")).to_owned()
}

fn number(value: &Value) -> u64 {
    value.as_u64().unwrap_or_else(|| panic!("{value} is no number"))
}

fn list(value: &Value) -> &[Value] {
    value.as_array().unwrap_or_else(|| panic!("{value} is no list"))
}

/// Findings of a report with whether they are reported.
fn all_findings(report: &Value) -> impl Iterator<Item = (bool, &Value)> {
    let of = |name: &str, reported| list(&report[name]).iter().map(move |f| (reported, f));
    of("findings", true).chain(of("suppressed", false))
}

/// A finding's rule and value, which is to be shown.
fn identity(finding: &Value) -> (String, String) {
    (text(&finding["rule"]), text(&finding["secret"]["value"]))
}

/// What a report with `--every-place` and `--show-secrets` says of each object.
fn hits(report: &Value) -> (Hits, Standing) {
    let (mut hits, mut standing) = (Hits::new(), Standing::new());
    for (reported, finding) in all_findings(report) {
        let twice = standing.insert(identity(finding), reported);
        assert!(twice.is_none(), "there are two findings of a credential: {finding}");
        for place in list(&finding["history"]["every_place"]) {
            let span = (number(&place["offset"]), number(&place["end_offset"]));
            let hit = (text(&finding["rule"]), span.0, span.1);
            hits.entry(text(&place["object"])).or_default().insert(hit);
        }
    }
    (hits, standing)
}

/// The objects of a repository that hold text, each one's content in a file.
fn written_out(repo: &Repo) -> Folder {
    let mut objects = repo.objects();
    objects.retain(|object| object.kind != "tree");
    let contents = repo.contents(&objects);
    let folder = Folder::new();
    for (object, content) in objects.iter().zip(contents) {
        folder.file(&object.id, content);
    }
    folder
}

/// How sure a finding is depends on what its file is called; whether it is one
/// does not.
const EVERYTHING: [&str; 3] = ["--show-secrets", "--min-confidence", "low"];

/// What is to be found in each object of a repository.
fn expected(repo: &Repo) -> (Hits, Standing) {
    let folder = written_out(repo);
    let mut args = vec!["scan", "--format", "json", "--no-ignore", "--no-config"];
    args.extend(EVERYTHING);
    let report = folder.run(args).json();
    assert_eq!(list(&report["notices"]).len(), 0, "{}", report["notices"]);
    let (mut hits, mut standing) = (Hits::new(), Standing::new());
    for (reported, finding) in all_findings(&report) {
        *standing.entry(identity(finding)).or_default() |= reported;
        let span = (number(&finding["offset"]), number(&finding["end_offset"]));
        let hit = (text(&finding["rule"]), span.0, span.1);
        hits.entry(text(&finding["path"])).or_default().insert(hit);
    }
    (hits, standing)
}

/// A report without the one number that scanning less changes.
fn comparable(run: &Run) -> String {
    let searched = "\"searched_bytes\"";
    let lines = run.stdout.lines().filter(|line| !line.trim_start().starts_with(searched));
    lines.collect::<Vec<_>>().join("\n")
}

/// Asserts that the history of `repo` gives the same report on all ways to it,
/// and in each object what the object's content gives as a file.
#[track_caller]
fn assert_exact(repo: &Repo, what: &str) -> usize {
    let args = [&["--every-place", "--all-places"][..], &EVERYTHING].concat();
    let run = repo.scan(&args);
    assert!(run.code == 0 || run.code == 1, "{what}: {}\n{}", run.stdout, run.stderr);
    let report = comparable(&run);
    for other in [&["--whole"][..], &["--threads", "1"], &["--threads", "2"], &["--threads", "8"]] {
        let other_run = repo.scan(&[&args[..], other].concat());
        assert_same(&report, &comparable(&other_run), &format!("{what}, with {other:?}"));
    }
    assert_eq!(run.notices(), [], "{what}");
    let ((found, standing), (expected, expected_standing)) = (hits(&run.json()), expected(repo));
    for id in found.keys().chain(expected.keys()).collect::<BTreeSet<_>>() {
        assert_eq!(found.get(id), expected.get(id), "{what}: in object {id}");
    }
    for id in standing.keys().chain(expected_standing.keys()) {
        assert_eq!(standing.get(id), expected_standing.get(id), "{what}: {id:?} is reported");
    }
    expected.values().map(BTreeSet::len).sum()
}

/// Asserts that two reports are the same; shows the first line that differs.
#[track_caller]
fn assert_same(one: &str, other: &str, what: &str) {
    let lines = one.lines().zip(other.lines()).enumerate();
    if let Some((at, (a, b))) = lines.into_iter().find(|(_, (a, b))| a != b) {
        let before: Vec<_> = one.lines().take(at).collect();
        let before = before[at.saturating_sub(30)..].join("\n");
        panic!("{what}: line {}\n{before}\n- {a}\n+ {b}", at + 1);
    }
    assert_eq!(one.len(), other.len(), "{what}");
}

/// The seeds of generated repositories: a few, or as many as
/// `REDHANDED_SEEDS` says.
fn seeds(few: u64) -> std::ops::Range<u64> {
    let asked = std::env::var_os("REDHANDED_SEEDS");
    let asked = asked.and_then(|number| number.to_str()?.parse().ok());
    0..asked.unwrap_or(few)
}

/// The values of a report's findings, when these are shown.
fn values(run: &Run) -> BTreeSet<String> {
    run.findings().iter().map(|finding| text(&finding["secret"]["value"])).collect()
}

/// The only finding of a run.
#[track_caller]
fn only(run: &Run) -> Value {
    let findings = run.findings();
    assert_eq!(findings.len(), 1, "{}\n{}", run.stdout, run.stderr);
    findings[0].clone()
}

/// Where a finding is now.
fn presence(finding: &Value) -> String {
    text(&finding["history"]["exposure"]["presence"])
}
