//! Pipes, sockets, devices and other things that are no files, and links that
//! lead in circles.

use super::{assert_notices, one_leak, scan, shell};
use crate::support::Folder;

#[cfg(unix)]
#[test]
fn what_is_no_file_is_counted_on_the_way() {
    let folder = Folder::new();
    shell(&folder, "mkfifo pipe");
    let _socket = std::os::unix::net::UnixListener::bind(folder.path().join("socket"));
    let run = scan(&folder, &["."]).exits(0);
    assert_eq!(run.coverage("special_files"), 2);
    assert_eq!(run.coverage("files"), 0);
}

/// Only root can make a device, but everyone can make a link to one.
#[cfg(unix)]
#[test]
fn a_device_behind_a_link_is_counted_on_the_way() {
    let folder = Folder::new();
    std::os::unix::fs::symlink("/dev/zero", folder.path().join("zero")).expect("a link");
    let run = scan(&folder, &["--follow", "."]).exits(0);
    assert_eq!(run.coverage("special_files"), 1);
}

#[cfg(unix)]
#[test]
fn a_pipe_that_is_named_is_no_file() {
    let folder = Folder::new();
    shell(&folder, "mkfifo pipe");
    let run = scan(&folder, &["pipe"]).exits(2);
    assert_notices(&run, &[("not-a-file", "pipe")]);
    assert_eq!(run.coverage("special_files"), 1);
}

#[cfg(unix)]
#[test]
fn a_socket_that_is_named_is_no_file() {
    let folder = Folder::new();
    let _socket = std::os::unix::net::UnixListener::bind(folder.path().join("socket"));
    assert_notices(&scan(&folder, &["socket"]).exits(2), &[("not-a-file", "socket")]);
}

#[cfg(unix)]
#[test]
fn a_device_that_is_named_is_no_file() {
    let run = scan(&Folder::new(), &["/dev/zero", "/dev/null"]).exits(2);
    assert_notices(&run, &[("not-a-file", "/dev/null"), ("not-a-file", "/dev/zero")]);
}

/// Opening a pipe waits for someone to write into it.
#[cfg(unix)]
#[test]
fn a_pipe_named_like_an_ignore_file_is_not_waited_for() {
    let folder = one_leak("a.txt");
    folder.repository();
    shell(&folder, "mkfifo .gitignore .ignore && mkdir .git/info && mkfifo .git/info/exclude");
    let run = scan(&folder, &["."]).exits(1);
    assert_eq!(run.paths(), ["a.txt"]);
}

#[cfg(unix)]
#[test]
fn a_pipe_named_like_the_configuration_is_not_waited_for() {
    let folder = one_leak("a.txt");
    shell(&folder, "mkfifo .redhanded.toml");
    scan(&folder, &["."]).exits(1);
}

/// Among the files of a process are some that change, vanish, fail or have no
/// end. The limit keeps those short that have a size in terabytes.
#[cfg(target_os = "linux")]
#[test]
fn the_files_of_a_process_can_be_scanned() {
    let run = scan(&Folder::new(), &["--max-file-size", "64K", "/proc/self/"]);
    assert!(matches!(run.code, 1 | 2), "some of them cannot be read: {}", run.stderr);
    assert!(run.coverage("files") > 0);
    assert!(run.notices().iter().all(|(kind, _)| kind != "panicked"));
}

#[cfg(unix)]
#[test]
fn a_link_that_leads_back_is_not_followed_for_ever() {
    let folder = one_leak("sub/a.txt");
    std::os::unix::fs::symlink("..", folder.path().join("sub/up")).expect("a link");
    let run = scan(&folder, &["--follow", "."]).exits(1);
    assert_notices(&run, &[("link-loop", "sub/up")]);
    assert_eq!(run.paths(), ["sub/a.txt"]);
}

#[cfg(unix)]
#[test]
fn a_link_to_itself_is_a_gap() {
    let folder = Folder::new();
    std::os::unix::fs::symlink("self", folder.path().join("self")).expect("a link");
    assert_notices(&scan(&folder, &["--follow", "."]).exits(2), &[("unreadable", "self")]);
    assert_notices(&scan(&folder, &["self"]).exits(2), &[("unreadable", "self")]);
}
