//! Names that are not UTF-8, or would mislead a terminal.

use std::path::Path;

#[cfg(unix)]
use super::shell;
use super::{assert_notices, assert_refused, one_leak, scan};
use crate::support::{Folder, github_token};

#[cfg(unix)]
#[test]
fn a_name_that_is_not_utf8_is_told_whole() {
    use std::os::unix::ffi::OsStrExt;
    let folder = one_leak("plain.txt");
    let name = std::ffi::OsStr::from_bytes(b"caf\xe9.txt");
    folder.file(Path::new(name), github_token());
    let human = folder.run(["scan"]).exits(1);
    assert!(human.stdout.contains("caf\\xe9.txt:1:1"), "{}", human.stdout);
    let finding = &scan(&folder, &["."]).findings()[0];
    assert_eq!(finding["path"], "caf\\xe9.txt");
    assert_eq!(finding["path_hex"], "636166e92e747874");
}

#[cfg(unix)]
#[test]
fn a_name_that_is_not_utf8_is_told_whole_in_a_notice() {
    use std::os::unix::ffi::OsStrExt;
    let folder = Folder::new();
    let name = std::ffi::OsStr::from_bytes(b"caf\xe9");
    std::os::unix::fs::symlink("gone.txt", folder.path().join(name)).expect("a link");
    let run = scan(&folder, &["--follow", "."]).exits(2);
    assert_notices(&run, &[("vanished", "caf\\xe9")]);
}

/// It moves the cursor, ends the line and turns the writing direction.
#[cfg(unix)]
const EVIL: &str = "a\x1b[2J\nb\u{202e}c.txt";
#[cfg(unix)]
const EVIL_ESCAPED: &str = "a\\x1b[2J\\nb\\u{202e}c.txt";

#[cfg(unix)]
#[test]
fn an_evil_name_is_escaped_for_people() {
    let folder = one_leak(EVIL);
    let run = folder.run(["scan", "--color", "never"]).exits(1);
    assert!(run.stdout.contains(&format!("{EVIL_ESCAPED}:1:9")), "{}", run.stdout);
    assert!(!run.stdout.contains(['\x1b', '\u{202e}']));
}

#[cfg(unix)]
#[test]
fn an_evil_name_is_whole_in_json() {
    let run = scan(&one_leak(EVIL), &["."]).exits(1);
    assert_eq!(run.paths(), [EVIL]);
    assert!(!run.stdout.contains('\x1b'), "JSON has an escape of its own for it");
}

#[cfg(unix)]
#[test]
fn an_evil_name_is_escaped_in_a_notice() {
    let folder = Folder::new();
    shell(&folder, "mkfifo pipe");
    std::fs::rename(folder.path().join("pipe"), folder.path().join(EVIL)).expect("a new name");
    let run = folder.run(["scan", "--color", "never", EVIL]).exits(2);
    assert!(run.stdout.contains(EVIL_ESCAPED), "{}", run.stdout);
    assert!(!run.stdout.contains(['\x1b', '\u{202e}']));
}

#[test]
fn an_evil_name_is_escaped_in_an_error() {
    let run = Folder::new().run(["scan", "a\x1b[2J\u{202e}"]);
    assert_refused(run, &["cannot scan a\\x1b[2J\\u{202e}"]);
}
