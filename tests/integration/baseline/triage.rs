//! `baseline audit`: keys in, decisions saved.

use super::{NAME, entries, leak, one_leak, scan};
use crate::support::{Folder, Run, github_token_of};

/// A folder with three leaks, and none decided about.
fn three() -> Folder {
    let folder = one_leak();
    folder.file("b.txt", leak(2));
    folder.file("c.txt", leak(3));
    folder.run(["baseline", "create", "--as", "unreviewed"]).exits(0);
    folder
}

#[track_caller]
fn audit(folder: &Folder, keys: &str) -> Run {
    folder.run_with_input(["baseline", "audit"], keys.as_bytes())
}

#[track_caller]
fn assert_entries(folder: &Folder, expected: [&str; 3]) {
    let mut expected = expected.map(|state| format!("github-pat-classic {state}"));
    expected.sort();
    assert_eq!(entries(folder.path()), expected);
}

#[test]
fn every_decision_is_saved() {
    let folder = three();
    audit(&folder, "t\nf\nn some note\nq\n").exits(0);
    assert_entries(&folder, ["true a.txt", "false b.txt", "unreviewed c.txt # some note"]);
    let run = audit(&folder, "n another\nu\nq\n").exits(0);
    assert_entries(&folder, ["true a.txt", "false b.txt", "unreviewed c.txt # some note"]);
    assert!(run.stdout.contains("1 of 1 · unreviewed · some note"), "{}", run.stdout);
    audit(&folder, "n from the docs\nx\n").exits(0);
    assert_entries(&folder, ["true a.txt", "false b.txt", "test c.txt # from the docs"]);
    assert_eq!(scan(&folder), (1, 2));
}

#[test]
fn a_note_reaches_the_last_finding_after_its_decision() {
    let folder = three();
    audit(&folder, "s\ns\na\nn of the docs\n\n").exits(0);
    assert_entries(
        &folder,
        ["unreviewed a.txt", "unreviewed b.txt", "accepted c.txt # of the docs"],
    );
}

#[test]
fn keys_go_on_skip_and_take_back() {
    let folder = three();
    audit(&folder, "s\na\nu\nx\nu\ns\nt\nu\nf\n").exits(0);
    assert_entries(&folder, ["unreviewed a.txt", "unreviewed b.txt", "false c.txt"]);
    let run = audit(&folder, "what\n\nu\nq\n").exits(0);
    assert!(run.stdout.contains("nothing to undo"), "{}", run.stdout);
    assert!(run.stdout.contains("Nothing was changed"), "{}", run.stdout);
    assert_entries(&folder, ["unreviewed a.txt", "unreviewed b.txt", "false c.txt"]);
}

#[test]
fn what_was_decided_is_gone_through_only_if_asked_for() {
    let folder = three();
    audit(&folder, "f\nf\nf\n").exits(0);
    let run = audit(&folder, "").exits(0);
    assert!(run.stdout.contains("Nothing is left to decide"), "{}", run.stdout);
    let run = folder.run_with_input(["baseline", "audit", "--all"], b"t\nq\n").exits(0);
    assert!(run.stdout.contains("1 of 3 · false"), "{}", run.stdout);
    assert_entries(&folder, ["true a.txt", "false b.txt", "false c.txt"]);
}

#[test]
fn what_is_in_no_baseline_can_be_decided_about() {
    let folder = one_leak();
    let run = audit(&folder, "a\n").exits(0);
    assert!(run.stdout.contains("1 of 1 · not in the baseline"), "{}", run.stdout);
    assert_eq!(entries(folder.path()), ["github-pat-classic accepted a.txt"]);
}

#[test]
fn without_standard_input_nothing_is_decided() {
    let folder = three();
    let before = super::baseline(folder.path());
    let run = audit(&folder, "").exits(2);
    assert!(run.stderr.contains("standard input ended"), "{}", run.stderr);
    let run = audit(&folder, &"x".repeat(5000)).exits(2);
    assert!(run.stderr.contains("longer than"), "{}", run.stderr);
    assert_eq!(super::baseline(folder.path()), before);
}

#[test]
fn no_credential_is_shown_or_noted() {
    let folder = one_leak();
    let token = github_token_of(1);
    let run = audit(&folder, &format!("n it is {token}\na\n")).exits(0);
    assert!(!run.stdout.contains(&token), "{}", run.stdout);
    assert!(run.stdout.contains("was not taken"), "{}", run.stdout);
    let text = std::fs::read_to_string(folder.path().join(NAME)).expect("it is there");
    assert!(!text.contains(&token), "{text}");
    let run = folder.run_with_input(["baseline", "audit", "--all", "--show-secrets"], b"q\n");
    assert!(run.exits(0).stdout.contains(&token));
}

#[test]
fn decisions_go_with_history() {
    let repo = crate::support::git::Repo::init();
    repo.commit(&[("a.txt", leak(1))], "Leak");
    repo.commit(&[("a.txt", "gone\n")], "Take it out");
    let args = ["baseline", "audit", "--history"];
    repo.run_with_input(args, b"f\n").exits(0);
    assert_eq!(entries(repo.path()), ["github-pat-classic false a.txt history"]);
    repo.run(["git"]).exits(0);
}
