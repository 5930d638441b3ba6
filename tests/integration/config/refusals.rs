//! What is said about a configuration that is wrong.

use super::configured;
use crate::support::{github_token, rule_entry};

/// Asserts that a configuration is refused, and what is said about it.
#[track_caller]
fn assert_refused(config: &str, expected: &[&str]) {
    let run = configured(config).run(["scan"]).exits(2);
    for expected in expected {
        assert!(run.stderr.contains(expected), "{config}\n{}", run.stderr);
    }
    assert_eq!(run.stdout, "", "{config}");
}

#[test]
fn unknown_keys_are_refused_with_the_one_meant() {
    for (config, place, meant) in [
        ("[alow]\n", ".redhanded.toml:1:2: unknown field `alow`", "allow"),
        ("\n[allow]\npath = []\n", ".redhanded.toml:3:1: unknown field `path`", "paths"),
        ("[rules]\n  onyl = []\n", ".redhanded.toml:2:3: unknown field `onyl`", "only"),
        ("report.min_severity = \"low\"\n", ":1:8: unknown field `min_severity`", "min-severity"),
        ("scan.excludes = []\n", ".redhanded.toml:1:6: unknown field `excludes`", "exclude"),
    ] {
        assert_refused(config, &[place, &format!("did you mean `{meant}`?")]);
    }
}

#[test]
fn unknown_words_are_refused_with_the_one_meant() {
    for (config, place) in [
        ("report.fail-on = \"hgh\"\n", ".redhanded.toml:1:18: unknown variant `hgh`"),
        ("report.min-confidence = \"hgh\"\n", ".redhanded.toml:1:25: unknown variant `hgh`"),
    ] {
        assert_refused(config, &[place, "did you mean `high`?"]);
    }
}

#[test]
fn wrong_types_are_refused_with_their_place() {
    for (config, expected) in [
        ("rules.only = \"x\"\n", ".redhanded.toml:1:14: invalid type: string"),
        ("\nallow.paths = 3\n", ".redhanded.toml:2:15: invalid type: integer"),
        ("scan.max-file-size = 100\n", ".redhanded.toml:1:22: invalid type: integer"),
        ("allow = 3\n", ".redhanded.toml:1:9: invalid type: integer"),
    ] {
        assert_refused(config, &[expected]);
    }
}

#[test]
fn a_list_in_place_of_a_section_is_refused_with_its_place() {
    for (config, expected) in [
        ("allow = []\n", ".redhanded.toml:1:9: invalid type: sequence, expected a table"),
        ("\nrules = [[], []]\n", ".redhanded.toml:2:9: invalid type: sequence"),
        ("report = [\"low\"]\n", ".redhanded.toml:1:10: invalid type: sequence"),
        ("[[scan]]\n", ".redhanded.toml:1:1: invalid type: sequence"),
    ] {
        assert_refused(config, &[expected]);
    }
}

#[test]
fn text_that_is_no_toml_is_refused_with_its_place() {
    assert_refused("[rules]\nonly = [\n", &[".redhanded.toml:"]);
    assert_refused("a = 1\na = 2\n", &[".redhanded.toml:2:1: "]);
}

#[test]
fn a_size_that_is_none_is_refused() {
    for size in ["12Q", "", "-1", "0", "lots"] {
        let config = format!("[scan]\nmax-file-size = \"{size}\"\n");
        assert_refused(&config, &[".redhanded.toml:2:17: ", "is no size"]);
    }
}

#[test]
fn a_regex_that_is_none_is_refused() {
    assert_refused("allow.regexes = [\"fine\", \"(\"]\n", &["allow.regexes", "`(`"]);
    let expected = ".redhanded.toml:1:18: allow.regexes: `(`: unclosed group";
    assert_refused("allow.regexes = [\"(\"]\n", &[expected]);
}

#[test]
fn a_glob_that_is_none_is_refused() {
    assert_refused("allow.paths = [\"{a\"]\n", &["allow.paths", "`{a`"]);
    assert_refused("scan.exclude = [\"{a\"]\n", &["'{a'"]);
}

#[test]
fn a_rule_that_is_none_is_refused() {
    for list in ["only", "skip"] {
        let config = format!("rules.{list} = [\"github-pat-clasic\"]\n");
        assert_refused(&config, &["`github-pat-clasic`", "did you mean `github-pat-classic`?"]);
    }
}

#[test]
fn a_rule_file_that_is_not_there_is_refused() {
    assert_refused("rules.files = [\"nosuch.toml\"]\n", &["nosuch.toml"]);
}

