//! Input that nobody wishes for: what cannot be read, never ends, lies about
//! itself or is far too large. A scan neither hangs nor panics on any of it,
//! and says what it could not look at.

mod names;
mod rules;
mod shapes;
#[cfg(unix)]
mod special;
#[cfg(unix)]
mod stopping;
mod unreadable;
mod writing;

use std::process::{Child, Command, Stdio};

use crate::support::{Folder, Run, end_of, github_token};

/// A folder with one file that holds a token.
fn one_leak(name: &str) -> Folder {
    let folder = Folder::new();
    folder.file(name, format!("token = {}\n", github_token()));
    folder
}

/// Scans `paths` with a JSON report; the test fails if that does not end.
#[track_caller]
fn scan(folder: &Folder, args: &[&str]) -> Run {
    let mut command = folder.command(["scan", "--format", "json"]);
    command.args(args).stdin(Stdio::null());
    end_of(start(&mut command))
}

fn start(command: &mut Command) -> Child {
    command.stdout(Stdio::piped()).stderr(Stdio::piped()).spawn().expect("the program starts")
}

/// The program with standard input open and nothing in it.
fn start_waiting<const N: usize>(folder: &Folder, args: [&str; N]) -> Child {
    start(folder.command(args).stdin(Stdio::piped()))
}

#[track_caller]
fn assert_notices(run: &Run, expected: &[(&str, &str)]) {
    let notices = run.notices();
    let notices: Vec<_> = notices.iter().map(|(kind, at)| (kind.as_str(), at.as_str())).collect();
    assert_eq!(notices, expected);
}

/// Asserts that a run failed with one line that has all of `parts`, and wrote
/// no report.
#[track_caller]
fn assert_refused(run: Run, parts: &[&str]) {
    let run = run.exits(2);
    assert_eq!(run.stdout, "");
    assert_eq!(run.stderr.lines().count(), 1, "{}", run.stderr);
    for part in parts {
        assert!(run.stderr.contains(part), "`{part}` is not in: {}", run.stderr);
    }
}

/// Runs a line of shell in `folder`.
#[cfg(unix)]
#[track_caller]
fn shell(folder: &Folder, script: &str) {
    let status = Command::new("sh").arg("-c").arg(script).current_dir(folder.path()).status();
    assert!(status.expect("there is a shell").success(), "{script}");
}
