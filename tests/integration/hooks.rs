//! Hooks as git and the pre-commit framework run them.

use std::path::Path;

use crate::support::hooked::Hooked;
use crate::support::{Folder, github_token, github_token_of};

const JSON: [&str; 2] = ["--format", "json"];

fn pre_commit(files: &[&str]) -> Vec<String> {
    let args = ["hook", "pre-commit"].iter().chain(&JSON).chain(files);
    args.map(|&arg| arg.to_owned()).collect()
}

fn pre_push(remote: &str) -> Vec<String> {
    let args = ["hook", "pre-push"].iter().chain(&JSON).chain([&remote, &"url"]);
    args.map(|&arg| arg.to_owned()).collect()
}

/// A repository whose first commit is clean.
fn clean() -> Hooked {
    let repo = Hooked::new();
    repo.commit("first", &[("one", b"text\n"), ("dir/two", b"text\n")]);
    repo
}

/// A repository with a bare one for a remote that has its first commit.
fn with_remote() -> (Hooked, Hooked) {
    let (repo, remote) = (clean(), Hooked::bare());
    repo.git(["remote", "add", "origin", remote.path().to_str().expect("it is text")]);
    repo.git(["push", "--quiet", "origin", "main"]);
    (repo, remote)
}

fn zero() -> String {
    "0".repeat(40)
}

#[test]
fn what_is_staged_is_scanned() {
    let repo = clean();
    repo.run(pre_commit(&[])).exits(0);
    repo.file("dir/two", format!("text\n{}\n", github_token()));
    repo.git(["add", "."]);
    let run = repo.run(["hook", "pre-commit"]).exits(1);
    assert!(run.stdout.contains("dir/two:2:1"), "{}", run.stdout);
    assert!(run.stderr.contains("redhanded:allow"), "{}", run.stderr);
    assert!(!run.stderr.contains("no-verify"), "{}", run.stderr);
    let quiet = repo.run(["hook", "pre-commit", "--quiet"]).exits(1);
    assert!(quiet.stderr.is_empty(), "{}", quiet.stderr);
    repo.file("dir/two", format!("text\n{} redhanded:allow\n", github_token()));
    repo.git(["add", "."]);
    repo.run(["hook", "pre-commit"]).exits(0);
}

#[test]
fn a_file_that_is_not_staged_is_scanned_whole() {
    let repo = clean();
    let [old, new] = [github_token_of(1), github_token_of(2)];
    repo.commit("old", &[("one", format!("{old}\n").as_bytes())]);
    let all = repo.run(pre_commit(&["one", "dir/two"])).exits(1);
    assert_eq!(all.paths(), ["one"]);
    assert_eq!((all.coverage("files"), all.coverage("gaps")), (2, 0));
    // Staged, only what is added counts, unless all is asked for.
    repo.file("one", format!("{old}\n{new}\n"));
    repo.git(["add", "one"]);
    repo.file("one", "clean on disk");
    let staged = repo.run(pre_commit(&["one", "dir/two", "one"])).exits(1);
    assert_eq!(staged.findings().len(), 1);
    assert_eq!(staged.coverage("files"), 1);
    let whole = repo.run(pre_commit(&["--whole", "one"])).exits(1);
    assert_eq!(whole.findings().len(), 2);
    // What is staged and not named is not what was asked about.
    repo.run(pre_commit(&["dir/two"])).exits(0);
    repo.run_with(pre_commit(&["dir/two", "./dir/../one"]), &[], b"").exits(1);
}

