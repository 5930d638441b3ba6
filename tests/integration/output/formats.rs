//! The formats for other programs: what they hold.

use redhanded::finding::Finding;
use redhanded::rule::Severity;
use redhanded::unit::Origin;
use serde_json::{Value, json};

use super::made::{blob, found, history, outcome, report, report_with};
use super::schemas::assert_valid;
use super::{EVERYTHING, everything, one_leak, records};
use crate::support::{Folder, github_token};

const GITLAB: &str = include_str!("../../../fixtures/schemas/gitlab-secret-detection.json");

fn parsed(text: &str) -> Value {
    serde_json::from_str(text).expect("it is JSON")
}

/// A finding in history, one in a file, and the same credential there again.
fn three() -> Vec<Finding> {
    let file = || Origin::File("src/a.env".into());
    let mut second = found(file(), None);
    second.place.start.line = 9;
    second.place.end.line = 9;
    second.severity = Severity::Medium;
    vec![found(blob("old.env"), Some(history())), found(file(), None), second]
}

/// A scan of a folder with one leak, one gap and more, in a format.
fn of_everything(format: &str) -> String {
    everything().run([&EVERYTHING[..], &["--format", format]].concat()).exits(1).stdout
}

#[test]
fn github_gets_a_command_for_each_finding_and_gap() {
    let text = of_everything("github");
    let lines: Vec<&str> = text.lines().collect();
    let title = "title=GitHub personal access token (classic)";
    let expected = format!(
        "::error file=leak.txt,line=1,endLine=1,col=9,endColumn=49,{title}::ghp_******** [github-pat-classic]%0A"
    );
    assert!(lines[0].starts_with(&expected), "{text}");
    assert!(lines[1].starts_with("::warning title=Not covered::large.txt: "), "{text}");
    assert_eq!(lines[2], "redhanded: 1 finding; not all was covered");
}

#[test]
fn github_gets_ten_commands_of_a_level_and_the_log_the_rest() {
    for (count, commands) in [(10, 10), (11, 10), (25, 10)] {
        let findings = (0..count).map(|_| found(Origin::File("a".into()), None)).collect();
        let text = report("github", &outcome(findings));
        let of = |start: &str| text.lines().filter(|line| line.starts_with(start)).count();
        assert_eq!(of("::error "), commands);
        let more = if count > 10 { count - 9 } else { 0 };
        assert_eq!(of("error: a:3:7 GitHub"), more);
        let told = text.contains(&format!("::error title=redhanded::and {more} more"));
        assert_eq!(told, more > 0, "{text}");
    }
}

#[test]
fn a_report_for_gitlab_is_what_its_schema_says() {
    let text = report("gitlab", &outcome(three()));
    let document = parsed(&text);
    assert_valid(GITLAB, &document);
    let list = document["vulnerabilities"].as_array().expect("a list");
    assert_eq!(list[0]["location"]["commit"]["sha"], "4f".repeat(20));
    assert_eq!(list[0]["location"]["commit"]["author"], "Jane Doe");
    assert_eq!(list[1]["location"]["commit"]["sha"], "0".repeat(40));
    assert_eq!(list[0]["severity"], "Critical");
    assert_eq!(list[0]["details"]["credential"]["value"], "ghp_********");
    assert_eq!(document["scan"]["start_time"], "2024-03-05T08:30:00");
    assert_eq!(document["scan"]["status"], "success");
    let ids: std::collections::BTreeSet<&str> =
        list.iter().map(|it| it["id"].as_str().expect("an id")).collect();
    assert_eq!(ids.len(), 3);
    assert!(!text.contains("raw_source_code_extract"));
    let shown = parsed(&report_with("gitlab", &outcome(three()), |it| it.show_secrets = true));
    assert_valid(GITLAB, &shown);
    assert_eq!(shown["vulnerabilities"][0]["raw_source_code_extract"], github_token());
}

