//! `redhanded rules` as a product: lists, pages, schemas, tests and profiles.

use std::path::Path;

use redhanded::rule::RuleSet;
use serde_json::Value;

use crate::support::{Folder, github_token, rule_entry, written_rules};

/// The folder of the package.
const PACKAGE: &str = env!("CARGO_MANIFEST_DIR");
const SCHEMA: &str = include_str!("../../schemas/rule-file.json");

fn list(args: &[&str]) -> Vec<Value> {
    let args = [&["rules", "list", "--format", "json"], args].concat();
    let list = Folder::new().run(args).exits(0).json();
    list.as_array().expect("it is a list").clone()
}

#[test]
fn the_list_as_json_has_every_rule() {
    let rules = RuleSet::builtin();
    let list = list(&[]);
    assert_eq!(list.len(), rules.len());
    for ((_, rule), record) in rules.iter().zip(&list) {
        assert_eq!(record["id"], *rule.id);
        assert_eq!(record["pattern"], *rule.pattern);
        assert_eq!(record["severity"], rule.severity.as_str());
        assert_eq!(record["fix"], *rule.fix);
        assert_eq!(record["parts"].as_object().map(serde_json::Map::len), Some(rule.parts.len()));
    }
}

/// Whether a rule is to be listed.
type Keeps = fn(&Value) -> bool;

#[test]
fn the_list_can_be_narrowed() {
    let all = list(&[]);
    let cases: [(&[&str], Keeps); 6] = [
        (&["GitHub", "token"], |rule| {
            let text = format!("{} {} {}", rule["id"], rule["name"], rule["provider"]);
            let text = text.to_lowercase();
            text.contains("github") && text.contains("token")
        }),
        (&["--provider", "stripe"], |rule| rule["provider"] == "Stripe"),
        (&["--class", "private-key"], |rule| rule["class"] == "private-key"),
        (&["--min-severity", "critical"], |rule| rule["severity"] == "critical"),
        (&["--min-confidence", "high"], |rule| rule["confidence"] == "high"),
        (&["--status", "deprecated"], |rule| rule["status"] == "deprecated"),
    ];
    for (args, keeps) in cases {
        let expected: Vec<Value> = all.iter().filter(|rule| keeps(rule)).cloned().collect();
        assert_eq!(list(args), expected, "{args:?}");
        assert!(args[0] == "--status" || !expected.is_empty() && expected.len() < all.len());
    }
}

#[test]
fn own_rules_are_listed_and_shown() {
    let folder = Folder::new();
    folder.file(
        "acme.toml",
        format!("provider = \"Acme\"\n{}", rule_entry("acme-key", "low", "high")),
    );
    let run = folder.run(["rules", "list", "acme", "--rules", "acme.toml"]).exits(0);
    assert_eq!(run.stdout, "acme-key  low       high    Acme acme-key\n");
    let args = ["rules", "show", "acme-key", "--rules", "acme.toml", "--format", "json"];
    assert_eq!(folder.run(args).exits(0).json()["provider"], "Acme");
}

#[test]
fn a_rule_is_tried_on_each_of_its_templates() {
    let folder = Folder::new();
    let rule = rule_entry("acme-key", "low", "high");
    folder.file("acme.toml", format!("provider = \"Acme\"\n{rule}"));
    let run = folder.run(["rules", "test", "acme.toml"]).exits(0);
    let expected = "\
ok   acme-key  example  a = acme-key_${alnum-lower:32}
ok   acme-key  example  b: acme-key_${alnum-lower:32};
ok   acme-key  near miss  a = acme-key_${alnum-lower:31}
3 templates tried, 0 failed.
";
    assert_eq!(run.stdout, expected);
    let broken =
        rule.replace("lower:32}\",", "lower:30}\",").replace("since =", "entropy = 3.0\nsince =");
    folder.file("acme.toml", format!("provider = \"Acme\"\n{broken}"));
    let run = folder.run(["rules", "test", "acme.toml"]).exits(1);
    assert!(run.stdout.starts_with("FAIL acme-key  example  a = "), "{}", run.stdout);
    assert!(run.stdout.contains("\n     it misses its example"), "{}", run.stdout);
    assert!(run.stdout.ends_with("3 templates tried, 1 failed.\n"), "{}", run.stdout);
}

#[test]
fn a_file_without_examples_is_no_success() {
    let folder = Folder::new();
    folder.file("acme.toml", "provider = \"Acme\"\n");
    let run = folder.run(["rules", "test", "acme.toml"]).exits(2);
    assert!(run.stderr.contains("nothing to try"), "{}", run.stderr);
}

