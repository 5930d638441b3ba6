//! Comments that allow findings, through the whole program.

use serde_json::Value;

use crate::support::{Folder, Run, github_token, github_token_of, secret};

/// A folder with one file, `a.txt`.
fn with(text: &str) -> Folder {
    let folder = Folder::new();
    folder.file("a.txt", text);
    folder
}

fn scan(text: &str) -> Run {
    with(text).run(["scan", "--format", "json", "a.txt"])
}

/// Asserts that the comment suppresses the only finding in `text`.
#[track_caller]
fn assert_suppressed(text: &str, comment: &str) {
    let document = scan(text).exits(0).json();
    assert_eq!(document["findings"], Value::Array(Vec::new()), "{text}");
    assert_eq!(document["summary"]["suppressed"], 1, "{text}");
    let by = &document["suppressed"][0]["suppressed_by"];
    assert_eq!(*by, serde_json::json!({"kind": "comment", "entry": comment}), "{text}");
}

#[track_caller]
fn assert_reported(text: &str) {
    let document = scan(text).exits(1).json();
    assert_eq!(document["summary"]["findings"], 1, "{text}");
    assert_eq!(document["summary"]["suppressed"], 0, "{text}");
}

#[test]
fn a_comment_allows_its_own_line() {
    let token = github_token();
    for text in [
        format!("a = {token} # redhanded:allow\n"),
        format!("/* redhanded:allow */ a = {token}"),
        format!("first\r\na = \"{token}\" // it is revoked, redhanded:allow\r\nlast"),
        format!("a: {token} <!-- redhanded:allow -->"),
    ] {
        assert_suppressed(&text, "redhanded:allow");
    }
}

#[test]
fn a_comment_allows_no_other_line() {
    let token = github_token();
    assert_reported(&format!("# redhanded:allow\na = {token}\n"));
    assert_reported(&format!("a = {token}\n# redhanded:allow\n"));
}

#[test]
fn a_comment_for_the_next_line_allows_the_next_line() {
    let token = github_token();
    for line_end in ["\n", "\r\n"] {
        let text = format!("# redhanded:allow-next-line{line_end}a = {token}{line_end}");
        assert_suppressed(&text, "redhanded:allow-next-line");
    }
}

#[test]
fn a_comment_for_the_next_line_allows_no_other_line() {
    let token = github_token();
    assert_reported(&format!("# redhanded:allow-next-line\n\na = {token}\n"));
    assert_reported(&format!("a = {token} # redhanded:allow-next-line\n"));
    assert_reported(&format!("a = {token}\n# redhanded:allow-next-line\n"));
}

#[test]
fn a_comment_may_name_the_rule() {
    let token = github_token();
    for named in [
        "(github-pat-classic)",
        "[github-pat-classic]",
        " github-pat-classic",
        "=github-pat-classic",
        ": github-pat-classic",
    ] {
        let text = format!("a = {token} # redhanded:allow{named}");
        assert_suppressed(&text, "redhanded:allow(github-pat-classic)");
    }
    let text = format!("# redhanded:allow-next-line(gitlab-pat, github-pat-classic)\n{token}");
    assert_suppressed(&text, "redhanded:allow-next-line(gitlab-pat, github-pat-classic)");
}

#[test]
fn a_comment_that_names_another_rule_allows_nothing() {
    let token = github_token();
    for named in ["(gitlab-pat)", " gitlab-pat", "=gitlab-pat", "(no-such-rule)"] {
        assert_reported(&format!("a = {token} # redhanded:allow{named}"));
    }
    assert_reported(&format!("# redhanded:allow-next-line(gitlab-pat)\n{token}"));
}

#[test]
fn words_behind_a_comment_are_a_remark() {
    assert_suppressed(
        &format!("{} # redhanded:allow is a dummy", github_token()),
        "redhanded:allow",
    );
}

#[test]
fn marks_of_other_tools_allow_their_line() {
    let token = github_token();
    for mark in [
        "gitleaks:allow",
        "betterleaks:allow",
        "trufflehog:ignore",
        "kingfisher:ignore",
        "pragma: allowlist secret",
        "ggignore",
    ] {
        assert_suppressed(&format!("a = {token} # {mark}\n"), mark);
        assert_reported(&format!("# {mark}\na = {token}\n"));
    }
}

#[test]
fn other_comments_allow_nothing() {
    for comment in ["nosec", "noqa", "redhanded", "allow", "redhanded: allow", "redhanded:ignore"] {
        assert_reported(&format!("{} # {comment}", github_token()));
    }
}

#[test]
fn all_credentials_of_a_line_are_allowed() {
    let text = format!("{} {} # redhanded:allow", github_token(), github_token_of(2));
    let document = scan(&text).exits(0).json();
    assert_eq!(document["summary"]["suppressed"], 2);
}

