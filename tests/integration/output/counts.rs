//! What the summary counts.

use serde_json::json;

use super::{EVERYTHING, GRADES, everything, graded, scan_graded, strings, with_wrong_checksum};
use crate::support::{Folder, github_token};

#[test]
fn the_summary_counts_by_severity() {
    let folder = graded(&GRADES);
    let document = scan_graded(&folder, &["--format", "json"]).exits(1).json();
    assert_eq!(document["summary"]["findings"], 3);
    let expected = json!({"info": 0, "low": 1, "medium": 1, "high": 1, "critical": 0});
    assert_eq!(document["summary"]["by_severity"], expected);
    let human = scan_graded(&folder, &[]).exits(1);
    assert!(human.stdout.contains("3 findings: 1 high, 1 medium, 1 low."), "{}", human.stdout);
}

#[test]
fn the_summary_counts_what_is_not_reported() {
    let folder = everything();
    let args = [&EVERYTHING[..], &["--format", "json"]].concat();
    let document = folder.run(args).exits(1).json();
    let summary = &document["summary"];
    assert_eq!(summary["findings"], 1);
    assert_eq!(summary["suppressed"], 2);
    assert_eq!(summary["dropped"], 1);
    assert_eq!(summary["below_threshold"], 0);
    assert_eq!(summary["complete"], false);
    assert_eq!(summary["coverage"]["gaps"], 1);
    let human = folder.run(EVERYTHING).exits(1);
    assert!(human.stdout.contains("1 finding: 1 critical; 2 suppressed."), "{}", human.stdout);
    assert!(human.stdout.contains("1 candidate dropped."), "{}", human.stdout);
    assert!(human.stdout.contains("Not read: 1."), "{}", human.stdout);
}

#[test]
fn what_is_below_the_threshold_is_counted() {
    let folder = graded(&GRADES);
    let args = ["--min-severity", "high", "--format", "json"];
    let document = scan_graded(&folder, &args).exits(1).json();
    assert_eq!(document["summary"]["findings"], 1);
    assert_eq!(document["summary"]["below_threshold"], 2);
    let human = scan_graded(&folder, &["--min-severity", "high"]).exits(1);
    assert!(human.stdout.contains("; 2 below the threshold."), "{}", human.stdout);
}

#[test]
fn the_summary_counts_files_and_bytes() {
    let folder = Folder::new();
    folder.file("a.txt", "12345");
    folder.file("b/c.txt", "123");
    folder.file("empty", "");
    let document = folder.run(["scan", "--format", "json"]).exits(0).json();
    assert_eq!(document["summary"]["coverage"]["files"], 3);
    assert_eq!(document["summary"]["coverage"]["bytes"], 8);
    let human = folder.run(["scan"]).exits(0);
    assert!(human.stdout.contains("Scanned 3 files, 8 bytes, in "), "{}", human.stdout);
}

#[test]
fn dropped_candidates_are_listed_only_when_it_is_asked_for() {
    let folder = Folder::new();
    folder.file("a.txt", with_wrong_checksum(&github_token()));
    let document = folder.run(["scan", "--format", "json"]).exits(0).json();
    assert_eq!(document["dropped"], json!([]));
    assert_eq!(document["summary"]["dropped"], 1);
    let document = folder.run(["scan", "--explain", "--format", "json"]).exits(0).json();
    assert_eq!(strings(&document["dropped"], "/reason"), ["checksum"]);
    let human = folder.run(["scan", "--explain"]).exits(0);
    let expected = "a.txt:1:1  dropped  github-pat-classic  ghp_********: its checksum does not";
    assert!(human.stdout.contains(expected), "{}", human.stdout);
}
