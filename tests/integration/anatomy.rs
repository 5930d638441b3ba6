//! What credentials say about themselves, and what becomes of it in reports.

use redhanded::anatomy::{Context, read_form};
use redhanded::rule::sample;
use serde_json::{Value, json};

use crate::support::git::Repo;
use crate::support::{Folder, end_of, formats, github_token, rule_entry, secret, written_rules};

/// 2023-11-14T22:13:20Z, when the token of [`ending`] ends.
const END: i64 = 1_700_000_000;

/// A token that has an end.
fn ending() -> String {
    secret(
        "${encode-base64url:{\"alg\":\"HS256\",\"typ\":\"JWT\"}}.\
         ${encode-base64url:{\"iss\":\"https://id.test\",\"sub\":\"jane-${digits:6}\",\"exp\":1700000000}}.\
         ${base64url:43}",
    )
}

fn at(seconds: i64) -> String {
    format!("--now={seconds}")
}

/// A folder with the token in it.
fn folder() -> Folder {
    let folder = Folder::new();
    folder.file("a.txt", format!("token = {}\n", ending()));
    folder
}

/// The value of a fact in a finding.
fn fact(finding: &Value, name: &str) -> Option<String> {
    let facts = finding["anatomy"]["facts"].as_array().expect("the facts are a list");
    let fact = facts.iter().find(|fact| fact["name"] == name)?;
    Some(fact["value"].as_str().expect("a value is text").to_owned())
}

#[track_caller]
fn assert_bounded(secret: &[u8], context: &Context<'_>) {
    let anatomy = read_form(secret, context);
    assert!(anatomy.facts.len() <= 24);
    for fact in &anatomy.facts {
        assert!(!fact.value.is_empty() && fact.value.chars().count() <= 200, "{fact:?}");
    }
}

/// Every example of every rule, whole, cut short and with a byte changed.
#[test]
fn damaged_examples_are_read_without_harm() {
    let templates = written_rules().into_iter().flat_map(|rule| rule.examples.matching);
    for template in templates {
        let example = sample::expand(&template, 7).expect("the template is right");
        let bytes = example.as_bytes();
        let context = Context { before: &example, after: &example, ..Context::default() };
        assert_bounded(bytes, &context);
        for at in (0..bytes.len()).step_by(1 + bytes.len() / 16) {
            assert_bounded(&bytes[..at], &context);
            assert_bounded(&bytes[at..], &context);
            let mut changed = bytes.to_vec();
            changed[at] ^= 0x15;
            assert_bounded(&changed, &context);
        }
    }
}

#[test]
fn a_finding_says_what_the_credential_says() {
    let run = folder().run(["scan", "--format", "json", &at(END - 60)]).exits(1);
    let finding = &run.findings()[0];
    assert_eq!(finding["severity"], "high");
    assert_eq!((&finding["principal"], &finding["lifetime"]), (&json!("user"), &json!("expiring")));
    assert_eq!(fact(finding, "issuer").as_deref(), Some("https://id.test"));
    assert_eq!(fact(finding, "expires").as_deref(), Some("in 1 minute, on 2023-11-14"));
    assert_eq!(finding["anatomy"]["expires"], "2023-11-14T22:13:20+00:00");
    assert_eq!(finding["anatomy"]["expired"], false);
}

#[test]
fn what_has_ended_is_less_severe() {
    let folder = folder();
    let late = at(END + 3 * 366 * 86_400);
    let finding = &folder.run(["scan", "--format", "json", &late]).exits(1).findings()[0];
    assert_eq!(
        (&finding["severity"], &finding["anatomy"]["expired"]),
        (&json!("low"), &json!(true))
    );
    assert_eq!(fact(finding, "expired").as_deref(), Some("3 years ago, on 2023-11-14"));
    let run = folder.run(["scan", &late]).exits(1);
    let line = "\n  algorithm HS256 · issuer https://id.test · subject jane-";
    assert!(run.stdout.contains(line), "{}", run.stdout);
    assert!(run.stdout.contains(" · expired 3 years ago, on 2023-11-14\n"), "{}", run.stdout);
    assert!(run.stdout.contains("1 finding: 1 low."), "{}", run.stdout);
    let run = folder.run(["scan", "--quiet", &late]).exits(1);
    assert!(!run.stdout.contains("expired"), "{}", run.stdout);
}

/// Whether a credential is worth a report depends on its end, wherever it is
/// found.
#[test]
fn thresholds_go_by_what_a_credential_is_worth_in_every_kind_of_scan() {
    let repo = Repo::init();
    let file = format!("token = {}\nother = {}\n", ending(), github_token());
    repo.commit(&[("a.txt", file)], "one");
    for scan in ["scan", "git", "audit"] {
        let run = |args: &[&str]| end_of(repo.program(scan, args).spawn().expect("it starts"));
        for (now, expected) in [(at(END - 1), 2), (at(END), 1)] {
            let report = run(&["--min-severity", "medium", &now]).exits(1).json();
            let findings = report["findings"].as_array().expect("a list");
            assert_eq!(findings.len() as u64, expected, "{scan} {now}");
            let below = report["summary"]["below_threshold"].as_u64().expect("a number");
            // An audit comes by it twice, in a file and in history.
            assert!(
                below == 2 - expected || scan == "audit" && below == 2 * (2 - expected),
                "{scan} {now}"
            );
            assert_eq!(report["notices"], json!([]), "{scan} {now}");
        }
        let report = run(&["--fail-on", "high", "--only", "jwt-signed", &at(END)]).exits(0);
        assert_eq!(report.findings()[0]["severity"], "low", "{scan}");
        let expired = fact(&report.findings()[0], "expired");
        assert_eq!(expired.as_deref(), Some("0 seconds ago, on 2023-11-14"), "{scan}");
    }
}

#[test]
fn a_fact_shows_no_other_credential() {
    let folder = Folder::new();
    let token = github_token();
    let claims = format!("{{\"sub\":\"{token}\"}}");
    let jwt = secret(&format!(
        "${{encode-base64url:{{\"alg\":\"HS256\"}}}}.${{encode-base64url:{claims}}}.${{base64url:43}}"
    ));
    folder.file("a.txt", format!("{token}\n{jwt}\n"));
    for format in formats() {
        let run = folder.run(["scan", "--format", format]).exits(1);
        assert!(!run.stdout.contains(&token[4..16]), "{format}:\n{}", run.stdout);
        // The others have no place for facts.
        if ["human", "json", "jsonl", "sarif", "html"].contains(&format) {
            assert!(run.stdout.contains("subject"), "{format}:\n{}", run.stdout);
        }
    }
}

#[test]
fn what_a_part_tells_is_told_with_the_whole() {
    let folder = Folder::new();
    // The fifth character is none of an old id's.
    let id = secret("AKIAQ${base32:15}");
    folder.file("a.txt", format!("id = {id}\nkey = {}\n", secret("acme-key_${alnum-lower:32}")));
    let rule = rule_entry("acme-key", "high", "high");
    let rule = rule.replace("why =", "parts = { id = \"aws-access-key-id\" }\nwhy =");
    folder.file("own/acme.toml", format!("provider = \"Acme\"\n{rule}"));
    let run = folder.run(["scan", "--rules", "own", "--format", "json", "a.txt"]).exits(1);
    let [finding] = &run.findings()[..] else { panic!("one finding: {}", run.stdout) };
    let account = fact(finding, "account").expect("the id tells the account");
    assert!(account.len() == 12 && account.bytes().all(|byte| byte.is_ascii_digit()), "{account}");
    assert_eq!(fact(finding, "kind"), None);
}