#[test]
fn gitlab_is_told_what_was_not_covered() {
    let document = parsed(&of_everything("gitlab"));
    assert_valid(GITLAB, &document);
    assert_eq!(document["scan"]["status"], "failure");
    assert_eq!(document["scan"]["messages"][0]["level"], "warn");
}

#[test]
fn code_quality_has_an_issue_for_each_finding() {
    let issues = parsed(&report("codequality", &outcome(three())));
    assert_eq!(
        issues[2],
        json!({
            "type": "issue",
            "check_name": "github-pat-classic",
            "description": "GitHub personal access token (classic): ghp_********",
            "categories": ["Security"],
            "fingerprint": issues[2]["fingerprint"],
            "severity": "major",
            "location": {"path": "src/a.env", "lines": {"begin": 9, "end": 9}},
        })
    );
    assert_ne!(issues[1]["fingerprint"], issues[2]["fingerprint"]);
    // A moved line changes nothing.
    let mut moved = three();
    moved[1].place.start.line += 2;
    let moved = parsed(&report("codequality", &outcome(moved)));
    assert_eq!(issues[1]["fingerprint"], moved[1]["fingerprint"]);
}

#[test]
fn junit_has_a_failed_test_for_each_finding_and_an_error_for_each_gap() {
    let text = of_everything("junit");
    assert!(
        text.contains("<testsuites name=\"redhanded\" tests=\"2\" failures=\"1\" errors=\"1\">")
    );
    assert!(text.contains("<failure type=\"github-pat-classic\" message=\"GitHub personal access token (classic): ghp_********\">critical: leak.txt:1:9"), "{text}");
    assert!(text.contains("<error type=\"too-large\" message=\"large.txt: "), "{text}");
    let clean = report("junit", &outcome(Vec::new()));
    assert!(clean.contains("tests=\"1\" failures=\"0\" errors=\"0\""), "{clean}");
    assert!(clean.contains("<testcase classname=\"redhanded\" name=\"no credentials\"/>"));
}

#[test]
fn csv_has_a_header_and_a_record_for_each_finding() {
    let text = report("csv", &outcome(three()));
    let lines: Vec<&str> = text.split("\r\n").collect();
    assert_eq!(lines.len(), 5);
    assert!(lines[0].starts_with("\"severity\",\"confidence\",\"rule\","));
    assert!(lines[1].contains("\"old.env\",\"3\",\"7\",\"3\",\"47\",\"ghp_********\""), "{text}");
    assert!(lines[1].ends_with("\"Jane Doe\",\"jane@acme.example\",\"2024-03-05T09:30:00+01:00\",\"Add deployment\",\"head\""), "{text}");
    assert_eq!(lines[4], "");
}

#[test]
fn markdown_is_a_table_and_what_to_do() {
    let text = report("markdown", &outcome(three()));
    assert!(text.starts_with("## 3 leaked credentials: 2 critical, 1 medium\n"), "{text}");
    let row = "| critical | `src/a.env` line 3 | GitHub personal access token &#40;classic&#41; `github-pat-classic` | `ghp_********` |\n";
    assert!(text.contains(row), "{text}");
    assert!(
        text.contains("<br>Came in with commit 4f4f4f4f4f on 2024-03-05; still in HEAD. |"),
        "{text}"
    );
    assert_eq!(text.matches("\n- **GitHub personal access token").count(), 1);
    let trouble = of_everything("markdown");
    assert!(trouble.contains("\n- too-large: `large.txt` "), "{trouble}");
    let clean = report("markdown", &outcome(Vec::new()));
    assert_eq!(clean, "## No leaked credentials found\n\n");
}

#[test]
fn markdown_fits_into_a_comment() {
    let one = found(Origin::Stdin, None);
    let findings = (0..5_000).map(|n| {
        let mut finding = one.clone();
        finding.place.origin = Origin::File(format!("{n}/{}", "x|`".repeat(100)).into());
        finding
    });
    let text = report("markdown", &outcome(findings.collect()));
    assert!(text.len() < 60_000, "{}", text.len());
    assert!(text.contains(" more findings\n"), "{text}");
}

