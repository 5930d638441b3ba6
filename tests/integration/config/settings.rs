//! Rules, thresholds, exclusions and limits.

use serde_json::Value;

use super::{SKIP, configured, json};
use crate::support::{Run, github_token, github_token_of, rule_entry, secret};

#[test]
fn only_and_skip_choose_the_rules() {
    let document = json(&configured(SKIP), &[]).exits(0).json();
    let all = redhanded::rule::RuleSet::builtin().len();
    assert_eq!(document["summary"]["rules"], all - 1);
    let only = configured("rules.only = [\"github-pat-classic\"]\n");
    let document = json(&only, &[]).exits(1).json();
    assert_eq!(document["summary"]["rules"], 1);
}

#[test]
fn rule_files_are_found_beside_the_configuration() {
    let entry = rule_entry("acme-key", "low", "high");
    let folder = configured("rules.files = [\"own/one.toml\", \"more\"]\n");
    folder.file("own/one.toml", format!("provider = \"Acme\"\n{entry}"));
    let other = rule_entry("zenith-key", "low", "high");
    folder.file("more/zenith.toml", format!("provider = \"Zenith\"\n{other}"));
    folder.file("src/leak.txt", secret("acme-key_${alnum-lower:32} zenith-key_${alnum-lower:32}"));
    folder.repository();
    let document = json(&folder, &["src"]).exits(1).json();
    let rules: Vec<&Value> =
        document["findings"].as_array().expect("a list").iter().map(|it| &it["rule"]).collect();
    assert_eq!(rules, ["acme-key", "zenith-key"]);
}

#[test]
fn a_rule_can_stand_in_the_configuration() {
    let folder = configured(&rule_entry("acme-key", "medium", "high"));
    folder.file("src/leak.txt", secret("acme-key_${alnum-lower:32}"));
    let document = json(&folder, &[]).exits(1).json();
    assert_eq!(document["findings"][0]["rule"], "acme-key");
    assert_eq!(document["findings"][0]["severity"], "medium");
}

#[test]
fn a_rule_of_the_same_id_replaces_the_built_in_one() {
    let entry = rule_entry("github-pat-classic", "info", "low");
    let document = json(&configured(&entry), &[]).exits(0).json();
    assert_eq!(document["summary"]["rules"], redhanded::rule::RuleSet::builtin().len());
}

#[test]
fn thresholds_can_be_configured() {
    let rules =
        rule_entry("acme-low", "low", "high") + &rule_entry("acme-medium", "medium", "medium");
    for (report, found, code) in [
        ("min-severity = \"medium\"", 1, 1),
        ("min-severity = \"high\"", 0, 0),
        ("min-confidence = \"high\"", 1, 1),
        ("fail-on = \"high\"", 2, 0),
        ("fail-on = \"medium\"", 2, 1),
    ] {
        let folder = configured(&format!("[report]\n{report}\n{rules}"));
        let text = secret("acme-low_${alnum-lower:32} acme-medium_${alnum-lower:32}");
        folder.file("src/leak.txt", text);
        let document = json(&folder, &[]).exits(code).json();
        assert_eq!(document["summary"]["findings"], found, "{report}");
    }
}

#[test]
fn excluded_paths_are_not_read() {
    for pattern in ["/src/leak.txt", "src/", "*.txt"] {
        let folder = configured(&format!("scan.exclude = [\"{pattern}\"]\n"));
        let document = json(&folder, &[]).exits(0).json();
        assert_eq!(document["summary"]["coverage"]["excluded"], 1, "{pattern}");
    }
    configured("scan.exclude = [\"/leak.txt\"]\n").run(["scan"]).exits(1);
}

#[test]
fn excluded_paths_are_relative_to_the_configuration() {
    let folder = configured("");
    folder.repository();
    folder.file("src/.redhanded.toml", "scan.exclude = [\"/leak.txt\"]\n");
    folder.run(["scan", "src"]).exits(0);
}

#[test]
fn exclusions_of_the_command_line_are_relative_to_the_current_folder() {
    let folder = configured("scan.exclude = [\"/src/leak.txt\"]\n");
    folder.repository();
    folder.file("src/other.txt", github_token_of(2));
    for (pattern, code) in [("/other.txt", 0), ("/src/other.txt", 1)] {
        let mut command = folder.command(["scan", "--exclude", pattern]);
        command.current_dir(folder.path().join("src"));
        Run::from(command.output().expect("the program runs")).exits(code);
    }
}

#[test]
fn an_exception_of_the_command_line_beats_an_exclusion() {
    let folder = configured("scan.exclude = [\"*.txt\"]\n");
    folder.run(["scan"]).exits(0);
    folder.run(["scan", "--exclude", "!leak.txt"]).exits(1);
}

#[test]
fn a_wrong_exclusion_names_where_it_was_written() {
    let run = configured("\nscan.exclude = [\"a\", \"{a\"]\n").run(["scan"]).exits(2);
    assert!(run.stderr.contains(".redhanded.toml:2:22: scan.exclude"), "{}", run.stderr);
    assert!(!run.stderr.contains("--exclude"), "{}", run.stderr);
    let run = configured("").run(["scan", "--exclude", "{a"]).exits(2);
    assert!(run.stderr.contains("--exclude"), "{}", run.stderr);
    assert!(!run.stderr.contains(".redhanded.toml"), "{}", run.stderr);
}

#[test]
fn the_size_of_files_can_be_limited() {
    let folder = configured("scan.max-file-size = \"1K\"\n");
    folder.file("src/leak.txt", format!("{}{}", " ".repeat(2000), github_token()));
    let document = json(&folder, &[]).exits(2).json();
    assert_eq!(document["notices"][0]["kind"], "too-large");
}
