//! `baseline create`, `update` and `check`, and `--fail-on new`.

use super::{HEADER, NAME, baseline, entries, leak, one_leak, password, scan};
use crate::support::{Folder, github_token_of};

#[test]
fn what_is_there_is_accepted_and_what_comes_is_reported() {
    let folder = one_leak();
    let run = folder.run(["baseline", "create"]).exits(0);
    assert_eq!(run.stdout, format!("Wrote {NAME}: 1 entry, 1 accepted.\n"));
    let text = baseline(folder.path());
    assert!(text.starts_with(&format!("{HEADER}\n\n")), "{text}");
    assert_eq!(entries(folder.path()), ["github-pat-classic accepted a.txt"]);
    folder.run(["scan"]).exits(0);
    folder.file("a.txt", leak(1) + &leak(2));
    assert_eq!(scan(&folder), (1, 1));
}

#[test]
fn a_baseline_holds_no_credential() {
    let folder = Folder::new();
    let (token, password) = (github_token_of(1), "Summer2024!x");
    folder.file(
        format!("{token}/{password}.py"),
        format!("a = '{token}'\npassword = '{password}'\n"),
    );
    folder.run(["baseline", "create"]).exits(0);
    let text = baseline(folder.path());
    assert_eq!(entries(folder.path()).len(), 2, "{text}");
    assert!(!text.contains(&token) && !text.contains(password), "{text}");
}

#[test]
fn what_could_not_be_read_makes_creating_one_trouble() {
    let folder = one_leak();
    folder.file("big.txt", vec![b'x'; 2000]);
    let args = ["baseline", "create", "--max-file-size", "1000"];
    let run = folder.run(args).exits(2);
    assert!(run.stderr.contains("big.txt"), "{}", run.stderr);
    assert_eq!(entries(folder.path()), ["github-pat-classic accepted a.txt"]);
    folder.run([&args[..], &["--force", "--allow-partial"]].concat()).exits(0);
}

#[test]
fn a_baseline_is_not_replaced_unasked() {
    let folder = one_leak();
    folder.file(NAME, "what somebody wrote");
    let run = folder.run(["baseline", "create"]).exits(2);
    assert!(run.stderr.contains("is there already"), "{}", run.stderr);
    assert_eq!(baseline(folder.path()), "what somebody wrote");
    folder.run(["baseline", "create", "--force", "--as", "test"]).exits(0);
    assert_eq!(entries(folder.path()), ["github-pat-classic test a.txt"]);
}

#[test]
fn only_some_states_keep_a_finding_quiet() {
    for (state, expected) in [
        ("accepted", (0, 1)),
        ("false", (0, 1)),
        ("test", (0, 1)),
        ("true", (1, 0)),
        ("unreviewed", (1, 0)),
    ] {
        let folder = one_leak();
        folder.run(["baseline", "create", "--as", state]).exits(0);
        assert_eq!(scan(&folder), expected, "{state}");
        // Known it is in any case.
        folder.run(["scan", "--fail-on", "new"]).exits(0);
        folder.run(["baseline", "check"]).exits(0);
    }
}

#[test]
fn a_baseline_can_be_named_or_left_aside() {
    let folder = one_leak();
    folder.run(["baseline", "create", "--baseline", "known.txt"]).exits(0);
    folder.run(["scan"]).exits(1);
    folder.run(["scan", "--baseline", "known.txt"]).exits(0);
    std::fs::rename(folder.path().join("known.txt"), folder.path().join(NAME)).expect("renamed");
    folder.run(["scan"]).exits(0);
    folder.run(["scan", "a.txt"]).exits(0);
    folder.run(["scan", "--no-baseline"]).exits(1);
}

#[test]
fn update_adds_what_is_new_and_takes_out_what_is_gone() {
    let folder = one_leak();
    folder.file("b.txt", leak(2));
    folder.run(["baseline", "create"]).exits(0);
    let noted = baseline(folder.path()).replace("b.txt", "b.txt # of the old site");
    folder.file(NAME, format!("{noted}# the end\n"));
    folder.file("a.txt", leak(3));
    let run = folder.run(["baseline", "update"]).exits(0);
    assert!(
        run.stdout.contains("1 new, added as unreviewed; 1 gone, taken out."),
        "{}",
        run.stdout
    );
    let known = [
        "github-pat-classic accepted b.txt # of the old site",
        "github-pat-classic unreviewed a.txt",
    ];
    assert_eq!(entries(folder.path()), known);
    assert!(baseline(folder.path()).ends_with("# the end\n"));
    let before = baseline(folder.path());
    folder.run(["baseline", "update"]).exits(0);
    assert_eq!(baseline(folder.path()), before, "a second update changes nothing");
}

