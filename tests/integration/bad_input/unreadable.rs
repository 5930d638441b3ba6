//! What is not there, cannot be read or is over the limit.

use std::path::Path;

#[cfg(unix)]
use super::shell;
use super::{assert_notices, assert_refused, one_leak, scan};
use crate::support::{Folder, github_token};

#[test]
fn a_path_that_is_not_there_is_refused() {
    let folder = one_leak("a.txt");
    assert_refused(folder.run(["scan", "a.txt", "nowhere"]), &["cannot scan nowhere", "No such"]);
}

#[cfg(unix)]
#[test]
fn a_dangling_link_that_is_named_has_vanished() {
    let folder = Folder::new();
    std::os::unix::fs::symlink("gone.txt", folder.path().join("link")).expect("a link");
    assert_notices(&scan(&folder, &["link"]).exits(2), &[("vanished", "link")]);
}

#[cfg(unix)]
#[test]
fn a_dangling_link_on_the_way_is_a_link_like_any_other() {
    let folder = Folder::new();
    std::os::unix::fs::symlink("gone.txt", folder.path().join("link")).expect("a link");
    let run = scan(&folder, &["."]).exits(0);
    assert_eq!(run.coverage("links_not_followed"), 1);
}

#[cfg(unix)]
fn set_mode(path: &Path, mode: u32) {
    let permissions = std::os::unix::fs::PermissionsExt::from_mode(mode);
    std::fs::set_permissions(path, permissions).expect("the mode can be set");
}

#[cfg(unix)]
#[test]
fn a_file_that_may_not_be_read_is_a_gap() {
    let folder = one_leak("b.txt");
    let path = folder.file("a.txt", "locked");
    set_mode(&path, 0o000);
    // Root may read it all the same: then there is nothing to see here.
    if std::fs::File::open(&path).is_err() {
        let run = scan(&folder, &["."]).exits(1);
        assert_notices(&run, &[("unreadable", "a.txt")]);
        assert_eq!(run.paths(), ["b.txt"], "the others are scanned");
        assert_notices(&scan(&folder, &["a.txt"]).exits(2), &[("unreadable", "a.txt")]);
    }
}

#[cfg(unix)]
#[test]
fn a_folder_that_may_not_be_read_is_a_gap() {
    let folder = one_leak("b.txt");
    folder.file("locked/a.txt", "");
    let locked = folder.path().join("locked");
    set_mode(&locked, 0o000);
    // Root may read it all the same: then there is nothing to see here.
    let refused = std::fs::read_dir(&locked).is_err();
    let run = scan(&folder, &["."]);
    // Else the folder could not be removed.
    set_mode(&locked, 0o700);
    if refused {
        assert_notices(&run.exits(1), &[("unreadable", "locked")]);
    }
}

/// The memory of a process is a file whose beginning nobody can read: unlike
/// permissions that holds for root, too.
#[cfg(target_os = "linux")]
#[test]
fn an_error_while_reading_is_a_gap() {
    let folder = Folder::new();
    let run = scan(&folder, &["/proc/self/mem"]).exits(2);
    assert_notices(&run, &[("unreadable", "/proc/self/mem")]);
}

/// A path longer than the system takes can be made step by step; nobody can
/// open it by its name, not even root.
#[cfg(target_os = "linux")]
#[test]
fn a_folder_too_deep_to_be_opened_is_a_gap() {
    let folder = one_leak("b.txt");
    let name = "d".repeat(250);
    let step = format!("mkdir {name} && cd -P ./{name} || exit 1; i=$((i+1))");
    shell(&folder, &format!("i=0; while [ $i -lt 20 ]; do {step}; done"));
    let run = scan(&folder, &["."]).exits(1);
    let notices = run.notices();
    assert_eq!(notices.len(), 1);
    assert_eq!(notices[0].0, "unreadable");
    assert_eq!(run.paths(), ["b.txt"]);
}

/// Files of `/sys` are said to have 4096 bytes, whatever they hold: to a reader
/// they are files that shrink.
#[cfg(target_os = "linux")]
#[test]
fn a_file_shorter_than_it_is_said_to_be_is_a_gap() {
    const SHRINKING: &str = "/sys/class/net/lo/mtu";
    let said = std::fs::metadata(SHRINKING).map_or(0, |metadata| metadata.len());
    let held = std::fs::read(SHRINKING).map_or(0, |content| content.len() as u64);
    // Not every machine has this file.
    if held < said {
        let run = scan(&Folder::new(), &[SHRINKING]).exits(2);
        assert_notices(&run, &[("shrunk", SHRINKING)]);
        assert_eq!(run.coverage("files"), 1);
        assert_eq!(run.coverage("bytes"), held);
    }
}

#[test]
fn a_file_over_the_limit_is_scanned_at_its_beginning() {
    let folder = Folder::new();
    folder.file("a.txt", format!("{}\n{}", github_token(), "filler\n".repeat(1000)));
    let run = scan(&folder, &["--max-file-size", "1K", "a.txt"]).exits(1);
    assert_notices(&run, &[("too-large", "a.txt")]);
    assert_eq!(run.findings().len(), 1);
    assert_eq!(run.coverage("bytes"), 1024);
}

#[test]
fn a_file_over_the_limit_is_not_clean() {
    let folder = Folder::new();
    folder.file("a.txt", format!("{}{}", "filler\n".repeat(1000), github_token()));
    let run = scan(&folder, &["--max-file-size", "1K", "a.txt"]).exits(2);
    assert_notices(&run, &[("too-large", "a.txt")]);
}

#[test]
fn a_file_just_at_the_limit_is_covered() {
    let folder = Folder::new();
    folder.file("a.txt", ".".repeat(1024));
    let run = scan(&folder, &["--max-file-size", "1K", "a.txt"]).exits(0);
    assert_notices(&run, &[]);
}

#[test]
fn standard_input_over_the_limit_is_not_clean() {
    let folder = Folder::new();
    let args = ["scan", "--format", "json", "--max-file-size", "1K", "-"];
    let run = folder.run_with_input(args, "filler\n".repeat(1000).as_bytes()).exits(2);
    assert_notices(&run, &[("too-large", "<stdin>")]);
}
