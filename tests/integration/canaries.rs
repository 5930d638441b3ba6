//! What a repository's own configuration can make git run is never run, and
//! hides nothing.
//!
//! In each trap stands a canary: a script that leaves a file behind. A secret
//! stands behind the trap, where only who reads past it finds it.

#![cfg(unix)]

use std::os::unix::fs::PermissionsExt;
use std::path::{Path, PathBuf};

use crate::support::github_token;
use crate::support::hooked::Hooked;

/// A way to scan a repository: arguments and standard input, with `<first>` and
/// `<head>` for a clean commit and a bad one upon it.
struct Scan {
    args: &'static [&'static str],
    input: &'static str,
}

/// Every command that reads a repository.
const SCANS: &[Scan] = &[
    Scan { args: &["hook", "pre-commit"], input: "" },
    Scan { args: &["hook", "pre-commit", "secret.env"], input: "" },
    Scan { args: &["hook", "pre-push", "origin", "url"], input: PUSH },
    Scan { args: &["hook", "pre-receive"], input: RECEIVE },
    Scan { args: &["scan"], input: "" },
    Scan { args: &["git"], input: "" },
    Scan { args: &["git", "--staged"], input: "" },
    Scan { args: &["git", "--range", "<first>..<head>"], input: "" },
    Scan { args: &["audit"], input: "" },
];

const PUSH: &str =
    "refs/heads/main <head> refs/heads/main 0000000000000000000000000000000000000000\n";
const RECEIVE: &str = "<first> <head> refs/heads/main\n";

/// A repository with a secret that is staged, in the work tree, and in a commit
/// that no ref leads to yet.
struct Trap {
    repo: Hooked,
    canary: PathBuf,
    sung: PathBuf,
    first: String,
    head: String,
}

impl Trap {
    fn new() -> Self {
        let repo = Hooked::new();
        let sung = repo.path().join(".git/sung");
        let canary = repo
            .file(".git/canary", format!("#!/bin/sh\necho \"$0 $*\" >> '{}'\n", sung.display()));
        let executable = std::fs::Permissions::from_mode(0o755);
        std::fs::set_permissions(&canary, executable).expect("it is ours");
        let first = repo.commit("first", &[("secret.env", b"clean\n"), ("other", b"text\n")]);
        let head = repo.commit("second", &[("secret.env", github_token().as_bytes())]);
        // Back to before the secret, which is staged again.
        repo.git(["reset", "--quiet", "--soft", &first]);
        Self { repo, canary, sung, first, head }
    }

    fn canary(&self) -> &str {
        self.canary.to_str().expect("it is text")
    }

    fn set(&self, name: &str, value: &str) {
        self.repo.git(["config", name, value]);
    }

    /// Whether the canary ran since the last time; it may run again.
    fn has_sung(&self) -> bool {
        std::fs::remove_file(&self.sung).is_ok()
    }

    /// Asserts that git runs into the trap, so that it is one.
    #[track_caller]
    fn git_sings(&self, args: &[&str]) {
        self.repo.try_git(args);
        assert!(self.has_sung(), "git {args:?} does not run the canary");
    }

    /// Asserts that no scan runs the canary, and each finds the secret.
    #[track_caller]
    fn all_scans_find_it_and_run_nothing(&self) {
        self.has_sung();
        for scan in SCANS {
            let filled =
                |text: &str| text.replace("<head>", &self.head).replace("<first>", &self.first);
            let args = scan.args.iter().map(|arg| filled(arg));
            let run = self.repo.run_with(args, &[], filled(scan.input).as_bytes());
            assert!(!self.has_sung(), "{:?} ran the canary", scan.args);
            let run = run.exits(1);
            assert!(run.stdout.contains("[github-pat-classic]"), "{:?}\n{}", scan.args, run.stdout);
        }
    }
}

/// The folder of a loose object.
fn loose(repo: &Path, id: &str) -> PathBuf {
    repo.join(".git/objects").join(&id[..2]).join(&id[2..])
}

#[test]
fn textconv_is_not_run() {
    let trap = Trap::new();
    trap.repo.file(".git/info/attributes", "* diff=evil\n");
    trap.set("diff.evil.textconv", trap.canary());
    trap.git_sings(&["diff", "--staged"]);
    trap.all_scans_find_it_and_run_nothing();
}

