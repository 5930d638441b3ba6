//! What `git commit` would commit: the index, not the disk, and of it what is
//! new.

use redhanded::scan::{Outcome, Progress, ScanOptions, Scanner};
use redhanded::source::{Environment, Limits, Repository, Staged};
use redhanded::suppress::AllowLists;

use crate::support::hooked::Hooked;
use crate::support::{github_token, github_token_of, secret};

fn staged(repo: &Hooked, whole: bool) -> Result<Outcome, String> {
    let text = |error: redhanded::source::RepositoryError| error.to_string();
    let repository = Repository::open(repo.path(), &Environment::default()).map_err(text)?;
    let rules = redhanded::rule::RuleSet::builtin();
    let scanner = Scanner::new(rules, AllowLists::default(), ScanOptions::default());
    let limits = Limits { max_size: 1 << 20, piece: 1 << 16, reach: scanner.reach() };
    let source = Staged::new(&repository, limits, 1).map_err(text)?.whole(whole);
    Ok(scanner.run(&source, &Progress::default()))
}

/// Path and line of each finding.
fn places(outcome: &Outcome) -> Vec<(String, u64)> {
    let findings = outcome.reported();
    findings.map(|f| (f.place.origin.path().display().to_string(), f.place.start.line)).collect()
}

#[track_caller]
fn found(repo: &Hooked) -> Vec<(String, u64)> {
    let outcome = staged(repo, false).unwrap_or_else(|error| panic!("{error}"));
    assert!(outcome.is_complete(), "{:?}", outcome.notices);
    places(&outcome)
}

fn at(path: &str, line: u64) -> (String, u64) {
    (path.to_owned(), line)
}

#[test]
fn before_the_first_commit_everything_is_new() {
    let repo = Hooked::new();
    assert!(found(&repo).is_empty(), "there is no index yet");
    repo.file("a/file", github_token());
    repo.git(["add", "."]);
    assert_eq!(found(&repo), [at("a/file", 1)]);
}

#[test]
fn the_index_counts_and_not_the_disk() {
    let repo = Hooked::new();
    repo.commit("first", &[("one", b"text"), ("two", b"text")]);
    repo.file("one", github_token());
    repo.git(["add", "one"]);
    repo.file("one", "clean again");
    repo.file("two", github_token());
    repo.file("untracked", github_token());
    assert_eq!(found(&repo), [at("one", 1)]);
}

#[test]
fn only_added_lines_count_unless_all_is_asked_for() {
    let repo = Hooked::new();
    let [old, new] = [github_token_of(1), github_token_of(2)];
    repo.commit("first", &[("file", format!("{old}\nmiddle\nend\n").as_bytes())]);
    repo.file("file", format!("{old}\nmiddle\n{new}\nend\n"));
    repo.git(["add", "."]);
    assert_eq!(found(&repo), [at("file", 3)]);
    let whole = staged(&repo, true).expect("it can be scanned");
    assert_eq!(places(&whole), [at("file", 1), at("file", 3)]);
}

#[test]
fn a_credential_of_several_lines_counts_if_one_is_new() {
    let repo = Hooked::new();
    let body = "${base64:64}\n".repeat(7);
    let kind = "RSA PRIVATE KEY";
    let key = format!("-----BEGIN {kind}-----\nMIIE${{base64:60}}\n{body}-----END {kind}-----\n");
    let key = secret(&key);
    let lines: Vec<&str> = key.lines().collect();
    let without: Vec<&str> = lines.iter().copied().filter(|line| *line != lines[2]).collect();
    repo.commit("first", &[("key", without.join("\n").as_bytes())]);
    repo.file("key", &key);
    repo.git(["add", "."]);
    assert_eq!(found(&repo).len(), 1);
}

#[test]
fn attributes_and_settings_hide_nothing() {
    let repo = Hooked::new();
    repo.commit("first", &[(".gitattributes", b"*.env -diff\n*.bin binary\n* text=auto\n")]);
    repo.git(["config", "color.ui", "always"]);
    repo.git(["config", "diff.noprefix", "true"]);
    repo.git(["config", "core.quotePath", "false"]);
    let [env, zero] = [github_token_of(1), github_token_of(2)];
    let wide: Vec<u8> = github_token_of(3).encode_utf16().flat_map(u16::to_le_bytes).collect();
    repo.commit("more", &[("zero.bin", b"\0\n"), ("wide", b"\xff\xfea\0\n\0"), ("a.env", b"\n")]);
    repo.file("a.env", env);
    repo.file("zero.bin", [b"\0\n", zero.as_bytes()].concat());
    repo.file("wide", [b"\xff\xfea\0\n\0".as_slice(), &wide].concat());
    repo.git(["add", "."]);
    assert_eq!(found(&repo), [at("a.env", 1), at("wide", 2), at("zero.bin", 2)]);
}

#[test]
fn a_move_adds_no_line_and_a_copy_does() {
    let repo = Hooked::new();
    let token = github_token();
    let content = format!("first\n{token}\n");
    repo.commit("first", &[("a/one", content.as_bytes()), ("b/two", b"x"), ("c", b"y")]);
    repo.git(["mv", "a/one", "moved"]);
    let outcome = staged(&repo, false).expect("it can be scanned");
    assert!(places(&outcome).is_empty());
    assert_eq!(outcome.coverage.blobs, 1, "it was looked at all the same");
    // Moved and changed it is new: what was added cannot be told.
    repo.file("moved", format!("{content}more\n"));
    repo.git(["add", "."]);
    assert_eq!(found(&repo), [at("moved", 2)]);
    repo.git(["reset", "--quiet", "--hard"]);
    repo.file("copy", &content);
    repo.git(["add", "."]);
    assert_eq!(found(&repo), [at("copy", 2)]);
}

