//! Being stopped.

use std::io::Write;
use std::process::{Child, Command};

use super::{assert_notices, shell, start, start_waiting};
use crate::support::{Folder, Run, end_of, github_token};

#[cfg(unix)]
fn interrupt(child: &Child) {
    let script = format!("kill -INT {}", child.id());
    let status = Command::new("sh").arg("-c").arg(script).status().expect("there is a shell");
    assert!(status.success());
}

/// Feeds a program `start` and then line upon line until it reads no more;
/// interrupts it when it is well under way.
#[cfg(unix)]
fn interrupt_amid_input(mut child: Child, start: &[u8]) -> Run {
    const UNDER_WAY: usize = 8 << 20;
    let mut input = child.stdin.take().expect("standard input is a pipe");
    let lines = "a line of text\n".repeat(4096);
    input.write_all(start).expect("the program reads");
    for _ in 0..UNDER_WAY / lines.len() {
        input.write_all(lines.as_bytes()).expect("the program reads");
    }
    interrupt(&child);
    let writer = std::thread::spawn(move || while input.write_all(lines.as_bytes()).is_ok() {});
    let run = end_of(child);
    writer.join().expect("the pipe broke");
    run
}

#[cfg(unix)]
#[test]
fn an_interrupted_scan_is_not_clean() {
    let args = ["scan", "--format", "json", "--max-file-size", "1T", "-"];
    let folder = Folder::new();
    let run = interrupt_amid_input(start_waiting(&folder, args), b"").exits(2);
    assert_notices(&run, &[("interrupted", "")]);
    assert_eq!(run.json()["summary"]["complete"], false);
}

#[cfg(unix)]
#[test]
fn an_interrupted_scan_reports_what_it_found() {
    let args = ["scan", "--format", "json", "--max-file-size", "1T", "-"];
    let token = format!("{}\n", github_token());
    let folder = Folder::new();
    let child = start_waiting(&folder, args);
    let run = interrupt_amid_input(child, token.as_bytes()).exits(1);
    assert_notices(&run, &[("interrupted", "")]);
    assert_eq!(run.findings().len(), 1);
}

/// Input that comes and then stays away, as that of a build that hangs.
#[cfg(unix)]
#[test]
fn a_scan_that_waits_for_input_can_be_interrupted() {
    let folder = Folder::new();
    let mut child = start_waiting(&folder, ["scan", "--format", "json", "-"]);
    let mut input = child.stdin.take().expect("standard input is a pipe");
    // A pipe holds 64 KiB: when all this is written, the beginning has been read.
    let text = format!("{}\n{}", github_token(), "filler\n".repeat(100_000));
    input.write_all(text.as_bytes()).expect("the program reads");
    interrupt(&child);
    let run = end_of(child).exits(1);
    assert_notices(&run, &[("interrupted", "")]);
    assert_eq!(run.findings().len(), 1);
}

/// Waits until a program has a handler for interrupts: before, they end it.
#[cfg(target_os = "linux")]
fn wait_for_handler(child: &Child) {
    let status = format!("/proc/{}/status", child.id());
    let has_handler = || {
        let text = std::fs::read_to_string(&status).expect("the program runs");
        let caught = text.lines().find_map(|line| line.strip_prefix("SigCgt:"));
        let caught = caught.and_then(|mask| u64::from_str_radix(mask.trim(), 16).ok());
        // Bit 0 is signal 1; interrupt is signal 2.
        caught.is_some_and(|mask| mask & 2 != 0)
    };
    let started = std::time::Instant::now();
    while !has_handler() {
        assert!(started.elapsed().as_secs() < 60, "the program sets no handler");
        std::thread::sleep(std::time::Duration::from_millis(10));
    }
}

#[cfg(target_os = "linux")]
#[test]
fn a_scan_without_any_input_can_be_interrupted() {
    let folder = Folder::new();
    shell(&folder, "mkfifo pipe");
    // Open for both directions, so that neither end waits for the other.
    let pipe = std::fs::File::options().read(true).write(true).open(folder.path().join("pipe"));
    let mut command = folder.command(["scan", "--format", "json", "-"]);
    let child = start(command.stdin(pipe.expect("the pipe opens")));
    wait_for_handler(&child);
    interrupt(&child);
    assert_notices(&end_of(child).exits(2), &[("interrupted", "")]);
}
