//! Where objects are: in one pack or many, in files of their own, in another
//! repository, or not here at all.

use std::path::Path;

use super::{assert_exact, number, only, presence, text, values};
use crate::support::git::Repo;
use crate::support::{Folder, Run, github_token_of};

pub(super) fn line(seed: u64) -> String {
    format!("key = {}\n", github_token_of(seed))
}

/// Asserts that the tokens of these seeds are found, no others, and nothing is
/// left out.
#[track_caller]
pub(super) fn assert_found(run: Run, seeds: &[u64]) -> Run {
    let run = run.exits(i32::from(!seeds.is_empty()));
    assert_eq!(run.notices(), [], "{}", run.stdout);
    let expected = seeds.iter().map(|seed| github_token_of(*seed)).collect();
    assert_eq!(values(&run), expected, "{}", run.stdout);
    run
}

#[track_caller]
pub(super) fn assert_finds(repo: &Repo, seeds: &[u64]) -> Run {
    assert_found(repo.scan(&["--show-secrets"]), seeds)
}

/// A repository of three commits: the second takes away what the first brought.
pub(super) fn three_commits() -> Repo {
    let repo = Repo::init();
    repo.commit(&[("a.txt", line(1)), ("b.txt", line(2))], "First");
    repo.git(["rm", "--quiet", "a.txt"]);
    repo.commit_all("Second");
    repo.commit(&[("c/d.txt", line(3))], "Third");
    repo
}

#[test]
fn loose_objects_packs_and_both_give_the_same() {
    let repo = three_commits();
    let run = assert_finds(&repo, &[1, 2, 3]);
    let (loose, findings) = (run.stdout.clone(), &run.json()["findings"]);
    repo.repack(50);
    assert_eq!(repo.packs().len(), 1);
    assert_eq!(assert_finds(&repo, &[1, 2, 3]).stdout, loose);
    repo.unpack();
    repo.git(["repack", "-q"]);
    // Every object is packed, and in a file of its own as well.
    assert_eq!(&assert_finds(&repo, &[1, 2, 3]).json()["findings"], findings);
}

#[test]
fn several_packs_are_read() {
    let repo = Repo::init();
    let mut content = String::new();
    for seed in 1..=5 {
        content += &line(seed);
        repo.commit(&[("a.txt", &content)], "One more");
        repo.git(["repack", "-d", "-q"]);
    }
    assert_eq!(repo.packs().len(), 5);
    assert_finds(&repo, &[1, 2, 3, 4, 5]);
    assert_exact(&repo, "five packs");
    repo.git(["multi-pack-index", "write"]);
    repo.git(["commit-graph", "write", "--reachable"]);
    assert_finds(&repo, &[1, 2, 3, 4, 5]);
    repo.git(["repack", "-adqb"]);
    assert_finds(&repo, &[1, 2, 3, 4, 5]);
}

#[test]
fn a_bare_repository_is_read() {
    let repo = three_commits();
    let bare = repo.beside(&["clone", "--quiet", "--bare", "repo", "bare.git"], "bare.git");
    let run = assert_finds(&bare, &[1, 2, 3]);
    for finding in run.findings() {
        let is_gone = finding["path"] == "a.txt";
        assert_eq!(presence(&finding), if is_gone { "past" } else { "head" });
    }
}

#[test]
fn a_repository_is_found_from_any_folder_in_it() {
    let repo = three_commits();
    let run = |folder: &Path, args: &[&str]| {
        let mut command = repo.command(&["--show-secrets"]);
        command.args(args).current_dir(folder);
        assert_found(crate::support::end_of(command.spawn().expect("it starts")), &[1, 2, 3]).stdout
    };
    let expected = run(repo.path(), &[]);
    assert_eq!(run(&repo.path().join("c"), &[]), expected);
    assert_eq!(run(repo.path(), &["c"]), expected);
    assert_eq!(run(repo.path(), &[".git"]), expected);
    assert_eq!(run(repo.around().path(), &["repo"]), expected);
    assert_eq!(run(Path::new("/"), &[&repo.path().display().to_string()]), expected);
}

#[test]
fn a_linked_worktree_has_the_whole_history() {
    let repo = three_commits();
    repo.git(["worktree", "add", "-q", "-b", "other", "../linked", "HEAD~2"]);
    let linked = repo.beside(&["--version"], "linked");
    linked.commit(&[("e.txt", line(4))], "In the worktree");
    let run = assert_finds(&linked, &[1, 2, 3, 4]);
    for finding in run.findings() {
        // The commit it stands on still has the first file, and not the third.
        let is_here = finding["path"] != "c/d.txt";
        assert_eq!(presence(&finding), if is_here { "head" } else { "tip" }, "{finding}");
    }
    let run = assert_finds(&repo, &[1, 2, 3, 4]);
    for finding in run.findings() {
        let is_here = finding["path"] == "b.txt" || finding["path"] == "c/d.txt";
        assert_eq!(presence(&finding), if is_here { "head" } else { "tip" }, "{finding}");
    }
}

