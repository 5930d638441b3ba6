//! History in the machine formats.

use std::path::PathBuf;
use std::sync::Arc;

use redhanded::finding::{Commit, Finding, History, Presence, Time};
use redhanded::notice::{Notice, NoticeKind};
use redhanded::scan::Outcome;
use redhanded::unit::Origin;
use serde_json::{Value, json};

use super::made::{
    bare_history, blob, commit, exposure, found, history, introduction, object, outcome, place,
    report, report_with,
};
use super::schemas::{assert_strict, assert_valid};
use super::{RECORD_SCHEMA, REPORT_SCHEMA, records};
use crate::support::{formats, github_token};

/// The JSON document of an outcome. It and the records of the other format are
/// what their schemas say.
#[track_caller]
fn document(outcome: &Outcome) -> Value {
    let document = serde_json::from_str(&report("json", outcome)).expect("it is JSON");
    assert_valid(REPORT_SCHEMA, &document);
    for record in records(&report("jsonl", outcome)) {
        assert_valid(RECORD_SCHEMA, &record);
    }
    document
}

/// The first finding of a report on these.
#[track_caller]
fn first(findings: Vec<Finding>) -> Value {
    document(&outcome(findings))["findings"][0].clone()
}

/// A history with something of everything.
fn full_history() -> History {
    History {
        introductions: 3,
        others: vec![introduction(2, "Copy", "b.env"), introduction(3, "Move", "c.env")],
        places: 4,
        every_place: vec![place(blob("a.env")), place(Origin::Tag(object(9)))],
        ..history()
    }
}

#[test]
fn a_finding_tells_its_history() {
    let finding = first(vec![found(blob("a.env"), Some(history()))]);
    let expected = json!({
        "commit": {
            "id": "4f".repeat(20),
            "author": "Jane Doe",
            "email": "jane@acme.example",
            "time": "2024-03-05T09:30:00+01:00",
            "subject": "Add deployment",
        },
        "introductions": 1,
        "places": 1,
        "exposure": {
            "presence": "head",
            "first_seen": "2024-03-05T09:30:00+01:00",
            "last_seen": "2025-01-02T23:00:00-09:30",
            "commits": 14,
            "refs": ["refs/heads/main"],
        },
    });
    assert_eq!(finding["history"], expected);
}

#[test]
fn other_introductions_and_places_stand_there_when_there_are_any() {
    let finding = first(vec![found(blob("a.env"), Some(full_history()))]);
    let others = finding["history"]["others"].as_array().expect("a list");
    assert_eq!(others.len(), 2);
    assert_eq!(others[0]["commit"]["subject"], "Copy");
    assert_eq!(others[0]["place"]["path"], "b.env");
    assert_eq!(others[1]["place"]["line"], 3);
    let places = finding["history"]["every_place"].as_array().expect("a list");
    let sources: Vec<&Value> = places.iter().map(|place| &place["source"]).collect();
    assert_eq!(sources, ["blob", "tag"]);
}

#[test]
fn what_is_not_known_is_left_out() {
    let history = bare_history(Presence::Unreachable);
    let finding = first(vec![found(Origin::Blob { path: None, id: object(7) }, Some(history))]);
    let expected = json!({
        "introductions": 0,
        "places": 1,
        "exposure": {"presence": "unreachable", "commits": 0, "refs": []},
    });
    assert_eq!(finding["history"], expected);
    assert_eq!(finding["path"], "<blob>");
}

#[test]
fn no_object_of_a_history_has_a_field_more_or_less() {
    let outcome = outcome(vec![found(blob("a.env"), Some(full_history()))]);
    assert_strict(REPORT_SCHEMA, &document(&outcome));
    assert_strict(RECORD_SCHEMA, &records(&report("jsonl", &outcome))[0]);
}

#[test]
fn every_source_is_named_with_its_object() {
    let path = || PathBuf::from("a.env");
    for (origin, source, id, name) in [
        (Origin::File(path()), "file", None, "a.env"),
        (Origin::Stdin, "stdin", None, "<stdin>"),
        (Origin::Staged { path: path(), id: object(1) }, "staged", Some("01"), "a.env"),
        (Origin::Blob { path: Some(path()), id: object(2) }, "blob", Some("02"), "a.env"),
        (Origin::Blob { path: None, id: object(3) }, "blob", Some("03"), "<blob>"),
        (Origin::Commit(object(4)), "commit", Some("04"), "<commit>"),
        (Origin::Tag(object(5)), "tag", Some("05"), "<tag>"),
    ] {
        let finding = first(vec![found(origin, None)]);
        assert_eq!(finding["source"], source);
        assert_eq!(finding["path"], name);
        assert_eq!(finding.get("object"), id.map(|id| json!(id.repeat(20))).as_ref(), "{source}");
        assert_eq!(finding.get("history"), None);
    }
}

