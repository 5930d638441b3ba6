//! SARIF for code scanning.

use std::time::{Duration, Instant};

use redhanded::finding::Presence;
use redhanded::rule::{RuleSet, Severity};
use redhanded::unit::Origin;
use serde_json::{Value, json};

use super::made::{bare_history, blob, found, history, outcome, report, report_with};
use super::schemas::assert_valid;
use super::{EVERYTHING, everything, one_leak};
use crate::support::hooked::Hooked;
use crate::support::{Folder, github_token, github_token_of, rule_entry, secret, written_rules};

const SCHEMA: &str = include_str!("../../../fixtures/schemas/sarif-for-github.json");

/// A report as a document that GitHub takes.
#[track_caller]
fn parsed(text: &str) -> Value {
    let document = serde_json::from_str(text).expect("it is JSON");
    assert_valid(SCHEMA, &document);
    document
}

fn results(document: &Value) -> &Vec<Value> {
    document["runs"][0]["results"].as_array().expect("the results are a list")
}

/// The only result for a file with this text.
#[track_caller]
fn result_of(text: impl AsRef<[u8]>) -> Value {
    let folder = Folder::new();
    folder.file("a.txt", text);
    let document = parsed(&folder.run(["scan", "--format", "sarif"]).exits(1).stdout);
    let [result] = &results(&document)[..] else { panic!("one result: {document:#}") };
    result.clone()
}

fn region(result: &Value) -> [u64; 4] {
    let region = &result["locations"][0]["physicalLocation"]["region"];
    ["startLine", "startColumn", "endLine", "endColumn"]
        .map(|name| region[name].as_u64().expect("a number"))
}

fn uri(result: &Value) -> &str {
    let artifact = &result["locations"][0]["physicalLocation"]["artifactLocation"];
    artifact["uri"].as_str().expect("an address")
}

fn line_hash(result: &Value) -> &str {
    result["partialFingerprints"]["primaryLocationLineHash"].as_str().expect("a hash")
}

#[test]
fn a_result_says_what_where_and_how_grave() {
    let folder = one_leak();
    let document = parsed(&folder.run(["scan", "--format", "sarif"]).exits(1).stdout);
    let result = &results(&document)[0];
    assert_eq!(result["ruleId"], "github-pat-classic");
    assert_eq!(result["level"], "error");
    let message = result["message"]["text"].as_str().expect("text");
    assert_eq!(
        message,
        "GitHub personal access token (classic): ghp_******** (checksum valid (crc32-base62-body))."
    );
    assert_eq!(uri(result), "leak.txt");
    assert_eq!(region(result), [1, 9, 1, 49]);
    let rules = &document["runs"][0]["tool"]["driver"]["rules"];
    let index = usize::try_from(result["ruleIndex"].as_u64().expect("a number")).expect("small");
    let rule = &rules[index];
    assert_eq!(rule["id"], "github-pat-classic");
    assert_eq!(rule["name"], "GithubPatClassic");
    assert_eq!(rule["properties"]["security-severity"], "9.5");
    let tags = json!(["security", "secret", "personal-access-token", "external/cwe/cwe-798"]);
    assert_eq!(rule["properties"]["tags"], tags);
    let help = rule["help"]["markdown"].as_str().expect("text");
    assert!(help.contains("**Fix:**"), "{help}");
}

#[test]
fn every_rule_is_listed_though_nothing_is_found() {
    let folder = Folder::new();
    folder.file("a.txt", "nothing\n");
    let document = parsed(&folder.run(["scan", "--format", "sarif"]).exits(0).stdout);
    assert_eq!(results(&document).len(), 0);
    let rules = document["runs"][0]["tool"]["driver"]["rules"].as_array().expect("a list");
    let ids: Vec<&str> = rules.iter().map(|rule| rule["id"].as_str().expect("an id")).collect();
    let builtin = RuleSet::builtin();
    let expected: Vec<&str> = builtin.iter().map(|(_, rule)| rule.id.as_ref()).collect();
    assert_eq!(ids, expected);
}

