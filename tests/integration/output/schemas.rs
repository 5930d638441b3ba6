//! What the machine formats say is what their schemas say.

use redhanded::rule::{Class, Confidence, Lifetime, Principal, Severity};
use serde_json::{Value, json};

use super::{EVERYTHING, RECORD_SCHEMA, REPORT_SCHEMA, everything, records};
use crate::support::{Folder, github_token};

fn parsed(schema: &str) -> Value {
    serde_json::from_str(schema).expect("the schema is JSON")
}

fn validator(schema: &str) -> jsonschema::Validator {
    jsonschema::validator_for(&parsed(schema)).expect("the schema is valid")
}

#[track_caller]
pub(crate) fn assert_valid(schema: &str, instance: &Value) {
    let validator = validator(schema);
    let errors: Vec<String> = validator
        .iter_errors(instance)
        .map(|error| format!("{}: {error}", error.instance_path()))
        .collect();
    assert!(errors.is_empty(), "{errors:#?}\n{instance:#}");
}

/// Places of all objects in a document, as JSON pointers.
fn objects(value: &Value, at: &str, found: &mut Vec<String>) {
    match value {
        Value::Object(fields) => {
            found.push(at.to_owned());
            fields.iter().for_each(|(name, value)| objects(value, &format!("{at}/{name}"), found));
        }
        Value::Array(items) => {
            let items = items.iter().enumerate();
            items.for_each(|(index, item)| objects(item, &format!("{at}/{index}"), found));
        }
        _ => {}
    }
}

/// Fields that stand only where they have something to say.
const OPTIONAL: [&str; 16] = [
    "known",
    "note",
    "revoke",
    "method",
    "usage",
    "expires",
    "expired",
    "path_hex",
    "value",
    "object",
    "history",
    "commit",
    "others",
    "every_place",
    "first_seen",
    "last_seen",
];

/// Asserts that no object of a document may have a field more or less.
#[track_caller]
pub(crate) fn assert_strict(schema: &str, document: &Value) {
    let validator = validator(schema);
    let mut places = Vec::new();
    objects(document, "", &mut places);
    for place in places {
        let fields = |document: &mut Value, change: &dyn Fn(&mut serde_json::Map<_, _>)| {
            let object = document.pointer_mut(&place).and_then(Value::as_object_mut);
            change(object.expect("an object stands there"));
        };
        let mut more = document.clone();
        fields(&mut more, &|object| drop(object.insert("mispelt".into(), json!(1))));
        assert!(!validator.is_valid(&more), "a field more at `{place}`");
        let object = document.pointer(&place).and_then(Value::as_object).expect("an object");
        for name in object.keys().filter(|name| !OPTIONAL.contains(&name.as_str())) {
            let mut less = document.clone();
            fields(&mut less, &|object| drop(object.remove(name)));
            assert!(!validator.is_valid(&less), "no `{name}` at `{place}`");
        }
    }
}

#[test]
fn the_schemas_are_themselves_valid() {
    for schema in [REPORT_SCHEMA, RECORD_SCHEMA] {
        let schema = parsed(schema);
        assert_eq!(schema["$schema"], "https://json-schema.org/draft/2020-12/schema");
        assert!(jsonschema::meta::is_valid(&schema));
    }
}

#[test]
fn the_document_is_what_its_schema_says() {
    let run = everything().run([&EVERYTHING[..], &["--format", "json"]].concat()).exits(1);
    let document = run.json();
    for part in ["findings", "suppressed", "dropped", "notices"] {
        // Else the test would not show that the part is valid.
        assert_ne!(document[part], json!([]), "{part}");
    }
    assert_valid(REPORT_SCHEMA, &document);
    assert_strict(REPORT_SCHEMA, &document);
}