#[test]
fn a_submodule_is_a_repository_of_its_own() {
    let repo = three_commits();
    let outer = repo.beside(&["init", "--quiet", "outer"], "outer");
    outer.git(["submodule", "--quiet", "add", "../repo", "inner"]);
    outer.commit(&[("outer.txt", line(9))], "Add a submodule");
    // The commit it stands for is in the other repository, and not missing.
    assert_finds(&outer, &[9]);
    let inner = outer.beside(&["--version"], "outer/inner");
    assert_finds(&inner, &[1, 2, 3]);
    let module = outer.beside(&["--version"], "outer/.git/modules/inner");
    assert_finds(&module, &[1, 2, 3]);
}

#[test]
fn a_clone_that_shares_objects_has_them() {
    let repo = three_commits();
    repo.repack(50);
    let shared = repo.beside(&["clone", "--quiet", "--shared", "repo", "shared"], "shared");
    shared.commit(&[("e.txt", line(4))], "Its own");
    assert_finds(&shared, &[1, 2, 3, 4]);
    let again = repo.beside(&["clone", "--quiet", "--shared", "shared", "again"], "again");
    assert_finds(&again, &[1, 2, 3, 4]);
    let alternates = repo.git_dir().join("objects/info/alternates");
    // In a circle.
    let back = format!("{}\n", again.git_dir().join("objects").display());
    repo.around().file(&alternates, back);
    assert_finds(&again, &[1, 2, 3, 4]);
    // By a relative path, behind a comment.
    repo.around().file(
        shared.git_dir().join("objects/info/alternates"),
        "# where\n../../../repo/.git/objects\n",
    );
    std::fs::remove_file(alternates).expect("it is there");
    assert_finds(&shared, &[1, 2, 3, 4]);
}

#[test]
fn an_alternate_that_is_gone_is_no_clean_scan() {
    let repo = three_commits();
    let shared = repo.beside(&["clone", "--quiet", "--shared", "repo", "shared"], "shared");
    std::fs::rename(repo.path(), repo.around().path().join("moved")).expect("it can be moved");
    let run = shared.scan(&[]).exits(2);
    assert!(run.stderr.len() + run.notices().len() > 0);
}

#[test]
fn a_shallow_clone_is_not_clean() {
    let repo = Repo::init();
    repo.commit(&[("a.txt", line(1))], "First");
    repo.commit(&[("a.txt", "nothing\n")], "Second");
    let clone = repo.clone_by_protocol(&["--depth=1"], "shallow");
    let run = clone.scan(&[]).exits(2);
    let kinds: Vec<_> = run.notices().into_iter().map(|(kind, _)| kind).collect();
    assert_eq!(kinds, ["shallow-history"]);
    // With findings these decide; what is missing is told all the same.
    clone.commit(&[("b.txt", line(2))], "Third");
    let run = clone.scan(&["--show-secrets"]).exits(1);
    assert_eq!(run.notices().len(), 1);
    assert_eq!(text(&only(&run)["secret"]["value"]), github_token_of(2));
}

#[test]
fn a_shallow_clone_of_all_there_is_is_complete() {
    let repo = three_commits();
    let clone = repo.clone_by_protocol(&["--depth=100"], "shallow");
    assert_finds(&clone, &[1, 2, 3]);
}

/// What is missing is told of, and nobody is asked for it: neither a remote
/// that is there nor one that would run a command.
#[test]
fn a_partial_clone_is_not_clean_and_nothing_is_fetched() {
    let repo = Repo::init();
    repo.commit(&[("a.txt", line(1)), ("b.txt", "nothing\n".into())], "First");
    repo.commit(&[("a.txt", "gone\n")], "Second");
    let missing = repo.id("HEAD~1:a.txt");
    for source_is_gone in [false, true] {
        let name = format!("partial-{source_is_gone}");
        let clone = repo.clone_by_protocol(&["--filter=blob:none", "--no-checkout"], &name);
        if source_is_gone {
            let canary = repo.around().path().join("canary");
            let command = format!("touch '{}'; false", canary.display());
            clone.git(["config", "core.sshCommand", &command]);
            clone.git(["config", "remote.origin.url", "ssh://host.test/repo.git"]);
        }
        let before = clone.git_dir().join("objects/pack");
        let count = || std::fs::read_dir(&before).expect("the folder is there").count();
        let packs = count();
        let run = clone.scan(&[]).exits(2);
        assert!(
            run.notices().contains(&("missing-object".into(), format!("object {missing}"))),
            "{}",
            run.stdout,
        );
        assert_eq!(run.notices().len(), 3, "each blob that is missing: {}", run.stdout);
        assert_eq!(count(), packs, "nothing is fetched");
    }
    assert!(!repo.around().path().join("canary").exists(), "a command was run");
}

#[test]
fn a_missing_tree_is_told_of() {
    let repo = three_commits();
    let tree = repo.id("HEAD~1^{tree}");
    let path = repo.git_dir().join("objects").join(&tree[..2]).join(&tree[2..]);
    std::fs::remove_file(path).expect("it is loose");
    let run = repo.scan(&["--show-secrets"]).exits(1);
    let places: Vec<_> = run.notices().into_iter().map(|(_, place)| place).collect();
    assert!(places.contains(&format!("object {tree}")), "{places:?}");
    assert_eq!(values(&run).len(), 3, "the blobs are there all the same");
}

