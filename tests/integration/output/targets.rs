//! Where reports go.

use std::path::Path;

use serde_json::Value;

use super::schemas::assert_valid;
use super::{REPORT_SCHEMA, one_leak, read, records};

#[test]
fn two_reports_cannot_both_go_to_standard_output() {
    for second in ["jsonl", "jsonl=-"] {
        let args = ["scan", "--format", "human", "--format", "json=r.json", "--format", second];
        let folder = one_leak();
        let run = folder.run(args).exits(2);
        assert!(run.stderr.contains("two reports would go to standard output"), "{}", run.stderr);
        assert_eq!(run.stdout, "");
        assert!(!folder.path().join("r.json").exists());
    }
}

#[test]
fn two_reports_cannot_both_go_to_one_file() {
    let args = ["scan", "--format", "json", "--format", "jsonl", "--output", "r.json"];
    let run = one_leak().run(args).exits(2);
    assert!(run.stderr.contains("two reports would go to r.json"), "{}", run.stderr);
}

#[test]
fn several_formats_are_written_at_once() {
    let folder = one_leak();
    let args =
        ["scan", "--format", "human", "--format", "json=r.json", "--format", "jsonl=r.jsonl"];
    let run = folder.run(args).exits(1);
    assert!(run.stdout.contains("leak.txt:1:9"), "{}", run.stdout);
    let document: Value = serde_json::from_str(&read(&folder, "r.json")).expect("it is JSON");
    assert_eq!(document["summary"]["findings"], 1);
    assert_eq!(records(&read(&folder, "r.jsonl")).len(), 2);
}

#[test]
fn a_minus_is_standard_output() {
    let folder = one_leak();
    let run = folder.run(["scan", "--format", "jsonl=-", "--format", "json=r.json"]).exits(1);
    assert_eq!(records(&run.stdout).len(), 2);
    assert!(!folder.path().join("-").exists());
}

#[test]
fn output_takes_the_report_off_standard_output() {
    let folder = one_leak();
    let run = folder.run(["scan", "--format", "json", "--output", "r.json"]).exits(1);
    assert_eq!(run.stdout, "");
    assert_valid(REPORT_SCHEMA, &serde_json::from_str(&read(&folder, "r.json")).expect("JSON"));
    folder.run(["scan", "-o", "r.txt", "leak.txt"]).exits(1);
    assert!(read(&folder, "r.txt").contains("leak.txt:1:9"));
}

#[test]
fn an_unknown_format_is_refused_with_those_there_are() {
    let run = one_leak().run(["scan", "--format", "xml"]).exits(2);
    assert!(run.stderr.contains("no format `xml`"), "{}", run.stderr);
    assert!(run.stderr.contains("human, json, jsonl"), "{}", run.stderr);
}

#[test]
fn a_folder_that_is_not_there_is_told_before_scanning() {
    let run = one_leak().run(["scan", "--format", "json=no/r.json", "--format", "human"]).exits(2);
    assert!(run.stderr.contains("no/r.json"), "{}", run.stderr);
    assert_eq!(run.stdout, "");
}

#[test]
fn an_existing_report_is_replaced_as_a_whole() {
    let folder = one_leak();
    let path = folder.file("r.json", "old ".repeat(10_000));
    let mut reader = std::fs::File::open(&path).expect("the old report is there");
    folder.run(["scan", "leak.txt", "--format", "json=r.json"]).exits(1);
    let document: Value = serde_json::from_str(&read(&folder, "r.json")).expect("it is JSON");
    assert_eq!(document["summary"]["findings"], 1);
    // Whoever has the old report open goes on reading the old one: the new one
    // was not written over it.
    let mut old = String::new();
    std::io::Read::read_to_string(&mut reader, &mut old).expect("the old report can be read");
    assert_eq!(old.len(), 40_000);
    let names = std::fs::read_dir(folder.path()).expect("the folder is there").count();
    assert_eq!(names, 2, "nothing else is left there");
}

