//! Repositories as they are found: whole, cut off, linked, damaged.

use std::path::Path;

use redhanded::source::{Environment, Repository, RepositoryError};

use crate::support::Folder;
use crate::support::hooked::Hooked;

fn open(path: &Path) -> Result<Repository, RepositoryError> {
    Repository::open(path, &Environment::default())
}

fn opened(path: &Path) -> Repository {
    open(path).unwrap_or_else(|error| panic!("{error}"))
}

fn same(one: &Path, other: &Path) -> bool {
    one.canonicalize().expect("it is there") == other.canonicalize().expect("it is there")
}

#[test]
fn a_repository_is_found_from_wherever_one_stands() {
    let repo = Hooked::new();
    let commit = repo.commit("first", &[("a/b/file", b"text")]);
    let linked = Folder::new();
    let linked = linked.path().join("tree");
    repo.git(["worktree", "add", "--quiet", linked.to_str().expect("it is text")]);
    for place in ["", "a/b", "a/b/file", ".git", ".git/objects"] {
        let found = opened(&repo.path().join(place));
        assert!(same(found.git_dir(), &repo.path().join(".git")), "{place}");
        assert!(same(found.work_tree().expect("it has one"), repo.path()), "{place}");
        assert_eq!(found.resolve("HEAD").expect("it is there").to_string(), commit);
    }
    let found = opened(&linked.join("a"));
    assert!(same(found.common_dir(), &repo.path().join(".git")));
    assert!(same(found.work_tree().expect("it has one"), &linked));
    let bare = Hooked::bare();
    assert!(opened(bare.path()).work_tree().is_none());
}

#[test]
fn what_the_environment_names_comes_first() {
    let repo = Hooked::new();
    repo.commit("first", &[("file", b"text")]);
    let (path, dir) = (repo.path().to_owned(), repo.path().join(".git"));
    let environment = Environment { git_dir: Some(dir.clone()), ..Environment::default() };
    let elsewhere = Folder::new();
    let found = Repository::open(elsewhere.path(), &environment).expect("it can be opened");
    assert!(same(found.git_dir(), &dir));
    assert!(same(found.work_tree().expect("it has one"), &path));
    let environment = Environment { work_tree: Some(elsewhere.path().to_owned()), ..environment };
    let found = Repository::open(&path, &environment).expect("it can be opened");
    assert!(same(found.work_tree().expect("it has one"), elsewhere.path()));
    let environment = Environment { git_dir: Some(path.join("nowhere")), ..environment };
    assert!(matches!(
        Repository::open(&path, &environment),
        Err(RepositoryError::NotARepository { .. })
    ));
}

#[test]
fn what_cannot_be_opened_says_why() {
    let folder = Folder::new();
    let error = open(folder.path()).err().expect("there is none");
    assert!(error.to_string().ends_with("is not in a git repository"), "{error}");
    let repo = Hooked::new();
    repo.git(["config", "core.repositoryformatversion", "1"]);
    repo.git(["config", "extensions.objectFormat", "sha256"]);
    let error = open(repo.path()).err().expect("it is not supported");
    assert!(error.to_string().contains("uses SHA-256 object names"), "{error}");
    let repo = Hooked::new();
    repo.file(
        ".git/config",
        "[core]\nrepositoryformatversion = 1\n[extensions]\nrefStorage = reftable\n",
    );
    let error = open(repo.path()).err().expect("it is not supported");
    assert!(error.to_string().contains("stores its refs as reftable"), "{error}");
    let repo = Hooked::new();
    repo.file(".git/config", "[core\n");
    let error = open(repo.path()).err().expect("it is damaged");
    assert!(error.to_string().starts_with("cannot open the repository: "), "{error}");
}

