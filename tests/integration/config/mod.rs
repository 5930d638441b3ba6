//! `.redhanded.toml`: where it is found, what each of its keys does, and what
//! is said about one that is wrong.

use serde_json::Value;

use crate::support::{Folder, Run, github_token, github_token_of, rule_entry, secret};

/// A configuration under which the token of [`github_token`] is not found.
const SKIP: &str = "rules.skip = [\"github-pat-classic\"]\n";

/// A folder with a token in `src/leak.txt` and a configuration at its root.
fn configured(config: &str) -> Folder {
    let folder = Folder::new();
    folder.file("src/leak.txt", format!("plain = {}\n", github_token()));
    folder.file(".redhanded.toml", config);
    folder
}

/// The paths of findings in a JSON report, or of what is suppressed.
fn paths<'a>(document: &'a Value, list: &str) -> Vec<&'a str> {
    let list = document[list].as_array().expect("a report has the list");
    list.iter().map(|it| it["path"].as_str().expect("a finding has a path")).collect()
}

/// The allow list and the entry that suppressed each finding.
fn entries(document: &Value) -> Vec<(&str, &str)> {
    let suppressed = document["suppressed"].as_array().expect("a list");
    let by = suppressed.iter().map(|finding| &finding["suppressed_by"]);
    by.map(|by| (by["list"].as_str().expect("a list"), by["entry"].as_str().expect("an entry")))
        .collect()
}

fn json(folder: &Folder, more: &[&str]) -> Run {
    folder.run([&["scan", "--format", "json"], more].concat())
}

// Where it is found.

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

// Rules.

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

// Allow lists.

#[test]
fn allowed_paths_are_relative_to_the_configuration() {
    for (pattern, allowed) in [
        ("/src/", true),
        ("src/leak.txt", true),
        ("leak.txt", true),
        ("*.txt", true),
        ("/src/**/*.txt", true),
        ("/leak.txt", false),
        ("*.md", false),
        ("/src/*.toml", false),
    ] {
        let folder = configured(&format!("allow.paths = [\"{pattern}\"]\n"));
        folder.repository();
        let code = i32::from(!allowed);
        folder.run(["scan"]).exits(code);
        // The same wherever the scan starts.
        folder.run(["scan", "src"]).exits(code);
        let document = json(&folder, &["src/leak.txt"]).exits(code).json();
        let expected = if allowed { vec![("paths", pattern)] } else { Vec::new() };
        assert_eq!(entries(&document), expected);
    }
}

#[test]
fn an_exception_takes_a_path_out_of_those_allowed() {
    let folder = configured("allow.paths = [\"*.txt\", \"!leak.txt\"]\n");
    folder.file("src/other.txt", github_token_of(2));
    let document = json(&folder, &[]).exits(1).json();
    assert_eq!(paths(&document, "findings"), ["src/leak.txt"]);
    assert_eq!(paths(&document, "suppressed"), ["src/other.txt"]);
}

#[test]
fn allowed_paths_of_a_named_configuration_are_relative_to_it() {
    let folder = configured("");
    folder.file("src/config.toml", "allow.paths = [\"/leak.txt\"]\n");
    folder.run(["scan", "--config", "src/config.toml"]).exits(0);
    folder.file("other/config.toml", "allow.paths = [\"/leak.txt\"]\n");
    folder.run(["scan", "--config", "other/config.toml"]).exits(1);
}

#[test]
fn allowed_paths_hold_when_the_configuration_is_named_by_way_of_its_parent() {
    let folder = configured("allow.paths = [\"/src/leak.txt\"]\n");
    let mut command = folder.command(["scan", "--config", "../.redhanded.toml"]);
    command.current_dir(folder.path().join("src"));
    Run::from(command.output().expect("the program runs")).exits(0);
}

#[test]
fn allowed_regexes_are_searched_in_the_credential() {
    let token = github_token();
    for (pattern, allowed) in [
        (r"^ghp_.{36}$".to_owned(), true),
        (token[10..16].to_owned(), true),
        (r"^ghp_.{35}$".to_owned(), false),
        // Of the line, not of the credential.
        ("plain".to_owned(), false),
    ] {
        let folder = configured(&format!("allow.regexes = ['{pattern}']\n"));
        let document = json(&folder, &[]).exits(i32::from(!allowed)).json();
        let expected = if allowed { vec![("regexes", pattern.as_str())] } else { Vec::new() };
        assert_eq!(entries(&document), expected);
    }
}

