//! What a range of commits brings: every object of it, each once, and nothing
//! that was there before.

use std::path::Path;

use redhanded::scan::{Outcome, Progress, ScanOptions, Scanner};
use redhanded::source::{Environment, Introduced, Limits, Range, Repository};
use redhanded::suppress::AllowLists;
use redhanded::unit::Origin;

use crate::support::hooked::Hooked;
use crate::support::{Folder, github_token, github_token_of};

/// Scans a range, with so many threads.
fn scan_with(path: &Path, range: impl Fn(&Repository) -> Range, threads: usize) -> Outcome {
    let repository = Repository::open(path, &Environment::default()).expect("it can be opened");
    let rules = redhanded::rule::RuleSet::builtin();
    let scanner = Scanner::new(rules, AllowLists::default(), ScanOptions::default());
    let limits = Limits { max_size: 1 << 20, piece: 1 << 16, reach: scanner.reach() };
    let source = Introduced::new(&repository, &range(&repository), limits, threads);
    scanner.run(&source.expect("the range can be walked"), &Progress::default())
}

fn scan(path: &Path, range: &str) -> Outcome {
    let resolve = |repository: &Repository| match range.split_once("..") {
        Some(_) => repository.range(range).unwrap_or_else(|error| panic!("{error}")),
        None => Range {
            include: vec![repository.resolve(range).unwrap_or_else(|error| panic!("{error}"))],
            hide: Vec::new(),
        },
    };
    scan_with(path, resolve, 1)
}

/// Where the findings are, and their values.
fn found(outcome: &Outcome) -> Vec<(String, String)> {
    let secret = |finding: &redhanded::finding::Finding| {
        String::from_utf8_lossy(finding.secret.expose()).into_owned()
    };
    let findings = outcome.reported();
    findings.map(|f| (f.place.origin.path().display().to_string(), secret(f))).collect()
}

fn kinds(outcome: &Outcome) -> Vec<&'static str> {
    outcome.notices.iter().map(|notice| notice.kind.as_str()).collect()
}

#[test]
fn only_what_the_range_brings_is_scanned() {
    let repo = Hooked::new();
    let [old, new] = [github_token_of(1), github_token_of(2)];
    repo.commit("old", &[("old", old.as_bytes()), ("dir/same", b"same")]);
    repo.commit("new", &[("dir/new", new.as_bytes())]);
    repo.commit("gone", &[("dir/new", b"removed")]);
    let outcome = scan(repo.path(), "HEAD~2..HEAD");
    assert_eq!(found(&outcome), [("dir/new".to_owned(), new.clone())]);
    assert!(outcome.is_complete());
    assert_eq!((outcome.coverage.blobs, outcome.coverage.messages), (2, 2));
    let all = scan(repo.path(), "HEAD");
    assert_eq!(found(&all), [("dir/new".to_owned(), new), ("old".to_owned(), old)]);
    assert_eq!((all.coverage.blobs, all.coverage.messages), (4, 3));
    assert_eq!(scan(repo.path(), "HEAD..HEAD~1").coverage.messages, 0);
}

#[test]
fn a_secret_that_only_a_merge_has_is_found() {
    let repo = Hooked::new();
    repo.commit("base", &[("file", b"base")]);
    repo.git(["checkout", "--quiet", "-b", "side"]);
    repo.commit("theirs", &[("file", b"theirs"), ("side", b"side")]);
    repo.git(["checkout", "--quiet", "main"]);
    repo.commit("ours", &[("file", b"ours")]);
    let merge = repo.try_git(["merge", "--quiet", "side"]);
    assert_ne!(merge.code, 0, "the branches are in conflict");
    let token = github_token();
    repo.commit("merge", &[("file", token.as_bytes())]);
    let outcome = scan(repo.path(), "HEAD^1..HEAD");
    assert_eq!(found(&outcome), [("file".to_owned(), token)]);
    // What the merge takes from a parent is that one's: the side's two blobs
    // come with its own commit.
    assert_eq!((outcome.coverage.blobs, outcome.coverage.messages), (3, 2));
}

