//! Which files a scan reads, which it leaves out, and how it counts them.

use std::process::Stdio;

use crate::support::{Folder, Run, end_of, github_token};

/// A folder in which every one of `files` holds a token.
fn leaks(files: &[&str]) -> Folder {
    let folder = Folder::new();
    for file in files {
        folder.file(file, format!("token = {}\n", github_token()));
    }
    folder
}

/// Scans with a JSON report.
#[track_caller]
fn scan(folder: &Folder, args: &[&str]) -> Run {
    let mut command = folder.command(["scan", "--format", "json"]);
    command.args(args).stdin(Stdio::null()).stdout(Stdio::piped()).stderr(Stdio::piped());
    end_of(command.spawn().expect("the program starts"))
}

/// Asserts that there are findings in these files and no others.
#[track_caller]
fn assert_finds(run: Run, paths: &[&str]) -> Run {
    let run = run.exits(i32::from(!paths.is_empty()));
    assert_eq!(run.paths(), paths);
    run
}

#[cfg(unix)]
fn link(folder: &Folder, name: &str, target: &str) {
    let path = folder.path().join(name);
    std::os::unix::fs::symlink(target, path).expect("the link can be made");
}

// Ignore files.

#[test]
fn what_git_ignores_is_left_out_and_counted() {
    let folder = leaks(&["a.txt", "a.log", "out/b.txt", "out/c.txt"]);
    folder.repository().file(".gitignore", "*.log\nout/\n");
    let run = assert_finds(scan(&folder, &["."]), &["a.txt"]);
    assert_eq!(run.coverage("ignored"), 2, "a folder counts once");
    assert_eq!(run.coverage("files"), 2, "a.txt and .gitignore");
}

#[test]
fn a_nested_ignore_file_holds_for_its_folder() {
    let folder = leaks(&["a.log", "sub/a.log", "sub/deep/a.log"]);
    folder.repository().file("sub/.gitignore", "*.log\n");
    let run = assert_finds(scan(&folder, &["."]), &["a.log"]);
    assert_eq!(run.coverage("ignored"), 2);
}

#[test]
fn a_negation_takes_a_file_back_in() {
    let folder = leaks(&["a.log", "keep.log", "sub/b.log"]);
    folder.repository().file(".gitignore", "*.log\n!keep.log\n");
    folder.file("sub/.gitignore", "!b.log\n");
    let run = assert_finds(scan(&folder, &["."]), &["keep.log", "sub/b.log"]);
    assert_eq!(run.coverage("ignored"), 1);
}

#[test]
fn the_repositorys_own_exclude_file_is_honoured() {
    let folder = leaks(&["a.txt", "private.txt"]);
    folder.repository().file(".git/info/exclude", "private.txt\n");
    let run = assert_finds(scan(&folder, &["."]), &["a.txt"]);
    assert_eq!(run.coverage("ignored"), 1);
}

#[test]
fn a_subfolder_is_scanned_as_part_of_its_repository() {
    let folder = leaks(&["sub/a.txt", "sub/a.log", "sub/out/b.txt", "sub/x.txt"]);
    folder.repository().file(".gitignore", "*.log\n/sub/out/\n");
    folder.file(".git/info/exclude", "x.txt\n");
    let run = assert_finds(scan(&folder, &["sub"]), &["sub/a.txt"]);
    assert_eq!(run.coverage("ignored"), 3);
}

#[test]
fn a_repository_on_the_way_has_its_own_ignore_files() {
    let folder = leaks(&["a.log", "inner/a.log", "inner/b.txt"]);
    folder.file("inner/.gitignore", "*.log\n");
    folder.file("inner/.git/HEAD", "ref: refs/heads/main\n");
    let run = assert_finds(scan(&folder, &["."]), &["a.log", "inner/b.txt"]);
    assert_eq!(run.coverage("ignored"), 1);
}

/// The `.git` of a worktree or submodule is a file.
#[test]
fn a_worktree_is_a_repository() {
    let folder = leaks(&["a.txt", "a.log"]);
    folder.file(".git", "gitdir: /nowhere\n");
    folder.file(".gitignore", "*.log\n");
    let run = assert_finds(scan(&folder, &["."]), &["a.txt"]);
    assert_eq!(run.coverage("ignored"), 1);
}