#[test]
fn a_scan_that_cannot_start_leaves_the_old_report() {
    let folder = one_leak();
    folder.file("r.json", "old");
    folder.run(["scan", "nosuch", "--format", "json=r.json"]).exits(2);
    folder.run(["scan", "--only", "nosuch", "--format", "json=r.json"]).exits(2);
    assert_eq!(read(&folder, "r.json"), "old");
}

#[cfg(unix)]
#[test]
fn a_new_report_is_for_its_owner_alone() {
    let folder = one_leak();
    folder.run(["scan", "--format", "json=r.json"]).exits(1);
    assert_eq!(mode(&folder.path().join("r.json")), 0o600);
}

#[cfg(unix)]
#[test]
fn a_report_keeps_the_permissions_of_the_one_it_replaces() {
    use std::os::unix::fs::PermissionsExt;
    for wanted in [0o644, 0o640, 0o400] {
        let folder = one_leak();
        let path = folder.file("r.json", "old");
        std::fs::set_permissions(&path, PermissionsExt::from_mode(wanted)).expect("a mode");
        folder.run(["scan", "leak.txt", "--format", "json=r.json"]).exits(1);
        assert_eq!(mode(&path), wanted, "{wanted:o}");
        assert_ne!(read(&folder, "r.json"), "old");
    }
}

#[cfg(unix)]
fn mode(path: &Path) -> u32 {
    use std::os::unix::fs::PermissionsExt;
    path.metadata().expect("the file is there").permissions().mode() & 0o7777
}

#[cfg(unix)]
#[test]
fn a_link_to_a_file_is_no_place_for_a_report() {
    use std::os::unix::fs::symlink;
    let folder = one_leak();
    folder.file("real.json", "old");
    for target in ["real.json", "nosuch.json"] {
        let link = folder.path().join("r.json");
        symlink(target, &link).expect("a link");
        let run = folder.run(["scan", "--format", "json=r.json"]).exits(2);
        assert!(run.stderr.contains("r.json: it is a symbolic link"), "{}", run.stderr);
        assert!(link.is_symlink());
        std::fs::remove_file(link).expect("the link is removed");
    }
    assert_eq!(read(&folder, "real.json"), "old");
}

#[cfg(target_os = "linux")]
#[test]
fn a_link_to_what_is_no_file_is_written_to() {
    let folder = one_leak();
    let run = folder.run(["scan", "leak.txt", "--format", "jsonl=/dev/stdout"]).exits(1);
    assert_eq!(records(&run.stdout).len(), 2);
    let args = ["scan", "leak.txt", "--format", "human", "--format", "jsonl=/dev/stderr"];
    assert_eq!(records(&folder.run(args).exits(1).stderr).len(), 2);
    // It is no link to be refused when standard output is a file, either.
    let file = std::fs::File::create(folder.path().join("r.jsonl")).expect("a file");
    let mut command = folder.command(["scan", "leak.txt", "--format", "jsonl=/dev/stdout"]);
    let status = command.stdout(file).status().expect("the program runs");
    assert_eq!(status.code(), Some(1));
    assert_eq!(records(&read(&folder, "r.jsonl")).len(), 2);
}

#[test]
fn a_report_needs_a_name_of_a_file() {
    let folder = one_leak();
    folder.file("sub/a.txt", "");
    for (args, expected) in [
        (["--format", "json="], "--format json= names no file"),
        (["--output", "."], "cannot write the report .: it is a folder"),
        (["--format", "json=sub"], "cannot write the report sub: it is a folder"),
        (["--format", "json=sub/"], "cannot write the report sub/: it is a folder"),
    ] {
        let run = folder.run([&["scan"], &args[..]].concat()).exits(2);
        assert!(run.stderr.contains(expected), "{args:?}: {}", run.stderr);
        assert_eq!(run.stdout, "");
    }
}

#[test]
fn an_output_that_no_format_uses_is_refused() {
    let args = ["scan", "--format", "json=r.json", "--output", "other.json"];
    one_leak().run(args).exits(2);
}

#[test]
fn one_file_by_two_names_is_one_file() {
    one_leak().run(["scan", "--format", "json=r.json", "--format", "jsonl=./r.json"]).exits(2);
}
