//! Repositories that are damaged, or that somebody made to do harm.

use std::collections::HashMap;

use libdeflater::{CompressionLvl, Compressor};
use redhanded::notice::NoticeKind;
use redhanded::object::ObjectId;
use redhanded::source::{Located, Targets, Tips};

use super::{assert_located, locate};
use crate::support::hooked::Hooked;

/// Stores something under any name.
fn forge(repo: &Hooked, id: &str, kind: &str, content: &[u8]) {
    let text = [format!("{kind} {}\0", content.len()).as_bytes(), content].concat();
    let mut compressor = Compressor::new(CompressionLvl::default());
    let mut deflated = vec![0; compressor.zlib_compress_bound(text.len())];
    let length = compressor.zlib_compress(&text, &mut deflated).expect("there is room");
    repo.file(format!(".git/objects/{}/{}", &id[..2], &id[2..]), &deflated[..length]);
}

/// An entry of a tree.
fn entry(mode: &str, name: &[u8], id: &str) -> Vec<u8> {
    let id: ObjectId = id.parse().expect("it is a name");
    [mode.as_bytes(), b" ", name, b"\0", id.as_bytes()].concat()
}

/// Forty digits that end like this.
fn name(end: &str) -> String {
    format!("{end:0>40}")
}

/// One key in one object.
fn key_in(id: &str) -> Targets {
    let id: ObjectId = id.parse().expect("it is a name");
    Targets { holders: HashMap::from([(id, Box::from([0]))]), count: 1 }
}

fn at(id: &str) -> Tips {
    let id = id.parse().expect("it is a name");
    Tips { refs: vec![("refs/heads/main".to_owned(), id)], head: Some(id), ..Tips::default() }
}

fn notices(located: &Located) -> Vec<(NoticeKind, String)> {
    located.notices.iter().map(|notice| (notice.kind, notice.place.clone())).collect()
}

#[test]
fn what_is_missing_is_told_once_and_the_rest_is_located() {
    let repo = Hooked::new();
    let files: &[(&str, &[u8])] = &[("a/gone", b"gone"), ("a/key", b"key-0"), ("b/file", b"b")];
    let first = repo.commit("first", files);
    repo.commit("second", &[("b/file", b"other")]);
    let gone = [repo.git(["rev-parse", "HEAD:a/gone"]), repo.git(["rev-parse", "HEAD:b"])];
    for id in &gone {
        let path = repo.path().join(format!(".git/objects/{}/{}", &id[..2], &id[2..]));
        std::fs::remove_file(path).expect("it can be removed");
    }
    let head = repo.git(["rev-parse", "HEAD"]);
    let key = repo.git(["rev-parse", "HEAD:a/key"]);
    let located = locate(&repo, &key_in(&key), &at(&head), 2);
    let mut expected: Vec<_> =
        gone.iter().map(|id| (NoticeKind::MissingObject, format!("object {id}"))).collect();
    expected.sort_by(|a, b| a.1.cmp(&b.1));
    assert_eq!(notices(&located), expected);
    assert!(located.notices.iter().any(|notice| notice.detail.contains("`gone`")));
    assert_eq!(located.leaks[0].introductions[0].commit.id.to_string(), first);
    assert_eq!(located.leaks[0].exposure.commits, 2);
    // Without anything to locate the same is told.
    let nothing = locate(&repo, &Targets::default(), &at(&head), 2);
    assert_eq!(nothing.notices, located.notices);
}

#[test]
fn missing_parents_and_trees_are_told_of_reachable_commits() {
    let repo = Hooked::new();
    let gone = [name("a"), name("b"), name("c")];
    let text = |tree: &str, parent: &str| {
        format!("tree {tree}\nparent {parent}\nauthor a <a> 1 +0000\ncommitter a <a> 1 +0000\n\n")
    };
    forge(&repo, &name("1"), "commit", text(&gone[0], &gone[1]).as_bytes());
    forge(&repo, &name("2"), "commit", text(&gone[2], &gone[2]).as_bytes());
    let located = locate(&repo, &Targets::default(), &at(&name("1")), 1);
    let expected = gone[..2].iter().map(|id| (NoticeKind::MissingObject, format!("object {id}")));
    assert_eq!(notices(&located), expected.collect::<Vec<_>>());
    let shallow = std::iter::once(name("1").parse().expect("a name")).collect();
    let tips = Tips { shallow, ..at(&name("1")) };
    let located = locate(&repo, &Targets::default(), &tips, 1);
    assert_eq!(notices(&located), [(NoticeKind::MissingObject, format!("object {}", gone[0]))]);
}