#[test]
fn own_rules_that_are_wrong_are_refused_with_their_place() {
    let rule = rule_entry("acme-key", "low", "high");
    for (from, to, expected) in [
        ("id = \"acme-key\"", "id = \"Acme\"", ".redhanded.toml:2:1: the id must be kebab-case"),
        ("'(?<secret>", "'(?:", ".redhanded.toml:10:11: the pattern has no group"),
        ("[a-z0-9]", "[a-z0-9", ".redhanded.toml:10:11: the pattern is not a valid regular"),
        ("severity", "seventy", ".redhanded.toml:8:1: unknown field `seventy`"),
    ] {
        let wrong = rule.replacen(from, to, 1);
        assert_ne!(wrong, rule);
        assert_refused(&wrong, &[expected]);
    }
}

#[test]
fn an_error_in_a_rule_file_names_that_file() {
    let folder = configured("rules.files = [\"acme.toml\"]\n");
    let rule = rule_entry("acme-key", "low", "high").replace("[a-z0-9]", "[a-z0-9");
    folder.file("acme.toml", format!("provider = \"Acme\"\n{rule}"));
    let run = folder.run(["scan"]).exits(2);
    assert!(run.stderr.contains("acme.toml:11:11: "), "{}", run.stderr);
}

#[test]
fn all_that_is_refused_is_refused_with_its_place() {
    for config in [
        "\nrules.only = [\"nosuch\"]\n",
        "\nrules.skip = [\"nosuch\"]\n",
        "\nallow.regexes = [\"(\"]\n",
        "\nallow.paths = [\"{a\"]\n",
        "\nscan.exclude = [\"{a\"]\n",
    ] {
        assert_refused(config, &[".redhanded.toml:2:"]);
    }
}

#[test]
fn entries_that_surely_were_not_meant_are_told() {
    for config in [
        "allow.regexes = [\"\"]\n",
        "allow.regexes = [\".*\"]\n",
        "allow.stopwords = [\"\"]\n",
        "allow.fingerprints = [\"xyz\"]\n",
        "allow.paths = [\"../other\"]\n",
    ] {
        let run = configured(config).run(["scan"]);
        let told = run.code == 2 || run.stdout.contains("[configuration]");
        assert!(told, "{config}\n{}", run.stdout);
    }
}

#[test]
fn entries_that_allow_everything_or_nothing_are_refused_with_their_place() {
    let print = "0123456789abcdef".repeat(2);
    let upper = format!("\nallow.fingerprints = [\"{print}\", \"{}\"]\n", print.to_uppercase());
    for (config, expected) in [
        ("\nallow.regexes = [\"x\", \"a|b*\"]\n", ":2:23: allow.regexes: it can match the empty"),
        ("\nallow.stopwords = [\"x\", \" \"]\n", ":2:25: allow.stopwords: a word without"),
        ("\nallow.paths = [\"x\", \"a/../../b\"]\n", ":2:21: allow.paths: it leads out"),
        (&upper, ":2:59: allow.fingerprints: a fingerprint is 32 hexadecimal digits in lower"),
    ] {
        assert_refused(config, &[&format!(".redhanded.toml{expected}")]);
    }
}

#[test]
fn an_entry_that_is_refused_is_not_shown() {
    let token = github_token();
    for list in ["stopwords = [\" \"]\nallow.fingerprints", "fingerprints"] {
        let run = configured(&format!("allow.{list} = [\"{token}\"]\n")).run(["scan"]).exits(2);
        assert!(!run.stderr.contains(&token), "{}", run.stderr);
    }
}

#[test]
fn a_rule_of_the_command_line_can_stand_in_the_configuration() {
    let folder = configured("rules.only = [\"acme-key\"]\n");
    let entry = rule_entry("acme-key", "low", "high");
    folder.file("acme.toml", format!("provider = \"Acme\"\n{entry}"));
    folder.run(["scan", "src", "--config", ".redhanded.toml"]).exits(2);
    folder.run(["scan", "--rules", "acme.toml", "src", "--config", ".redhanded.toml"]).exits(0);
}

#[test]
fn a_file_that_cannot_be_read_is_told_once() {
    let run = configured("").run(["scan", "--config", "nosuch.toml"]).exits(2);
    assert!(run.stderr.contains("cannot read nosuch.toml: "), "{}", run.stderr);
    assert_eq!(run.stderr.matches("os error").count(), 1, "{}", run.stderr);
}
