//! Allow lists.

use super::{configured, entries, json, paths};
use crate::support::{Folder, Run, github_token, github_token_of};

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