#[cfg(unix)]
#[test]
fn a_repository_of_another_user_is_not_trusted() {
    let repo = Hooked::new();
    let other = std::os::unix::fs::chown(repo.path().join(".git"), Some(4321), None);
    if other.is_err() {
        // Only root can give files away.
        return;
    }
    let error = open(&repo.path().join(".git")).err().expect("it is not ours");
    let says = error.to_string();
    assert!(says.contains("belongs to another user"), "{says}");
    let asked = format!("safe.directory {}", repo.path().display());
    assert!(says.contains(&asked), "{says}");
}

#[test]
fn every_ref_is_told_and_so_is_a_broken_one() {
    let repo = Hooked::new();
    let first = repo.commit("first", &[("file", b"text")]);
    repo.git(["tag", "--annotate", "--message=text", "v1"]);
    repo.git(["update-ref", "refs/remotes/origin/main", &first]);
    repo.git(["symbolic-ref", "refs/remotes/origin/HEAD", "refs/remotes/origin/main"]);
    repo.git(["symbolic-ref", "refs/remotes/gone/HEAD", "refs/remotes/gone/main"]);
    repo.git(["notes", "add", "--message=note", "HEAD"]);
    repo.git(["pack-refs", "--all"]);
    for content in ["one", "two"] {
        repo.file("file", content);
        repo.git(["stash", "push", "--quiet"]);
    }
    let second = repo.commit("second", &[("file", b"more")]);
    let linked = Folder::new();
    let linked = linked.path().join("tree");
    repo.git(["worktree", "add", "--quiet", "--detach", linked.to_str().expect("text"), "HEAD~"]);
    repo.file(".git/refs/heads/empty", "");
    repo.file(".git/refs/heads/gone", "00000000000000000000000000000000000000aa\n");
    repo.file(".git/refs/heads/held.lock", "");
    let refs = opened(repo.path()).refs().expect("the refs can be read");
    let stash = |at: usize| repo.git(["rev-parse", &format!("stash@{{{at}}}")]);
    let expected = [
        ("HEAD", second.clone()),
        ("refs/heads/main", second.clone()),
        ("refs/notes/commits", repo.git(["rev-parse", "refs/notes/commits"])),
        ("refs/remotes/origin/HEAD", first.clone()),
        ("refs/remotes/origin/main", first.clone()),
        ("refs/stash", stash(0)),
        ("refs/stash@{0}", stash(0)),
        ("refs/stash@{1}", stash(1)),
        ("refs/tags/v1", repo.git(["rev-parse", "refs/tags/v1"])),
        ("worktrees/tree/HEAD", first.clone()),
    ];
    let tips: Vec<_> = refs.tips.iter().map(|(name, id)| (name.as_str(), id.to_string())).collect();
    assert_eq!(tips, expected);
    let places: Vec<_> = refs.notices.iter().map(|notice| notice.place.as_str()).collect();
    assert_eq!(places, ["refs/heads/empty", "refs/heads/gone"]);
    let from_linked = opened(&linked).refs().expect("the refs can be read");
    let head = from_linked.tips.iter().find(|(name, _)| name == "HEAD").expect("it has one");
    assert_eq!(head.1.to_string(), first);
    assert!(
        from_linked
            .tips
            .iter()
            .any(|(name, id)| { name == "main-worktree/HEAD" && id.to_string() == second })
    );
}

#[test]
fn refs_of_an_empty_repository_are_none() {
    let repo = Hooked::new();
    let refs = opened(repo.path()).refs().expect("the refs can be read");
    assert!(refs.tips.is_empty() && refs.notices.is_empty());
}

#[test]
fn many_refs_are_read_in_good_time() {
    let repo = Hooked::new();
    let commit = repo.commit("first", &[("file", b"text")]);
    let packed: Vec<_> =
        (0..100_000).map(|number| format!("{commit} refs/changes/{number}")).collect();
    repo.file(".git/packed-refs", packed.join("\n"));
    let repository = opened(repo.path());
    let started = std::time::Instant::now();
    assert_eq!(repository.refs().expect("the refs can be read").tips.len(), 100_002);
    // This is no measurement; what is quadratic takes minutes.
    assert!(started.elapsed().as_secs() < 10);
}