#[test]
fn each_record_is_what_its_schema_says() {
    let run = everything().run([&EVERYTHING[..], &["--format", "jsonl"]].concat()).exits(1);
    let records = records(&run.stdout);
    for kind in ["finding", "suppressed", "dropped", "notice", "summary"] {
        assert!(records.iter().any(|record| record["type"] == kind), "{kind}");
    }
    for record in &records {
        assert_valid(RECORD_SCHEMA, record);
        assert_strict(RECORD_SCHEMA, record);
    }
}

#[test]
fn a_clean_scan_gives_a_valid_document() {
    let folder = Folder::new();
    folder.file("a.txt", "nothing\n");
    let document = folder.run(["scan", "--format", "json"]).exits(0).json();
    assert_valid(REPORT_SCHEMA, &document);
}

#[test]
fn a_document_with_shown_secrets_is_valid() {
    let args = [&EVERYTHING[..], &["--format", "json", "--show-secrets"]].concat();
    let document = everything().run(args).exits(1).json();
    assert_eq!(document["findings"][0]["secret"]["value"], github_token());
    assert_valid(REPORT_SCHEMA, &document);
}

#[test]
fn a_document_about_standard_input_is_valid() {
    let folder = Folder::new();
    let run = folder.run_with_input(["scan", "--format", "json", "-"], github_token().as_bytes());
    let document = run.exits(1).json();
    assert_eq!(document["findings"][0]["path"], "<stdin>");
    assert_valid(REPORT_SCHEMA, &document);
}

#[cfg(unix)]
#[test]
fn a_document_about_a_name_that_is_not_utf8_is_valid() {
    use std::os::unix::ffi::OsStrExt;
    let folder = Folder::new();
    folder.file(std::ffi::OsStr::from_bytes(b"caf\xe9.txt"), github_token());
    let document = folder.run(["scan", "--format", "json"]).exits(1).json();
    let finding = &document["findings"][0];
    assert_eq!(finding["path"], "caf\\xe9.txt");
    assert_eq!(finding["path_hex"], "636166e92e747874");
    assert_valid(REPORT_SCHEMA, &document);
}

#[test]
fn the_schemas_know_every_word_of_the_vocabularies() {
    fn words<T: Copy>(all: &[T], word: impl Fn(T) -> &'static str) -> Value {
        all.iter().map(|value| word(*value)).collect()
    }
    for schema in [REPORT_SCHEMA, RECORD_SCHEMA] {
        let defs = &parsed(schema)["$defs"];
        assert_eq!(defs["severity"]["enum"], words(Severity::ALL, Severity::as_str));
        assert_eq!(defs["confidence"]["enum"], words(Confidence::ALL, Confidence::as_str));
        let classes = &defs["finding"]["properties"]["class"]["enum"];
        assert_eq!(*classes, words(Class::ALL, Class::as_str));
        let principals = &defs["finding"]["properties"]["principal"]["enum"];
        assert_eq!(*principals, words(Principal::ALL, Principal::as_str));
        let lifetimes = &defs["finding"]["properties"]["lifetime"]["enum"];
        assert_eq!(*lifetimes, words(Lifetime::ALL, Lifetime::as_str));
    }
}

#[test]
fn the_two_schemas_agree() {
    let (report, record) = (parsed(REPORT_SCHEMA), parsed(RECORD_SCHEMA));
    let report = report["$defs"].as_object().expect("an object");
    for (name, definition) in report {
        let mut same = record["$defs"][name].clone();
        if ["finding", "suppressed", "dropped", "notice"].contains(&name.as_str()) {
            let fields = same["properties"].as_object_mut().expect("an object");
            assert_eq!(fields.remove("type").expect("a record has a type")["const"], **name);
        }
        let also = ["type", "schema_version", "tool"];
        let of = |definition: &Value| match definition["properties"].as_object() {
            Some(fields) => fields
                .iter()
                .filter(|(field, _)| name != "summary" || !also.contains(&field.as_str()))
                .map(|(field, value)| (field.clone(), value.clone()))
                .collect(),
            None => vec![(String::new(), definition.clone())],
        };
        assert_eq!(of(&same), of(definition), "{name}");
    }
}
