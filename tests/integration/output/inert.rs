//! Nothing of the scanned world is more than text in any report.
//!
//! Names, messages and lines are the attacker's to choose. Here they hold what
//! ends a line, a command, a tag, a cell or a string of each format, and what
//! cannot be seen.

use std::path::PathBuf;
use std::sync::Arc;

use proptest::prelude::*;
use redhanded::finding::{By, Commit, Disposition, Finding, History, Part, Presence};
use redhanded::notice::{Notice, NoticeKind};
use redhanded::scan::Outcome;
use redhanded::unit::Origin;
use serde_json::Value;

use super::made::{blob, commit, exposure, found, history, introduction, outcome, report};
use super::records;
use crate::support::formats;

/// A word that stands in everything that is planted.
const MARK: &str = "PLANTED";

/// What has a meaning somewhere, or is not to be seen.
const PIECES: [&str; 52] = [
    "\n",
    "\r",
    "\r\n",
    "\t",
    "\u{0}",
    "\u{1b}[2J",
    "\u{7f}",
    "\u{85}",
    "\u{9b}1m",
    "\u{202e}",
    "\u{2066}",
    "\u{200b}",
    "\u{feff}",
    "\u{2028}",
    "\u{2029}",
    "\u{e0041}",
    "\u{ffff}",
    "\n::error::",
    "::warning file=x::",
    "::stop-commands::x",
    "\n##[group]x",
    "%0A::error::",
    "%",
    "%25",
    "</script>",
    "<script>alert(1)</script>",
    "<!--",
    "-->",
    "]]>",
    "<img src=x onerror=alert(1)>",
    "&lt;",
    "&#60;",
    "\"",
    "'",
    "\\",
    "\\\"",
    "`",
    "```\n",
    "|",
    "| --- |",
    "[a](https://x.example)",
    "![a](https://x.example/y.png)",
    "@everyone",
    "#1",
    "https://x.example",
    "=1+1",
    "+cmd|' /C calc'!A0",
    "@SUM(1)",
    ",",
    ";",
    "{0}",
    "$(id)",
];

/// Text made of these.
fn hostile() -> impl Strategy<Value = String> {
    let pieces = proptest::collection::vec(proptest::sample::select(&PIECES[..]), 1..5);
    pieces.prop_map(|pieces| pieces.join(MARK) + MARK)
}

/// A path of them, not all of it UTF-8.
fn path(text: &str) -> PathBuf {
    let text = text.replace('\0', "");
    #[cfg(unix)]
    {
        use std::os::unix::ffi::OsStringExt;
        let bytes = [text.as_bytes(), b"/\xff\xe9", text.as_bytes()].concat();
        PathBuf::from(std::ffi::OsString::from_vec(bytes))
    }
    #[cfg(not(unix))]
    PathBuf::from(text)
}

fn told(text: &str) -> Commit {
    Commit {
        author: text.to_owned(),
        email: text.to_owned(),
        subject: text.to_owned(),
        ..commit(1, "")
    }
}

/// Findings with this text wherever there can be any.
fn planted(text: &str) -> Outcome {
    let mut other = introduction(2, text, text);
    other.commit = Arc::new(told(text));
    let history = History {
        introduced_by: Some(Arc::new(told(text))),
        others: vec![other],
        exposure: exposure(Presence::Tip, &[&format!("refs/heads/{text}")]),
        ..history()
    };
    let mut findings: Vec<Finding> = vec![
        found(blob(text), Some(history)),
        found(Origin::File(path(text)), None),
        found(Origin::File(path(text)), None),
    ];
    for finding in &mut findings {
        text.clone_into(&mut finding.excerpt.before);
        text.clone_into(&mut finding.excerpt.after);
        let part = Part {
            name: "key id".into(),
            rule: finding.rule,
            secret: finding.secret.clone(),
            place: finding.place.clone(),
        };
        finding.parts.push(part);
        let fact = redhanded::anatomy::Fact { name: "user".into(), value: text.to_owned() };
        finding.anatomy.facts.push(fact);
    }
    findings[2].disposition = Disposition::Suppressed(By::Comment(text.to_owned()));
    let mut outcome = outcome(findings);
    outcome.notices.push(Notice::new(NoticeKind::Unreadable, text, text));
    outcome
}

