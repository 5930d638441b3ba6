//! Files of other tools as baselines.

use serde_json::{Value, json};
use sha1::{Digest, Sha1};

use super::{counts, entries, leak, one_leak};
use crate::support::git::Repo;
use crate::support::pack::hex;
use crate::support::{Folder, github_token_of, secret};

/// What a scan with another tool's file finds and suppresses.
#[track_caller]
fn scan_with(folder: &Folder, content: &str) -> (u64, u64) {
    // Outside of what is scanned.
    let aside = Folder::new();
    let file = aside.file("known", content);
    let file = file.to_str().expect("a path in UTF-8");
    counts(&folder.run(["scan", "--format", "json", "--baseline", file]))
}

/// An entry of a gitleaks report about `a.txt`.
fn gitleaks(secret: &str, line: u64) -> Value {
    json!({
        "RuleID": "github-pat", "Description": "", "StartLine": line, "EndLine": line,
        "StartColumn": 9, "EndColumn": 48, "Match": secret, "Secret": secret, "File": "a.txt",
        "SymlinkFile": "", "Commit": "", "Entropy": 4.5, "Author": "", "Email": "", "Date": "",
        "Message": "", "Tags": [], "Fingerprint": format!("a.txt:github-pat:{line}"),
    })
}

fn report(entries: &[Value]) -> String {
    Value::from(entries.to_vec()).to_string()
}

#[test]
fn a_gitleaks_report_in_clear_follows_the_credential() {
    let folder = one_leak();
    let known = report(&[gitleaks(&github_token_of(1), 7)]);
    assert_eq!(scan_with(&folder, &known), (0, 1));
    folder.file("b.txt", leak(1) + &leak(2));
    assert_eq!(scan_with(&folder, &known), (1, 2));
    assert_eq!(scan_with(&folder, &report(&[gitleaks(&github_token_of(3), 1)])), (3, 0));
    assert_eq!(scan_with(&folder, "[]"), (3, 0));
}

#[test]
fn a_redacted_report_goes_by_path_line_and_columns() {
    let folder = one_leak();
    for masked in ["REDACTED", "ghp_...", ""] {
        assert_eq!(scan_with(&folder, &report(&[gitleaks(masked, 1)])), (0, 1), "{masked}");
        assert_eq!(scan_with(&folder, &report(&[gitleaks(masked, 2)])), (1, 0), "{masked}");
    }
    // A neighbour on the line stands in other columns.
    folder.file("a.txt", format!("{} {}\n", leak(1).trim_end(), github_token_of(2)));
    assert_eq!(scan_with(&folder, &report(&[gitleaks("REDACTED", 1)])), (1, 1));
    let other_file = report(&[gitleaks("REDACTED", 1)]).replace("a.txt", "b.txt");
    assert_eq!(scan_with(&folder, &other_file), (2, 0));
}

#[test]
fn our_own_report_for_gitleaks_is_one_too() {
    let folder = one_leak();
    let report = folder.run(["scan", "--format", "gitleaks"]).exits(1).stdout;
    assert_eq!(scan_with(&folder, &report), (0, 1));
}

#[test]
fn a_gitleaksignore_goes_by_path_and_line() {
    let folder = one_leak();
    let commit = "0123456789abcdef".repeat(3)[..40].to_owned();
    assert_eq!(scan_with(&folder, "# known\na.txt:github-pat:1\n"), (0, 1));
    assert_eq!(scan_with(&folder, "a.txt:github-pat:2\n"), (1, 0));
    assert_eq!(scan_with(&folder, "b.txt:github-pat:1\n"), (1, 0));
    // A file is in no commit, as far as a scan of files knows.
    assert_eq!(scan_with(&folder, &format!("{commit}:a.txt:github-pat:1\n")), (1, 0));
    folder.file(".gitleaksignore", "");
    folder.run(["scan", "--baseline", ".gitleaksignore"]).exits(1);
}

#[test]
fn a_gitleaksignore_may_name_the_commit() {
    let repo = Repo::init();
    repo.commit(&[("start.txt", "x")], "Start");
    let id = repo.commit(&[("a.txt", leak(1))], "Leak");
    let file = repo.around().file("known", format!("{id}:a.txt:github-pat:1\n"));
    let run = |file: &std::path::Path| {
        let file = file.to_str().expect("a path in UTF-8");
        counts(&repo.run(["git", "--format", "json", "--baseline", file]))
    };
    assert_eq!(run(&file), (0, 1));
    let other = repo.around().file("other", format!("{}:a.txt:x:1\n", "0".repeat(40)));
    assert_eq!(run(&other), (1, 0));
}