#[test]
fn texts_in_every_encoding_and_in_messages_are_found() {
    let repo = Hooked::new();
    let tokens: Vec<String> = (1..=5).map(github_token_of).collect();
    let wide: Vec<u8> = tokens[0].encode_utf16().flat_map(u16::to_le_bytes).collect();
    let wide = [b"\xff\xfe".as_slice(), &wide].concat();
    let zero = [b"\0\x01\0".as_slice(), tokens[1].as_bytes(), b"\0"].concat();
    let binary: Vec<u8> = tokens[2].encode_utf16().flat_map(u16::to_be_bytes).collect();
    let binary = [b"\x7fELF plain text, and not just a little of it\0\0".as_slice(), &binary];
    repo.commit(&tokens[3], &[("wide", &wide), ("zero", &zero), ("binary", &binary.concat())]);
    repo.git(["tag", "--annotate", "v1", "--message", &tokens[4]]);
    let outcome = scan(repo.path(), "v1");
    let expected = [
        ("binary", &tokens[2]),
        ("wide", &tokens[0]),
        ("zero", &tokens[1]),
        ("<commit>", &tokens[3]),
        ("<tag>", &tokens[4]),
    ];
    let expected: Vec<_> =
        expected.map(|(path, token)| (path.to_owned(), token.clone())).into_iter().collect();
    let mut found = found(&outcome);
    found.sort();
    let mut sorted = expected;
    sorted.sort();
    assert_eq!(found, sorted);
    assert!(outcome.findings.iter().any(|f| matches!(f.place.origin, Origin::Tag(_))));
}

#[test]
fn threads_find_what_one_finds() {
    let repo = Hooked::new();
    let files: Vec<(String, String)> =
        (0..300).map(|at| (format!("d{}/f{at}", at % 7), github_token_of(at))).collect();
    let borrowed: Vec<_> =
        files.iter().map(|(name, text)| (name.as_str(), text.as_bytes())).collect();
    repo.commit("all", &borrowed);
    let head = |repository: &Repository| Range {
        include: vec![repository.resolve("HEAD").expect("it is there")],
        hide: Vec::new(),
    };
    let one = scan_with(repo.path(), head, 1);
    assert_eq!(one.reported().count(), 300);
    assert_eq!(found(&one), found(&scan_with(repo.path(), head, 4)));
}

#[test]
fn wrong_dates_hide_nothing() {
    let repo = Hooked::new();
    let token = github_token();
    repo.commit("base", &[("file", b"base")]);
    // The older a commit, the later its date.
    let commit = |content: &[u8], parent: &str, date: &str| {
        repo.file("file", content);
        repo.git(["add", "file"]);
        let tree = repo.git(["write-tree"]);
        let text = format!(
            "tree {tree}\nparent {parent}\nauthor A <a@b> {date} +0000\ncommitter A <a@b> {date} \
             +0000\n\nmessage\n"
        );
        repo.git_with_input(["hash-object", "-t", "commit", "-w", "--stdin"], text.as_bytes())
    };
    let one = commit(b"one", &repo.git(["rev-parse", "HEAD"]), "2000000000");
    let two = commit(token.as_bytes(), &one, "1000000000");
    let three = commit(b"three", &two, "1500000000");
    let four = commit(b"four", &three, "0");
    for (range, expected) in [
        (format!("{one}..{four}"), 1),
        (format!("{two}..{four}"), 0),
        (format!("{four}..{two}"), 0),
    ] {
        assert_eq!(scan(repo.path(), &range).reported().count(), expected, "{range}");
    }
}

#[test]
fn grafts_and_replacements_hide_nothing() {
    let repo = Hooked::new();
    let token = github_token();
    let first = repo.commit("first", &[("file", b"clean")]);
    let bad = repo.commit("bad", &[("file", token.as_bytes())]);
    let tip = repo.commit("tip", &[("file", b"clean again")]);
    repo.file(".git/info/grafts", format!("{tip} {first}\n"));
    repo.git(["-c", "advice.graftFileDeprecated=false", "replace", "-f", &bad, &first]);
    let outcome = scan(repo.path(), &format!("{first}..{tip}"));
    assert_eq!(found(&outcome), [("file".to_owned(), token)]);
}

#[test]
fn what_is_missing_or_damaged_is_told() {
    let repo = Hooked::new();
    repo.commit("first", &[("dir/file", b"text"), ("other", b"other")]);
    let loose = |id: &str| repo.path().join(".git/objects").join(&id[..2]).join(&id[2..]);
    let blob = repo.git(["rev-parse", "HEAD:dir/file"]);
    std::fs::remove_file(loose(&blob)).expect("it is there");
    let outcome = scan(repo.path(), "HEAD");
    assert_eq!(kinds(&outcome), ["missing-object"]);
    assert_eq!(outcome.notices[0].place, "dir/file");
    assert!(outcome.notices[0].detail.contains(&blob), "{}", outcome.notices[0].detail);
    // Another object in its place.
    let other = loose(&repo.git(["rev-parse", "HEAD:other"]));
    std::fs::copy(other, loose(&blob)).expect("it can be copied");
    assert_eq!(kinds(&scan(repo.path(), "HEAD")), ["damaged-object"]);
    let tree = loose(&repo.git(["rev-parse", "HEAD:dir"]));
    std::fs::remove_file(tree).expect("it is there");
    let outcome = scan(repo.path(), "HEAD");
    assert_eq!(kinds(&outcome), ["missing-object"]);
    assert_eq!(outcome.notices[0].place, "dir/");
}