/// Whoever named it saw it a moment ago: something has moved it since.
#[test]
fn what_refs_tags_and_the_index_name_is_missed_when_it_is_not_there() {
    let repo = Hooked::new();
    let gone = [name("a"), name("b"), name("c")];
    let text = format!("object {}\ntype commit\ntag v1\ntagger a <a> 1 +0000\n\nv1\n", gone[1]);
    forge(&repo, &name("1"), "tag", text.as_bytes());
    let id = |name: &str| name.parse::<ObjectId>().expect("it is a name");
    let tips = Tips {
        refs: vec![
            ("refs/heads/main".to_owned(), id(&gone[0])),
            ("refs/tags/v1".to_owned(), id(&name("1"))),
        ],
        head: Some(id(&gone[0])),
        index: vec![("staged".into(), id(&gone[2]))],
        ..Tips::default()
    };
    let located = locate(&repo, &Targets::default(), &tips, 2);
    let told: Vec<_> =
        located.notices.iter().map(|n| (n.kind, n.place.clone(), n.detail.clone())).collect();
    let roles = ["what `HEAD` leads to", "what `refs/tags/v1` leads to", "staged as `staged`"];
    let expected = gone.iter().zip(roles).map(|(id, role)| {
        let detail = format!("it is {role}, and not there");
        (NoticeKind::MissingObject, format!("object {id}"), detail)
    });
    assert_eq!(told, expected.collect::<Vec<_>>());
}

#[test]
fn an_empty_tree_need_not_be_stored() {
    let repo = Hooked::new();
    let empty = "4b825dc642cb6eb9a060e54bf8d69288fbee4904";
    let text = format!("tree {empty}\nauthor a <a> 1 +0000\ncommitter a <a> 1 +0000\n\n");
    forge(&repo, &name("1"), "commit", text.as_bytes());
    // `git add --intent-to-add` lists a file as an empty blob.
    let blob = "e69de29bb2d1d6434b8b29ae775ad8c2e48c5391".parse().expect("it is a name");
    let tips = Tips { index: vec![("new".into(), blob)], ..at(&name("1")) };
    let located = locate(&repo, &Targets::default(), &tips, 1);
    assert!(located.notices.is_empty());
}

#[test]
fn damaged_objects_are_told_and_the_rest_is_located() {
    let repo = Hooked::new();
    repo.commit("first", &[("key", b"key-0")]);
    forge(&repo, &name("1"), "tree", b"100644 no zero");
    forge(&repo, &name("2"), "commit", b"tree of no name\n");
    forge(&repo, &name("3"), "tag", b"type commit\n");
    let located = locate(&repo, &Targets::default(), &Tips::default(), 1);
    let kinds =
        ["1", "2", "3"].map(|id| (NoticeKind::DamagedObject, format!("object {}", name(id))));
    assert_eq!(notices(&located), kinds);
    let head = repo.git(["rev-parse", "HEAD"]);
    let key = repo.git(["rev-parse", "HEAD:key"]);
    let located = locate(&repo, &key_in(&key), &at(&head), 1);
    assert_eq!(located.leaks[0].introductions.len(), 1);
}

#[test]
fn circles_come_to_an_end() {
    let repo = Hooked::new();
    forge(&repo, &name("b"), "blob", b"key-0");
    let tree = |other: &str| {
        [entry("40000", b"again", &name(other)), entry("100644", b"key", &name("b"))].concat()
    };
    forge(&repo, &name("71"), "tree", &tree("72"));
    forge(&repo, &name("72"), "tree", &tree("71"));
    let commit = |parent: &str| {
        let (tree, parent) = (name("71"), name(parent));
        let who = "a <a> 1 +0000";
        format!("tree {tree}\nparent {parent}\nauthor {who}\ncommitter {who}\n\n")
    };
    forge(&repo, &name("c1"), "commit", commit("c2").as_bytes());
    forge(&repo, &name("c2"), "commit", commit("c1").as_bytes());
    let tag = |other: &str| format!("object {}\ntype tag\ntag t\n\n", name(other));
    forge(&repo, &name("d1"), "tag", tag("d2").as_bytes());
    forge(&repo, &name("d2"), "tag", tag("d1").as_bytes());
    let located = locate(&repo, &key_in(&name("b")), &at(&name("c1")), 2);
    assert_eq!(located.leaks[0].exposure.commits, 2);
    assert!(located.leaks[0].introductions.is_empty(), "each has it from the other");
    locate(&repo, &key_in(&name("b")), &at(&name("d1")), 2);
    // A commit without parents, whose tree holds itself.
    let first = format!("tree {}\nauthor a <a> 1 +0000\ncommitter a <a> 1 +0000\n\n", name("71"));
    forge(&repo, &name("c3"), "commit", first.as_bytes());
    let located = locate(&repo, &key_in(&name("b")), &at(&name("c3")), 2);
    assert!(located.leaks[0].introductions.len() > 1000);
    assert_eq!(notices(&located), [(NoticeKind::TooLarge, String::new())]);
}

