//! Which configuration holds, and what beats it.

use super::{SKIP, configured, json, paths};
use crate::support::{Folder, Run, github_token, github_token_of, rule_entry, secret};

#[test]
fn the_configuration_at_the_root_holds() {
    configured(SKIP).run(["scan"]).exits(0);
    configured("").run(["scan"]).exits(1);
}

#[test]
fn in_a_repository_the_configuration_above_holds() {
    let folder = configured(SKIP);
    folder.repository();
    folder.run(["scan", "src"]).exits(0);
    folder.run(["scan", "src/leak.txt"]).exits(0);
}

#[test]
fn outside_a_repository_the_configuration_above_does_not_hold() {
    let folder = configured(SKIP);
    folder.run(["scan", "src"]).exits(1);
    folder.run(["scan", "src/leak.txt"]).exits(1);
}

#[test]
fn the_configuration_above_the_repository_does_not_hold() {
    let folder = configured(SKIP);
    folder.file("src/.git/HEAD", "");
    folder.run(["scan", "src"]).exits(1);
}

#[test]
fn the_nearest_configuration_holds() {
    let folder = configured("nonsense = 1\n");
    folder.repository();
    folder.file("src/.redhanded.toml", SKIP);
    folder.run(["scan", "src"]).exits(0);
    folder.run(["scan"]).exits(2);
}

#[test]
fn the_configuration_of_the_current_folder_does_not_hold_elsewhere() {
    let folder = Folder::new();
    folder.file("repository/.git/HEAD", "");
    folder.file("repository/.redhanded.toml", SKIP);
    folder.file("elsewhere/leak.txt", github_token());
    let mut command = folder.command(["scan", "../elsewhere"]);
    command.current_dir(folder.path().join("repository"));
    Run::from(command.output().expect("the program runs")).exits(1);
}

#[test]
fn a_configuration_can_be_named() {
    let folder = configured("nonsense = 1\n");
    folder.file("other/config.toml", SKIP);
    folder.run(["scan", "--config", "other/config.toml"]).exits(0);
    let run = folder.run(["scan", "--config", "nosuch.toml"]).exits(2);
    assert!(run.stderr.contains("nosuch.toml"), "{}", run.stderr);
}

#[test]
fn a_configuration_in_the_current_folder_can_be_named() {
    let folder = configured("");
    folder.file("other.toml", SKIP);
    folder.run(["scan", "--config", "other.toml"]).exits(0);
}

#[test]
fn the_configuration_can_be_passed_over() {
    let folder = configured(SKIP);
    folder.run(["scan", "--no-config"]).exits(1);
    folder.run(["scan", "--no-config", "--config", "x.toml"]).exits(2);
}

#[test]
fn the_command_line_beats_the_configuration() {
    for (config, args, code) in [
        ("rules.only = [\"gitlab-pat\"]", &["--only", "github-pat-classic"][..], 1),
        ("report.fail-on = \"info\"\nreport.min-severity = \"info\"", &["--fail-on", "info"], 1),
        ("report.min-severity = \"critical\"", &["--min-severity", "low"], 1),
        ("report.min-confidence = \"low\"", &["--min-confidence", "high"], 1),
        ("scan.max-file-size = \"10\"", &["--max-file-size", "1M"], 1),
        ("scan.max-file-size = \"1M\"", &["--max-file-size", "5"], 2),
    ] {
        configured(config).run([&["scan"], args].concat()).exits(code);
    }
}

#[test]
fn thresholds_of_the_command_line_beat_those_configured() {
    let rule = rule_entry("acme-low", "low", "medium");
    for (config, flag, value, code) in [
        ("min-severity = \"high\"", "--min-severity", "info", 1),
        ("min-severity = \"info\"", "--min-severity", "high", 0),
        ("min-confidence = \"high\"", "--min-confidence", "low", 1),
        ("min-confidence = \"low\"", "--min-confidence", "high", 0),
        ("fail-on = \"high\"", "--fail-on", "low", 1),
        ("fail-on = \"low\"", "--fail-on", "high", 0),
    ] {
        let folder = configured(&format!("[report]\n{config}\n{rule}"));
        folder.file("src/leak.txt", secret("acme-low_${alnum-lower:32}"));
        folder.run(["scan", flag, value]).exits(code);
    }
}

#[test]
fn exclusions_of_the_command_line_and_the_configuration_add_up() {
    let folder = configured("scan.exclude = [\"a.txt\"]\n");
    for name in ["a.txt", "b.txt"] {
        folder.file(name, github_token_of(2));
    }
    let document = json(&folder, &["--exclude", "b.txt"]).exits(1).json();
    assert_eq!(paths(&document, "findings"), ["src/leak.txt"]);
}

#[test]
fn skipped_rules_of_the_command_line_and_the_configuration_add_up() {
    let document = json(&configured(SKIP), &["--skip", "gitlab-pat"]).exits(0).json();
    let all = redhanded::rule::RuleSet::builtin().len();
    assert_eq!(document["summary"]["rules"], all - 2);
}