#[test]
fn the_pages_in_the_repository_are_up_to_date() {
    let pages = Path::new(PACKAGE).join("docs/rules");
    let run = Folder::new().run(["rules", "docs", "--check", &pages.display().to_string()]);
    assert_eq!(run.exits(0).stdout, "", "run `redhanded rules docs`");
}

#[test]
fn pages_are_written_renewed_and_removed() {
    let folder = Folder::new();
    folder.run(["rules", "docs", "pages", "--check"]).exits(1);
    folder.run(["rules", "docs", "pages"]).exits(0);
    folder.run(["rules", "docs", "pages", "--check"]).exits(0);
    let page = std::fs::read_to_string(folder.path().join("pages/stripe.md")).expect("it is there");
    for (_, rule) in RuleSet::builtin().iter().filter(|(_, rule)| rule.provider == "Stripe") {
        assert!(page.contains(&format!("## {}", rule.name)) && page.contains(&*rule.fix));
    }
    folder.file("pages/stripe.md", "<!-- Written by `redhanded rules docs`. -->\nold\n");
    folder.file("pages/gone.md", "<!-- Written by `redhanded rules docs`. -->\nold\n");
    folder.file("pages/own.md", "A page of one's own.\n");
    let run = folder.run(["rules", "docs", "pages", "--check"]).exits(1);
    assert_eq!(run.stdout, "pages/gone.md is not up to date\npages/stripe.md is not up to date\n");
    folder.run(["rules", "docs", "pages"]).exits(0);
    folder.run(["rules", "docs", "pages", "--check"]).exits(0);
    assert!(!folder.path().join("pages/gone.md").exists());
    assert!(folder.path().join("pages/own.md").exists());
}

#[test]
fn every_rule_file_is_as_the_schema_says() {
    let schema: Value = serde_json::from_str(SCHEMA).expect("the schema is JSON");
    let validator = jsonschema::validator_for(&schema).expect("the schema is valid");
    let folder = Path::new(PACKAGE).join("rules");
    let mut files = 0;
    for entry in folder.read_dir().expect("the folder is there") {
        let path = entry.expect("it can be read").path();
        let text = std::fs::read_to_string(&path).expect("it can be read");
        let value: Value = toml::from_str(&text).expect("it is TOML");
        let errors: Vec<String> = validator
            .iter_errors(&value)
            .map(|error| format!("{} {}: {error}", path.display(), error.instance_path()))
            .collect();
        assert!(errors.is_empty(), "{errors:#?}");
        files += 1;
    }
    assert!(files > 30);
    assert_eq!(Folder::new().run(["rules", "schema"]).exits(0).stdout, SCHEMA);
}

#[test]
fn the_schema_refuses_what_is_no_rule() {
    let schema: Value = serde_json::from_str(SCHEMA).expect("the schema is JSON");
    let validator = jsonschema::validator_for(&schema).expect("the schema is valid");
    let good = format!("provider = \"Acme\"\n{}", rule_entry("acme-key", "low", "high"));
    let is_valid = |text: &str| validator.is_valid(&toml::from_str(text).expect("it is TOML"));
    assert!(is_valid(&good));
    for (from, to) in [
        ("id = \"acme-key\"", "id = \"Acme\""),
        ("severity = \"low\"", "severity = \"dire\""),
        ("pattern =", "value ="),
        ("pattern =", "value = 'a'\npattern ="),
        ("why =", "whyever ="),
        ("since = \"0.1.0\"", "since = \"now\""),
    ] {
        assert!(good.contains(from) && !is_valid(&good.replace(from, to)), "{to}");
    }
}

#[test]
fn a_profile_counts_windows_matches_and_drops() {
    let folder = Folder::new();
    let token = github_token();
    let wrong = format!("{}0", &token[..token.len() - 1]);
    folder.file("in/a.txt", format!("{token}\n{wrong}\nghp_and_no_more\n"));
    let args = ["rules", "profile", "in", "--only", "github-pat-classic,npm-access-token"];
    let run = folder.run(args).exits(0);
    let lines: Vec<Vec<&str>> =
        run.stdout.lines().map(|l| l.split_whitespace().collect()).collect();
    assert_eq!(lines[0], ["rule", "windows", "matches", "dropped", "time"]);
    assert_eq!(lines[1][..4], ["github-pat-classic", "3", "2", "1"]);
    assert!(run.stdout.contains("1 of 2 rules were needed"), "{}", run.stdout);
    assert!(!run.stdout.contains(&token));
}

#[test]
fn every_part_of_a_rule_is_a_rule() {
    let ids: Vec<String> = written_rules().iter().map(|rule| rule.id.clone()).collect();
    for (_, rule) in RuleSet::builtin().iter() {
        for (name, part) in rule.parts.iter() {
            assert!(ids.contains(&part.to_string()), "{}: {name}", rule.id);
        }
    }
}
