//! What people do, and what is to be told of it.

use redhanded::finding::Presence;
use redhanded::source::LocatedLeak;

use super::{assert_located, assert_located_with};
use crate::support::Folder;
use crate::support::hooked::Hooked;

/// Commits and paths that brought a key in, in order.
fn brought(leak: &LocatedLeak) -> Vec<(String, String)> {
    let told = leak.introductions.iter();
    told.map(|told| (told.commit.id.to_string(), told.path.display().to_string())).collect()
}

fn pairs(expected: &[(&str, &str)]) -> Vec<(String, String)> {
    expected.iter().map(|(commit, path)| ((*commit).to_owned(), (*path).to_owned())).collect()
}

#[test]
fn a_key_that_was_removed_renamed_edited_and_added_again() {
    let repo = Hooked::new();
    repo.commit("nothing", &[("readme", b"text")]);
    let first = repo.commit("add", &[("conf/one", b"key-0\n")]);
    repo.commit("edit", &[("conf/one", b"still key-0\n")]);
    repo.git(["mv", "conf/one", "conf/two"]);
    let renamed = repo.commit("rename", &[]);
    repo.git(["rm", "--quiet", "conf/two"]);
    repo.commit("remove", &[]);
    let again = repo.commit("add again", &[("conf/one", b"key-0\n")]);
    repo.git(["revert", "--no-edit", "HEAD"]);
    let located = assert_located(&repo);
    let leak = &located.leaks[0];
    let expected = [(&*first, "conf/one"), (&*renamed, "conf/two"), (&*again, "conf/one")];
    assert_eq!(brought(leak), pairs(&expected));
    assert_eq!(leak.exposure.presence, Presence::Past);
    assert_eq!(leak.exposure.commits, 4);
    assert!(leak.exposure.refs.is_empty());
}

#[test]
fn merges_bring_only_what_no_parent_had() {
    let repo = Hooked::new();
    repo.commit("base", &[("file", b"text")]);
    for branch in ["one", "two", "three"] {
        repo.git(["checkout", "--quiet", "-b", branch, "main"]);
        repo.commit(branch, &[(branch, format!("key-0 {branch}").as_bytes())]);
    }
    repo.git(["checkout", "--quiet", "main"]);
    repo.git(["merge", "--quiet", "--no-ff", "--no-edit", "one", "two", "three"]);
    repo.git(["checkout", "--quiet", "-b", "evil", "one"]);
    repo.git(["merge", "--quiet", "--no-ff", "--no-commit", "two"]);
    let evil = repo.commit("evil merge", &[("hidden", b"key-1")]);
    let located = assert_located(&repo);
    assert_eq!(located.leaks[0].introductions.len(), 3);
    assert_eq!(located.leaks[0].exposure.commits, 5);
    let refs = ["evil", "main", "one", "three", "two"].map(|name| format!("refs/heads/{name}"));
    assert_eq!(located.leaks[0].exposure.refs, refs);
    assert_eq!(brought(&located.leaks[1]), pairs(&[(&evil, "hidden")]));
    assert_eq!(located.leaks[1].exposure.presence, Presence::Head);
}

#[test]
fn stashes_orphans_and_what_is_staged_or_lost() {
    let repo = Hooked::new();
    repo.commit("base", &[("file", b"text")]);
    repo.file("file", "key-0");
    repo.git(["stash", "push", "--quiet"]);
    let lost = repo.commit("lost", &[("secret", b"key-1")]);
    repo.git(["reset", "--quiet", "--hard", "HEAD~"]);
    repo.git(["checkout", "--quiet", "--orphan", "pages"]);
    let orphan = repo.commit("pages", &[("index.html", b"key-2")]);
    repo.git(["checkout", "--quiet", "main"]);
    repo.file("staged", "key-3");
    repo.git(["add", "staged"]);
    repo.git_with_input(["hash-object", "-w", "--stdin"], b"key-4");
    let message = repo.git(["commit-tree", "HEAD^{tree}", "-m", "key-5"]);
    repo.git(["tag", "lightweight", &message]);
    let located = assert_located(&repo);
    let presence: Vec<Presence> = located.leaks.iter().map(|l| l.exposure.presence).collect();
    let [staged, gone] = [Presence::Staged, Presence::Unreachable];
    assert_eq!(presence, [Presence::Tip, gone, Presence::Tip, staged, gone, Presence::Tip]);
    assert_eq!(located.leaks[0].exposure.refs, ["refs/stash"]);
    assert_eq!(brought(&located.leaks[1]), pairs(&[(&lost, "secret")]));
    assert_eq!(brought(&located.leaks[2]), pairs(&[(&orphan, "index.html")]));
    assert!(located.leaks[3].introductions.is_empty());
    assert!(located.leaks[4].introductions.is_empty());
    assert_eq!(brought(&located.leaks[5]), pairs(&[(&message, "")]));
    assert_eq!(located.leaks[5].exposure.refs, ["refs/tags/lightweight"]);
}

#[test]
fn a_shallow_clone_begins_at_its_boundary() {
    let origin = Hooked::new();
    for version in 0..5 {
        origin.commit("version", &[("file", format!("key-0 {version}").as_bytes())]);
    }
    let clone = Hooked::bare();
    let url = format!("file://{}", origin.path().display());
    clone.git(["fetch", "--quiet", "--depth=2", &url, "main:main"]);
    let boundary = std::fs::read_to_string(clone.path().join("shallow")).expect("it is shallow");
    let boundary = boundary.lines().map(|id| id.parse().expect("it is a name")).collect();
    let located = assert_located_with(&clone, &boundary, |_| {});
    assert!(located.notices.is_empty(), "nothing is missing");
    let first = origin.git(["rev-parse", "main~1"]);
    assert_eq!(brought(&located.leaks[0]), pairs(&[(&first, "file")]));
    assert_eq!(located.leaks[0].exposure.commits, 2);
}

#[test]
fn a_submodule_is_not_missing() {
    let repo = Hooked::new();
    let commit = repo.commit("base", &[("file", b"key-0")]);
    let other = Folder::new();
    assert!(other.path().is_dir());
    let id = "00000000000000000000000000000000000000aa";
    repo.git(["update-index", "--add", "--cacheinfo", &format!("160000,{id},lib")]);
    repo.git(["commit", "--quiet", "--message=submodule"]);
    let located = assert_located(&repo);
    assert!(located.notices.is_empty());
    assert_eq!(brought(&located.leaks[0]), pairs(&[(&commit, "file")]));
    assert_eq!(located.leaks[0].exposure.commits, 2);
}