#[test]
fn columns_are_units_of_utf16_whatever_the_text() {
    let token = github_token();
    for (before, column) in [
        ("x = ", 5),
        ("größe = ", 9),
        ("\u{1F600}\u{1F600} = ", 8),
        ("\u{feff}k = ", 5),
        ("\t\tk = ", 7),
    ] {
        let result = result_of(format!("{before}{token};\n"));
        assert_eq!(region(&result), [1, column, 1, column + 40], "{before}");
        let result = result_of(format!(
            "one\r\ntwo\rthree\n{}{token}",
            before.trim_start_matches('\u{feff}')
        ));
        assert_eq!(region(&result), [4, column, 4, column + 40], "{before}");
    }
    // Bytes that are no UTF-8 become as many characters as there are parts.
    let result = result_of([b"\xe2\x82 \xff\xff = ", token.as_bytes()].concat());
    assert_eq!(region(&result)[1], 8);
    // Beyond what the report shows of a line.
    let result = result_of(format!("{}{token}", "\u{1F600} ".repeat(200)));
    assert_eq!(region(&result)[1], 601);
}

#[test]
fn columns_of_what_is_in_no_file_are_units_of_utf16() {
    let mut finding = found(blob("a.env"), Some(history()));
    finding.excerpt.before = "\u{1F600}\u{1F600} = ".into();
    let document = parsed(&report("sarif", &outcome(vec![finding])));
    // The seventh character, with two before it that are two units.
    assert_eq!(region(&results(&document)[0]), [3, 9, 3, 49]);
}

#[test]
fn a_key_of_several_lines_ends_where_it_ends() {
    let examples = written_rules().into_iter().flat_map(|rule| rule.examples.matching);
    let block = examples.into_iter().find(|it| it.starts_with("-----BEGIN RSA PRIVATE KEY-----\n"));
    let key = secret(&block.expect("there is such a rule"));
    let result = result_of(format!("key: |\n{key}\n"));
    let [start, _, end, column] = region(&result);
    assert!((2..=3).contains(&start) && end >= 4, "{result:#}");
    assert!(column > 1, "{result:#}");
}

#[test]
fn an_address_is_that_from_the_root_of_the_repository_on() {
    let folder = Folder::new();
    folder.repository();
    folder.file("src/a b/[id] %.txt", github_token());
    for (from, path) in [(".", "."), (".", "src"), ("src", "."), ("src", "../src/a b")] {
        let mut command = folder.command(["scan", "--format", "sarif", path]);
        let output = command.current_dir(folder.path().join(from)).output().expect("it runs");
        let document = parsed(&String::from_utf8(output.stdout).expect("it is text"));
        assert_eq!(uri(&results(&document)[0]), "src/a%20b/%5Bid%5D%20%25.txt", "{from} {path}");
    }
}

#[test]
fn without_a_repository_an_address_is_that_from_the_current_folder_on() {
    let folder = Folder::new();
    folder.file("src/a.txt", github_token());
    let run = folder.run(["scan", "--format", "sarif", "src"]).exits(1);
    assert_eq!(uri(&results(&parsed(&run.stdout))[0]), "src/a.txt");
}

#[test]
fn a_file_elsewhere_has_a_whole_address_without_a_base() {
    let (folder, other) = (one_leak(), one_leak());
    let elsewhere = other.path().join("leak.txt");
    let elsewhere = elsewhere.to_str().expect("text");
    let run = folder.run(["scan", "--format", "sarif", "leak.txt", elsewhere]).exits(1);
    let document = parsed(&run.stdout);
    let uris: Vec<&str> = results(&document).iter().map(uri).collect();
    assert!(uris.iter().any(|uri| uri.starts_with("file:///")), "{uris:?}");
    assert!(uris.contains(&"leak.txt"), "{uris:?}");
}

