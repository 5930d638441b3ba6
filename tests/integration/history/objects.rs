//! What holds a credential: any kind of object, whatever leads to it and
//! however odd its names and texts are.

use super::layouts::{assert_finds, line, three_commits};
use super::texts::wide;
use super::{assert_exact, list, number, only, presence, text, values};
use crate::support::git::Repo;
use crate::support::github_token_of;

#[test]
fn a_stash_is_a_ref_until_it_is_dropped() {
    let repo = three_commits();
    repo.write("b.txt", line(4));
    repo.write("untracked.txt", line(5));
    repo.git(["stash", "push", "--quiet", "--include-untracked"]);
    let presences = |repo: &Repo| {
        let findings = assert_finds(repo, &[1, 2, 3, 4, 5]).findings();
        let of = |seed| {
            let value = github_token_of(seed);
            presence(findings.iter().find(|f| f["secret"]["value"] == value).expect("it is found"))
        };
        [of(4), of(5)]
    };
    // What is not tracked is in a parent of the stash.
    assert_eq!(presences(&repo), ["tip", "past"]);
    repo.git(["stash", "drop", "--quiet"]);
    repo.forget();
    assert_eq!(presences(&repo), ["unreachable", "unreachable"]);
    repo.repack(50);
    assert_eq!(presences(&repo), ["unreachable", "unreachable"]);
    let run = repo.scan(&["--reachable-only", "--show-secrets"]).exits(1);
    assert_eq!(values(&run), [1, 2, 3].map(github_token_of).into());
}

#[test]
fn an_amended_commit_is_unreachable_and_found() {
    let repo = three_commits();
    repo.write("c/d.txt", "gone\n");
    repo.git(["commit", "--quiet", "--all", "--amend", "--message", "Third again"]);
    let findings = assert_finds(&repo, &[1, 2, 3]).findings();
    let gone = findings.iter().find(|f| f["secret"]["value"] == github_token_of(3));
    assert_eq!(presence(gone.expect("it is found")), "unreachable");
}

#[test]
fn notes_are_read() {
    let repo = three_commits();
    repo.git(["notes", "add", "-m", line(4).trim()]);
    let findings = assert_finds(&repo, &[1, 2, 3, 4]).findings();
    let note = findings.iter().find(|f| f["secret"]["value"] == github_token_of(4));
    let note = note.expect("it is found");
    assert_eq!(presence(note), "tip");
    assert_eq!(note["history"]["exposure"]["refs"], serde_json::json!(["refs/notes/commits"]));
}

#[test]
fn messages_of_commits_and_tags_are_read() {
    let repo = Repo::init();
    let commit = repo.commit(&[("a.txt", "nothing\n")], &format!("Use\n\n{}", line(1)));
    repo.git(["tag", "--annotate", "--message", line(2).trim(), "v1"]);
    let run = assert_finds(&repo, &[1, 2]);
    let findings = run.findings();
    let of = |source: &str| {
        let found = findings.iter().find(|finding| finding["source"] == source);
        found.unwrap_or_else(|| panic!("no finding in a {source}: {}", run.stdout)).clone()
    };
    assert_eq!(of("commit")["object"], commit);
    assert_eq!(of("tag")["object"], repo.id("v1"));
    // As `git cat-file -p` shows them: tree, author, committer, and so on.
    assert_eq!(number(&of("commit")["line"]), 7);
    assert_eq!(number(&of("tag")["line"]), 6);
    assert_exact(&repo, "messages");
}

/// Tags of tags, of blobs, of trees; refs to blobs and trees.
#[test]
fn refs_may_lead_to_any_object() {
    let repo = Repo::init();
    repo.commit(&[("a.txt", "nothing\n")], "First");
    let blob = repo.store("blob", line(1).as_bytes());
    repo.git(["tag", "-m", "a blob", "blob", &blob]);
    repo.git(["tag", "-m", line(2).trim(), "inner", &blob]);
    repo.git(["tag", "-m", line(3).trim(), "outer", "inner"]);
    repo.git(["tag", "-d", "inner"]);
    let direct = repo.store("blob", line(4).as_bytes());
    repo.git(["update-ref", "refs/kept/blob", &direct]);
    let tree = repo.git_with(["mktree"], format!("100644 blob {direct}\tz.txt\n").as_bytes());
    repo.git(["update-ref", "refs/kept/tree", &tree]);
    let run = assert_finds(&repo, &[1, 2, 3, 4]);
    for finding in run.findings() {
        assert_eq!(presence(&finding), "tip", "{finding}");
    }
}

#[test]
fn what_only_a_merge_brings_is_found() {
    let repo = Repo::init();
    repo.commit(&[("a.txt", "one\n")], "First");
    for name in ["left", "right"] {
        repo.branch(name, "main");
        repo.commit(&[(name, "two\n")], name);
    }
    repo.checkout("main");
    let merge = repo.merge(&["left", "right"], &[("a.txt", &line(1))]);
    assert_eq!(repo.git(["rev-list", "--parents", "-1", "HEAD"]).split(' ').count(), 4);
    let finding = only(&assert_finds(&repo, &[1]));
    assert_eq!(finding["history"]["commit"]["id"], merge);
    assert_eq!(number(&finding["history"]["introductions"]), 1);
}