#[test]
fn every_presence_is_in_the_schemas() {
    use Presence::{Head, Past, Staged, Tip, Unreachable};
    for presence in [Head, Tip, Past, Staged, Unreachable] {
        let finding = first(vec![found(blob("a"), Some(bare_history(presence)))]);
        assert_eq!(finding["history"]["exposure"]["presence"], presence.as_str());
    }
}

#[test]
fn every_kind_of_notice_is_in_the_schemas() {
    use NoticeKind::{Cache, DamagedObject, DamagedRepository, MissingObject, ShallowHistory};
    let kinds = [Cache, DamagedObject, DamagedRepository, MissingObject, ShallowHistory];
    let mut outcome = outcome(Vec::new());
    outcome.notices = kinds.map(|kind| Notice::new(kind, "", "it is so")).to_vec();
    assert_eq!(document(&outcome)["notices"].as_array().map(Vec::len), Some(5));
}

#[test]
fn the_summary_counts_objects() {
    let document = document(&outcome(Vec::new()));
    let coverage = &document["summary"]["coverage"];
    assert_eq!(coverage["blobs"], 262_343);
    assert_eq!(coverage["messages"], 203_352);
    assert_eq!(coverage["searched_bytes"], 1_200_000_000);
}

#[test]
fn a_time_that_cannot_be_is_still_a_time() {
    for (seconds, offset) in [(i64::MIN, i16::MIN), (i64::MAX, i16::MAX), (0, 9999)] {
        let time = Time { seconds, offset };
        let mut history = history();
        history.introduced_by = Some(Arc::new(Commit { time, ..commit(1, "x") }));
        history.exposure.first_seen = Some(time);
        first(vec![found(blob("a"), Some(history))]);
    }
}

/// A history in which the token stands wherever something can be written.
fn talkative_history() -> History {
    let token = github_token();
    let told = |byte| Commit {
        author: format!("Jane {token}"),
        email: format!("{token}@acme.example"),
        ..commit(byte, &format!("Use {token}, not {token}"))
    };
    let mut other = introduction(2, "", &format!("other/{token}.env"));
    other.commit = Arc::new(told(2));
    History {
        introduced_by: Some(Arc::new(told(1))),
        introductions: 2,
        others: vec![other],
        places: 2,
        every_place: vec![place(blob(&format!("every/{token}")))],
        exposure: exposure(Presence::Head, &[&format!("refs/heads/{token}")]),
    }
}

#[test]
fn a_credential_is_masked_wherever_a_report_names_it() {
    let token = github_token();
    let mut findings = vec![found(blob(&format!("a/{token}.env")), Some(talkative_history()))];
    findings.push(found(Origin::File(format!("{token}/b").into()), None));
    let mut outcome = outcome(findings);
    let kind = NoticeKind::Unreadable;
    outcome.notices.push(Notice::new(kind, format!("c/{token}"), format!("{token} is odd")));
    for name in formats() {
        let masked = report(name, &outcome);
        assert!(!masked.contains(&token[4..]), "{name}:\n{masked}");
        let shown = report_with(name, &outcome, |report| report.show_secrets = true);
        let told = if ["human", "json", "jsonl"].contains(&name) { 10 } else { 0 };
        assert!(shown.matches(&token).count() > told, "{name}:\n{shown}");
    }
    let document = document(&outcome);
    let finding = &document["findings"][0];
    assert_eq!(finding["path"], "a/********.env");
    assert_eq!(finding["history"]["commit"]["subject"], "Use ********, not ********");
    assert_eq!(finding["history"]["commit"]["author"], "Jane ********");
    assert_eq!(finding["history"]["commit"]["email"], "********@acme.example");
    assert_eq!(finding["history"]["exposure"]["refs"], json!(["refs/heads/********"]));
    assert_eq!(document["notices"][0]["place"], "c/********");
}

#[cfg(unix)]
#[test]
fn a_masked_path_has_no_bytes_beside_it() {
    use std::os::unix::ffi::OsStringExt;
    let bytes = [b"caf\xe9/".as_slice(), github_token().as_bytes()].concat();
    let path = PathBuf::from(std::ffi::OsString::from_vec(bytes));
    let finding = first(vec![found(Origin::File(path), None)]);
    assert_eq!(finding["path"], "caf\\xe9/********");
    assert_eq!(finding.get("path_hex"), None);
}