#[test]
fn outside_a_repository_ignore_files_do_not_hold() {
    let folder = leaks(&["a.txt", "a.log"]);
    folder.file(".gitignore", "*.log\n");
    let run = assert_finds(scan(&folder, &["."]), &["a.log", "a.txt"]);
    assert_eq!(run.coverage("ignored"), 0);
}

/// They are made for searching; no commit leaves out what they name.
#[test]
fn ignore_files_of_other_tools_do_not_hold() {
    let folder = leaks(&["a.txt"]);
    folder.repository().file(".ignore", "*\n");
    folder.file(".rgignore", "*\n");
    folder.file(".dockerignore", "*\n");
    let run = assert_finds(scan(&folder, &["."]), &["a.txt"]);
    assert_eq!(run.coverage("ignored"), 0);
}

#[test]
fn ignore_files_can_be_overruled() {
    let folder = leaks(&["a.txt", "a.log", "private.txt"]);
    folder.repository().file(".gitignore", "*.log\n");
    folder.file(".git/info/exclude", "private.txt\n");
    let run = scan(&folder, &["--no-ignore", "."]);
    let run = assert_finds(run, &["a.log", "a.txt", "private.txt"]);
    assert_eq!(run.coverage("ignored"), 0);
}

#[test]
fn a_file_that_is_named_is_scanned_although_it_is_ignored() {
    let folder = leaks(&["a.txt", "a.log", "out/b.txt"]);
    folder.repository().file(".gitignore", "*.log\nout/\n");
    assert_finds(scan(&folder, &["a.log"]), &["a.log"]);
    assert_finds(scan(&folder, &["out/b.txt"]), &["out/b.txt"]);
    assert_finds(scan(&folder, &["a.log", "a.txt"]), &["a.log", "a.txt"]);
}

#[test]
fn a_folder_that_is_named_is_scanned_although_it_is_ignored() {
    let folder = leaks(&["out/b.txt"]);
    folder.repository().file(".gitignore", "out/\n");
    assert_finds(scan(&folder, &["out"]), &["out/b.txt"]);
}

#[test]
fn the_count_of_ignored_entries_is_exact_with_several_paths() {
    let folder = leaks(&["a/x.txt", "a/x.log", "b/x.txt", "b/x.log"]);
    folder.repository().file(".gitignore", "*.log\n");
    let run = assert_finds(scan(&folder, &["a", "b"]), &["a/x.txt", "b/x.txt"]);
    assert_eq!(run.coverage("ignored"), 2);
}

#[test]
fn what_is_excluded_or_no_file_does_not_count_as_ignored() {
    let folder = leaks(&["a.txt", "b.txt", "c.log"]);
    folder.repository().file(".gitignore", "*.log\n");
    let run = assert_finds(scan(&folder, &["--exclude", "b.txt", "."]), &["a.txt"]);
    assert_eq!((run.coverage("ignored"), run.coverage("excluded")), (1, 1));
}

#[cfg(unix)]
#[test]
fn a_dangling_link_does_not_count_as_ignored() {
    let folder = leaks(&[]);
    link(folder.repository(), "link", "nowhere");
    let run = scan(&folder, &["--follow", "."]).exits(2);
    assert_eq!(run.notices(), [("vanished".to_owned(), "link".to_owned())]);
    assert_eq!(run.coverage("ignored"), 0);
}

#[cfg(unix)]
#[test]
fn a_link_that_leads_back_does_not_count_as_ignored() {
    let folder = leaks(&["sub/a.txt"]);
    link(folder.repository(), "sub/up", "..");
    let run = scan(&folder, &["--follow", "."]).exits(1);
    assert_eq!(run.coverage("ignored"), 0);
}

// Folders and files of their own kind.

#[test]
fn the_folder_of_git_is_never_entered() {
    let folder = leaks(&["a.txt", ".git/config", "sub/.git/objects/x"]);
    for args in [&["."][..], &["--no-ignore", "."], &["--follow", "."]] {
        let run = assert_finds(scan(&folder, args), &["a.txt"]);
        assert_eq!((run.coverage("files"), run.coverage("ignored")), (1, 0));
    }
}