#[test]
fn files_that_cannot_be_scanned_are_no_clean_scan() {
    let repo = clean();
    let elsewhere = Folder::new();
    let outside = elsewhere.file("outside", github_token());
    let outside = outside.to_str().expect("it is text");
    let run = repo.run(pre_commit(&[outside, "gone"])).exits(2);
    let kinds: Vec<_> = run.notices().into_iter().map(|(kind, _)| kind).collect();
    assert_eq!(kinds, ["unreadable", "vanished"]);
    std::fs::create_dir(repo.path().join("empty")).expect("a folder can be made");
    let run = repo.run(["hook", "pre-commit", "empty"]).exits(2);
    assert!(run.stderr.contains("nothing was scanned, although 1 files"), "{}", run.stderr);
    // What the user excluded was not asked for.
    repo.file(".redhanded.toml", "[scan]\nexclude = [\"dir\"]\n");
    let run = repo.run(pre_commit(&["dir/two"])).exits(0);
    assert_eq!(run.coverage("excluded"), 1);
    repo.file("dir/two", github_token());
    repo.git(["add", "dir"]);
    repo.run(pre_commit(&[])).exits(0);
    repo.run(["hook", "pre-commit", "--no-config"]).exits(1);
}

#[test]
fn a_range_that_the_framework_names_is_scanned() {
    let repo = clean();
    let from = repo.git(["rev-parse", "HEAD"]);
    repo.commit("bad", &[("one", github_token().as_bytes())]);
    let to = repo.commit("good", &[("one", b"clean again")]);
    for args in [pre_commit(&["one"]), pre_commit(&[]), pre_push("origin")] {
        let variables = [("PRE_COMMIT_FROM_REF", &*from), ("PRE_COMMIT_TO_REF", &*to)];
        let run = repo.run_with(args, &variables, b"").exits(1);
        assert_eq!(run.paths(), ["one"]);
    }
    let variables = [("PRE_COMMIT_FROM_REF", "nothing"), ("PRE_COMMIT_TO_REF", &*to)];
    let run = repo.run_with(pre_commit(&[]), &variables, b"").exits(2);
    assert!(run.stderr.contains("there is no revision `nothing`"), "{}", run.stderr);
}

#[test]
fn a_push_that_takes_a_secret_back_is_caught() {
    let (repo, _remote) = with_remote();
    let old = repo.git(["rev-parse", "HEAD"]);
    repo.commit("bad", &[("one", github_token().as_bytes())]);
    let new = repo.commit("good", &[("one", b"text\n")]);
    let push = |old: &str| {
        let line = format!("refs/heads/main {new} refs/heads/main {old}\n");
        repo.run_with(pre_push("origin"), &[], line.as_bytes())
    };
    assert_eq!(push(&old).exits(1).paths(), ["one"]);
    assert_eq!(push(&zero()).exits(1).paths(), ["one"], "a new branch");
    let unknown = push(&"1".repeat(40)).exits(1);
    assert!(unknown.stderr.contains("1111111111, which is to be replaced"), "{}", unknown.stderr);
    // The framework names only the remote when it pushes a root.
    let variables = [("PRE_COMMIT_REMOTE_NAME", "origin")];
    repo.run_with(pre_push("origin"), &variables, b"").exits(1);
    let line = format!("refs/heads/main {old} refs/heads/new {}\n", zero());
    let there = repo.run_with(pre_push("origin"), &[], line.as_bytes()).exits(0);
    assert_eq!(there.coverage("files") + there.coverage("bytes"), 0, "the remote has it");
}

#[test]
fn what_is_new_to_a_remote_is_told_from_its_own_refs() {
    let (repo, _remote) = with_remote();
    repo.commit("bad", &[("one", github_token().as_bytes())]);
    let tip = repo.git(["rev-parse", "HEAD"]);
    repo.git(["update-ref", "refs/remotes/other/main", &tip]);
    repo.git(["remote", "add", "other", "nowhere"]);
    let line = format!("refs/heads/main {tip} refs/heads/main {}\n", zero());
    repo.run_with(pre_push("origin"), &[], line.as_bytes()).exits(1);
    repo.run_with(pre_push("other"), &[], line.as_bytes()).exits(0);
}