#[test]
fn a_neighbour_of_another_rule_is_still_reported() {
    let other = secret("xoxb-${digits:12}-${digits:13}-${base62:24}");
    let text = format!("{} {other} # redhanded:allow(github-pat-classic)", github_token());
    let document = scan(&text).exits(1).json();
    assert_eq!(document["summary"]["suppressed"], 1);
    assert_eq!(document["suppressed"][0]["rule"], "github-pat-classic");
    assert_eq!(document["summary"]["findings"], 1);
    assert_eq!(document["findings"][0]["rule"], "slack-bot-token");
}

#[test]
fn a_suppressed_neighbour_is_masked() {
    let other = secret("xoxb-${digits:12}-${digits:13}-${base62:24}");
    let text = format!("{} {other} # redhanded:allow(github-pat-classic)", github_token());
    let run = scan(&text).exits(1);
    for value in [&github_token(), &other] {
        assert!(!run.stdout.contains(&value[8..20]), "{}", run.stdout);
    }
}

#[test]
fn a_comment_in_a_neighbouring_line_of_a_key_block_does_not_count() {
    let key = secret(
        "-----BEGIN EC PRIVATE KEY-----\nMHcC${base64:60}\n${base64:64}\n${base64:34}==\n\
         -----END EC PRIVATE KEY-----",
    );
    assert_reported(&format!("{key}\n# redhanded:allow\n"));
    assert_suppressed(
        &format!("# redhanded:allow-next-line\n{key}\n"),
        "redhanded:allow-next-line",
    );
    assert_suppressed(&format!("{key} # redhanded:allow\n"), "redhanded:allow");
}

#[test]
fn a_comment_beyond_reach_in_a_long_line_does_not_count() {
    let token = github_token();
    let reach = redhanded::suppress::REACH;
    let comment = " redhanded:allow";
    let padding = |bytes: usize| " ".repeat(bytes - comment.len());
    assert_suppressed(&format!("{token}{}{comment}", padding(reach)), "redhanded:allow");
    assert_reported(&format!("{token}{}{comment}", padding(reach + 1)));
    assert_suppressed(&format!("{comment}{}{token}", padding(reach)), "redhanded:allow");
    assert_reported(&format!("{comment}{}{token}", padding(reach + comment.len())));
}

#[test]
fn what_is_suppressed_is_named_for_people() {
    let text = format!("x\na = {} # redhanded:allow(github-pat-classic)\n", github_token());
    let report = with(&text).run(["scan", "a.txt"]).exits(0).stdout;
    let expected = "a.txt:2:5  suppressed by the comment `redhanded:allow(github-pat-classic)`  \
                    [github-pat-classic]\n";
    assert!(report.starts_with(expected), "{report}");
    assert!(report.contains("No findings; 1 suppressed.\n"), "{report}");
}

#[test]
fn what_is_suppressed_by_a_list_is_named_for_people() {
    let folder = with(&github_token());
    folder.file(".redhanded.toml", "allow.paths = [\"*.txt\"]\n");
    let report = folder.run(["scan"]).exits(0).stdout;
    let expected = "a.txt:1:1  suppressed by `*.txt` in allow.paths  [github-pat-classic]\n";
    assert!(report.contains(expected), "{report}");
}

#[test]
fn a_comment_counts_in_any_encoding() {
    let text = format!("a = {} # redhanded:allow\n", github_token());
    let utf16: Vec<u8> =
        "\u{feff}".encode_utf16().chain(text.encode_utf16()).flat_map(u16::to_le_bytes).collect();
    let folder = Folder::new();
    folder.file("a.txt", utf16);
    let document = folder.run(["scan", "--format", "json"]).exits(0).json();
    assert_eq!(document["summary"]["suppressed"], 1);
}

#[test]
fn a_comment_counts_in_standard_input() {
    let text = format!("a = {} # redhanded:allow\n", github_token());
    Folder::new().run_with_input(["scan", "-"], text.as_bytes()).exits(0);
}

#[test]
fn a_comment_means_the_same_whichever_rules_run() {
    let folder = with(&format!("{} # redhanded:allow gitlab-pat", github_token()));
    folder.run(["scan"]).exits(1);
    folder.run(["scan", "--only", "github-pat-classic"]).exits(1);
    folder.run(["scan", "--skip", "gitlab-pat"]).exits(1);
}

#[test]
fn a_mistyped_comment_does_not_allow_everything() {
    let token = github_token();
    for comment in ["-nextline", "-next-lines", "ed", "=no-such-rule", ": no-such-rule", "()"] {
        assert_reported(&format!("{token} # redhanded:allow{comment}"));
    }
}