#[test]
fn links_conflicts_and_intentions_are_what_they_are() {
    let repo = Hooked::new();
    let [link, ours, theirs] = [1, 2, 3].map(github_token_of);
    repo.commit("base", &[("file", b"base")]);
    #[cfg(unix)]
    {
        std::os::unix::fs::symlink(&link, repo.path().join("link")).expect("a link can be made");
        repo.git(["add", "link"]);
        assert_eq!(found(&repo), [at("link", 1)]);
        repo.git(["reset", "--quiet", "--hard"]);
    }
    repo.file("intended", &link);
    repo.git(["add", "--intent-to-add", "intended"]);
    assert!(found(&repo).is_empty());
    repo.git(["rm", "--quiet", "--cached", "intended"]);
    std::fs::remove_file(repo.path().join("intended")).expect("it is there");
    repo.git(["checkout", "--quiet", "-b", "side"]);
    repo.commit("theirs", &[("file", theirs.as_bytes())]);
    repo.git(["checkout", "--quiet", "main"]);
    repo.commit("ours", &[("file", ours.as_bytes())]);
    assert_ne!(repo.try_git(["merge", "--quiet", "side"]).code, 0, "they are in conflict");
    assert_eq!(found(&repo), [at("file", 1)], "theirs is new, ours is in HEAD");
}

#[test]
fn a_file_in_place_of_a_folder_and_the_reverse_are_new() {
    let repo = Hooked::new();
    repo.commit("first", &[("a/b", b"text"), ("c", b"text"), ("a-b", b"x"), ("a0", b"x")]);
    repo.git(["rm", "--quiet", "-r", "a", "c"]);
    repo.file("a", github_token_of(1));
    repo.file("c/d", github_token_of(2));
    repo.git(["add", "."]);
    assert_eq!(found(&repo), [at("a", 1), at("c/d", 1)]);
}

#[test]
fn an_index_of_any_version_is_read() {
    for version in ["2", "3", "4"] {
        let repo = Hooked::new();
        let files: Vec<(String, String)> = (0..300)
            .map(|number| (format!("folder{}/sub/file{number}", number % 9), number.to_string()))
            .collect();
        let files: Vec<_> =
            files.iter().map(|(name, text)| (name.as_str(), text.as_bytes())).collect();
        repo.commit("first", &files);
        repo.file("folder3/sub/file3", github_token());
        repo.git(["add", "."]);
        repo.git(["update-index", "--index-version", version]);
        repo.file("later", "x");
        repo.git(["add", "--intent-to-add", "later"]);
        let outcome = staged(&repo, false).expect("it can be scanned");
        assert_eq!(places(&outcome), [at("folder3/sub/file3", 1)], "version {version}");
        assert_eq!(outcome.coverage.blobs, 1, "version {version}");
    }
}

#[test]
fn a_sparse_index_hides_nothing() {
    let repo = Hooked::new();
    let base = repo.commit("base", &[("in/file", b"x"), ("out/a/file", b"x"), ("out/b", b"x")]);
    repo.commit("more", &[("out/b", github_token_of(2).as_bytes())]);
    repo.git(["sparse-checkout", "set", "--cone", "--sparse-index", "in"]);
    repo.file("in/file", github_token_of(1));
    repo.git(["add", "in/file"]);
    let index = std::fs::read(repo.path().join(".git/index")).expect("it is there");
    assert!(index.windows(4).any(|bytes| bytes == b"sdir"), "the index is sparse");
    assert_eq!(found(&repo), [at("in/file", 1)]);
    repo.git(["update-ref", "HEAD", &base]);
    assert_eq!(found(&repo), [at("in/file", 1), at("out/b", 1)]);
}

#[test]
fn what_cannot_be_read_is_told() {
    let repo = Hooked::new();
    repo.commit("first", &[("file", b"text"), ("other", b"other")]);
    repo.file("file", "more text");
    repo.git(["add", "."]);
    let blob = repo.git(["rev-parse", ":file"]);
    let object = repo.path().join(".git/objects").join(&blob[..2]).join(&blob[2..]);
    std::fs::remove_file(object).expect("it is there");
    let outcome = staged(&repo, false).expect("it can be scanned");
    assert_eq!(outcome.notices.len(), 1);
    assert_eq!(
        (outcome.notices[0].kind.as_str(), outcome.notices[0].place.as_str()),
        ("missing-object", "file")
    );
    repo.git(["update-index", "--split-index"]);
    let error = staged(&repo, false).expect_err("it is not supported");
    assert!(error.contains("--no-split-index"), "{error}");
    repo.file(".git/index", "DIRC");
    let error = staged(&repo, false).expect_err("it is damaged");
    assert!(error.contains("index: it is damaged at byte 0"), "{error}");
}

#[test]
fn what_head_lacks_makes_everything_new() {
    let repo = Hooked::new();
    let token = github_token();
    repo.commit("first", &[("file", format!("{token}\n").as_bytes())]);
    repo.file("file", format!("{token}\nmore\n"));
    repo.git(["add", "."]);
    assert!(found(&repo).is_empty());
    let head = repo.git(["rev-parse", "HEAD"]);
    let object = repo.path().join(".git/objects").join(&head[..2]).join(&head[2..]);
    std::fs::remove_file(object).expect("it is there");
    let outcome = staged(&repo, false).expect("it can be scanned");
    assert_eq!(places(&outcome), [at("file", 1)]);
    assert!(!outcome.is_complete());
}