fn is_unseen(character: char) -> bool {
    character.is_control() && character != '\n'
        || matches!(character, '\u{ad}' | '\u{61c}' | '\u{180e}' | '\u{200b}'..='\u{200f}'
            | '\u{2028}'..='\u{202e}' | '\u{2060}'..='\u{206f}' | '\u{feff}'
            | '\u{fff9}'..='\u{fffb}' | '\u{e0000}'..='\u{e007f}')
}

/// Asserts that all of a report can be seen, but for what the format needs.
fn assert_seen(format: &str, text: &str) {
    // Lines of CSV end with CR LF; styles of the format for people are escapes.
    let text = if format == "csv" { text.replace("\r\n", "\n") } else { text.to_owned() };
    let text = match format {
        "human" => super::made::without_styles(&text),
        // The page's own script names them by their escapes.
        _ => text,
    };
    let unseen: Vec<char> = text.chars().filter(|c| is_unseen(*c)).collect();
    assert!(unseen.is_empty(), "{format}: {unseen:?}\n{text}");
}

/// Asserts what holds for the structure of a format, whatever was planted.
fn assert_structure(format: &str, text: &str) {
    let json = || serde_json::from_str::<Value>(text).expect("it is JSON");
    let length = |value: &Value| value.as_array().expect("a list").len();
    match format {
        "json" => assert_eq!(length(&json()["findings"]), 2),
        "sarif" => assert_sarif(&json()),
        "gitlab" => assert_eq!(length(&json()["vulnerabilities"]), 2),
        "codequality" | "gitleaks" => assert_eq!(length(&json()), 2),
        "jsonl" => assert_eq!(records(text).len(), 5),
        "rdjsonl" => {
            let records = records(text);
            assert_eq!(records.len(), 2);
            for record in records {
                assert_markdown(record["message"].as_str().expect("text"));
            }
        }
        "github" => assert_commands(text),
        "junit" => assert_xml(text),
        "csv" => assert_csv(text),
        "markdown" => assert_markdown(text),
        "html" => assert_page(text),
        "human" => {
            assert!(!text.lines().any(|line| line.starts_with("::") || line.starts_with("##[")));
        }
        other => panic!("no test for {other}"),
    }
}

fn assert_sarif(document: &Value) {
    let results = document["runs"][0]["results"].as_array().expect("a list");
    assert_eq!(results.len(), 2);
    for result in results {
        let message = result["message"]["text"].as_str().expect("text");
        // The only link is the one to the part.
        let links = message.match_indices("](").filter(|(at, _)| !message[..*at].ends_with('\\'));
        assert_eq!(links.count(), 1, "{message}");
        assert!(!message.contains('\n'), "{message}");
        let location = &result["locations"][0]["physicalLocation"]["artifactLocation"];
        let uri = location["uri"].as_str().expect("an address");
        let is_plain = |c: char| c.is_ascii_alphanumeric() || "-._~/*%:".contains(c);
        assert!(uri.chars().all(is_plain), "{uri}");
    }
}

fn assert_commands(text: &str) {
    let starts = ["::error file=", "::warning title=Not covered::", "redhanded: "];
    let lines: Vec<&str> = text.lines().collect();
    assert_eq!(lines.len(), 4, "{text}");
    for line in lines {
        assert!(starts.iter().any(|start| line.starts_with(start)), "{line}");
        let Some(command) = line.strip_prefix("::error ") else { continue };
        let (properties, _) = command.split_once("::").expect("a command has a message");
        let names: Vec<&str> =
            properties.split(',').map(|it| it.split_once('=').expect("a value").0).collect();
        assert_eq!(names, ["file", "line", "endLine", "col", "endColumn", "title"], "{line}");
    }
}

fn assert_xml(text: &str) {
    let tags = [
        "?xml ",
        "testsuites",
        "/testsuites>",
        "testsuite ",
        "/testsuite>",
        "testcase ",
        "/testcase>",
        "failure ",
        "/failure>",
        "error ",
    ];
    for part in text.split('<').skip(1) {
        assert!(tags.iter().any(|tag| part.starts_with(tag)), "<{part}");
        let (inside, _) = part.split_once('>').expect("a tag ends");
        assert_eq!(inside.matches('"').count() % 2, 0, "<{part}");
    }
    for part in text.split('&').skip(1) {
        let names = ["amp;", "lt;", "gt;", "quot;", "apos;"];
        assert!(names.iter().any(|name| part.starts_with(name)), "&{part}");
    }
    assert!(!text.contains('\u{ffff}'));
    assert_eq!(text.matches("<testcase ").count(), 3);
}

