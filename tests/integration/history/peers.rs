//! What other scanners get wrong in histories, each tried here.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};

use super::layouts::{assert_finds, assert_found, line, three_commits};
use super::texts::wide;
use super::{only, values};
use crate::support::git::Repo;
use crate::support::{Folder, formats, github_token_of};

/// Elsewhere the repository's own settings and attributes hide everything:
/// coloured or suppressed diffs are parsed.
#[test]
fn settings_and_attributes_hide_nothing() {
    let repo = Repo::init();
    let attributes = "*.env -diff\n*.txt binary\n* -text diff=hidden\n*.c export-ignore\n";
    repo.commit(&[(".gitattributes", attributes)], "Attributes");
    for (name, value) in [
        ("color.ui", "always"),
        ("color.diff", "always"),
        ("diff.hidden.binary", "true"),
        ("diff.noprefix", "true"),
        ("diff.renames", "copies"),
        ("log.date", "raw"),
        ("core.quotePath", "false"),
        ("core.bigFileThreshold", "1"),
        ("diff.ignoreSubmodules", "all"),
    ] {
        repo.git(["config", name, value]);
    }
    repo.commit(&[("a.env", line(1)), ("b.txt", line(2)), ("c.c", line(3))], "Second");
    assert_finds(&repo, &[1, 2, 3]);
    assert_found(repo.scan(&["--range", "HEAD~1..HEAD", "--show-secrets"]), &[1, 2, 3]);
}

/// Elsewhere what no diff shows is not found: the resolution of a merge, the
/// commit that renames, a stash, UTF-16, a zero byte, messages.
#[test]
fn what_no_diff_shows_is_found() {
    let repo = Repo::init();
    let body = "a line that stays\n".repeat(30);
    repo.commit(&[("a.txt", &body), ("old.txt", &body)], "First");
    repo.branch("side", "main");
    repo.commit(&[("side.txt", "side\n")], "Side");
    repo.checkout("main");
    repo.merge(&["side"], &[("a.txt", &(body.clone() + &line(1)))]);
    repo.git(["mv", "old.txt", "new.txt"]);
    repo.commit(&[("new.txt", body + &line(2))], "Rename");
    let wide = [b"\xff\xfe".to_vec(), wide(&line(3))].concat();
    repo.commit(&[("wide.txt", wide)], "UTF-16");
    repo.commit(&[("zero.txt", [b"\0".as_slice(), line(4).as_bytes()].concat())], "Zero");
    repo.commit(&[("x.txt", "x\n")], &format!("Message\n\n{}", line(5)));
    repo.git(["tag", "--annotate", "--message", line(6).trim(), "v1"]);
    repo.write("x.txt", line(7));
    repo.git(["stash", "push", "--quiet"]);
    assert_finds(&repo, &[1, 2, 3, 4, 5, 6, 7]);
    repo.repack(50);
    assert_finds(&repo, &[1, 2, 3, 4, 5, 6, 7]);
    let first = repo.git(["rev-list", "--max-parents=0", "main"]);
    let range = format!("{first}..main");
    let run = repo.scan(&["--range", &range, "--show-secrets"]).exits(1);
    let found = values(&run);
    for seed in 1..=5 {
        assert!(found.contains(&github_token_of(seed)), "{seed} in the range: {}", run.stdout);
    }
}

/// Elsewhere a range whose ends have the same tree has nothing in it.
#[test]
fn a_range_that_adds_and_removes_again_is_not_empty() {
    let repo = Repo::init();
    let base = repo.commit(&[("a.txt", "one\n")], "First");
    repo.commit(&[("a.txt", line(1))], "Add");
    repo.commit(&[("a.txt", "one\n")], "Remove");
    assert_eq!(repo.git(["diff", "--stat", &base, "HEAD"]), "");
    let range = format!("{base}..HEAD");
    assert_found(repo.scan(&["--range", &range, "--show-secrets"]), &[1]);
    assert_found(repo.scan(&["--since-commit", &base, "--show-secrets"]), &[1]);
}

/// The same where the range is what a push would send.
#[test]
fn a_push_that_adds_and_removes_again_is_not_empty() {
    let repo = Repo::init();
    repo.commit(&[("a.txt", line(9))], "First");
    let clone = repo.clone_by_protocol(&[], "clone");
    clone.commit(&[("b.txt", line(1))], "Add");
    clone.git(["rm", "--quiet", "b.txt"]);
    clone.commit_all("Remove");
    assert_found(clone.scan(&["--unpushed", "--show-secrets"]), &[1]);
}