#[test]
fn a_push_without_objects_is_clean_and_one_without_sense_is_not() {
    let (repo, _remote) = with_remote();
    let tip = repo.git(["rev-parse", "HEAD"]);
    repo.run_with(pre_push("origin"), &[], b"").exits(0);
    let line = format!("(delete) {} refs/heads/main {tip}\n", zero());
    repo.run_with(pre_push("origin"), &[], line.as_bytes()).exits(0);
    for wrong in ["x\n", "a b c d\n", &format!("refs/heads/main {tip} refs/heads/main\n")] {
        let run = repo.run_with(pre_push("origin"), &[], wrong.as_bytes()).exits(2);
        assert!(run.stderr.contains("does not say what is pushed"), "{}", run.stderr);
        repo.run_with(["hook", "pre-receive"], &[], wrong.as_bytes()).exits(2);
    }
    let line = format!("refs/heads/main {} refs/heads/main {tip}\n", "1".repeat(40));
    repo.run_with(pre_push("origin"), &[], line.as_bytes()).exits(2);
}

#[test]
fn messages_and_tags_are_pushed_too() {
    let (repo, _remote) = with_remote();
    let tip = repo.git(["rev-parse", "HEAD"]);
    repo.git(["tag", "--annotate", "v1", "--message", &github_token()]);
    let tag = repo.git(["rev-parse", "refs/tags/v1"]);
    let line = format!("refs/tags/v1 {tag} refs/tags/v1 {}\n", zero());
    assert_eq!(repo.run_with(pre_push("origin"), &[], line.as_bytes()).exits(1).paths(), ["<tag>"]);
    let new = repo.commit(&github_token(), &[]);
    let line = format!("refs/heads/main {new} refs/heads/main {tip}\n");
    let run = repo.run_with(pre_push("origin"), &[], line.as_bytes()).exits(1);
    assert_eq!(run.paths(), ["<commit>"]);
}

#[test]
fn real_commits_are_stopped_whatever_index_they_have() {
    let repo = clean();
    repo.run(["hook", "install"]).exits(0);
    let bad = format!("text\n{}\n", github_token());
    let good = "text\nmore\n";
    // A plain commit, one of everything and one of a path: three indexes.
    for args in
        [vec!["commit", "-m", "x"], vec!["commit", "-am", "x"], vec!["commit", "-m", "x", "one"]]
    {
        let count = repo.git(["rev-list", "--count", "HEAD"]);
        repo.file("one", &bad);
        if args.len() == 3 && args[1] == "-m" {
            repo.git(["add", "one"]);
        }
        let run = repo.try_git(&args);
        assert_eq!(run.code, 1, "{args:?}\n{}{}", run.stdout, run.stderr);
        assert!(run.stderr.contains("one:2:1"), "{args:?}\n{}", run.stderr);
        assert_eq!(repo.git(["rev-list", "--count", "HEAD"]), count);
        repo.git(["reset", "--quiet"]);
        repo.file("one", good);
        repo.try_git(["commit", "-am", "good"]).exits(0);
        repo.commit("back", &[("one", b"text\n")]);
    }
    // Staged it is bad, but another path is committed.
    repo.file("one", &bad);
    repo.git(["add", "one"]);
    repo.file("dir/two", "more\n");
    repo.try_git(["commit", "-m", "x", "dir/two"]).exits(0);
    assert_eq!(repo.try_git(["commit", "-m", "x"]).code, 1);
}

#[test]
fn a_linked_work_tree_has_the_same_hooks() {
    let repo = clean();
    let folder = Folder::new();
    let linked = folder.path().join("linked");
    let linked = linked.to_str().expect("it is text");
    repo.git(["worktree", "add", "--quiet", linked]);
    repo.run(["hook", "install"]).exits(0);
    std::fs::write(Path::new(linked).join("one"), github_token()).expect("it can be written");
    let run = repo.try_git(["-C", linked, "commit", "-am", "x"]);
    assert_eq!(run.code, 1, "{}", run.stderr);
    assert!(run.stderr.contains("one:1:1"), "{}", run.stderr);
}