#[test]
fn the_hash_of_a_line_does_not_change_when_the_line_moves() {
    let token = github_token();
    let here = result_of(format!("a\nkey = {token}\nnext\n"));
    let there = result_of(format!("more\nof\nit\na\n\tkey = {token}\r\nnext\r\n"));
    assert_eq!(line_hash(&here), line_hash(&there));
    assert_ne!(line_hash(&here), line_hash(&result_of(format!("pass = {token}\nnext\n"))));
    let fingerprint = |result: &Value| result["partialFingerprints"]["redhanded/v1"].clone();
    assert_eq!(fingerprint(&here), fingerprint(&there));
}

#[test]
fn what_is_in_no_file_is_known_by_itself() {
    let at = |path: &str| found(blob(path), Some(history()));
    let document = parsed(&report("sarif", &outcome(vec![at("a.env"), at("b.env")])));
    let [one, other] = &results(&document)[..] else { panic!("two results") };
    let own = one["partialFingerprints"]["redhanded/v1"].as_str().expect("text");
    assert_eq!(line_hash(one), format!("{}:1", &own[..16]));
    assert_eq!(line_hash(other), format!("{}:2", &own[..16]));
    assert_eq!(one["properties"]["commit"], "4f".repeat(20));
    let message = one["message"]["text"].as_str().expect("text");
    assert!(
        message.ends_with("Came in with commit 4f4f4f4f4f on 2024-03-05; still in HEAD."),
        "{message}"
    );
}

#[test]
fn what_has_no_path_has_an_address_all_the_same() {
    let history = || Some(bare_history(Presence::Unreachable));
    let commit = Origin::Commit(super::made::object(4));
    let document = parsed(&report(
        "sarif",
        &outcome(vec![found(commit, history()), found(Origin::Stdin, None)]),
    ));
    let uris: Vec<&str> = results(&document).iter().map(uri).collect();
    assert_eq!(uris, ["%3Ccommit%3E", "%3Cstdin%3E"]);
}

#[test]
fn suppressed_findings_are_left_out_unless_they_are_asked_for() {
    let folder = everything();
    let args = [&EVERYTHING[..], &["--format", "sarif"]].concat();
    let document = parsed(&folder.run(&args).exits(1).stdout);
    assert_eq!(results(&document).len(), 1);
    assert_eq!(results(&document)[0].get("suppressions"), None);
    let args = [&args[..], &["--sarif-suppressed"]].concat();
    let document = parsed(&folder.run(&args).exits(1).stdout);
    let kinds: Vec<&Value> =
        results(&document).iter().filter_map(|it| it.pointer("/suppressions/0/kind")).collect();
    assert_eq!(results(&document).len(), 3);
    assert_eq!(kinds, ["external", "inSource"]);
}

#[test]
fn trouble_is_told_and_is_no_failed_run() {
    let document = parsed(
        &everything().run([&EVERYTHING[..], &["--format", "sarif"]].concat()).exits(1).stdout,
    );
    let notifications = &document["runs"][0]["invocations"][0]["toolExecutionNotifications"];
    assert_eq!(notifications[0]["descriptor"]["id"], "too-large");
    assert_eq!(notifications[0]["level"], "warning");
    let kinds = &document["runs"][0]["tool"]["driver"]["notifications"];
    assert_eq!(*kinds, json!([{"id": "too-large"}]));
}

#[test]
fn parts_are_related_and_the_message_leads_to_them() {
    let folder = Folder::new();
    let id = secret("AKIAQ${base32:15}");
    folder.file("a.txt", format!("id = {id}\nkey = {}\n", secret("acme-key_${alnum-lower:32}")));
    let rule = rule_entry("acme-key", "medium", "high");
    let rule = rule.replace("why =", "parts = { id = \"aws-access-key-id\" }\nwhy =");
    folder.file("own/acme.toml", format!("provider = \"Acme\"\n{rule}"));
    let run = folder.run(["scan", "--rules", "own", "--format", "sarif", "a.txt"]).exits(1);
    let document = parsed(&run.stdout);
    let result = results(&document).iter().find(|it| it["ruleId"] == "acme-key").expect("found");
    assert_eq!(result["level"], "warning");
    assert_eq!(result["relatedLocations"][0]["id"], 1);
    assert_eq!(result["relatedLocations"][0]["physicalLocation"]["region"]["startLine"], 1);
    let message = result["message"]["text"].as_str().expect("text");
    assert!(message.contains(", with [id](1) AKIA********"), "{message}");
}