#[test]
fn a_sha_256_repository_is_refused_by_its_name() {
    let repo = Repo::start(&["init", "--quiet", "--object-format=sha256", "repo"], "repo");
    repo.commit(&[("a.txt", line(1))], "First");
    let run = repo.scan(&[]).exits(2);
    assert!(run.stderr.to_lowercase().replace('-', "").contains("sha256"), "{}", run.stderr);
    assert_eq!(run.stdout, "");
}

#[test]
fn a_repository_with_nothing_in_it_is_clean() {
    let run = assert_finds(&Repo::init(), &[]);
    assert_eq!(run.json()["summary"]["complete"], true);
    assert_finds(&Repo::bare(), &[]);
}

/// No commit yet, but something is staged: it is in the objects.
#[test]
fn what_is_staged_before_the_first_commit_is_found() {
    let repo = Repo::init();
    repo.write("a.txt", line(1));
    repo.git(["add", "a.txt"]);
    let run = assert_finds(&repo, &[1]);
    let finding = only(&run);
    assert_eq!(presence(&finding), "staged");
    assert_eq!(finding["path"], "a.txt");
}

#[test]
fn what_is_no_repository_is_an_error() {
    let folder = Folder::new();
    folder.file("a.txt", line(1));
    folder.file("broken/.git/HEAD", "");
    folder.file("file/.git", "gitdir: /nowhere/at/all\n");
    for path in [".", "a.txt", "nowhere", "broken", "file"] {
        let run = folder.run(["git", "--format", "json", path]).exits(2);
        assert_eq!(run.stdout, "", "{path}");
        assert!(!run.stderr.is_empty(), "{path}");
    }
}

#[test]
fn a_detached_head_is_head() {
    let repo = three_commits();
    repo.checkout("HEAD~2");
    repo.commit(&[("e.txt", line(4))], "Aside");
    let run = assert_finds(&repo, &[1, 2, 3, 4]);
    for finding in run.findings() {
        let is_here = finding["path"] != "c/d.txt";
        assert_eq!(presence(&finding), if is_here { "head" } else { "tip" }, "{finding}");
    }
    // Off again: no ref leads to the commit aside.
    repo.checkout("main");
    let run = assert_finds(&repo, &[1, 2, 3, 4]);
    let aside = run.findings().into_iter().find(|f| f["secret"]["value"] == github_token_of(4));
    assert_eq!(presence(&aside.expect("it is found")), "unreachable");
}

/// A ref that leads nowhere hides nothing, and is told of.
#[test]
fn refs_to_nothing_are_told_of() {
    for content in
        ["0123456789012345678901234567890123456789", "", "no object's name", "ref: refs/x"]
    {
        let repo = three_commits();
        repo.write_ref("refs/heads/broken", content);
        let run = repo.scan(&["--show-secrets"]).exits(1);
        assert_eq!(values(&run).len(), 3, "{content}: {}", run.stdout);
        // Where nothing is behind a symbolic ref, nothing is missing.
        if content != "ref: refs/x" {
            assert_eq!(run.notices().len(), 1, "{content}: {}", run.stdout);
        }
    }
}

#[test]
fn a_head_that_leads_nowhere_is_told_of() {
    let repo = Repo::init();
    repo.commit(&[("a.txt", "nothing\n")], "First");
    repo.write_ref("HEAD", "0123456789012345678901234567890123456789");
    let run = repo.scan(&[]).exits(2);
    assert!(!run.stderr.is_empty() || !run.notices().is_empty());
}

/// A replaced object is read as it is: what replaces it hides nothing.
#[test]
fn replaced_objects_are_read_as_they_are() {
    let repo = three_commits();
    repo.write("new.txt", line(7));
    let new = repo.git(["hash-object", "-w", "new.txt"]);
    std::fs::remove_file(repo.path().join("new.txt")).expect("it is there");
    repo.git(["replace", &repo.id("HEAD:b.txt"), &new]);
    let first = repo.id("HEAD~2");
    repo.git(["replace", "--graft", "HEAD~1"]);
    repo.around().file(repo.git_dir().join("info/grafts"), format!("{}\n", repo.id("HEAD")));
    let run = assert_finds(&repo, &[1, 2, 3, 7]);
    for finding in run.findings() {
        if finding["path"] == "a.txt" {
            assert_eq!(finding["history"]["commit"]["id"], first, "{finding}");
            assert_eq!(presence(&finding), "past", "{finding}");
        }
    }
}

#[test]
fn a_bundle_of_counts_is_right() {
    let repo = three_commits();
    repo.repack(50);
    let coverage = &repo.scan(&[]).json()["summary"]["coverage"];
    assert_eq!(number(&coverage["blobs"]), 3);
    assert_eq!(number(&coverage["messages"]), 3);
}
