//! `redhanded explain`: what is said of one credential.

use redhanded::rule::RuleSet;
use serde_json::{Value, json};

use crate::output::schemas::{assert_strict, assert_valid};
use crate::support::{Folder, Run, github_token, rule_entry, secret};

const REPORT_SCHEMA: &str = include_str!("../../schemas/report.json");
const SCHEMA: &str = include_str!("../../schemas/explanation.json");

/// Explains what stands on standard input.
fn explain(input: &str, args: &[&str]) -> Run {
    Folder::new().run_with_input([&["explain"], args].concat(), input.as_bytes())
}

#[test]
fn a_credential_is_explained_with_all_that_is_needed_to_act() {
    let run = explain(&format!("{}\n", github_token()), &[]).exits(0);
    let rules = RuleSet::builtin();
    let (_, rule) = rules.find("github-pat-classic").expect("the rule is there");
    let revoke = rule.revoke.as_ref().expect("it can be revoked");
    let usage = rule.usage.as_deref().expect("its use can be told");
    let texts = [&*rule.name, &rule.why, &rule.fix, &revoke.url, usage, "[github-pat-classic]"];
    let also =
        ["ghp_********, 40 bytes", "checksum     valid", "severity     critical", "holds it"];
    for text in texts.into_iter().chain(also).chain(rule.references.iter().map(|url| &**url)) {
        assert!(run.stdout.contains(text), "{text}\n{}", run.stdout);
    }
    assert_eq!(run.stderr, "");
}

#[test]
fn the_document_is_what_its_schema_says() {
    let input = format!("{}\r\n", github_token());
    let document = explain(&input, &["--format", "json"]).exits(0).json();
    assert_valid(SCHEMA, &document);
    assert_strict(SCHEMA, &document);
    let known = &document["known"][0];
    assert_eq!(known["rule"], "github-pat-classic");
    assert_eq!(known["secret"], json!({ "masked": "ghp_********", "length": 40 }));
    assert_eq!(known["revoke"]["by_holder"], true);
    assert_eq!(known["anatomy"]["facts"][0]["name"], "checksum");
}

#[test]
fn its_schema_says_of_a_credential_what_that_of_reports_says() {
    let of = |schema: &str| -> Value { serde_json::from_str(schema).expect("it is JSON") };
    let (own, report) = (of(SCHEMA), of(REPORT_SCHEMA));
    assert!(jsonschema::meta::is_valid(&own));
    assert_eq!(own["properties"]["schema_version"], report["properties"]["schema_version"]);
    for name in ["anatomy", "fact", "rule_id", "severity", "confidence", "time", "tool"] {
        assert_eq!(own["$defs"][name], report["$defs"][name], "{name}");
    }
    for name in ["class", "principal", "lifetime", "why", "fix"] {
        let [own, report] = [(&own, "known"), (&report, "finding")]
            .map(|(schema, of)| schema["$defs"][of]["properties"][name].clone());
        assert_eq!(own, report, "{name}");
    }
}

#[test]
fn no_answer_shows_the_credential() {
    let token = github_token();
    let wrong = format!("{}0", &token[..39]);
    for input in [&token, &wrong, &format!("GITHUB_TOKEN={token}")] {
        for format in ["human", "json"] {
            let run = explain(input, &["--format", format]);
            for written in [&run.stdout, &run.stderr] {
                assert!(!written.contains(&token[4..16]), "{written}");
            }
        }
    }
}

#[test]
fn what_stands_in_the_arguments_is_refused_and_not_repeated() {
    let token = github_token();
    let long = format!("--token={token}");
    let attempts: [&[&str]; 7] = [
        &[&token],
        &["--", &token],
        &["--token", &token],
        &[&long],
        &["--rule", &token],
        &["--format", &token],
        &["--format", "json", &token],
    ];
    for args in attempts {
        let run = explain(&token, args).exits(2);
        assert_eq!(run.stdout, "", "{args:?}");
        assert!(!run.stderr.contains(&token[4..16]), "{}", run.stderr);
    }
    let run = explain("", &[&token]).exits(2);
    assert!(run.stderr.contains("give it on standard input"), "{}", run.stderr);
}

#[test]
fn a_credential_that_only_its_surroundings_tell_is_explained_by_its_rule() {
    let value = secret("${base64:40}");
    let run = explain(&value, &[]).exits(2);
    assert!(run.stderr.contains("nothing is known of it"), "{}", run.stderr);
    let run = explain(&value, &["--rule", "aws-secret-access-key"]).exits(0);
    assert!(run.stdout.starts_with("AWS secret access key  [aws-secret-access-key]\n"));
    let run = explain(&value, &["--rule", "aws-secret-acces-key"]).exits(2);
    assert!(run.stderr.contains("did you mean `aws-secret-access-key`?"), "{}", run.stderr);
}

#[test]
fn what_a_rule_refuses_is_told_with_its_reason() {
    let token = github_token();
    let wrong = format!("{}{}", &token[..39], if token.ends_with('a') { 'b' } else { 'a' });
    for args in [&[][..], &["--rule", "github-pat-classic"]] {
        let run = explain(&wrong, args).exits(2);
        let expected = "looks like one of `github-pat-classic`";
        assert!(run.stderr.contains(expected), "{}", run.stderr);
        assert!(run.stderr.contains("its checksum does not hold"), "{}", run.stderr);
    }
}

#[test]
fn a_form_says_something_without_a_rule() {
    let token =
        secret(r#"${encode-base64url:{"alg":"HS256"}}.${encode-base64url:{"sub":"jane"}}."#);
    let run = explain(&token, &[]).exits(0);
    assert!(run.stdout.starts_with("No rule knows it by itself"), "{}", run.stdout);
    assert!(run.stdout.contains("subject      jane\n"), "{}", run.stdout);
    let document = explain(&token, &["--format", "json"]).exits(0).json();
    assert_valid(SCHEMA, &document);
    assert_eq!(document["known"], json!([]));
    assert_eq!(document["form"]["facts"][0], json!({ "name": "algorithm", "value": "HS256" }));
}

#[test]
fn what_has_ended_is_said_to_have() {
    let token = secret(
        r#"${encode-base64url:{"alg":"HS256"}}.${encode-base64url:{"exp":1700000000,"sub":"jane"}}.${base64url:43}"#,
    );
    let run = explain(&token, &["--now", "1700086400"]).exits(0);
    assert!(run.stdout.contains("expired      1 day ago, on 2023-11-14\n"), "{}", run.stdout);
    assert!(run.stdout.contains("severity     low\n"), "{}", run.stdout);
}

#[test]
fn a_user_s_rules_count() {
    let folder = Folder::new();
    folder.file(
        "acme.toml",
        format!("provider = \"Acme\"\n{}", rule_entry("acme-key", "low", "low")),
    );
    let input = secret("acme-key_${alnum-lower:32}");
    let run = folder.run_with_input(["explain", "--rules", "acme.toml"], input.as_bytes());
    assert!(run.exits(0).stdout.contains("Orders anvils."));
}

#[test]
fn standard_input_holds_one_credential() {
    for input in ["", "\n", "\r\n"] {
        let run = explain(input, &[]).exits(2);
        assert!(run.stderr.contains("nothing on standard input"), "{}", run.stderr);
    }
    let run = explain(&"x".repeat(2 << 20), &[]).exits(2);
    assert!(run.stderr.contains("too long"), "{}", run.stderr);
}