#[test]
fn hidden_files_are_scanned() {
    let folder = leaks(&[".env", ".config/x/.secret", ".github/workflows/ci.yml"]);
    let all = [".config/x/.secret", ".env", ".github/workflows/ci.yml"];
    assert_finds(scan(&folder, &["."]), &all);
    assert_finds(scan(folder.repository(), &["."]), &all);
}

#[test]
fn the_current_folder_is_scanned_if_none_is_named() {
    assert_finds(scan(&leaks(&["sub/a.txt"]), &[]), &["sub/a.txt"]);
}

// Symbolic links.

#[cfg(unix)]
#[test]
fn links_are_not_followed_and_are_counted() {
    let outside = leaks(&["secret/a.txt", "b.txt"]);
    let folder = Folder::new();
    let target = |name: &str| outside.path().join(name).to_string_lossy().into_owned();
    link(&folder, "folder", &target("secret"));
    link(&folder, "file", &target("b.txt"));
    let run = assert_finds(scan(&folder, &["."]), &[]);
    assert_eq!((run.coverage("links_not_followed"), run.coverage("files")), (2, 0));
}

#[cfg(unix)]
#[test]
fn links_are_followed_if_that_is_asked_for() {
    let outside = leaks(&["secret/a.txt", "b.txt"]);
    let folder = Folder::new();
    let target = |name: &str| outside.path().join(name).to_string_lossy().into_owned();
    link(&folder, "folder", &target("secret"));
    link(&folder, "file", &target("b.txt"));
    let run = scan(&folder, &["--follow", "."]);
    let run = assert_finds(run, &["file", "folder/a.txt"]);
    assert_eq!((run.coverage("links_not_followed"), run.coverage("files")), (0, 2));
}

#[cfg(unix)]
#[test]
fn a_link_that_is_named_is_followed() {
    let folder = leaks(&["real/a.txt"]);
    link(&folder, "folder", "real");
    link(&folder, "file", "real/a.txt");
    assert_finds(scan(&folder, &["folder"]), &["folder/a.txt"]);
    assert_finds(scan(&folder, &["file"]), &["file"]);
}

// What the user leaves out.

#[test]
fn files_can_be_excluded() {
    let folder = leaks(&["a.txt", "b.lock", "sub/c.lock"]);
    let run = assert_finds(scan(&folder, &["--exclude", "*.lock", "."]), &["a.txt"]);
    assert_eq!((run.coverage("excluded"), run.coverage("ignored")), (2, 0));
}

#[test]
fn a_folder_can_be_excluded() {
    let folder = leaks(&["a.txt", "vendor/b.txt", "vendor/c.txt", "sub/vendor/d.txt", "sub/e.txt"]);
    let run = scan(&folder, &["--exclude", "vendor/", "."]);
    let run = assert_finds(run, &["a.txt", "sub/e.txt"]);
    assert_eq!(run.coverage("excluded"), 2, "a folder counts once");
}

#[test]
fn a_pattern_with_a_slash_is_relative_to_the_base() {
    let folder = leaks(&["vendor/b.txt", "sub/vendor/d.txt"]);
    assert_finds(scan(&folder, &["--exclude", "/vendor", "."]), &["sub/vendor/d.txt"]);
    assert_finds(scan(&folder, &["--exclude", "sub/vendor", "."]), &["vendor/b.txt"]);
}

#[test]
fn a_pattern_for_any_depth_excludes_at_any_depth() {
    let folder = leaks(&["gen/a.txt", "x/gen/b.txt", "x/y/gen/z/c.txt", "x/a.txt"]);
    let run = assert_finds(scan(&folder, &["--exclude", "**/gen/**", "."]), &["x/a.txt"]);
    assert_eq!(run.coverage("excluded"), 3);
}

#[test]
fn several_patterns_exclude_together() {
    let folder = leaks(&["a.txt", "b.lock", "c.map"]);
    let run = scan(&folder, &["--exclude", "*.lock", "--exclude", "*.map", "."]);
    assert_finds(run, &["a.txt"]);
}

/// In a repository patterns are relative to its root, wherever a scan starts.
#[test]
fn patterns_are_relative_to_the_repository() {
    let folder = leaks(&["sub/vendor/a.txt", "sub/b.txt"]);
    folder.repository();
    assert_finds(scan(&folder, &["--exclude", "/sub/vendor", "sub"]), &["sub/b.txt"]);
}