/// Elsewhere a range has at most thirty commits, and no second parents.
#[test]
fn a_range_of_forty_commits_is_scanned_whole() {
    let repo = Repo::init();
    let base = repo.commit(&[("a.txt", "one\n")], "First");
    repo.branch("side", "main");
    for seed in 101..=110 {
        repo.commit(&[("side.txt", line(seed))], "Side");
    }
    repo.git(["rm", "--quiet", "side.txt"]);
    repo.commit_all("Remove");
    repo.checkout("main");
    for seed in 1..=40 {
        repo.commit(&[("a.txt", line(seed))], "One more");
    }
    repo.merge(&["side"], &[("a.txt", "one\n")]);
    let seeds: Vec<u64> = (1..=40).chain(101..=110).collect();
    let range = format!("{base}..main");
    assert_found(repo.scan(&["--range", &range, "--show-secrets"]), &seeds);
    assert_found(repo.scan(&["--since-commit", &base, "--show-secrets"]), &seeds);
    let seeds: Vec<u64> = (101..=110).collect();
    assert_found(repo.scan(&["--range", "main^1..main", "--show-secrets"]), &seeds);
}

/// A range that cannot be resolved is an error, and no empty one.
#[test]
fn a_range_of_nothing_known_is_an_error() {
    let repo = three_commits();
    for args in [
        ["--range", "HEAD~1..nowhere"],
        ["--range", "nowhere..HEAD"],
        ["--range", "HEAD~50..HEAD"],
        ["--range", "0000000000000000000000000000000000000000..HEAD"],
        ["--range", ""],
        ["--since-commit", "nowhere"],
        ["--since-commit", "0123456789012345678901234567890123456789"],
        ["--branch", "nowhere"],
    ] {
        let run = repo.scan(&args);
        assert_eq!(run.code, 2, "{args:?}: {}{}", run.stdout, run.stderr);
        assert_eq!(run.stdout, "", "{args:?}");
        assert!(!run.stderr.is_empty(), "{args:?}");
    }
}

/// Elsewhere the range's base is fetched or its tree compared when it is cut
/// off; here what is missing is told.
#[test]
fn a_range_in_a_shallow_clone_is_not_clean() {
    let repo = Repo::init();
    repo.commit(&[("a.txt", "one\n")], "First");
    for number in 0..5 {
        repo.commit(&[("a.txt", format!("{number}\n"))], "One more");
    }
    let clone = repo.clone_by_protocol(&["--depth=2"], "shallow");
    clone.scan(&["--range", "HEAD~1..HEAD"]).exits(0);
    clone.scan(&["--branch", "main"]).exits(2);
}

/// Elsewhere credentials in the address of the remote are printed in clear.
#[test]
fn the_address_of_the_remote_is_not_printed() {
    let repo = three_commits();
    let token = github_token_of(50);
    let address = format!("https://user:{token}@host.test/repo.git");
    repo.git(["remote", "add", "origin", &address]);
    repo.git(["config", "remote.origin.pushurl", &address]);
    repo.git(["config", "branch.main.remote", &address]);
    repo.git(["update-ref", "refs/remotes/origin/main", "HEAD~1"]);
    let reports = Folder::new();
    let path = |format: &str| reports.path().join(format);
    for extra in ["--all-places", "--show-secrets", "--unpushed", "--explain"] {
        let mut command = repo.around().command(["git", "--no-cache", extra]);
        command.args(formats().map(|it| format!("--format={it}={}", path(it).display())));
        let output = command.current_dir(repo.path()).output().expect("the program runs");
        let written = formats().map(|it| std::fs::read(path(it)).expect("the report is there"));
        for text in written.chain([output.stdout, output.stderr]) {
            let text = String::from_utf8_lossy(&text);
            assert!(!text.contains(&token), "{extra}: {text}");
        }
    }
}

/// Every file of a folder with its content and the time it was changed.
fn state(folder: &Path) -> BTreeMap<PathBuf, (Vec<u8>, std::time::SystemTime)> {
    let mut state = BTreeMap::new();
    for entry in std::fs::read_dir(folder).expect("the folder can be read") {
        let path = entry.expect("the folder can be read").path();
        let changed = path.symlink_metadata().and_then(|meta| meta.modified()).expect("a time");
        if path.is_dir() {
            state.extend(self::state(&path));
            state.insert(path, (Vec::new(), changed));
        } else {
            let content = std::fs::read(&path).expect("the file can be read");
            state.insert(path, (content, changed));
        }
    }
    state
}

/// Elsewhere each scan of what is staged writes a commit into the repository.
#[test]
fn nothing_is_written_to_the_repository() {
    let repo = three_commits();
    repo.write("staged.txt", line(8));
    repo.git(["add", "staged.txt"]);
    // The index is out of date: who refreshes it writes it.
    std::thread::sleep(std::time::Duration::from_millis(20));
    repo.write("staged.txt", line(8));
    repo.git(["update-ref", "refs/remotes/origin/main", "HEAD~1"]);
    let before = state(repo.path());
    for args in [
        &[][..],
        &["--staged"],
        &["--unpushed"],
        &["--range", "HEAD~1..HEAD"],
        &["--branch", "main", "--every-place"],
    ] {
        let run = repo.scan(args);
        assert!(run.code == 1, "{args:?}: {}{}", run.stdout, run.stderr);
        assert!(state(repo.path()) == before, "{args:?} changed the repository");
    }
}

