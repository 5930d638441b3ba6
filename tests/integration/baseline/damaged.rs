//! Files that are no baseline, or were one: each is an error with its place.

use proptest::prelude::*;
use redhanded::baseline::{Baseline, Entries, Entry};
use redhanded::finding::{Excerpt, Fingerprint, Triage};
use redhanded::secret::Secret;

use super::{HEADER, NAME, one_leak};
use crate::support::Folder;

/// Asserts that every command refuses a baseline with this text.
#[track_caller]
fn assert_refused(text: &str, part: &str) {
    let folder = one_leak();
    folder.file(NAME, text);
    assert_folder_refused(&folder, part);
}

#[track_caller]
fn assert_folder_refused(folder: &Folder, part: &str) {
    for args in [
        &["scan"][..],
        &["baseline", "check"],
        &["baseline", "update"],
        &["baseline", "audit"],
        &["scan", "--fail-on", "new"],
    ] {
        let run = folder.run(args).exits(2);
        assert_eq!(run.stdout, "", "{args:?}");
        assert_eq!(run.stderr.lines().count(), 1, "{}", run.stderr);
        assert!(run.stderr.contains(part), "`{part}` is not in: {}", run.stderr);
    }
    folder.run(["scan", "--no-baseline"]).exits(1);
}

const PRINT: &str = "0123456789abcdef0123456789abcdef";

#[test]
fn a_damaged_baseline_is_an_error_with_its_line() {
    let with = |rest: &str| format!("{HEADER}\n\n{rest}\n");
    let at = |line: usize| format!("{NAME}:{line}: ");
    assert_refused("", "it is empty");
    assert_refused("redhanded baseline 2\n", &(at(1) + "it is a baseline of version 2"));
    assert_refused(&with("abc"), &(at(3) + "it begins with no fingerprint"));
    assert_refused(&with("<<<<<<< HEAD"), &(at(3) + "a merge left its marks"));
    assert_refused(&with(&format!("{PRINT} npm-token maybe a")), &at(3));
    assert_refused(&with(&format!("{PRINT} npm-token test")), &(at(3) + "the path is missing"));
    let twice = format!("{PRINT} npm-token test a\n{PRINT} npm-token true a");
    assert_refused(&with(&twice), &(at(4) + "the fingerprint is that of line 3"));
}

#[test]
fn an_entry_of_no_rule_is_an_error() {
    let folder = one_leak();
    folder.file(NAME, format!("{HEADER}\n\n{PRINT} github-pat-clasic test a\n"));
    for args in [&["scan"][..], &["baseline", "check"], &["baseline", "audit"]] {
        let run = folder.run(args).exits(2);
        assert!(run.stderr.contains(&format!("{NAME}:3: ")), "{}", run.stderr);
        assert!(run.stderr.contains("did you mean `github-pat-classic`?"), "{}", run.stderr);
    }
}

#[test]
fn an_entry_with_the_rule_of_another_is_not_followed() {
    let folder = one_leak();
    folder.run(["baseline", "create"]).exits(0);
    let text = super::baseline(folder.path()).replace("github-pat-classic", "gitlab-pat");
    assert!(text.contains("gitlab-pat"));
    folder.file(NAME, text);
    let run = folder.run(["scan", "--format", "json"]).exits(1);
    assert_eq!(run.notices(), [("configuration".to_owned(), NAME.to_owned())]);
}

#[test]
fn a_folder_and_a_giant_are_no_baselines() {
    let folder = one_leak();
    std::fs::create_dir(folder.path().join(NAME)).expect("a folder");
    assert_folder_refused(&folder, "it is a folder");
    let folder = one_leak();
    let giant = std::fs::File::create(folder.path().join(NAME)).expect("a file");
    giant.set_len(65 << 20).expect("it can be long");
    let run = folder.run(["scan", "--exclude", NAME]).exits(2);
    assert!(run.stderr.contains("it is larger than 64 MB"), "{}", run.stderr);
}

#[cfg(unix)]
#[test]
fn a_link_is_no_baseline() {
    let folder = one_leak();
    folder.run(["baseline", "create", "--baseline", "known"]).exits(0);
    std::os::unix::fs::symlink("known", folder.path().join(NAME)).expect("a link");
    assert_folder_refused(&folder, "it is a symbolic link");
    let run = folder.run(["baseline", "create", "--force"]).exits(2);
    assert!(run.stderr.contains("it is a symbolic link"), "{}", run.stderr);
}

#[test]
fn a_baseline_that_is_not_there_is_an_error() {
    let folder = one_leak();
    for args in [
        &["scan", "--baseline", "none"][..],
        &["baseline", "check", "--baseline", "none"],
        &["baseline", "update"],
        &["baseline", "create", "--from", "none"],
    ] {
        let run = folder.run(args).exits(2);
        assert!(run.stderr.contains("cannot read the baseline"), "{}", run.stderr);
    }
    let run = folder.run(["baseline", "create", "--baseline", "no/such/folder"]).exits(2);
    assert!(run.stderr.contains("cannot write the baseline"), "{}", run.stderr);
}

fn entry() -> impl Strategy<Value = Entry> {
    let text = "\\PC{0,12}|[ #\\\\x0-9a-f\\n\\t]{1,8}";
    let triage = proptest::sample::select(&Triage::ALL[..]);
    let fields = (any::<[u8; 8]>(), triage, "[a-z0-9]{1,5}(-[a-z0-9]{1,5}){0,2}", text);
    let more = (any::<bool>(), 1_u32.., proptest::option::of(text));
    (fields, more).prop_map(|((seed, triage, rule, path), (history, count, note))| {
        let print = Fingerprint::new(&rule, &Secret::new(&seed), &path, &Excerpt::default());
        let mut entry = Entry::new(print, &rule, &path, triage);
        entry.history = history;
        entry.count = count;
        let note = note.map(|note| note.trim().to_owned());
        entry.note = note.filter(|note| !note.is_empty());
        entry
    })
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 256, ..ProptestConfig::default() })]

    #[test]
    fn what_is_written_is_read_again(written in proptest::collection::vec(entry(), 0..8)) {
        let mut entries = Entries::default();
        for entry in written {
            entries.insert(entry);
        }
        let text = entries.to_text();
        let read = Entries::parse(&text).expect("what was written can be read");
        prop_assert_eq!(read.to_text(), text);
        let without_line = |entry: &Entry| Entry { line: None, ..entry.clone() };
        let read: Vec<Entry> = read.iter().map(without_line).collect();
        let written: Vec<Entry> = entries.iter().cloned().collect();
        prop_assert_eq!(read, written);
    }

    #[test]
    fn no_bytes_are_too_much(
        start in proptest::sample::select(&["", "redhanded baseline 1\n", "[{", "{\"results\": {", "a:b:1\n"][..]),
        rest in proptest::collection::vec(any::<u8>(), 0..200),
    ) {
        let bytes = [start.as_bytes(), &rest].concat();
        // Whatever it is, it is a baseline or a fault.
        if let Err(fault) = Baseline::parse(&bytes) {
            prop_assert!(!fault.message.is_empty());
        }
    }
}