#[test]
fn the_findings_of_a_history_say_of_which_repository() {
    let repository = Hooked::new();
    let commit = repository.commit("first", &[("a.env", github_token().as_bytes())]);
    let token = github_token_of(3);
    repository.git([
        "remote",
        "add",
        "origin",
        &format!("https://u:{token}@host.test/a/b.git?{token}"),
    ]);
    let run = repository.run(["git", "--no-cache", "--format", "sarif"]).exits(1);
    let document = parsed(&run.stdout);
    let expected = json!([{
        "repositoryUri": "https://host.test/a/b.git",
        "revisionId": commit,
        "branch": "main",
        "mappedTo": {"uriBaseId": "%SRCROOT%"},
    }]);
    assert_eq!(document["runs"][0]["versionControlProvenance"], expected);
    let run = repository.run(["scan", "--format", "sarif"]).exits(1);
    assert_eq!(parsed(&run.stdout)["runs"][0].get("versionControlProvenance"), None);
}

#[test]
fn of_too_many_findings_the_gravest_stay_and_it_is_told() {
    let folder = Folder::new();
    folder.file(
        "own/acme.toml",
        format!(
            "provider = \"Acme\"\n{}{}",
            rule_entry("acme-low", "low", "high"),
            rule_entry("acme-high", "high", "high")
        ),
    );
    let line = |id: &str, seed: u64| {
        let template = format!("{id}_${{alnum-lower:32}}\n");
        redhanded::rule::sample::expand(&template, seed).expect("the template is right")
    };
    let lows: String = (0..24_990).map(|seed| line("acme-low", seed)).collect();
    let highs: String = (0..20).map(|seed| line("acme-high", seed)).collect();
    folder.file("a/a.txt", lows);
    folder.file("a/b.txt", highs);
    let args = ["scan", "--rules", "own", "--format", "sarif=r.sarif", "--format", "jsonl", "a"];
    let run = folder.run(args).exits(1);
    let document: Value = serde_json::from_str(&super::read(&folder, "r.sarif")).expect("JSON");
    let of = |id: &str| results(&document).iter().filter(|it| it["ruleId"] == *id).count();
    assert_eq!((of("acme-high"), of("acme-low")), (20, 24_980));
    assert!(
        run.stdout.contains("\"kind\":\"report-limit\""),
        "{}",
        &run.stdout[run.stdout.len() - 1000..]
    );
    let told = &document["runs"][0]["invocations"][0]["toolExecutionNotifications"][0];
    assert_eq!(told["descriptor"]["id"], "report-limit");
    assert_eq!(told["level"], "note");
}

#[test]
fn the_largest_report_is_written_at_once() {
    let one = found(Origin::Stdin, None);
    let findings = (0..25_000).map(|n| {
        let mut finding = one.clone();
        finding.place.origin = Origin::File(format!("src/{n}.txt").into());
        finding
    });
    let findings = findings.collect();
    let outcome = outcome(findings);
    let started = Instant::now();
    let written = report("sarif", &outcome);
    // A tenth of that in a release build.
    assert!(started.elapsed() < Duration::from_secs(10), "{:?}", started.elapsed());
    assert!(written.len() < 25_000_000, "{}", written.len());
}

#[test]
fn every_severity_has_a_level() {
    for (severity, level) in [
        (Severity::Critical, "error"),
        (Severity::High, "error"),
        (Severity::Medium, "warning"),
        (Severity::Low, "note"),
        (Severity::Info, "note"),
    ] {
        let mut finding = found(blob("a"), None);
        finding.severity = severity;
        let document = parsed(&report_with("sarif", &outcome(vec![finding]), |_| {}));
        assert_eq!(results(&document)[0]["level"], level);
    }
}