#[test]
fn what_a_renaming_commit_brings_is_found() {
    let repo = Repo::init();
    let body = "a line that stays\n".repeat(50);
    repo.commit(&[("old.txt", &body)], "First");
    repo.git(["mv", "old.txt", "new.txt"]);
    let commit = repo.commit(&[("new.txt", body + &line(1))], "Rename");
    let finding = only(&assert_finds(&repo, &[1]));
    assert_eq!(finding["path"], "new.txt");
    assert_eq!(number(&finding["line"]), 51);
    assert_eq!(finding["history"]["commit"]["id"], commit);
}

/// What several branches bring each on its own is introduced by each.
#[test]
fn every_introduction_is_told() {
    let repo = Repo::init();
    repo.commit(&[("a.txt", "one\n")], "First");
    repo.branch("left", "main");
    let left = repo.commit(&[("left.txt", line(1))], "Left");
    repo.branch("right", "main");
    let right = repo.commit(&[("right.txt", line(1))], "Right");
    repo.checkout("main");
    repo.git(["merge", "--quiet", "--no-ff", "--message", "Merge", "left"]);
    repo.git(["merge", "--quiet", "--no-ff", "--message", "Merge", "right"]);
    repo.git(["rm", "--quiet", "left.txt"]);
    repo.commit_all("Remove one");
    let run = repo.scan(&["--all-places", "--every-place"]).exits(1);
    let finding = only(&run);
    let history = &finding["history"];
    assert_eq!(history["commit"]["id"], left);
    assert_eq!(number(&history["introductions"]), 2, "{finding}");
    let others: Vec<_> = list(&history["others"]).iter().collect();
    assert_eq!(others.len(), 1, "{finding}");
    assert_eq!(others[0]["commit"]["id"], right);
    assert_eq!(list(&history["every_place"]).len(), 2, "{finding}");
    assert_eq!(presence(&finding), "head");
    // The two branches, both merges and the removal.
    assert_eq!(number(&history["exposure"]["commits"]), 5, "{finding}");
}

/// Gone and back again: brought in twice.
#[test]
fn a_credential_that_comes_back_is_introduced_twice() {
    let repo = Repo::init();
    let first = repo.commit(&[("a.txt", line(1))], "First");
    repo.commit(&[("a.txt", "gone\n")], "Remove");
    repo.commit(&[("a.txt", line(1))], "Revert");
    let finding = only(&assert_finds(&repo, &[1]));
    assert_eq!(finding["history"]["commit"]["id"], first);
    assert_eq!(number(&finding["history"]["introductions"]), 2, "{finding}");
    assert_eq!(number(&finding["history"]["exposure"]["commits"]), 2, "{finding}");
}

#[test]
fn wide_and_binary_files_are_read() {
    let repo = Repo::init();
    let marked = [b"\xff\xfe".to_vec(), wide(&line(1))].concat();
    let binary = [b"\0\0\x01\x02".as_slice(), line(2).as_bytes(), b"\0\xff"].concat();
    repo.commit(&[("wide.txt", marked), ("binary.dat", binary)], "First");
    let run = assert_finds(&repo, &[1, 2]);
    let wide = run.findings().into_iter().find(|f| f["path"] == "wide.txt").expect("it is found");
    assert_eq!(wide["encoding"], "utf-16le");
}

/// Names that a terminal would act on, and such as split lines.
#[cfg(unix)]
#[test]
fn odd_names_are_told_and_not_acted_on() {
    let repo = Repo::init();
    let names =
        ["a\nb.txt", "\x1b[2J.txt", "tab\there.txt", " ", "\"q\".txt", "::error::x", "é.txt"];
    for (seed, name) in (1..).zip(names) {
        repo.write(name, line(seed));
    }
    repo.commit_all("Odd names");
    let run = assert_finds(&repo, &[1, 2, 3, 4, 5, 6, 7]);
    assert_eq!(run.paths().len(), names.len());
    let mut command = repo.around().command(["git", "--all-places"]);
    command.current_dir(repo.path());
    let output = command.output().expect("the program runs");
    let human = String::from_utf8_lossy(&output.stdout);
    assert!(!human.contains('\x1b') && !human.contains("\n::error"), "{human}");
}

/// Names that are no UTF-8, in a tree that no working tree could hold.
#[test]
fn names_in_any_encoding_are_told() {
    let repo = Repo::bare();
    let blob = repo.store("blob", line(1).as_bytes());
    let tree = repo.git_with(["mktree", "-z"], &{
        let mut row = format!("100644 blob {blob}\t").into_bytes();
        row.extend_from_slice(b"caf\xe9.txt\0");
        row
    });
    let commit = repo.git(["commit-tree", "-m", "Latin-1", &tree]);
    repo.git(["update-ref", "HEAD", &commit]);
    let finding = only(&assert_finds(&repo, &[1]));
    assert!(finding["path_hex"].is_string(), "{finding}");
}

