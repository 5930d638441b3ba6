//! The format for people.

use super::{EVERYTHING, everything, one_leak};
use crate::support::{Folder, formats, github_token, github_token_of};

/// The line with the masked credential and the one with the mark below it, each
/// behind the `|`.
fn line_and_mark(report: &str) -> (String, String) {
    let lines: Vec<&str> = report.lines().collect();
    let at = lines.iter().position(|line| line.contains('*')).expect("a masked line");
    let behind = |line: &str| line.split_once(" | ").expect("a bar").1.to_owned();
    (behind(lines[at]), behind(lines[at + 1]))
}

/// Scans a text and asserts that the mark stands exactly under the masked
/// credential.
#[track_caller]
fn assert_marked(text: &[u8], columns: impl Fn(&str) -> usize) {
    let folder = Folder::new();
    folder.file("a.txt", text);
    let report = folder.run(["scan", "a.txt"]).exits(1).stdout;
    let (line, mark) = line_and_mark(&report);
    let masked = "ghp_********";
    let before = &line[..line.find(masked).expect("the credential is masked")];
    let expected = format!("{}{}", " ".repeat(columns(before)), "^".repeat(masked.len()));
    assert_eq!(mark, expected, "\n{report}");
}

fn characters(text: &str) -> usize {
    text.chars().count()
}

#[test]
fn a_finding_is_shown_with_all_that_is_needed_to_act() {
    let folder = Folder::new();
    folder.file("src/a.conf", format!("one\n  plain = {};\n", github_token()));
    let report = folder.run(["scan", "src"]).exits(1).stdout;
    let rules = redhanded::rule::RuleSet::builtin();
    let (_, rule) = rules.find("github-pat-classic").expect("the rule is there");
    let expected = format!(
        "src/a.conf:2:11  critical  {} [github-pat-classic]\n  \
         2 | plain = ghp_********;\n    \
         |         ^^^^^^^^^^^^\n  \
         checksum valid (crc32-base62-body)\n  \
         {} {}\n\n",
        rule.name, rule.why, rule.fix
    );
    assert!(report.starts_with(&expected), "{report}\ninstead of\n{expected}");
}

#[test]
fn the_summary_says_what_was_covered() {
    let folder = one_leak();
    let report = folder.run(["scan", "leak.txt"]).exits(1).stdout;
    let rules = redhanded::rule::RuleSet::builtin().len();
    assert!(report.contains("1 finding: 1 critical.\n"), "{report}");
    assert!(report.contains("Scanned 1 file, 49 bytes, in "), "{report}");
    assert!(report.contains(&format!(" s with {rules} rules; 0 candidates dropped.")), "{report}");
    assert!(report.ends_with("Left out: nothing. Not read: nothing.\n"), "{report}");
}

#[test]
fn the_mark_stands_under_the_credential() {
    let token = github_token();
    for text in [
        token.clone(),
        format!("\t\tkey:\t\t{token}\tx"),
        format!("größe = \"{token}\""),
        format!("a\u{1b}[31m\u{202e}b = {token}"),
        format!("{}{token}{}", "ab ".repeat(100), " cd".repeat(100)),
        format!("{}key = {token}", "\n".repeat(12345)),
        format!("{} and {token}", github_token_of(7).replace("ghp_", "ghp_\t")),
    ] {
        assert_marked(text.as_bytes(), characters);
    }
    assert_marked(&[b"caf\xe9 \xff = ".as_slice(), token.as_bytes()].concat(), characters);
}

#[test]
fn the_mark_stands_under_the_credential_behind_wide_characters() {
    let text = format!("日本 = {}", github_token());
    // Each of the two takes two columns of a terminal.
    assert_marked(text.as_bytes(), |before| before.chars().count() + 2);
}

#[test]
fn a_long_line_is_cut_around_the_credential() {
    let folder = Folder::new();
    let token = github_token();
    folder.file("a.txt", format!("{}{token}{}", "ab ".repeat(100), " cd".repeat(100)));
    let report = folder.run(["scan", "a.txt"]).exits(1).stdout;
    let (line, _) = line_and_mark(&report);
    assert!(line.starts_with('…') && line.ends_with('…'), "{line}");
    assert!(line.chars().count() < 130, "{line}");
}

#[test]
fn two_credentials_of_a_line_are_both_masked_in_both_findings() {
    let folder = Folder::new();
    folder.file("a.txt", format!("{} {}", github_token(), github_token_of(2)));
    let report = folder.run(["scan", "-q", "a.txt"]).exits(1).stdout;
    let lines: Vec<&str> = report.lines().filter(|line| line.contains('*')).collect();
    assert_eq!(lines, ["  1 | ghp_******** ********", "  1 | ******** ghp_********"]);
}

#[test]
fn a_shown_credential_is_marked_along_its_length() {
    let folder = one_leak();
    let report = folder.run(["scan", "--show-secrets", "leak.txt"]).exits(1).stdout;
    let mark = report.lines().find(|line| line.contains('^')).expect("a mark");
    assert_eq!(mark, format!("    |         {}", "^".repeat(40)));
}

#[test]
fn quiet_shows_findings_and_trouble_only() {
    let folder = everything();
    let run = folder.run([&EVERYTHING[..], &["--quiet"]].concat()).exits(1);
    assert!(run.stdout.contains("leak.txt:1:9"), "{}", run.stdout);
    assert!(run.stdout.contains("not covered"), "{}", run.stdout);
    for noise in ["Scanned", "Left out", "Delete it", "checksum valid", "suppressed"] {
        assert!(!run.stdout.contains(noise), "{noise}:\n{}", run.stdout);
    }
    assert_eq!(run.stderr, "");
}

#[test]
fn quiet_says_nothing_when_there_is_nothing_to_say() {
    let folder = Folder::new();
    folder.file("a.txt", "nothing\n");
    let run = folder.run(["scan", "--quiet"]).exits(0);
    assert_eq!((run.stdout.as_str(), run.stderr.as_str()), ("", ""));
}

#[test]
fn a_credential_is_shown_only_when_it_is_asked_for() {
    let folder = one_leak();
    for format in formats() {
        let run = folder.run(["scan", "--format", format]).exits(1);
        assert!(!run.stdout.contains(&github_token()[4..16]), "{format}");
        assert!(run.stdout.contains("ghp_********"), "{format}");
        let run = folder.run(["scan", "--format", format, "--show-secrets"]).exits(1);
        assert!(run.stdout.contains(&github_token()), "{format}");
    }
}

#[test]
fn nobody_is_quiet_and_wordy_at_once() {
    let run = one_leak().run(["scan", "--quiet", "--verbose"]).exits(2);
    assert!(run.stderr.contains("cannot be used with"), "{}", run.stderr);
    one_leak().run(["scan", "-v"]).exits(1);
}
