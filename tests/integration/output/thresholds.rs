//! What is asked for, and the exit code that goes with it.

use super::{GRADES, graded, one_leak, scan_graded, strings};
use crate::support::Folder;

#[test]
fn findings_below_a_severity_are_not_reported() {
    let folder = graded(&GRADES);
    for (least, expected) in [
        ("info", &["acme-high", "acme-low", "acme-medium"][..]),
        ("low", &["acme-high", "acme-low", "acme-medium"]),
        ("medium", &["acme-high", "acme-medium"]),
        ("high", &["acme-high"]),
    ] {
        let args = ["--min-severity", least, "--format", "json"];
        let document = scan_graded(&folder, &args).exits(1).json();
        assert_eq!(strings(&document["findings"], "/rule"), expected, "{least}");
    }
    scan_graded(&folder, &["--min-severity", "critical"]).exits(0);
}

#[test]
fn findings_below_a_confidence_are_not_reported() {
    let folder = graded(&GRADES);
    for (least, expected) in [
        ("low", &["acme-high", "acme-low", "acme-medium"][..]),
        ("medium", &["acme-high", "acme-low"]),
        ("high", &["acme-low"]),
    ] {
        let args = ["--min-confidence", least, "--format", "json"];
        let document = scan_graded(&folder, &args).exits(1).json();
        assert_eq!(strings(&document["findings"], "/rule"), expected, "{least}");
    }
}

#[test]
fn findings_below_fail_on_are_reported_and_do_not_fail() {
    let folder = graded(&GRADES);
    let document = scan_graded(&folder, &["--fail-on", "critical", "--format", "json"]).exits(0);
    assert_eq!(document.json()["summary"]["findings"], 3);
    scan_graded(&folder, &["--fail-on", "high"]).exits(1);
    scan_graded(&folder, &["--fail-on", "info"]).exits(1);
}

#[test]
fn a_word_that_is_no_severity_is_refused() {
    for flag in ["--min-severity", "--min-confidence", "--fail-on"] {
        let run = one_leak().run(["scan", flag, "hgh"]).exits(2);
        assert!(run.stderr.contains("`hgh` is none of"), "{flag}: {}", run.stderr);
    }
}

#[test]
fn another_exit_code_can_be_asked_for() {
    let folder = one_leak();
    folder.run(["scan", "--exit-code", "7"]).exits(7);
    folder.run(["scan", "--exit-code", "0"]).exits(0);
    folder.run(["scan", "--exit-code", "7", "nosuch"]).exits(2);
    folder.file("leak.txt", "nothing any more\n");
    folder.run(["scan", "--exit-code", "7"]).exits(0);
}

#[test]
fn a_gap_without_findings_is_trouble_unless_it_is_allowed() {
    let folder = Folder::new();
    folder.file("large.txt", "x".repeat(3000));
    let run = folder.run(["scan", "--max-file-size", "2K"]).exits(2);
    assert!(run.stdout.contains("No findings, but not everything was covered"), "{}", run.stdout);
    folder.run(["scan", "--max-file-size", "2K", "--allow-partial"]).exits(0);
}

#[test]
fn findings_outweigh_a_gap() {
    let folder = one_leak();
    folder.file("large.txt", "x".repeat(3000));
    folder.run(["scan", "--max-file-size", "2K"]).exits(1);
    folder.run(["scan", "--max-file-size", "2K", "--allow-partial"]).exits(1);
    folder.run(["scan", "--max-file-size", "2K", "--fail-on", "critical"]).exits(1);
}

#[test]
fn a_gap_is_trouble_when_findings_do_not_fail() {
    let folder = one_leak();
    folder.file("large.txt", "x".repeat(3000));
    folder.run(["scan", "--max-file-size", "2K", "--exit-code", "0"]).exits(2);
    let args = ["scan", "--max-file-size", "2K", "--exit-code", "0", "--allow-partial"];
    folder.run(args).exits(0);
}

#[test]
fn only_the_named_rules_run() {
    let folder = graded(&GRADES);
    let args = ["--only", "acme-low,acme-high", "--format", "json"];
    let document = scan_graded(&folder, &args).exits(1).json();
    assert_eq!(strings(&document["findings"], "/rule"), ["acme-high", "acme-low"]);
    assert_eq!(document["summary"]["rules"], 2);
}

#[test]
fn skipped_rules_do_not_run() {
    let folder = graded(&GRADES);
    let args = ["--skip", "acme-low", "--skip", "acme-high", "--format", "json"];
    let document = scan_graded(&folder, &args).exits(1).json();
    assert_eq!(strings(&document["findings"], "/rule"), ["acme-medium"]);
    scan_graded(&folder, &["--only", "acme-low", "--skip", "acme-low"]).exits(2);
}

#[test]
fn an_unknown_rule_is_refused_with_the_one_meant() {
    for flag in ["--only", "--skip"] {
        let run = one_leak().run(["scan", flag, "github-pat-clasic"]).exits(2);
        let expected = "no rule `github-pat-clasic`; did you mean `github-pat-classic`?";
        assert!(run.stderr.contains(expected), "{flag}: {}", run.stderr);
        let run = one_leak().run(["scan", flag, "0"]).exits(2);
        assert!(run.stderr.contains("`redhanded rules list` shows all"), "{flag}: {}", run.stderr);
    }
}