#[test]
fn revisions_and_ranges_are_resolved() {
    let repo = Hooked::new();
    let base = repo.commit("base", &[("file", b"0")]);
    let ours = repo.commit("ours", &[("file", b"1")]);
    repo.git(["checkout", "--quiet", "-b", "side", &base]);
    let theirs = repo.commit("theirs", &[("file", b"2")]);
    let repository = opened(repo.path());
    let names = |ids: &[redhanded::object::ObjectId]| -> Vec<String> {
        ids.iter().map(ToString::to_string).collect()
    };
    for (range, include, hide) in [
        ("main..side", vec![&theirs], vec![&ours]),
        ("main..", vec![&theirs], vec![&ours]),
        ("..main", vec![&ours], vec![&theirs]),
        ("main...side", vec![&ours, &theirs], vec![&base]),
    ] {
        let found = repository.range(range).unwrap_or_else(|error| panic!("{range}: {error}"));
        assert_eq!(names(&found.include).iter().collect::<Vec<_>>(), include, "{range}");
        assert_eq!(names(&found.hide).iter().collect::<Vec<_>>(), hide, "{range}");
    }
    for unknown in ["nothing", "main..nothing", "", "00000000000000000000000000000000000000aa"] {
        let error = match unknown.split_once("..") {
            Some(_) => repository.range(unknown).err(),
            None => repository.resolve(unknown).err(),
        };
        let unknown = unknown.rsplit("..").next().unwrap_or_default();
        let expected = format!("there is no revision `{unknown}`");
        assert_eq!(error.expect("it is not known").to_string(), expected);
    }
    assert!(repository.range("main").is_err());
}

#[test]
fn a_clone_that_is_cut_off_or_partial_says_so() {
    let origin = Hooked::new();
    origin.commit("first", &[("file", b"0")]);
    let tip = origin.commit("second", &[("file", b"1")]);
    origin.git(["config", "uploadpack.allowFilter", "true"]);
    let whole = opened(origin.path());
    assert!(!whole.is_shallow() && !whole.is_partial());
    assert_eq!(whole.shallow_boundary(), Ok(Vec::new()));
    let clones = Folder::new();
    let url = format!("file://{}", origin.path().display());
    for (name, option) in [("shallow", "--depth=1"), ("partial", "--filter=blob:none")] {
        let to = clones.path().join(name);
        let to = to.to_str().expect("it is text");
        origin.git(["clone", "--quiet", "--no-checkout", option, &url, to]);
    }
    let shallow = opened(&clones.path().join("shallow"));
    let boundary = shallow.shallow_boundary().expect("it can be read");
    assert!(shallow.is_shallow() && !shallow.is_partial());
    assert_eq!(boundary.iter().map(ToString::to_string).collect::<Vec<_>>(), [tip]);
    let partial = opened(&clones.path().join("partial"));
    assert!(partial.is_partial() && !partial.is_shallow());
}

#[test]
fn alternates_are_followed_and_missing_ones_told() {
    let lender = Hooked::new();
    lender.commit("first", &[("file", b"0")]);
    let borrower = Hooked::new();
    let objects = lender.path().join(".git/objects");
    let own = borrower.path().join(".git/objects");
    borrower.file(
        ".git/objects/info/alternates",
        format!("# borrowed\n{}\n../nowhere\n\n", objects.display()),
    );
    // A circle, by a relative path.
    lender.file(".git/objects/info/alternates", format!("{}\n../objects\n", own.display()));
    let dirs = opened(borrower.path()).object_dirs();
    assert_eq!(dirs.present.len(), 2, "{:?}", dirs.present);
    assert!(same(&dirs.present[0], &own) && same(&dirs.present[1], &objects));
    assert_eq!(dirs.notices.len(), 1, "{:?}", dirs.notices);
    assert!(dirs.notices[0].place.ends_with("/.git/nowhere"), "{}", dirs.notices[0].place);
}