#[test]
fn a_staged_scan_leaves_the_repository_as_it_is() {
    let repo = clean();
    repo.file("one", github_token());
    repo.git(["add", "one"]);
    let listing = || {
        let mut files = Vec::new();
        list(&repo.path().join(".git"), &mut files);
        files.sort();
        files
    };
    let before = listing();
    repo.run(["hook", "pre-commit"]).exits(1);
    repo.run(["hook", "pre-commit", "one", "dir/two"]).exits(1);
    assert_eq!(listing(), before);
}

/// Every file below `folder` with its content and the time of its last change.
fn list(folder: &Path, files: &mut Vec<(String, Vec<u8>, std::time::SystemTime)>) {
    for entry in std::fs::read_dir(folder).expect("the folder can be read") {
        let path = entry.expect("the entry can be read").path();
        let changed = path.metadata().and_then(|data| data.modified()).expect("it has a time");
        let name = path.display().to_string();
        if path.is_dir() {
            files.push((name, Vec::new(), changed));
            list(&path, files);
        } else {
            files.push((name, std::fs::read(&path).expect("it can be read"), changed));
        }
    }
}

#[test]
fn a_real_push_is_stopped() {
    let (repo, remote) = with_remote();
    repo.run(["hook", "install", "--type", "pre-push"]).exits(0);
    repo.commit("bad", &[("one", github_token().as_bytes())]);
    repo.commit("good", &[("one", b"text\n")]);
    let before = remote.git(["rev-parse", "main"]);
    let run = repo.try_git(["push", "origin", "main"]);
    assert_eq!(run.code, 1, "{}{}", run.stdout, run.stderr);
    assert!(run.stdout.contains("one:1:1") || run.stderr.contains("one:1:1"), "{}", run.stderr);
    assert_eq!(remote.git(["rev-parse", "main"]), before);
    repo.git(["reset", "--quiet", "--hard", "HEAD~2"]);
    repo.commit("clean", &[("one", b"more\n")]);
    repo.try_git(["push", "origin", "main", "main:other"]).exits(0);
    repo.try_git(["push", "origin", ":other"]).exits(0);
}

#[test]
fn a_real_push_is_not_accepted() {
    let (repo, remote) = with_remote();
    remote.run(["hook", "install", "--type", "pre-receive"]).exits(0);
    let before = remote.git(["rev-parse", "main"]);
    repo.commit("bad", &[("one", github_token().as_bytes())]);
    repo.commit("good", &[("one", b"text\n")]);
    for target in ["main", "main:new"] {
        let run = repo.try_git(["push", "origin", target]);
        assert_eq!(run.code, 1, "{}{}", run.stdout, run.stderr);
        assert!(run.stderr.contains("one:1:1"), "{}", run.stderr);
        assert!(!run.stderr.contains("not covered"), "{}", run.stderr);
    }
    assert_eq!(remote.git(["for-each-ref", "--format=%(objectname)"]), before);
    repo.git(["reset", "--quiet", "--hard", "HEAD~2"]);
    repo.commit("clean", &[("one", b"more\n")]);
    repo.try_git(["push", "origin", "main"]).exits(0);
    repo.try_git(["push", "origin", "main:new"]).exits(0);
}