#[test]
fn an_external_diff_is_not_run() {
    for name in ["diff.external", "diff.evil.command"] {
        let trap = Trap::new();
        trap.repo.file(".git/info/attributes", "* diff=evil\n");
        trap.set(name, trap.canary());
        trap.git_sings(&["diff", "--staged"]);
        trap.all_scans_find_it_and_run_nothing();
    }
}

#[test]
fn a_file_system_monitor_is_not_run() {
    let trap = Trap::new();
    trap.set("core.fsmonitor", trap.canary());
    trap.git_sings(&["status"]);
    trap.all_scans_find_it_and_run_nothing();
}

#[test]
fn signatures_are_not_checked() {
    let trap = Trap::new();
    trap.set("log.showSignature", "true");
    trap.set("gpg.program", trap.canary());
    let commit = trap.repo.git(["cat-file", "commit", &trap.head]);
    let begin = format!("-----BEGIN {}-----", "PGP SIGNATURE");
    let end = format!("-----END {}-----", "PGP SIGNATURE");
    let signature = format!("gpgsig {begin}\n \n {end}\n\n");
    let signed = commit.replacen("\n\n", &format!("\n{signature}"), 1);
    let args = ["hash-object", "-t", "commit", "-w", "--stdin"];
    let head = trap.repo.git_with_input(args, signed.as_bytes());
    let trap = Trap { head, ..trap };
    trap.git_sings(&["log", "-1", &trap.head]);
    trap.all_scans_find_it_and_run_nothing();
}

#[test]
fn filters_are_not_run() {
    let trap = Trap::new();
    trap.repo.file(".git/info/attributes", "* filter=evil\n");
    trap.set("filter.evil.clean", trap.canary());
    trap.set("filter.evil.smudge", trap.canary());
    trap.set("filter.evil.process", trap.canary());
    trap.repo.file("other", "changed\n");
    trap.git_sings(&["diff", "HEAD"]);
    trap.all_scans_find_it_and_run_nothing();
}

#[test]
fn hooks_of_the_repository_are_not_run() {
    let trap = Trap::new();
    for hook in ["post-index-change", "reference-transaction", "fsmonitor-watchman"] {
        let path = trap.repo.file(format!(".git/evil/{hook}"), "");
        std::fs::copy(&trap.canary, path).expect("it can be copied");
    }
    trap.set("core.hooksPath", trap.repo.path().join(".git/evil").to_str().expect("text"));
    trap.repo.file("other", "changed\n");
    trap.git_sings(&["update-index", "--refresh", "other"]);
    trap.all_scans_find_it_and_run_nothing();
}

#[test]
fn what_is_missing_is_not_fetched() {
    let trap = Trap::new();
    trap.set("core.repositoryFormatVersion", "1");
    trap.set("remote.origin.url", "ssh://nowhere.example/repository");
    trap.set("remote.origin.promisor", "true");
    trap.set("remote.origin.partialCloneFilter", "blob:none");
    trap.set("core.sshCommand", trap.canary());
    // A blob of the range is not there.
    let missing = trap.repo.git(["rev-parse", &format!("{}:other", trap.first)]);
    std::fs::remove_file(loose(trap.repo.path(), &missing)).expect("it is there");
    trap.git_sings(&["cat-file", "-p", &missing]);
    trap.all_scans_find_it_and_run_nothing();
    // It is trouble where it is needed.
    let input = PUSH.replace("<head>", &trap.first);
    let args = ["hook", "pre-push", "--format", "json", "origin", "url"];
    let run = trap.repo.run_with(args, &[], input.as_bytes()).exits(2);
    assert!(!trap.has_sung());
    assert_eq!(run.notices(), [("missing-object".to_owned(), "other".to_owned())]);
}

#[test]
fn other_commands_that_a_configuration_names_are_not_run() {
    for name in [
        "core.alternateRefsCommand",
        "uploadpack.packObjectsHook",
        "core.pager",
        "core.editor",
        "core.askPass",
        "credential.helper",
        "diff.tool",
        "merge.evil.driver",
        "alias.scan",
    ] {
        let trap = Trap::new();
        trap.set(name, trap.canary());
        trap.all_scans_find_it_and_run_nothing();
    }
}

#[test]
fn a_configuration_that_includes_others_runs_nothing() {
    let trap = Trap::new();
    trap.repo.file(".git/more", format!("[core]\nfsmonitor = {}\n", trap.canary()));
    trap.set("include.path", "more");
    trap.git_sings(&["status"]);
    trap.all_scans_find_it_and_run_nothing();
}