fn assert_csv(text: &str) {
    let lines: Vec<&str> = text.split("\r\n").collect();
    assert_eq!(lines.len(), 4, "{text}");
    for line in &lines[..3] {
        let fields = line.trim_matches('"').split("\",\"").collect::<Vec<_>>();
        // A quote in a field is doubled, so this border is none inside of one,
        // but for a field that ends or starts with quotes.
        if !line.contains("\"\"") {
            assert_eq!(fields.len(), 21, "{line}");
        }
        for field in fields {
            let first = field.trim_start().chars().next().unwrap_or('x');
            assert!(!"=+-@|%".contains(first), "{line}");
        }
    }
}

/// What was planted stands in code only, and ends no line.
fn assert_markdown(text: &str) {
    let mut plain = String::new();
    for line in text.lines() {
        let mut rest = line;
        while let Some(start) = rest.find(['`', '<']) {
            let (before, code) = rest.split_at(start);
            plain.push_str(before);
            let close = if code.starts_with("<code>") {
                "</code>"
            } else if code.starts_with("<!-- -->") {
                "-->"
            } else if code.starts_with("<br>") {
                ">"
            } else {
                assert!(code.starts_with('`'), "{line}");
                "`"
            };
            let end = code[1..].find(close).expect("code ends on its line");
            rest = &code[1 + end + close.len()..];
        }
        plain.push_str(rest);
        plain.push('\n');
    }
    assert!(!plain.contains(MARK), "{plain}");
    let bars = |line: &str| line.matches('|').count();
    assert!(
        text.lines().filter(|line| line.starts_with('|')).all(|line| bars(line) == 5),
        "{text}"
    );
}

fn assert_page(text: &str) {
    let lower = text.to_lowercase();
    assert_eq!(lower.matches("<script").count(), 2);
    assert_eq!(lower.matches("</script").count(), 2);
    let start = text.find("id=\"data\">").expect("the data is there") + "id=\"data\">".len();
    let end = start + text[start..].find("</script>").expect("it ends");
    let data: Value = serde_json::from_str(&text[start..end]).expect("it is JSON");
    assert_eq!(data["findings"].as_array().expect("a list").len(), 2);
    assert!(!text[start..end].contains(['<', '>', '&']));
    assert!(!text[..start].contains(MARK) && !text[end..].contains(MARK));
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 24, ..ProptestConfig::default() })]

    #[test]
    fn nothing_is_more_than_text(text in hostile()) {
        let outcome = planted(&text);
        for format in formats() {
            let written = report(format, &outcome);
            assert_seen(format, &written);
            assert_structure(format, &written);
        }
    }
}

#[test]
fn every_piece_by_itself_is_nothing_but_text() {
    for piece in PIECES {
        let outcome = planted(&format!("{piece}{MARK}"));
        for format in formats().filter(|format| !["sarif"].contains(format)) {
            let written = report(format, &outcome);
            assert_seen(format, &written);
            assert_structure(format, &written);
        }
    }
}

#[test]
fn machines_get_the_name_as_it_is() {
    let name = "a\u{202e}b\u{7f}\n::error::c.txt";
    let outcome = outcome(vec![found(Origin::File(name.into()), None)]);
    let parse = |format| serde_json::from_str::<Value>(&report(format, &outcome)).expect("JSON");
    let gitlab = parse("gitlab");
    let list = [
        parse("json")["findings"][0]["path"].clone(),
        gitlab["vulnerabilities"][0]["location"]["file"].clone(),
        parse("codequality")[0]["location"]["path"].clone(),
        parse("gitleaks")[0]["File"].clone(),
        records(&report("rdjsonl", &outcome))[0]["location"]["path"].clone(),
    ];
    assert!(list.iter().all(|path| path == name), "{list:?}");
}
