//! Objects of a repository, read by their names.

use redhanded::notice::NoticeKind;
use redhanded::object::ObjectId;
use redhanded::source::{History, HistoryOptions, Kind, Limits};

use crate::support::hooked::Hooked;

/// The objects of a repository as they are now.
pub(crate) fn history(repo: &Hooked, threads: usize) -> History {
    let limits = Limits { max_size: 1 << 20, piece: 1 << 20, reach: 64 };
    let options = HistoryOptions { threads, limits, whole: false };
    History::open(&[repo.path().join(".git/objects")], options)
}

/// A repository with all kinds of objects, and versions of a file that make
/// deltas.
fn repository() -> Hooked {
    let repo = Hooked::new();
    for version in 0..30 {
        let lines = (0..200).map(|line| format!("line {}\n", (line * line) ^ (version * 7)));
        let text: String = lines.collect();
        repo.commit(&format!("version {version}"), &[("a/file", text.as_bytes())]);
    }
    repo.git(["tag", "--annotate", "--message=text", "v1"]);
    repo
}

/// Reads every object, and compares it with what git says.
#[track_caller]
fn assert_all_read(repo: &Hooked) {
    let history = history(repo, 1);
    let mut reader = history.reader();
    let all = repo.git(["cat-file", "--batch-all-objects", "--batch-check"]);
    assert!(all.lines().count() > 100);
    for line in all.lines() {
        let words: Vec<&str> = line.split(' ').collect();
        let id: ObjectId = words[0].parse().expect("it is a name");
        let (kind, bytes) = reader.read(id).expect("the object can be read");
        let expected = match words[1] {
            "blob" => Kind::Blob,
            "tree" => Kind::Tree,
            "commit" => Kind::Commit,
            _ => Kind::Tag,
        };
        assert_eq!(kind, expected);
        assert_eq!(
            git2::Oid::hash_object(kind_of(kind), &bytes).expect("a hash").to_string(),
            words[0]
        );
        assert_eq!(history.read(id).expect("the object can be read"), (kind, bytes));
    }
}

fn kind_of(kind: Kind) -> git2::ObjectType {
    match kind {
        Kind::Blob => git2::ObjectType::Blob,
        Kind::Tree => git2::ObjectType::Tree,
        Kind::Commit => git2::ObjectType::Commit,
        Kind::Tag => git2::ObjectType::Tag,
    }
}

#[test]
fn every_object_is_read_by_its_name() {
    let repo = repository();
    assert_all_read(&repo);
    repo.git(["repack", "-adfq", "--depth=50"]);
    assert_all_read(&repo);
    repo.commit("last", &[("b", b"loose")]);
    assert_all_read(&repo);
}

#[test]
fn what_cannot_be_read_says_why() {
    let repo = repository();
    let unknown: ObjectId = "00000000000000000000000000000000000000aa".parse().expect("a name");
    let notice = history(&repo, 1).read(unknown).expect_err("it is not there");
    assert_eq!(notice.kind, NoticeKind::MissingObject);
    assert_eq!(notice.place, format!("object {unknown}"));
    let blob = repo.git(["rev-parse", "HEAD:a/file"]);
    let path = format!(".git/objects/{}/{}", &blob[..2], &blob[2..]);
    std::fs::remove_file(repo.path().join(&path)).expect("it can be removed");
    repo.file(&path, "no object");
    let notice = history(&repo, 1).read(blob.parse().expect("a name")).expect_err("it is damaged");
    assert_eq!(notice.kind, NoticeKind::DamagedObject);
}
