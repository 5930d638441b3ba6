//! What reports tell of baselines.

use serde_json::json;

use super::{NAME, baseline, leak, one_leak};
use crate::output::schemas::{assert_strict, assert_valid};
use crate::output::{RECORD_SCHEMA, REPORT_SCHEMA};
use crate::support::Folder;

/// A folder with one finding that is accepted, with a note, one that is a known
/// leak, and a new one.
fn three_states() -> Folder {
    let folder = one_leak();
    folder.run(["baseline", "create"]).exits(0);
    let noted = baseline(folder.path()).replace("a.txt", "a.txt # from the docs");
    folder.file(NAME, noted);
    folder.file("b.txt", leak(2));
    folder.run(["baseline", "update", "--as", "true"]).exits(0);
    folder.file("c.txt", leak(3));
    folder
}

#[test]
fn the_document_says_what_is_known_and_what_was_decided() {
    let folder = three_states();
    let document = folder.run(["scan", "--format", "json"]).exits(1).json();
    assert_valid(REPORT_SCHEMA, &document);
    assert_strict(REPORT_SCHEMA, &document);
    let by =
        json!({"kind": "baseline", "entry": NAME, "state": "accepted", "note": "from the docs"});
    assert_eq!(document["suppressed"][0]["suppressed_by"], by);
    assert_eq!(document["findings"][0]["known"], json!({"by": "baseline", "state": "true"}));
    assert_eq!(document["findings"][1].get("known"), None);
    let lines = folder.run(["scan", "--format", "jsonl"]).exits(1).stdout;
    for line in lines.lines() {
        assert_valid(RECORD_SCHEMA, &serde_json::from_str(line).expect("a line is JSON"));
    }
}

#[test]
fn people_are_told_what_the_baseline_did() {
    let folder = three_states();
    let run = folder.run(["scan"]).exits(1);
    let line = format!("Baseline {NAME}: 2 entries; 1 suppressed, 1 known and reported.\n");
    assert!(run.stdout.ends_with(&line), "{}", run.stdout);
    assert!(run.stdout.contains("known: the baseline has it as a true leak"), "{}", run.stdout);
    assert!(!run.stdout.contains("a.txt"), "{}", run.stdout);
    let run = folder.run(["scan", "--explain"]).exits(1);
    let line = format!("suppressed by the baseline {NAME} as accepted (from the docs)");
    assert!(run.stdout.contains(&line), "{}", run.stdout);
}

#[test]
fn sarif_says_that_it_was_suppressed_from_outside() {
    let folder = three_states();
    let log = folder.run(["scan", "--format", "sarif", "--sarif-suppressed"]).exits(1).json();
    let results = log["runs"][0]["results"].as_array().expect("there are results").clone();
    let suppressed = results.iter().find(|result| result.get("suppressions").is_some());
    let suppressions = &suppressed.expect("one is suppressed")["suppressions"];
    assert_eq!(suppressions[0]["kind"], "external");
    assert_eq!(results.len(), 3);
    let log = folder.run(["scan", "--format", "sarif"]).exits(1).json();
    assert_eq!(log["runs"][0]["results"].as_array().map(Vec::len), Some(2));
}
