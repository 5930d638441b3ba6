//! The machine formats: what they hold, in which order.

use std::path::Path;

use serde_json::{Value, json};

use super::{EVERYTHING, everything, one_leak, records};
use crate::support::{Folder, github_token, github_token_of};

#[test]
fn a_clean_scan_gives_empty_lists() {
    let folder = Folder::new();
    folder.file("a.txt", "nothing\n");
    let document = folder.run(["scan", "--format", "json"]).exits(0).json();
    for list in ["findings", "suppressed", "dropped", "notices"] {
        assert_eq!(document[list], json!([]), "{list}");
    }
}

#[test]
fn standard_output_is_one_document_and_nothing_else() {
    let run = one_leak().run(["scan", "--format", "json"]).exits(1);
    let documents = serde_json::Deserializer::from_str(&run.stdout).into_iter::<Value>();
    assert_eq!(documents.count(), 1);
    assert!(run.stdout.starts_with('{') && run.stdout.ends_with("}\n"));
    assert_eq!(run.stderr, "");
}

#[test]
fn the_last_record_and_no_other_is_the_summary() {
    let run = everything().run([&EVERYTHING[..], &["--format", "jsonl"]].concat()).exits(1);
    let records = records(&run.stdout);
    let summaries = records.iter().filter(|record| record["type"] == "summary").count();
    assert_eq!(summaries, 1);
    assert_eq!(records.last().expect("there are records")["type"], "summary");
}

#[test]
fn both_machine_formats_say_the_same() {
    let folder = everything();
    let document = folder.run([&EVERYTHING[..], &["--format", "json"]].concat()).exits(1).json();
    let lines = folder.run([&EVERYTHING[..], &["--format", "jsonl"]].concat()).exits(1);
    let records = records(&lines.stdout);
    for (kind, list) in [
        ("finding", "findings"),
        ("suppressed", "suppressed"),
        ("dropped", "dropped"),
        ("notice", "notices"),
    ] {
        let of_kind = records.iter().filter(|record| record["type"] == kind).cloned();
        let untyped: Vec<Value> = of_kind.map(|record| without(record, &["type"])).collect();
        assert_eq!(document[list], Value::Array(untyped), "{kind}");
    }
    let summary = records.last().expect("there are records").clone();
    assert_eq!(document["summary"], without(summary, &["type", "schema_version", "tool"]));
}

fn without(mut record: Value, fields: &[&str]) -> Value {
    let object = record.as_object_mut().expect("a record is an object");
    object.retain(|name, _| !fields.contains(&name.as_str()));
    record
}

/// A folder with several findings in many files.
fn many_leaks() -> Folder {
    let folder = Folder::new();
    for number in 0..40 {
        let name = format!("{}/{}.txt", number % 7, number * 31 % 40);
        let tokens = [github_token_of(number), github_token_of(number + 100)];
        folder.file(name, format!("a {}\nb {}\n", tokens[0], tokens[1]));
    }
    folder
}

#[test]
fn findings_are_in_the_order_of_their_places() {
    let document = many_leaks().run(["scan", "--format", "json"]).exits(1).json();
    let findings = document["findings"].as_array().expect("a list");
    let places: Vec<_> = findings
        .iter()
        .map(|finding| (Path::new(finding["path"].as_str().expect("a path")), &finding["offset"]))
        .map(|(path, offset)| (path, offset.as_u64().expect("a number")))
        .collect();
    assert_eq!(places.len(), 80);
    assert!(places.is_sorted(), "{places:#?}");
}

#[test]
fn the_number_of_threads_does_not_change_a_report() {
    let folder = many_leaks();
    let alone = folder.run(["scan", "--threads", "1", "--format", "json"]).exits(1);
    for _ in 0..3 {
        let many = folder.run(["scan", "--threads", "8", "--format", "json"]).exits(1);
        assert_eq!(many.stdout, alone.stdout);
    }
}

#[test]
fn a_finding_says_where_it_stands() {
    let folder = Folder::new();
    let token = github_token();
    folder.file("a.txt", format!("first\r\nkä = {token};\n"));
    let document = folder.run(["scan", "--format", "json"]).exits(1).json();
    let finding = &document["findings"][0];
    let place = ["line", "column", "end_line", "end_column", "offset", "end_offset"];
    let place: Vec<u64> = place.iter().filter_map(|field| finding[field].as_u64()).collect();
    assert_eq!(place, [2, 6, 2, 46, 13, 53]);
    assert_eq!(finding["excerpt"]["before"], "kä = ");
    assert_eq!(finding["excerpt"]["after"], ";");
    assert_eq!(finding["secret"]["length"], 40);
}