#[test]
fn circles_in_which_nothing_is_new_come_to_an_end() {
    let repo = Hooked::new();
    let mut holders = HashMap::new();
    // Two commits: the blobs differ, the key is the same, and each tree leads
    // on to one that differs from its neighbour again.
    for (commit, parent, trees, blob) in
        [("c1", None, ["71", "72"], "b1"), ("c2", Some("c1"), ["73", "74"], "b2")]
    {
        forge(&repo, &name(blob), "blob", b"key-0");
        holders.insert(name(blob).parse().expect("a name"), Box::from([0]));
        for (this, other) in [(trees[0], trees[1]), (trees[1], trees[0])] {
            let entries = [
                entry("40000", b"again", &name(other)),
                entry("40000", b"more", &name(this)),
                entry("100644", b"key", &name(blob)),
            ];
            forge(&repo, &name(this), "tree", &entries.concat());
        }
        let parent = parent.map_or(String::new(), |id| format!("parent {}\n", name(id)));
        let who = "a <a> 1 +0000";
        let tree = name(trees[0]);
        let text = format!("tree {tree}\n{parent}author {who}\ncommitter {who}\n\n");
        forge(&repo, &name(commit), "commit", text.as_bytes());
    }
    let one: ObjectId = name("c1").parse().expect("a name");
    let two: ObjectId = name("c2").parse().expect("a name");
    // Only the second commit counts, which brings nothing.
    let commits = Some(std::iter::once(two).collect());
    let targets = Targets { holders, count: 1 };
    let located = locate(&repo, &targets, &Tips { commits, ..at(&name("c2")) }, 2);
    assert!(located.leaks[0].introductions.is_empty());
    assert_eq!(located.leaks[0].exposure.commits, 2);
    assert_eq!(notices(&located), [(NoticeKind::TooLarge, String::new())]);
    let first = Some(std::iter::once(one).collect());
    let located = locate(&repo, &targets, &Tips { commits: first, ..at(&name("c2")) }, 2);
    assert!(located.leaks[0].introductions.len() > 1000);
}

#[test]
fn a_few_trees_that_make_up_millions_of_paths_come_to_an_end() {
    let repo = Hooked::new();
    forge(&repo, &name("b"), "blob", b"key-0");
    let names: Vec<Vec<u8>> = (b'a'..=b'z').map(|letter| vec![letter]).collect();
    for level in 0..10 {
        let (mode, below) = if level == 0 {
            ("100644", name("b"))
        } else {
            ("40000", name(&format!("7{}", level - 1)))
        };
        let tree: Vec<u8> = names.iter().flat_map(|name| entry(mode, name, &below)).collect();
        forge(&repo, &name(&format!("7{level}")), "tree", &tree);
    }
    let text = format!("tree {}\nauthor a <a> 1 +0000\ncommitter a <a> 1 +0000\n\n", name("79"));
    forge(&repo, &name("c"), "commit", text.as_bytes());
    let located = locate(&repo, &key_in(&name("b")), &at(&name("c")), 2);
    assert_eq!(located.leaks[0].exposure.commits, 1);
    assert_eq!(notices(&located), [(NoticeKind::TooLarge, String::new())]);
}

#[test]
fn a_folder_deeper_than_any_stack_is_located() {
    let repo = Hooked::new();
    forge(&repo, &name("b"), "blob", b"key-0");
    let depth = 3000;
    let number = |level: usize| format!("{:0>36}{level:04x}", "1");
    for level in 0..depth {
        let (mode, below) =
            if level == 0 { ("100644", name("b")) } else { ("40000", number(level - 1)) };
        forge(&repo, &number(level), "tree", &entry(mode, b"d", &below));
    }
    let top = number(depth - 1);
    let text = format!("tree {top}\nauthor a <a> 1 +0000\ncommitter a <a> 1 +0000\n\n");
    forge(&repo, &name("c"), "commit", text.as_bytes());
    let located = locate(&repo, &key_in(&name("b")), &at(&name("c")), 2);
    let path = &located.leaks[0].introductions[0].path;
    assert_eq!(path.components().count(), depth);
}

#[cfg(unix)]
#[test]
fn odd_names_are_told_as_they_are() {
    use std::os::unix::ffi::OsStrExt;

    let repo = Hooked::new();
    forge(&repo, &name("b"), "blob", b"key-0");
    let names: [&[u8]; 5] = [b"..", b"/etc/passwd", b"a\nb", b"\xff\xfe", b".git"];
    let tree: Vec<u8> = names.iter().flat_map(|odd| entry("100644", odd, &name("b"))).collect();
    forge(&repo, &name("7"), "tree", &tree);
    let text = format!("tree {}\nauthor a <a> 1 +0000\ncommitter a <a> 1 +0000\n\n", name("7"));
    forge(&repo, &name("c"), "commit", text.as_bytes());
    let located = locate(&repo, &key_in(&name("b")), &at(&name("c")), 2);
    let told = located.leaks[0].introductions.iter();
    let told: Vec<&[u8]> = told.map(|told| told.path.as_os_str().as_bytes()).collect();
    let mut expected = names;
    expected.sort_unstable();
    assert_eq!(told, expected);
}

#[test]
fn an_object_in_many_packs_is_one() {
    let repo = Hooked::new();
    for version in 0..20 {
        repo.commit("version", &[("d/file", format!("key-{} x", version / 3).as_bytes())]);
        repo.git(["repack", "-q"]);
        if version % 5 == 0 {
            repo.git(["repack", "-aq"]);
        }
    }
    assert_located(&repo);
}