#[test]
fn a_shallow_border_is_told_only_where_it_is_reached() {
    let origin = Hooked::new();
    for number in 0..4 {
        origin.commit("commit", &[("file", format!("{number}").as_bytes())]);
    }
    let folder = Folder::new();
    let clone = folder.path().join("clone");
    let url = format!("file://{}", origin.path().display());
    origin.git(["clone", "--quiet", "--depth=2", &url, clone.to_str().expect("it is text")]);
    let reached = scan(&clone, "HEAD");
    assert_eq!(kinds(&reached), ["shallow-history"]);
    assert_eq!(reached.coverage.blobs, 2, "all of the border's tree is new");
    assert!(scan(&clone, "HEAD~1..HEAD").is_complete());
}

#[test]
fn trees_that_no_git_would_write_are_read() {
    let repo = Hooked::new();
    let write = |kind: &str, content: &[u8]| {
        repo.git_with_input(["hash-object", "--literally", "-t", kind, "-w", "--stdin"], content)
    };
    let bytes =
        |id: &str| redhanded::object::ObjectId::as_bytes(&id.parse().expect("a name")).to_vec();
    let tokens: Vec<String> = (1..=4).map(github_token_of).collect();
    let blobs: Vec<Vec<u8>> =
        tokens.iter().map(|token| bytes(&write("blob", token.as_bytes()))).collect();
    let entry = |name: &[u8], id: &[u8]| [b"100644 ", name, b"\0", id].concat();
    // Unsorted, two of one name, a line end in a name, steps up and slashes.
    let tree = [
        entry(b"z", &blobs[0]),
        entry(b"a\nb", &blobs[1]),
        entry(b"z", &blobs[2]),
        entry(b"../../up", &blobs[3]),
        [b"160000 module\0".as_slice(), &[1; 20]].concat(),
    ];
    let tree = write("tree", &tree.concat());
    let commit = |tree: &str| {
        let text =
            format!("tree {tree}\nauthor A <a@b> 1 +0000\ncommitter A <a@b> 1 +0000\n\nmessage\n");
        write("commit", text.as_bytes())
    };
    let outcome = scan(repo.path(), &commit(&tree));
    let mut values: Vec<_> = found(&outcome).into_iter().map(|(_, token)| token).collect();
    values.sort();
    let mut expected = tokens.clone();
    expected.sort();
    assert_eq!(values, expected);
    assert!(outcome.is_complete(), "{:?}", outcome.notices);
    // What was the commit of a submodule becomes a file.
    let parent = commit(&write("tree", &[b"160000 f\0", &blobs[0][..]].concat()));
    let tree = write("tree", &entry(b"f", &blobs[0]));
    let text = format!("tree {tree}\nparent {parent}\nauthor A <a@b> 1 +0000\n\nmessage\n");
    let outcome = scan(repo.path(), &write("commit", text.as_bytes()));
    assert_eq!(found(&outcome), [("f".to_owned(), tokens[0].clone())]);
    // A tree that has itself so often that nobody could walk it.
    let mut bomb = write("tree", &entry(b"f", &blobs[0]));
    for _ in 0..60 {
        let id = bytes(&bomb);
        let content: Vec<_> =
            (0..10).map(|name| [format!("40000 d{name}\0").as_bytes(), &id].concat()).collect();
        bomb = write("tree", &content.concat());
    }
    let outcome = scan(repo.path(), &commit(&bomb));
    assert_eq!(outcome.reported().count(), 1);
    // An end in the middle of an entry.
    let cut = write("tree", &entry(b"cut", &blobs[0])[..20]);
    assert_eq!(kinds(&scan(repo.path(), &commit(&cut))), ["damaged-object"]);
}

#[test]
fn a_large_blob_is_read_up_to_the_limit() {
    let repo = Hooked::new();
    let token = github_token();
    let mut large = vec![b'\n'; 1 << 20];
    large.splice(..token.len(), token.bytes());
    large.extend(github_token_of(2).bytes());
    repo.commit("large", &[("large", &large)]);
    let outcome = scan(repo.path(), "HEAD");
    assert_eq!(found(&outcome), [("large".to_owned(), token)]);
    assert_eq!(kinds(&outcome), ["too-large"]);
}
