//! Input that nobody wishes for: what cannot be read, never ends, lies about
//! itself or is far too large. A scan neither hangs nor panics on any of it,
//! and says what it could not look at.

use std::io::Write;
use std::path::Path;
use std::process::{Child, Command, Stdio};

use crate::support::{Folder, Run, end_of, github_token, github_token_of, program};

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

// What is not there or cannot be read.

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

// Pipes, sockets, devices and other things that are no files.

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

// Links that lead in circles.

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

// Names.

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

// Files and folders of unusual shape.

#[test]
fn empty_files_are_clean() {
    let folder = Folder::new();
    folder.file("a.txt", "");
    folder.file("b.txt", "");
    let run = scan(&folder, &["."]).exits(0);
    assert_eq!((run.coverage("files"), run.coverage("bytes")), (2, 0));
}

#[test]
fn a_file_in_a_deep_folder_is_found() {
    let folder = one_leak(&format!("{}a.txt", "d/".repeat(200)));
    let run = scan(&folder, &["."]).exits(1);
    assert_eq!(run.findings().len(), 1);
}

/// Bytes without any order, the same in every run.
fn garbage(count: usize) -> Vec<u8> {
    let mut state = 0x9e37_79b9_7f4a_7c15_u64;
    let step = || {
        state ^= state << 13;
        state ^= state >> 7;
        state ^= state << 17;
        state.to_be_bytes()[0]
    };
    std::iter::repeat_with(step).take(count).collect()
}

#[test]
fn binary_garbage_is_clean() {
    let folder = Folder::new();
    folder.file("garbage", garbage(1 << 20));
    let run = scan(&folder, &["."]).exits(0);
    assert_eq!(run.coverage("bytes"), 1 << 20);
    assert_notices(&run, &[]);
}

#[test]
fn a_secret_in_binary_garbage_is_found() {
    let folder = Folder::new();
    let (noise, token) = (garbage(5000), github_token());
    folder.file("garbage", [&noise, token.as_bytes(), b"\xff\xfe", &noise].concat());
    let run = scan(&folder, &["."]).exits(1);
    assert_eq!(run.findings()[0]["offset"], 5000);
}

#[test]
fn a_line_of_64_megabytes_is_scanned_to_its_end() {
    const GAP: usize = 32 << 20;
    let folder = Folder::new();
    let [first, second, third] = [1, 2, 3].map(github_token_of);
    let gap = format!(" {} ", ".".repeat(GAP));
    folder.file("line.min.js", [&first, gap.as_str(), &second, gap.as_str(), &third].concat());
    let run = scan(&folder, &["."]).exits(1);
    let places: Vec<_> = run
        .findings()
        .iter()
        .map(|finding| (finding["line"].as_u64(), finding["column"].as_u64()))
        .collect();
    let step = (first.len() + gap.len()) as u64;
    assert_eq!(places, [1, 1 + step, 1 + 2 * step].map(|column| (Some(1), Some(column))));
}

#[test]
fn all_of_4000_findings_in_one_file_are_reported() {
    let folder = Folder::new();
    let lines = (1..=4000).map(|seed| format!("t={} ;;;;;\n", github_token_of(seed)));
    folder.file("a.txt", lines.collect::<String>());
    let run = scan(&folder, &["."]).exits(1);
    let lines: Vec<_> = run.findings().iter().map(|finding| finding["line"].as_u64()).collect();
    assert_eq!(lines, (1..=4000).map(Some).collect::<Vec<_>>());
}

// Files over the limit.

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

// Rules that cannot be used.

#[test]
fn a_syntax_error_in_a_rule_file_is_told_with_its_place() {
    let folder = one_leak("a.txt");
    folder.file("rules.toml", "provider = \"Acme\"\n[[rule]\nid = \"acme-key\"\n");
    let run = folder.run(["scan", "--rules", "rules.toml", "a.txt"]);
    assert_refused(run, &["rules.toml:2:8: ", "expected `]`"]);
}

#[test]
fn an_unknown_field_in_a_rule_file_is_told_with_the_one_meant() {
    let folder = one_leak("a.txt");
    folder.file("rules.toml", "provider = \"Acme\"\n[[rule]]\nid = \"acme-key\"\nnamme = \"x\"\n");
    let run = folder.run(["scan", "--rules", "rules.toml", "a.txt"]);
    assert_refused(run, &["rules.toml:4:1: ", "expected one of", "did you mean `name`?"]);
}

/// A rule for `acme_` and what `tail` matches.
fn acme_rule(tail: &str) -> String {
    format!(
        r#"provider = "Acme"

[[rule]]
id = "acme-key"
name = "Acme key"
class = "api-key"
principal = "user"
lifetime = "until-revoked"
severity = "high"
pattern = '(?<secret>acme_{tail})'
why = "Orders anvils."
fix = "Tell the coyote."
since = "0.1.0"
"#
    )
}

#[test]
fn a_pattern_that_is_no_regular_expression_is_told_with_its_place() {
    let folder = one_leak("a.txt");
    folder.file("rules.toml", acme_rule("[a-z"));
    let run = folder.run(["scan", "--rules", "rules.toml", "a.txt"]);
    assert_refused(run, &["rules.toml:10:11: ", "acme-key", "unclosed character class"]);
}

#[test]
fn a_pattern_that_is_too_large_is_refused_whether_it_is_needed_or_not() {
    for text in ["acme_key", "nothing of that kind"] {
        let folder = Folder::new();
        folder.file("rules.toml", acme_rule("[a-z]{1000}{1000}"));
        folder.file("a.txt", text);
        let run = folder.run(["scan", "--rules", "rules.toml", "a.txt"]);
        assert_refused(run, &["acme-key", "16 MiB"]);
    }
}

#[test]
fn a_rule_that_is_not_there_is_told_with_the_one_meant() {
    let folder = one_leak("a.txt");
    let run = folder.run(["scan", "--only", "github-pat-clasic", "a.txt"]);
    assert_refused(run, &["`github-pat-clasic`", "did you mean `github-pat-classic`?"]);
}

// Standard output and reports that cannot be written.

/// The reader is gone before the program writes: it still waits for its input.
#[test]
fn a_closed_pipe_is_no_trouble() {
    let folder = Folder::new();
    for format in ["human", "json", "jsonl"] {
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
    for format in ["human", "json", "jsonl"] {
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

// Being stopped.

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