#[test]
fn gitleaks_has_all_fields_that_its_readers_know() {
    let document = parsed(&report("gitleaks", &outcome(three())));
    assert_eq!(
        document[0],
        json!({
            "RuleID": "github-pat-classic",
            "Description": "GitHub personal access token (classic)",
            "StartLine": 3,
            "EndLine": 3,
            "StartColumn": 7,
            "EndColumn": 46,
            "Match": "TOKEN=ghp_********",
            "Secret": "ghp_********",
            "File": "old.env",
            "SymlinkFile": "",
            "Commit": "4f".repeat(20),
            "Entropy": document[0]["Entropy"],
            "Author": "Jane Doe",
            "Email": "jane@acme.example",
            "Date": "2024-03-05T08:30:00Z",
            "Message": "Add deployment",
            "Tags": [],
            "Fingerprint": format!("{}:old.env:github-pat-classic:3", "4f".repeat(20)),
        })
    );
    assert_eq!(document[1]["Fingerprint"], "src/a.env:github-pat-classic:3");
    assert_eq!(document[1]["Commit"], "");
    assert_eq!(parsed(&report("gitleaks", &outcome(Vec::new()))), json!([]));
}

#[test]
fn reviewdog_gets_columns_in_bytes() {
    let folder = Folder::new();
    folder.file("a.txt", format!("größe\u{1F600} = {}\n", github_token()));
    let run = folder.run(["scan", "--format", "rdjsonl"]).exits(1);
    let diagnostic = &records(&run.stdout)[0];
    let expected = json!({
        "path": "a.txt",
        "range": {"start": {"line": 1, "column": 15}, "end": {"line": 1, "column": 55}},
    });
    assert_eq!(diagnostic["location"], expected);
    assert_eq!(diagnostic["severity"], "ERROR");
    assert_eq!(diagnostic["code"]["value"], "github-pat-classic");
    let message = diagnostic["message"].as_str().expect("text");
    assert!(message.contains(": `ghp_********`\n\n"), "{message}");
    let mut finding = found(blob("a"), None);
    finding.excerpt.before = "größe".into();
    let record = &records(&report("rdjsonl", &outcome(vec![finding])))[0];
    assert_eq!(record["location"]["range"]["start"], json!({"line": 3}));
}

#[test]
fn trouble_that_a_format_has_no_place_for_is_told_beside_it() {
    let folder = everything();
    for format in ["csv", "codequality", "gitleaks", "rdjsonl"] {
        let run = folder.run([&EVERYTHING[..], &["--format", format]].concat()).exits(1);
        assert!(run.stderr.contains("not covered  large.txt: "), "{format}: {}", run.stderr);
    }
    let formats = ["--format", "csv=r.csv", "--format", "human"];
    let run = folder.run([&EVERYTHING[..], &formats].concat()).exits(1);
    assert_eq!(run.stderr, "");
}

#[test]
fn a_clean_scan_is_a_valid_report_in_every_format() {
    let folder = Folder::new();
    folder.file("a.txt", "nothing\n");
    for format in crate::support::formats() {
        let run = folder.run(["scan", "--format", format]).exits(0);
        if ["json", "sarif", "gitlab", "codequality", "gitleaks"].contains(&format) {
            run.json();
        }
        assert_eq!(run.stderr, "", "{format}");
    }
}

#[test]
fn every_format_is_named_in_the_help() {
    let help = one_leak().run(["scan", "--help"]).exits(0).stdout;
    let help = help.split_whitespace().collect::<Vec<_>>().join(" ");
    let names: Vec<&str> = crate::support::formats().collect();
    assert!(help.contains(&format!("(repeatable): {}", names.join(", "))), "{help}");
}