/// An entry of a baseline of detect-secrets.
fn hashed(secret: &str) -> Value {
    let hash = hex(&Sha1::digest(secret).into());
    json!({"type": "GitHub Token", "filename": "a.txt", "hashed_secret": hash,
        "is_verified": false, "line_number": 7})
}

fn detect_secrets(entries: &[Value]) -> String {
    json!({"version": "1.5.0", "plugins_used": [], "filters_used": [],
        "results": {"a.txt": entries}, "generated_at": "2024-01-01T00:00:00Z"})
    .to_string()
}

#[test]
fn a_detect_secrets_baseline_goes_by_hash_in_its_file() {
    let folder = one_leak();
    let known = detect_secrets(&[hashed(&github_token_of(1))]);
    assert_eq!(scan_with(&folder, &known), (0, 1), "on whatever line");
    folder.file("b.txt", leak(1));
    assert_eq!(scan_with(&folder, &known), (1, 1), "another file");
    let other = detect_secrets(&[hashed(&github_token_of(2))]);
    assert_eq!(scan_with(&folder, &other), (2, 0), "another token");
}

#[test]
fn what_was_audited_elsewhere_is_kept() {
    let folder = one_leak();
    let mut entry = hashed(&github_token_of(1));
    entry["is_secret"] = json!(false);
    folder.file("known", detect_secrets(&[entry.clone()]));
    folder.run(["baseline", "create", "--from", "known"]).exits(0);
    assert_eq!(entries(folder.path()), ["github-pat-classic false a.txt"]);
    entry["is_secret"] = json!(true);
    folder.file("known", detect_secrets(&[entry]));
    folder.run(["baseline", "create", "--force", "--from", "known"]).exits(0);
    assert_eq!(entries(folder.path()), ["github-pat-classic true a.txt"]);
}

#[test]
fn a_private_key_is_known_by_its_line() {
    let folder = Folder::new();
    let line = "${base64:64}\n".repeat(12);
    let key =
        secret(&format!("-----BEGIN RSA PRIVATE KEY-----\n{line}-----END RSA PRIVATE KEY-----\n"));
    folder.file("a.txt", &key);
    assert_eq!(scan_with(&folder, "[]"), (1, 0), "it is found");
    let mut entry = hashed("BEGIN RSA PRIVATE KEY");
    entry["type"] = json!("Private Key");
    entry["line_number"] = json!(1);
    assert_eq!(scan_with(&folder, &detect_secrets(&[entry.clone()])), (0, 1));
    entry["line_number"] = json!(2);
    assert_eq!(scan_with(&folder, &detect_secrets(&[entry])), (1, 0));
}

#[test]
fn what_matches_is_converted_and_what_does_not_is_listed() {
    let folder = one_leak();
    folder.file("b.txt", leak(2));
    let aside = Folder::new();
    let known = report(&[gitleaks(&github_token_of(1), 1), gitleaks(&github_token_of(3), 9)]);
    let file = aside.file("report.json", known);
    let file = file.to_str().expect("a path in UTF-8");
    let run = folder.run(["baseline", "create", "--from", file]).exits(0);
    assert_eq!(entries(folder.path()), ["github-pat-classic accepted a.txt"]);
    for part in [
        "(gitleaks report): 1 of 2 entries found here.",
        "not found: a.txt:9 [github-pat]",
        "1 finding is in none of them",
    ] {
        assert!(run.stdout.contains(part), "`{part}` is not in: {}", run.stdout);
    }
    assert!(!run.stdout.contains(&github_token_of(3)), "{}", run.stdout);
}

#[test]
fn what_stands_in_no_known_form_is_refused_with_its_line() {
    let folder = one_leak();
    for (text, part) in [
        ("a.txt:x:1\nhello world\n", "known:2: it is no baseline that is known"),
        ("[{]", "known:1: it begins like a gitleaks report"),
        ("[{\"File\": \"a\"}]", "known:1: it is no gitleaks report"),
        ("{\"results\": 1}", "known: it is no baseline of detect-secrets"),
        ("{\"results\": {\"a\": [{\"hashed_secret\": \"x\"}]}}", "known: a hashed_secret"),
    ] {
        folder.file("known", text);
        let run = folder.run(["scan", "--baseline", "known"]).exits(2);
        assert!(run.stderr.contains(part), "`{part}` is not in: {}", run.stderr);
        folder.run(["baseline", "create", "--from", "known"]).exits(2);
    }
    folder.file("known", "[]");
    let run = folder.run(["baseline", "update", "--baseline", "known"]).exits(2);
    assert!(run.stderr.contains("baseline create --from known"), "{}", run.stderr);
}