/// Elsewhere `.git` is scanned as files, packs included.
#[test]
fn the_repository_itself_is_not_scanned_as_files() {
    let repo = three_commits();
    repo.around().file(repo.git_dir().join("config.old"), line(5));
    repo.git(["config", "remote.origin.url", &format!("https://{}@host", github_token_of(6))]);
    let mut command = repo.around().command(["scan", "--format", "json", "--show-secrets"]);
    let output = command.current_dir(repo.path()).output().expect("the program runs");
    let report: serde_json::Value = serde_json::from_slice(&output.stdout).expect("it is JSON");
    let paths: Vec<_> = super::list(&report["findings"]).iter().map(|f| &f["path"]).collect();
    assert_eq!(paths, ["b.txt", "c/d.txt"]);
}

/// Elsewhere a scan runs what the repository's settings name.
#[cfg(unix)]
#[test]
fn nothing_that_the_repository_names_is_run() {
    let repo = three_commits();
    let canary = repo.around().path().join("canary");
    let script = format!("#!/bin/sh\ntouch '{}'\ncat\n", canary.display());
    let script = repo.around().file("script", script);
    let mode = std::os::unix::fs::PermissionsExt::from_mode(0o755);
    std::fs::set_permissions(&script, mode).expect("the mode can be set");
    let script = script.display().to_string();
    for hook in ["post-index-change", "pre-commit", "post-checkout", "reference-transaction"] {
        std::os::unix::fs::symlink(&script, repo.git_dir().join("hooks").join(hook))
            .expect("a link");
    }
    repo.commit(&[(".gitattributes", "* diff=x filter=x merge=x\n")], "Attributes");
    repo.write("staged.txt", line(4));
    repo.git(["add", "staged.txt"]);
    repo.git(["update-ref", "refs/remotes/origin/main", "HEAD~1"]);
    let _ = std::fs::remove_file(&canary);
    let mut settings = String::new();
    for (section, keys) in [
        ("core", "fsmonitor sshCommand gitProxy askPass alternateRefsCommand pager editor"),
        ("diff", "external"),
        ("diff \"x\"", "textconv command"),
        ("filter \"x\"", "clean smudge process"),
        ("merge \"x\"", "driver"),
        ("gpg", "program"),
        ("credential", "helper"),
        ("uploadpack", "packObjectsHook"),
        ("remote \"origin\"", "uploadpack receivepack vcs"),
        ("log", "showSignature"),
    ] {
        settings.extend(["[", section, "]\n"]);
        for key in keys.split(' ') {
            let value = if key == "showSignature" { "true" } else { &script };
            settings.extend(["\t", key, " = ", value, "\n"]);
        }
    }
    settings += "[core]\n\trepositoryFormatVersion = 1\n";
    let config = repo.git_dir().join("config");
    let old = std::fs::read_to_string(&config).expect("the settings can be read");
    // A blob that is missing would be fetched.
    let lost = repo.id("HEAD~1:c/d.txt");
    std::fs::remove_file(repo.git_dir().join("objects").join(&lost[..2]).join(&lost[2..]))
        .expect("it is loose");
    repo.around().file(config, old + &settings);
    for args in [
        &[][..],
        &["--staged"],
        &["--unpushed"],
        &["--range", "HEAD~1..HEAD"],
        &["--since-commit", "HEAD~1"],
        &["--branch", "main"],
        &["--reachable-only", "--every-place"],
    ] {
        let run = repo.scan(args);
        assert!(!canary.exists(), "{args:?} ran something: {}{}", run.stdout, run.stderr);
        // The last commit, which alone is not pushed, holds no credential.
        let is_last = args == ["--unpushed"] || args.iter().any(|arg| arg.contains("HEAD~1"));
        let codes: &[i32] = if is_last { &[0] } else { &[1, 2] };
        assert!(codes.contains(&run.code), "{args:?}: {}{}", run.stdout, run.stderr);
    }
    let run = crate::support::end_of(repo.program("audit", &[]).spawn().expect("it starts"));
    assert!(!canary.exists(), "an audit ran something: {}{}", run.stdout, run.stderr);
    assert_eq!(run.code, 1, "{}{}", run.stdout, run.stderr);
}

/// Elsewhere a branch, a pull request of a fork or a remote's branch is left
/// out; with a name given, only that branch is scanned.
#[test]
fn every_ref_counts_unless_one_is_named() {
    let repo = Repo::init();
    repo.commit(&[("a.txt", "one\n")], "First");
    for (seed, name) in
        [(1, "refs/heads/side"), (2, "refs/remotes/origin/x"), (3, "refs/pull/1/head")]
    {
        repo.git(["checkout", "--quiet", "--detach", "main"]);
        let commit = repo.commit(&[("b.txt", line(seed))], name);
        repo.git(["update-ref", name, &commit]);
    }
    repo.checkout("main");
    assert_finds(&repo, &[1, 2, 3]);
    let finding = only(&assert_found(repo.scan(&["--branch", "side", "--show-secrets"]), &[1]));
    assert_eq!(finding["history"]["exposure"]["refs"], serde_json::json!(["refs/heads/side"]));
}
