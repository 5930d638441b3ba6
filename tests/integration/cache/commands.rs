//! `redhanded cache`, and when the cache is used.

use super::{Remembering, bytes};
use crate::support::{github_token, rule_entry};

fn with_a_token() -> Remembering {
    let made = Remembering::new();
    let line = format!("token = {}\n", github_token());
    made.repository.commit("one", &[("a.txt", line.as_bytes())]);
    made
}

#[test]
fn the_second_scan_reads_what_the_first_one_wrote() {
    let made = with_a_token();
    made.scan(&[]).exits(1);
    let written = bytes(&made.file());
    made.check(&[], "nothing happened");
    assert_eq!(bytes(&made.file()), written, "what did not change is not written again");
    made.repository.commit("two", &[("b.txt", b"nothing")]);
    made.check(&[], "a commit");
    assert_ne!(bytes(&made.file()), written, "what is new is remembered, too");
}

#[test]
fn a_verbose_report_tells_what_was_remembered() {
    let made = with_a_token();
    let told = |made: &Remembering| made.run(&["git", "--verbose"]).exits(1).stdout;
    assert!(!told(&made).contains("earlier scan"));
    assert!(told(&made).contains("All of it is known from an earlier scan."));
    made.repository.commit("two", &[("b.txt", b"nothing")]);
    assert!(told(&made).contains(" bytes of it are known from an earlier scan."));
}

#[test]
fn an_audit_remembers_too() {
    let made = with_a_token();
    let audit = |args: &[&str]| made.run(&[&["audit", "--format", "json"], args].concat());
    let first = audit(&[]).exits(1).stdout;
    assert_eq!(made.files().len(), 1);
    assert_eq!(audit(&[]).stdout, first);
    assert_eq!(audit(&["--no-cache"]).stdout, first);
}

#[test]
fn nothing_is_remembered_unless_it_is_wanted() {
    let made = with_a_token();
    for args in [
        &["--no-cache"][..],
        &["--explain"],
        &["--plainly"],
        &["--whole"],
        &["--range", "HEAD~0..HEAD"],
        &["--unpushed"],
        &["--staged"],
    ] {
        made.scan(args);
        assert!(made.files().is_empty(), "{args:?}");
    }
}

#[test]
fn other_rules_and_options_have_a_memory_of_their_own() {
    let made = with_a_token();
    let rule = rule_entry("acme", "high", "high");
    made.repository.file("more.toml", format!("provider = \"Acme\"\n{rule}"));
    made.repository.commit("two", &[("b.txt", format!("acme_{}", "0a1b".repeat(8)).as_bytes())]);
    let mut count = 0;
    for args in [
        &[][..],
        &["--rules", "more.toml"],
        &["--skip", "github-pat-classic"],
        &["--max-file-size", "1k"],
        &["--all-places"],
        &["--branch", "main"],
    ] {
        made.check(args, "other options");
        count += 1;
        assert_eq!(made.files().len(), count, "{args:?}");
        made.check(args, "other options again");
    }
    for args in
        [&["--min-severity", "critical"][..], &["--exclude", "a.txt"], &["--reachable-only"]]
    {
        made.check(args, "what does not matter");
        assert_eq!(made.files().len(), count, "{args:?}");
    }
}

#[test]
fn allow_lists_hold_for_what_is_remembered() {
    let made = with_a_token();
    made.scan(&[]).exits(1);
    made.repository.file(".redhanded.toml", "[allow]\npaths = [\"a.txt\"]\n");
    made.check(&[], "a path is allowed").exits(0);
    made.repository.file(".redhanded.toml", "[allow]\nregexes = [\"^ghp_\"]\n");
    made.check(&[], "a value is allowed").exits(0);
}

#[test]
fn the_cache_is_told_of_and_cleared() {
    let made = with_a_token();
    let info = made.run(&["cache", "info"]).exits(0).stdout;
    assert!(info.contains("0 files"), "{info}");
    made.scan(&[]);
    let info = made.run(&["cache", "info"]).exits(0).stdout;
    let path = made.repository.path().canonicalize().expect("it is there").join(".git");
    assert!(info.contains("1 file,") && info.contains(&*path.to_string_lossy()), "{info}");
    let other = Remembering::new();
    let path = other.repository.path().to_string_lossy().into_owned();
    let cleared = made.run(&["cache", "clear", &path]).exits(0).stdout;
    assert_eq!((cleared.as_str(), made.files().len()), ("0 files removed\n", 1));
    let cleared = made.run(&["cache", "clear", "."]).exits(0).stdout;
    assert_eq!((cleared.as_str(), made.files().len()), ("1 file removed\n", 0));
    made.scan(&[]);
    made.run(&["cache", "clear"]).exits(0);
    assert!(made.files().is_empty());
}

#[test]
fn without_a_place_for_it_there_is_no_cache() {
    let made = with_a_token();
    let run = |args: &[&str]| {
        let mut command = made.command(args);
        command.env_remove("XDG_CACHE_HOME");
        command.output().expect("the program runs")
    };
    let scan = run(&["git"]);
    assert_eq!((scan.status.code(), scan.stderr.len()), (Some(1), 0));
    assert_eq!(run(&["cache", "info"]).status.code(), Some(2));
}