#[test]
fn update_keeps_what_is_gone_if_that_is_asked_for() {
    let folder = one_leak();
    folder.run(["baseline", "create"]).exits(0);
    folder.file("a.txt", "");
    folder.run(["baseline", "update", "--keep-gone"]).exits(0);
    assert_eq!(entries(folder.path()).len(), 1);
    folder.run(["baseline", "update"]).exits(0);
    assert_eq!(entries(folder.path()).len(), 0);
}

/// Updates a baseline of two leaks of which a scan with `args` sees only the one
/// in `b.txt`, and asserts that both stay.
#[track_caller]
fn assert_kept(folder: &Folder, args: &[&str], code: i32, why: &str) {
    let all = [&["baseline", "update"], args].concat();
    let run = folder.run(all).exits(code);
    assert!(run.stdout.contains(why), "`{why}` is not in: {}", run.stdout);
    assert_eq!(entries(folder.path()).len(), 2, "{}", run.stdout);
}

fn two_leaks() -> Folder {
    let folder = one_leak();
    folder.file("sub/b.txt", leak(2));
    folder.run(["baseline", "create"]).exits(0);
    folder
}

#[test]
fn what_was_not_looked_at_is_not_gone() {
    let folder = two_leaks();
    assert_kept(folder.repository(), &["sub"], 0, "outside of what was scanned");
    assert_kept(&two_leaks(), &["--exclude", "a.txt"], 0, "in what is excluded");
    assert_kept(&two_leaks(), &["--only", "gitlab-pat"], 0, "rules that did not run");
    let folder = two_leaks();
    folder.file(".gitignore", "a.txt\n");
    assert_kept(folder.repository(), &[], 0, "in files that git ignores");
    let folder = two_leaks();
    folder.file("big.txt", vec![b'x'; 2000]);
    folder.file("a.txt", "");
    assert_kept(&folder, &["--max-file-size", "1000"], 2, "what could not be read");
}

#[test]
fn check_lists_what_is_stale_and_fails_on_what_is_new() {
    let folder = one_leak();
    folder.run(["baseline", "check"]).exits(2);
    folder.run(["baseline", "create", "--as", "true"]).exits(0);
    let run = folder.run(["baseline", "check"]).exits(0);
    assert!(!run.stderr.contains("stale"), "{}", run.stderr);
    folder.file("a.txt", leak(2));
    let run = folder.run(["baseline", "check", "--format", "json"]).exits(1);
    assert_eq!(run.paths(), ["a.txt"]);
    let stale: Vec<&str> = run.stderr.lines().filter(|it| it.starts_with("stale: ")).collect();
    assert_eq!(stale.len(), 1, "{}", run.stderr);
    assert!(stale[0].ends_with(" github-pat-classic true a.txt"), "{}", run.stderr);
}

#[test]
fn fail_on_new_needs_to_know_what_is_known() {
    let folder = one_leak();
    let run = folder.run(["scan", "--fail-on", "new"]).exits(2);
    assert!(run.stderr.contains("baseline create"), "{}", run.stderr);
    assert_eq!(run.stdout, "");
}

#[test]
fn both_conditions_of_fail_on_must_hold() {
    let folder = one_leak();
    folder.run(["baseline", "create", "--as", "true"]).exits(0);
    folder.file("b.py", password("Summer"));
    folder.run(["scan", "--fail-on", "new"]).exits(1);
    folder.run(["scan", "--fail-on", "critical"]).exits(1);
    folder.run(["scan", "--fail-on", "new,critical"]).exits(0);
    folder.run(["scan", "--fail-on", "critical", "--fail-on", "new"]).exits(0);
    folder.file("c.txt", leak(2));
    folder.run(["scan", "--fail-on", "new,critical"]).exits(1);
    let run = folder.run(["scan", "--fail-on", "low,high"]).exits(2);
    assert!(run.stderr.contains("two severities"), "{}", run.stderr);
    let run = folder.run(["scan", "--fail-on", "news"]).exits(2);
    assert!(run.stderr.contains("critical, new"), "{}", run.stderr);
}

#[test]
fn what_is_not_sure_enough_is_neither_added_nor_gone() {
    let folder = Folder::new();
    folder.file("b.py", password("Summer"));
    folder.run(["baseline", "create"]).exits(0);
    folder.run(["baseline", "update", "--min-confidence", "high"]).exits(0);
    assert_eq!(entries(folder.path()), ["generic-password accepted b.py"]);
    let folder = Folder::new();
    folder.file("b.py", password("Summer"));
    folder.run(["baseline", "create", "--min-confidence", "high"]).exits(0);
    assert_eq!(entries(folder.path()), Vec::<String>::new());
}

#[test]
fn what_a_comment_allows_is_not_written_down() {
    let folder = Folder::new();
    folder.file("a.txt", leak(1).trim_end().to_owned() + " # redhanded:allow\n");
    folder.run(["baseline", "create"]).exits(0);
    assert_eq!(entries(folder.path()).len(), 0);
}
