//! Credentials of several parts: one finding for a key and its id.

use redhanded::rule::sample;
use serde_json::{Value, json};

use crate::support::git::Repo;
use crate::support::{Folder, rule_entry};

/// Rules of a key and of the id that belongs to it.
fn rules(folder: &Folder) {
    let id = rule_entry("acme-id", "info", "low");
    let key = rule_entry("acme-key", "high", "high");
    let key = key.replace("why =", "parts = { \"key ID\" = \"acme-id\" }\nwhy =");
    folder.file("rules/acme.toml", format!("provider = \"Acme\"\n{id}{key}"));
}

fn value(rule: &str, seed: u64) -> String {
    let random = sample::expand("${alnum-lower:32}", seed).expect("the template is right");
    format!("{rule}_{random}")
}

/// Scans what is in the folder `in`.
fn scan(folder: &Folder, args: &[&str]) -> Vec<Value> {
    let low = if args.is_empty() { &["--min-confidence", "low"][..] } else { &[] };
    let scan = ["scan", "in", "--rules", "rules", "--format", "json"];
    let run = folder.run([&scan, low, args].concat());
    let report = run.json();
    report["findings"].as_array().expect("it is a list").clone()
}

fn told(finding: &Value) -> (&str, &str, usize) {
    let text = |field: &str| finding[field].as_str().expect("it is text");
    (text("rule"), text("confidence"), finding["parts"].as_array().map_or(0, Vec::len))
}

fn folder(text: &str) -> Folder {
    let folder = Folder::new();
    rules(&folder);
    folder.file("in/conf", text);
    folder
}

#[test]
fn a_key_and_its_id_are_one_finding() {
    let (id, key) = (value("acme-id", 0), value("acme-key", 1));
    let folder = folder(&format!("id = {id}\n\nkey = {key}\n"));
    let findings = scan(&folder, &[]);
    assert_eq!(findings.len(), 1, "{findings:?}");
    assert_eq!(told(&findings[0]), ("acme-key", "high", 1));
    let part = &findings[0]["parts"][0];
    assert_eq!((&part["name"], &part["rule"]), (&json!("key ID"), &json!("acme-id")));
    assert_eq!((&part["line"], &part["column"]), (&json!(1), &json!(6)));
    assert_eq!(part["secret"], json!({ "masked": "acme********", "length": id.len() }));
    let shown = folder.run(["scan", "in", "--rules", "rules"]).exits(1);
    assert!(shown.stdout.contains("with key ID acme******** (line 1)"), "{}", shown.stdout);
    assert!(!shown.stdout.contains(&id) && !shown.stdout.contains(&key), "{}", shown.stdout);
}

#[test]
fn half_of_a_credential_is_less_sure() {
    let folder = folder(&format!("key = {}\n", value("acme-key", 0)));
    let findings = scan(&folder, &[]);
    assert_eq!(findings.iter().map(told).collect::<Vec<_>>(), [("acme-key", "medium", 0)]);
    assert_eq!(scan(&folder, &["--min-confidence", "high"]), [] as [Value; 0]);
    folder.file("in/conf", format!("id = {}\n", value("acme-id", 0)));
    let findings = scan(&folder, &[]);
    assert_eq!(findings.iter().map(told).collect::<Vec<_>>(), [("acme-id", "low", 0)]);
}

#[test]
fn between_two_ids_that_are_equally_near_nobody_can_tell() {
    let (one, other) = (value("acme-id", 0), value("acme-id", 1));
    let folder = folder(&format!("a {one}\nkey {}\nb {other}\n", value("acme-key", 2)));
    let findings = scan(&folder, &[]);
    let expected = [("acme-id", "low", 0), ("acme-key", "medium", 0), ("acme-id", "low", 0)];
    assert_eq!(findings.iter().map(told).collect::<Vec<_>>(), expected);
}

#[test]
fn history_and_files_know_the_same_parts() {
    let repo = Repo::init();
    rules(repo.around());
    let rules = repo.around().path().join("rules");
    let (id, key) = (value("acme-id", 0), value("acme-key", 1));
    repo.commit(&[("conf", format!("id = {id}\nkey = {key}\n"))], "one");
    for command in ["scan", "git", "audit"] {
        let path = repo.path().display().to_string();
        let args = [command, &path, "--format", "json", "--rules"].map(str::to_owned);
        let args = args.into_iter().chain([rules.display().to_string()]);
        let report = repo.around().run(args).exits(1).json();
        let findings = report["findings"].as_array().expect("it is a list").clone();
        assert_eq!(
            findings.iter().map(told).collect::<Vec<_>>(),
            [("acme-key", "high", 1)],
            "{command}"
        );
    }
}

#[test]
fn a_part_must_be_of_a_rule_that_has_none() {
    let folder = Folder::new();
    let part = |id: &str, of: &str| {
        let rule = rule_entry(id, "high", "high");
        rule.replace("why =", &format!("parts = {{ \"other\" = \"{of}\" }}\nwhy ="))
    };
    let rules = part("acme-a", "acme-b") + &part("acme-b", "acme-c");
    folder.file("acme.toml", format!("provider = \"Acme\"\n{rules}"));
    let run = folder.run(["rules", "check", "acme.toml"]).exits(1);
    assert!(run.stdout.contains("acme-a: its part `other` has parts itself: `acme-b`"));
    assert!(run.stdout.contains("acme-b: its part `other` is of no rule: `acme-c`"));
}