#[test]
fn a_file_that_is_named_is_scanned_although_it_is_excluded() {
    let folder = leaks(&["a.lock"]);
    assert_finds(scan(&folder, &["--exclude", "*.lock", "a.lock"]), &["a.lock"]);
}

#[test]
fn a_pattern_that_is_wrong_is_refused() {
    let run = leaks(&["a.txt"]).run(["scan", "--exclude", "[z-a]", "."]).exits(2);
    assert!(run.stderr.contains("[z-a]"), "{}", run.stderr);
    assert_eq!(run.stdout, "");
}

// Several paths.

#[test]
fn several_paths_are_scanned_at_once() {
    let folder = leaks(&["a/x.txt", "b/x.txt", "c.txt", "d.txt"]);
    let run = assert_finds(scan(&folder, &["b", "a", "c.txt"]), &["a/x.txt", "b/x.txt", "c.txt"]);
    assert_eq!(run.coverage("files"), 3);
}

#[test]
fn an_absolute_path_is_scanned() {
    let folder = leaks(&["a.txt"]);
    let path = folder.path().join("a.txt").to_string_lossy().into_owned();
    assert_finds(scan(&folder, &[&path]), &[&path]);
}

#[cfg(unix)]
#[test]
fn one_file_by_two_names_is_found_under_both() {
    let folder = leaks(&["a.txt"]);
    std::fs::hard_link(folder.path().join("a.txt"), folder.path().join("b.txt")).expect("a link");
    let run = assert_finds(scan(&folder, &["."]), &["a.txt", "b.txt"]);
    let findings = run.findings();
    assert_eq!(findings[0]["fingerprint"], findings[1]["fingerprint"], "it is one secret");
}

#[test]
fn a_file_that_is_named_twice_is_reported_once() {
    let folder = leaks(&["sub/a.txt"]);
    assert_finds(scan(&folder, &["sub/a.txt", "sub/a.txt"]), &["sub/a.txt"]);
    assert_finds(scan(&folder, &["sub", "sub/a.txt"]), &["sub/a.txt"]);
}

// Standard input.

#[test]
fn standard_input_is_scanned() {
    let input = format!("first\n{}\n", github_token());
    let args = ["scan", "--format", "json", "-"];
    let run = assert_finds(Folder::new().run_with_input(args, input.as_bytes()), &["<stdin>"]);
    assert_eq!(run.findings()[0]["line"], 2);
    assert_eq!((run.coverage("files"), run.coverage("bytes")), (1, input.len() as u64));
}

#[test]
fn empty_standard_input_is_clean() {
    assert_finds(scan(&Folder::new(), &["-"]), &[]);
}

#[test]
fn standard_input_is_not_read_unless_it_is_named() {
    let folder = Folder::new();
    folder.file("a.txt", "nothing");
    let args = ["scan", "--format", "json", "."];
    assert_finds(folder.run_with_input(args, github_token().as_bytes()), &[]);
}

#[test]
fn standard_input_and_paths_are_scanned_together() {
    let folder = leaks(&["a.txt", "b.txt"]);
    for args in [["a.txt", "-"], ["-", "a.txt"]] {
        let args = ["scan", "--format", "json"].into_iter().chain(args);
        let run = folder.run_with_input(args, github_token().as_bytes()).exits(1);
        let mut paths = run.paths();
        paths.sort();
        assert_eq!(paths, ["<stdin>", "a.txt"]);
        assert_eq!(run.coverage("files"), 2);
    }
}

#[test]
fn standard_input_that_is_named_twice_is_read_once() {
    let args = ["scan", "--format", "json", "-", "-"];
    let run = Folder::new().run_with_input(args, github_token().as_bytes());
    let run = assert_finds(run, &["<stdin>"]);
    assert_eq!(run.coverage("files"), 1);
}

/// `-` means standard input even where a file has that name.
#[test]
fn a_file_named_like_standard_input_is_reached_by_its_folder() {
    let folder = leaks(&["-"]);
    assert_finds(scan(&folder, &["./-"]), &["-"]);
    assert_finds(scan(&folder, &["-"]), &[]);
}