/// Trees as only an attacker writes them.
#[test]
fn trees_of_malice_hide_nothing() {
    use crate::support::pack::{Kind, name_of, tree};

    let content = line(1).into_bytes();
    let blob = name_of(Kind::Blob, &content);
    let empty = name_of(Kind::Tree, b"");
    for (what, rows) in [
        ("up", tree(&[("100644", b"..", blob)])),
        ("out", tree(&[("100644", b"../../etc/passwd", blob)])),
        ("absolute", tree(&[("100644", b"/etc/passwd", blob)])),
        (".git", tree(&[("100644", b".git", blob), ("40000", b".GIT", empty)])),
        ("no name", tree(&[("100644", b"", blob)])),
        ("twice", tree(&[("100644", b"a", blob), ("100644", b"a", blob)])),
        ("unsorted", tree(&[("100644", b"b", blob), ("100644", b"a", empty)])),
        ("a blob as a folder", tree(&[("40000", b"a", blob)])),
        ("a folder as a blob", tree(&[("100644", b"a", empty), ("100644", b"b", blob)])),
        ("a mode of its own", tree(&[("777777777", b"a", blob)])),
        ("a blob as a commit", tree(&[("160000", b"a", blob)])),
        ("cut off", tree(&[("100644", b"a", blob)])[..20].to_vec()),
        ("no tree", b"not a tree at all".to_vec()),
    ] {
        let repo = Repo::bare();
        repo.store("blob", &content);
        repo.store("tree", b"");
        let tree = repo.store("tree", &rows);
        let text =
            format!("tree {tree}\nauthor A <a@b.c> 1 +0000\ncommitter A <a@b.c> 1 +0000\n\nOdd\n");
        let commit = repo.store("commit", text.as_bytes());
        repo.write_ref("refs/heads/main", &commit);
        let run = repo.scan(&["--show-secrets"]).exits(1);
        assert_eq!(values(&run), [github_token_of(1)].into(), "{what}: {}", run.stdout);
        assert!(run.notices().iter().all(|(kind, _)| kind != "panicked"), "{what}");
    }
}

/// Commits as only odd programs write them.
#[test]
fn commits_of_any_form_are_read() {
    for (what, head) in [
        ("no author", "committer A <a@b.c> 1 +0000\n"),
        ("no address", "author A\ncommitter A\n"),
        ("nobody", "author  <> 1 +0000\ncommitter  <> 1 +0000\n"),
        (
            "the end of time",
            "author A <a@b.c> 99999999999999999999 +9999\ncommitter A <a@b.c> 1 +0000\n",
        ),
        ("before time", "author A <a@b.c> -5 -1200\ncommitter A <a@b.c> -5 -1200\n"),
        ("no time", "author A <a@b.c>\ncommitter A <a@b.c>\n"),
        ("many brackets", "author A <<a@b.c>> <x> 1 +0000\ncommitter A <a> 1 +0000\n"),
        ("control", "author \u{1b}[2J <a@b.c> 1 +0000\ncommitter A <a@b.c> 1 +0000\n"),
        ("a signature", "author A <a@b.c> 1 +0000\ncommitter A <a@b.c> 1 +0000\ngpgsig x\n y\n"),
        ("an encoding", "author A <a@b.c> 1 +0000\ncommitter A <a@b.c> 1 +0000\nencoding latin1\n"),
    ] {
        let repo = Repo::bare();
        let blob = repo.store("blob", line(1).as_bytes());
        let tree = repo.git_with(["mktree"], format!("100644 blob {blob}\ta.txt\n").as_bytes());
        let message = [b"caf\xe9 ".as_slice(), line(2).as_bytes()].concat();
        let text = [format!("tree {tree}\n{head}\n").into_bytes(), message].concat();
        let commit = repo.store("commit", &text);
        repo.write_ref("refs/heads/main", &commit);
        let run = repo.scan(&["--show-secrets"]).exits(1);
        assert_eq!(values(&run), [1, 2].map(github_token_of).into(), "{what}: {}", run.stdout);
        let human = repo.around().command(["git"]).current_dir(repo.path()).output();
        let human = String::from_utf8_lossy(&human.expect("the program runs").stdout).into_owned();
        assert!(!human.contains('\x1b'), "{what}: {human}");
    }
}

/// One credential in many files, versions and kinds of objects is one finding.
#[test]
fn one_credential_is_one_finding() {
    let repo = Repo::init();
    let mut content = line(1);
    for number in 0..5 {
        content += "one more line\n";
        let name = format!("{number}.txt");
        repo.commit(&[(name.as_str(), &content), ("same.txt", &content)], &line(1));
    }
    let run = repo.scan(&["--every-place"]).exits(1);
    let finding = only(&run);
    let places = list(&finding["history"]["every_place"]);
    // Five files, five versions of one, five messages.
    assert_eq!(places.len(), 15, "{finding}");
    assert_eq!(number(&finding["history"]["places"]), 15);
    assert_eq!(text(&finding["source"]), "blob");
}
