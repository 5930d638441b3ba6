//! Standard output and reports that cannot be written.

use std::io::Write;
use std::process::{Command, Stdio};

use super::{assert_refused, one_leak, start, start_waiting};
use crate::support::{Folder, Run, end_of, formats, github_token, program};

/// The reader is gone before the program writes: it still waits for its input.
#[test]
fn a_closed_pipe_is_no_trouble() {
    let folder = Folder::new();
    for format in formats() {
        let mut child = start_waiting(&folder, ["scan", "--format", format, "-"]);
        drop(child.stdout.take());
        let mut input = child.stdin.take().expect("standard input is a pipe");
        input.write_all(github_token().as_bytes()).expect("the program reads");
        drop(input);
        let run = end_of(child).exits(1);
        assert_eq!(run.stderr, "", "{format}");
    }
}

#[test]
fn a_list_of_rules_that_nobody_reads_is_no_trouble() {
    let mut command = program();
    let mut child = start(command.args(["rules", "list"]).stdin(Stdio::null()));
    drop(child.stdout.take());
    assert_eq!(end_of(child).exits(0).stderr, "");
}

#[cfg(target_os = "linux")]
#[test]
fn a_report_file_on_a_full_disk_is_trouble() {
    for format in formats() {
        let folder = one_leak("a.txt");
        let run = folder.run(["scan", "--format", format, "--output", "/dev/full", "a.txt"]);
        assert_refused(run, &["/dev/full", "No space left"]);
    }
}

#[cfg(target_os = "linux")]
#[test]
fn standard_output_on_a_full_disk_is_trouble() {
    let folder = one_leak("a.txt");
    let full = std::fs::File::options().write(true).open("/dev/full").expect("it is there");
    let mut command = folder.command(["scan", "a.txt"]);
    let child = command.stdin(Stdio::null()).stdout(full).stderr(Stdio::piped()).spawn();
    let run = end_of(child.expect("the program starts"));
    assert_refused(run, &["standard output", "No space left"]);
}

/// The program in `folder` with a report of some size, where no file may grow
/// beyond a few hundred bytes. The system would kill it unless the signal were
/// ignored.
#[cfg(unix)]
fn run_without_room(folder: &Folder) -> Run {
    let script = "trap '' XFSZ; ulimit -f 1; exec \"$0\" \"$@\"";
    let mut command = Command::new("sh");
    command.current_dir(folder.path()).arg("-c").arg(script).arg(program().get_program());
    command.args(["scan", "--format", "json", "--output", "report.json", "a.txt"]);
    // No more than the path is needed; profiles could not be written either.
    command.env_clear().env("PATH", std::env::var_os("PATH").unwrap_or_default());
    end_of(start(command.stdin(Stdio::null())))
}

#[cfg(unix)]
fn names_in(folder: &Folder) -> Vec<String> {
    let entries = std::fs::read_dir(folder.path()).expect("the folder can be read");
    let name = |entry: std::io::Result<std::fs::DirEntry>| {
        entry.expect("the folder can be read").file_name().to_string_lossy().into_owned()
    };
    let mut names: Vec<_> = entries.map(name).collect();
    names.sort();
    names
}

#[cfg(unix)]
#[test]
fn a_report_that_breaks_off_is_not_left_behind() {
    let folder = one_leak("a.txt");
    assert_refused(run_without_room(&folder), &["report.json", "too large"]);
    assert_eq!(names_in(&folder), ["a.txt"]);
}

#[cfg(unix)]
#[test]
fn a_report_that_breaks_off_leaves_the_old_one() {
    let folder = one_leak("a.txt");
    let report = folder.file("report.json", "the old report");
    assert_refused(run_without_room(&folder), &["report.json", "too large"]);
    assert_eq!(names_in(&folder), ["a.txt", "report.json"]);
    let content = std::fs::read_to_string(report).expect("the report can be read");
    assert_eq!(content, "the old report");
}

/// Nothing is written to standard input and it stays open: were it read before
/// the check, this would never end.
#[test]
fn a_report_without_a_folder_is_refused_before_the_scan() {
    let folder = Folder::new();
    let mut child = start_waiting(&folder, ["scan", "--output", "no/such/report", "-"]);
    let _open = child.stdin.take();
    assert_refused(end_of(child), &["no/such/report", "No such file or directory"]);
}