#[test]
fn allowed_words_stand_in_the_credential_in_any_letter_case() {
    let token = github_token();
    let word = token[12..18].to_ascii_uppercase();
    let folder = configured(&format!("allow.stopwords = [\"nosuch\", \"{word}\"]\n"));
    let document = json(&folder, &[]).exits(0).json();
    assert_eq!(entries(&document).len(), 1);
    assert_eq!(entries(&document)[0].0, "stopwords");
    configured("allow.stopwords = [\"nosuch\", \"plain\"]\n").run(["scan"]).exits(1);
}

/// Scans a folder, allows what was found by its fingerprint, and gives back the
/// fingerprint.
fn allow_findings(folder: &Folder, config: &str) -> String {
    let document = json(folder, &[]).exits(1).json();
    let print = document["findings"][0]["fingerprint"].as_str().expect("a fingerprint").to_owned();
    folder.file(".redhanded.toml", format!("{config}\n[allow]\nfingerprints = [\"{print}\"]\n"));
    print
}

#[test]
fn a_fingerprint_of_a_token_holds_wherever_it_moves() {
    let folder = configured("");
    let print = allow_findings(&folder, "");
    folder.file("src/leak.txt", "nothing");
    folder.file("other/file.yml", format!("\n\nelse: '{}' # moved\n", github_token()));
    let document = json(&folder, &[]).exits(0).json();
    assert_eq!(entries(&document), [("fingerprints", print.as_str())]);
    // It stands for this token, not for all of its kind.
    folder.file("other/file.yml", github_token_of(2));
    folder.run(["scan"]).exits(1);
}

/// A rule for values that could be guessed.
const WEAK_RULE: &str = r#"
[[rule]]
id = "acme-password"
name = "Acme password"
class = "password"
principal = "user"
lifetime = "until-revoked"
severity = "high"
pattern = 'anvil_code = "(?<secret>[a-z0-9]{6,12})"'
why = "Opens the vault."
fix = "Change it."
since = "0.1.0"
"#;

const WEAK_LINE: &str = "anvil_code = \"k9x2mq7d\"";

#[test]
fn a_fingerprint_of_a_password_holds_when_its_line_moves() {
    let folder = configured(WEAK_RULE);
    folder.file("src/leak.txt", WEAK_LINE);
    allow_findings(&folder, WEAK_RULE);
    folder.file("src/leak.txt", format!("\n\n  {WEAK_LINE}\nmore\n"));
    folder.run(["scan"]).exits(0);
}

#[test]
fn a_fingerprint_of_a_password_belongs_to_its_file_and_line() {
    let folder = configured(WEAK_RULE);
    folder.file("src/leak.txt", WEAK_LINE);
    allow_findings(&folder, WEAK_RULE);
    folder.file("src/other.txt", WEAK_LINE);
    let document = json(&folder, &[]).exits(1).json();
    assert_eq!(paths(&document, "findings"), ["src/other.txt"]);
    folder.file("src/other.txt", "");
    folder.file("src/leak.txt", format!("other_{WEAK_LINE}"));
    folder.run(["scan"]).exits(1);
}

#[test]
fn a_fingerprint_of_a_password_does_not_depend_on_where_the_scan_starts() {
    let folder = configured(WEAK_RULE);
    folder.repository();
    folder.file("src/leak.txt", WEAK_LINE);
    allow_findings(&folder, WEAK_RULE);
    for path in [".", "src", "src/leak.txt", "src/../src"] {
        folder.run(["scan", path]).exits(0);
    }
    folder.run([&*folder.path().to_string_lossy(), "scan"].iter().rev()).exits(0);
}

#[test]
fn a_configuration_with_an_allow_list_still_runs_all_rules() {
    let folder = configured("allow.paths = [\"nosuch\"]\n");
    let document = json(&folder, &[]).exits(1).json();
    assert_eq!(document["summary"]["rules"], redhanded::rule::RuleSet::builtin().len());
    assert_eq!(paths(&document, "findings"), ["src/leak.txt"]);
}

// Report and scan.

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

// The command line and the file.

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
    let rule = rule_entry("acme-low", "low", "low");
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

// What is wrong.

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