#[cfg(unix)]
#[test]
fn a_hook_that_was_there_runs_first() {
    use std::os::unix::fs::PermissionsExt;
    let (repo, _remote) = with_remote();
    let hook = repo.file(
        ".git/hooks/pre-push",
        "#!/bin/sh\ncat > seen\necho \"$@\" >> seen\n[ ! -e refuse ] || exit 7\n",
    );
    let executable = std::fs::Permissions::from_mode(0o755);
    std::fs::set_permissions(&hook, executable).expect("it is ours");
    let install = || repo.run(["hook", "install", "--type", "pre-push"]).exits(0).stdout;
    let said = install();
    assert!(said.contains("kept as pre-push.before-redhanded and runs first"), "{said}");
    let script = std::fs::read(&hook).expect("it is there");
    let again = install();
    assert!(again.contains("is installed already"), "{again}");
    assert_eq!(std::fs::read(&hook).expect("it is there"), script);
    // An older one of ours is renewed, and nothing is kept of it.
    std::fs::write(&hook, [&script[..], b"# older\n"].concat()).expect("it can be written");
    assert!(install().contains("Renewed"));
    repo.commit("bad", &[("one", github_token().as_bytes())]);
    assert_eq!(repo.try_git(["push", "origin", "main"]).code, 1);
    let seen = std::fs::read_to_string(repo.path().join("seen")).expect("the hook ran");
    assert!(seen.starts_with("refs/heads/main ") && seen.contains("\norigin "), "{seen}");
    repo.git(["reset", "--quiet", "--hard", "HEAD~1"]);
    repo.commit("good", &[("one", b"more\n")]);
    repo.file("refuse", "");
    assert_eq!(repo.try_git(["push", "origin", "main"]).code, 1, "the first hook refuses");
    std::fs::remove_file(repo.path().join("refuse")).expect("it is there");
    repo.try_git(["push", "origin", "main"]).exits(0);
    // Nothing is overwritten that was kept.
    std::fs::write(&hook, "#!/bin/sh\n").expect("it can be written");
    let refused = repo.run(["hook", "install", "--type", "pre-push"]).exits(2);
    assert!(refused.stderr.contains("one that was kept before"), "{}", refused.stderr);
    assert_eq!(std::fs::read(&hook).expect("it is there"), b"#!/bin/sh\n");
}

#[test]
fn hooks_go_where_git_looks_for_them() {
    let repo = clean();
    repo.git(["config", "core.hooksPath", "own/hooks"]);
    let said = repo.run(["hook", "install", "--type", "pre-commit", "--type", "pre-push"]).exits(0);
    assert_eq!(said.stdout.lines().count(), 2, "{}", said.stdout);
    for name in ["pre-commit", "pre-push"] {
        assert!(repo.path().join("own/hooks").join(name).is_file());
    }
    repo.file("one", github_token());
    assert_eq!(repo.try_git(["commit", "-am", "x"]).code, 1);
}

#[cfg(unix)]
#[test]
fn a_hook_without_its_program_fails() {
    use std::process::Command;
    let repo = clean();
    repo.run(["hook", "install"]).exits(0);
    let hook = repo.path().join(".git/hooks/pre-commit");
    let script = std::fs::read_to_string(&hook).expect("it is text");
    assert!(script.contains(env!("CARGO_BIN_EXE_redhanded")), "{script}");
    let run = |script: &str| {
        std::fs::write(&hook, script).expect("it can be written");
        let mut command = Command::new("/bin/sh");
        command.arg(&hook);
        let mut command = repo.clean(command);
        // Only what every shell needs, and not the program.
        command.env("PATH", "/usr/bin:/bin").output().expect("the shell starts")
    };
    repo.file("one", github_token());
    repo.git(["add", "."]);
    assert_eq!(run(&script).status.code(), Some(1), "the file that installed it is found");
    let moved = script.replace(env!("CARGO_BIN_EXE_redhanded"), "/nowhere/redhanded");
    let output = run(&moved);
    assert_eq!(output.status.code(), Some(2));
    let said = String::from_utf8_lossy(&output.stderr);
    assert!(said.contains("nothing was scanned"), "{said}");
}

#[test]
fn outside_of_a_repository_hooks_say_so() {
    let folder = Folder::new();
    for args in [&["hook", "pre-commit"][..], &["hook", "pre-push"], &["hook", "install"]] {
        let run = folder.run(args).exits(2);
        assert!(run.stderr.contains("is not in a git repository"), "{}", run.stderr);
    }
    let bare = Hooked::bare();
    let run = bare.run(["hook", "pre-commit"]).exits(2);
    assert!(run.stderr.contains("has no work tree"), "{}", run.stderr);
}
