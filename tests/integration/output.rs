//! Reports: their formats and schemas, where they go, what they show, and the
//! exit code that goes with them.

use std::path::Path;

use redhanded::rule::{Class, Confidence, Severity};
use serde_json::{Value, json};

use crate::support::{Folder, Run, github_token, github_token_of, rule_entry, secret};

const REPORT_SCHEMA: &str = include_str!("../../schemas/report.json");
const RECORD_SCHEMA: &str = include_str!("../../schemas/record.json");

const ESCAPE: char = '\u{1b}';

/// A folder with one token in it, in the file `leak.txt`.
fn one_leak() -> Folder {
    let folder = Folder::new();
    folder.file("leak.txt", format!("plain = {}\n", github_token()));
    folder
}

/// A folder with something of every kind that a report can hold: to be scanned
/// with [`EVERYTHING`].
fn everything() -> Folder {
    let folder = one_leak();
    let token = github_token_of(2);
    folder.file("sub/commented.txt", format!("{token} # redhanded:allow\n"));
    folder.file("sub/allowed.txt", format!("{token}\n"));
    folder.file("wrong.txt", format!("{}\n", with_wrong_checksum(&token)));
    folder.file("large.txt", "x".repeat(3000));
    folder.file(".redhanded.toml", "allow.paths = [\"allowed.txt\"]\n");
    folder
}

const EVERYTHING: [&str; 4] = ["scan", "--explain", "--max-file-size", "2K"];

/// The token with another last character.
fn with_wrong_checksum(token: &str) -> String {
    let (rest, last) = token.split_at(token.len() - 1);
    format!("{rest}{}", if last == "a" { "b" } else { "a" })
}

/// A folder with own rules, one of every severity and confidence that is asked
/// for, and a credential for each.
fn graded(grades: &[(&str, &str, &str)]) -> Folder {
    let folder = Folder::new();
    let entries: String = grades.iter().map(|(id, s, c)| rule_entry(id, s, c)).collect();
    folder.file("own/acme.toml", format!("provider = \"Acme\"\n{entries}"));
    for (id, _, _) in grades {
        folder.file(format!("src/{id}.txt"), secret(&format!("{id}_${{alnum-lower:32}}\n")));
    }
    folder
}

const GRADES: [(&str, &str, &str); 3] = [
    ("acme-low", "low", "high"),
    ("acme-medium", "medium", "low"),
    ("acme-high", "high", "medium"),
];

/// Scans the folder of [`graded`] with the own rules and more arguments.
fn scan_graded(folder: &Folder, more: &[&str]) -> Run {
    folder.run([&["scan", "--rules", "own", "src"], more].concat())
}

fn records(lines: &str) -> Vec<Value> {
    lines.lines().map(|line| serde_json::from_str(line).expect("a line is JSON")).collect()
}

/// The strings at `pointer` in each element of a list.
fn strings<'a>(list: &'a Value, pointer: &str) -> Vec<&'a str> {
    let list = list.as_array().expect("it is a list");
    list.iter().map(|it| it.pointer(pointer).and_then(Value::as_str).expect("a string")).collect()
}

// The schemas.

fn parsed(schema: &str) -> Value {
    serde_json::from_str(schema).expect("the schema is JSON")
}

fn validator(schema: &str) -> jsonschema::Validator {
    jsonschema::validator_for(&parsed(schema)).expect("the schema is valid")
}

#[track_caller]
fn assert_valid(schema: &str, instance: &Value) {
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

/// Asserts that no object of a document may have a field more or less.
#[track_caller]
fn assert_strict(schema: &str, document: &Value) {
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
        for name in object.keys().filter(|name| !["path_hex", "value"].contains(&name.as_str())) {
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

// The machine formats.

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

// Where reports go.

#[test]
fn two_reports_cannot_both_go_to_standard_output() {
    for second in ["jsonl", "jsonl=-"] {
        let args = ["scan", "--format", "human", "--format", "json=r.json", "--format", second];
        let folder = one_leak();
        let run = folder.run(args).exits(2);
        assert!(run.stderr.contains("two reports would go to standard output"), "{}", run.stderr);
        assert_eq!(run.stdout, "");
        assert!(!folder.path().join("r.json").exists());
    }
}

#[test]
fn two_reports_cannot_both_go_to_one_file() {
    let args = ["scan", "--format", "json", "--format", "jsonl", "--output", "r.json"];
    let run = one_leak().run(args).exits(2);
    assert!(run.stderr.contains("two reports would go to r.json"), "{}", run.stderr);
}

#[test]
fn several_formats_are_written_at_once() {
    let folder = one_leak();
    let args =
        ["scan", "--format", "human", "--format", "json=r.json", "--format", "jsonl=r.jsonl"];
    let run = folder.run(args).exits(1);
    assert!(run.stdout.contains("leak.txt:1:9"), "{}", run.stdout);
    let document: Value = serde_json::from_str(&read(&folder, "r.json")).expect("it is JSON");
    assert_eq!(document["summary"]["findings"], 1);
    assert_eq!(records(&read(&folder, "r.jsonl")).len(), 2);
}

fn read(folder: &Folder, name: &str) -> String {
    std::fs::read_to_string(folder.path().join(name)).expect("the file is there")
}

#[test]
fn a_minus_is_standard_output() {
    let folder = one_leak();
    let run = folder.run(["scan", "--format", "jsonl=-", "--format", "json=r.json"]).exits(1);
    assert_eq!(records(&run.stdout).len(), 2);
    assert!(!folder.path().join("-").exists());
}

#[test]
fn output_takes_the_report_off_standard_output() {
    let folder = one_leak();
    let run = folder.run(["scan", "--format", "json", "--output", "r.json"]).exits(1);
    assert_eq!(run.stdout, "");
    assert_valid(REPORT_SCHEMA, &serde_json::from_str(&read(&folder, "r.json")).expect("JSON"));
    folder.run(["scan", "-o", "r.txt", "leak.txt"]).exits(1);
    assert!(read(&folder, "r.txt").contains("leak.txt:1:9"));
}

#[test]
fn an_unknown_format_is_refused_with_those_there_are() {
    let run = one_leak().run(["scan", "--format", "xml"]).exits(2);
    assert!(run.stderr.contains("no format `xml`"), "{}", run.stderr);
    assert!(run.stderr.contains("human, json, jsonl"), "{}", run.stderr);
}

#[test]
fn a_folder_that_is_not_there_is_told_before_scanning() {
    let run = one_leak().run(["scan", "--format", "json=no/r.json", "--format", "human"]).exits(2);
    assert!(run.stderr.contains("no/r.json"), "{}", run.stderr);
    assert_eq!(run.stdout, "");
}

#[test]
fn an_existing_report_is_replaced_as_a_whole() {
    let folder = one_leak();
    let path = folder.file("r.json", "old ".repeat(10_000));
    let mut reader = std::fs::File::open(&path).expect("the old report is there");
    folder.run(["scan", "leak.txt", "--format", "json=r.json"]).exits(1);
    let document: Value = serde_json::from_str(&read(&folder, "r.json")).expect("it is JSON");
    assert_eq!(document["summary"]["findings"], 1);
    // Whoever has the old report open goes on reading the old one: the new one
    // was not written over it.
    let mut old = String::new();
    std::io::Read::read_to_string(&mut reader, &mut old).expect("the old report can be read");
    assert_eq!(old.len(), 40_000);
    let names = std::fs::read_dir(folder.path()).expect("the folder is there").count();
    assert_eq!(names, 2, "nothing else is left there");
}

#[test]
fn a_scan_that_cannot_start_leaves_the_old_report() {
    let folder = one_leak();
    folder.file("r.json", "old");
    folder.run(["scan", "nosuch", "--format", "json=r.json"]).exits(2);
    folder.run(["scan", "--only", "nosuch", "--format", "json=r.json"]).exits(2);
    assert_eq!(read(&folder, "r.json"), "old");
}

#[cfg(unix)]
#[test]
fn a_new_report_is_for_its_owner_alone() {
    let folder = one_leak();
    folder.run(["scan", "--format", "json=r.json"]).exits(1);
    assert_eq!(mode(&folder.path().join("r.json")), 0o600);
}

#[cfg(unix)]
#[test]
fn a_report_keeps_the_permissions_of_the_one_it_replaces() {
    use std::os::unix::fs::PermissionsExt;
    for wanted in [0o644, 0o640, 0o400] {
        let folder = one_leak();
        let path = folder.file("r.json", "old");
        std::fs::set_permissions(&path, PermissionsExt::from_mode(wanted)).expect("a mode");
        folder.run(["scan", "leak.txt", "--format", "json=r.json"]).exits(1);
        assert_eq!(mode(&path), wanted, "{wanted:o}");
        assert_ne!(read(&folder, "r.json"), "old");
    }
}

#[cfg(unix)]
fn mode(path: &Path) -> u32 {
    use std::os::unix::fs::PermissionsExt;
    path.metadata().expect("the file is there").permissions().mode() & 0o7777
}

#[cfg(unix)]
#[test]
fn a_link_to_a_file_is_no_place_for_a_report() {
    use std::os::unix::fs::symlink;
    let folder = one_leak();
    folder.file("real.json", "old");
    for target in ["real.json", "nosuch.json"] {
        let link = folder.path().join("r.json");
        symlink(target, &link).expect("a link");
        let run = folder.run(["scan", "--format", "json=r.json"]).exits(2);
        assert!(run.stderr.contains("r.json: it is a symbolic link"), "{}", run.stderr);
        assert!(link.is_symlink());
        std::fs::remove_file(link).expect("the link is removed");
    }
    assert_eq!(read(&folder, "real.json"), "old");
}

#[cfg(target_os = "linux")]
#[test]
fn a_link_to_what_is_no_file_is_written_to() {
    let folder = one_leak();
    let run = folder.run(["scan", "leak.txt", "--format", "jsonl=/dev/stdout"]).exits(1);
    assert_eq!(records(&run.stdout).len(), 2);
    let args = ["scan", "leak.txt", "--format", "human", "--format", "jsonl=/dev/stderr"];
    assert_eq!(records(&folder.run(args).exits(1).stderr).len(), 2);
    // It is no link to be refused when standard output is a file, either.
    let file = std::fs::File::create(folder.path().join("r.jsonl")).expect("a file");
    let mut command = folder.command(["scan", "leak.txt", "--format", "jsonl=/dev/stdout"]);
    let status = command.stdout(file).status().expect("the program runs");
    assert_eq!(status.code(), Some(1));
    assert_eq!(records(&read(&folder, "r.jsonl")).len(), 2);
}

#[test]
fn a_report_needs_a_name_of_a_file() {
    let folder = one_leak();
    folder.file("sub/a.txt", "");
    for (args, expected) in [
        (["--format", "json="], "--format json= names no file"),
        (["--output", "."], "cannot write the report .: it is a folder"),
        (["--format", "json=sub"], "cannot write the report sub: it is a folder"),
        (["--format", "json=sub/"], "cannot write the report sub/: it is a folder"),
    ] {
        let run = folder.run([&["scan"], &args[..]].concat()).exits(2);
        assert!(run.stderr.contains(expected), "{args:?}: {}", run.stderr);
        assert_eq!(run.stdout, "");
    }
}

#[test]
fn an_output_that_no_format_uses_is_refused() {
    let args = ["scan", "--format", "json=r.json", "--output", "other.json"];
    one_leak().run(args).exits(2);
}

#[test]
fn one_file_by_two_names_is_one_file() {
    one_leak().run(["scan", "--format", "json=r.json", "--format", "jsonl=./r.json"]).exits(2);
}

#[test]
fn quiet_shows_findings_and_trouble_only() {
    let folder = everything();
    let run = folder.run([&EVERYTHING[..], &["--quiet"]].concat()).exits(1);
    assert!(run.stdout.contains("leak.txt:1:9"), "{}", run.stdout);
    assert!(run.stdout.contains("not covered"), "{}", run.stdout);
    for noise in ["Scanned", "Left out", "Delete it", "suppressed"] {
        assert!(!run.stdout.contains(noise), "{noise}:\n{}", run.stdout);
    }
    assert_eq!(run.stderr, "");
}

#[test]
fn quiet_says_nothing_when_there_is_nothing_to_say() {
    let folder = Folder::new();
    folder.file("a.txt", "nothing\n");
    let run = folder.run(["scan", "--quiet"]).exits(0);
    assert_eq!((run.stdout.as_str(), run.stderr.as_str()), ("", ""));
}

// Colours.

/// What is written to standard output with these arguments and variables.
fn coloured(args: &[&str], variables: &[(&str, &str)]) -> String {
    let folder = one_leak();
    let mut command = folder.command(args);
    command.envs(variables.iter().copied());
    Run::from(command.output().expect("the program runs")).exits(1).stdout
}

#[test]
fn there_are_colours_only_where_they_are_wanted() {
    let force = ("CLICOLOR_FORCE", "1");
    let no = ("NO_COLOR", "1");
    for (args, variables, expected) in [
        (&["scan"][..], &[][..], false),
        (&["scan"], &[force], true),
        (&["scan"], &[force, no], false),
        (&["scan", "--color", "always"], &[], true),
        (&["scan", "--color", "always"], &[no], true),
        (&["scan", "--color", "never"], &[force], false),
        (&["--color", "always", "scan"], &[], true),
    ] {
        let shown = coloured(args, variables);
        assert_eq!(shown.contains(ESCAPE), expected, "{args:?} {variables:?}\n{shown}");
    }
}

#[test]
fn colours_change_nothing_but_colours() {
    let plain = coloured(&["scan", "-q"], &[]);
    let shown = coloured(&["scan", "-q", "--color", "always"], &[]);
    let mut stripped = String::new();
    for part in shown.split(ESCAPE) {
        // The text before the first escape has none; behind the others stands
        // the rest of the escape, which ends with `m`.
        stripped.push_str(
            part.strip_prefix('[')
                .map_or(part, |rest| rest.split_once('m').expect("a style ends with `m`").1),
        );
    }
    assert_eq!(stripped, plain);
}

#[test]
fn files_and_machine_formats_have_no_colours() {
    let folder = one_leak();
    let args = ["scan", "--color", "always", "--format", "human=r.txt", "--format", "json"];
    let run = folder.run(args).exits(1);
    assert!(!run.stdout.contains(ESCAPE), "{}", run.stdout);
    assert!(!read(&folder, "r.txt").contains(ESCAPE));
}

// What is shown of a credential.

#[test]
fn a_credential_is_shown_only_when_it_is_asked_for() {
    let folder = one_leak();
    for format in ["human", "json", "jsonl"] {
        let run = folder.run(["scan", "--format", format]).exits(1);
        assert!(!run.stdout.contains(&github_token()[4..16]), "{format}");
        assert!(run.stdout.contains("ghp_********"), "{format}");
        let run = folder.run(["scan", "--format", format, "--show-secrets"]).exits(1);
        assert!(run.stdout.contains(&github_token()), "{format}");
    }
}

// Counts.

#[test]
fn the_summary_counts_by_severity() {
    let folder = graded(&GRADES);
    let document = scan_graded(&folder, &["--format", "json"]).exits(1).json();
    assert_eq!(document["summary"]["findings"], 3);
    let expected = json!({"info": 0, "low": 1, "medium": 1, "high": 1, "critical": 0});
    assert_eq!(document["summary"]["by_severity"], expected);
    let human = scan_graded(&folder, &[]).exits(1);
    assert!(human.stdout.contains("3 findings: 1 high, 1 medium, 1 low."), "{}", human.stdout);
}

#[test]
fn the_summary_counts_what_is_not_reported() {
    let folder = everything();
    let args = [&EVERYTHING[..], &["--format", "json"]].concat();
    let document = folder.run(args).exits(1).json();
    let summary = &document["summary"];
    assert_eq!(summary["findings"], 1);
    assert_eq!(summary["suppressed"], 2);
    assert_eq!(summary["dropped"], 1);
    assert_eq!(summary["below_threshold"], 0);
    assert_eq!(summary["complete"], false);
    assert_eq!(summary["coverage"]["gaps"], 1);
    let human = folder.run(EVERYTHING).exits(1);
    assert!(human.stdout.contains("1 finding: 1 critical; 2 suppressed."), "{}", human.stdout);
    assert!(human.stdout.contains("1 candidate dropped."), "{}", human.stdout);
    assert!(human.stdout.contains("Not read: 1."), "{}", human.stdout);
}

#[test]
fn what_is_below_the_threshold_is_counted() {
    let folder = graded(&GRADES);
    let args = ["--min-severity", "high", "--format", "json"];
    let document = scan_graded(&folder, &args).exits(1).json();
    assert_eq!(document["summary"]["findings"], 1);
    assert_eq!(document["summary"]["below_threshold"], 2);
    let human = scan_graded(&folder, &["--min-severity", "high"]).exits(1);
    assert!(human.stdout.contains("; 2 below the threshold."), "{}", human.stdout);
}

#[test]
fn the_summary_counts_files_and_bytes() {
    let folder = Folder::new();
    folder.file("a.txt", "12345");
    folder.file("b/c.txt", "123");
    folder.file("empty", "");
    let document = folder.run(["scan", "--format", "json"]).exits(0).json();
    assert_eq!(document["summary"]["coverage"]["files"], 3);
    assert_eq!(document["summary"]["coverage"]["bytes"], 8);
    let human = folder.run(["scan"]).exits(0);
    assert!(human.stdout.contains("Scanned 3 files, 8 bytes, in "), "{}", human.stdout);
}

#[test]
fn dropped_candidates_are_listed_only_when_it_is_asked_for() {
    let folder = Folder::new();
    folder.file("a.txt", with_wrong_checksum(&github_token()));
    let document = folder.run(["scan", "--format", "json"]).exits(0).json();
    assert_eq!(document["dropped"], json!([]));
    assert_eq!(document["summary"]["dropped"], 1);
    let document = folder.run(["scan", "--explain", "--format", "json"]).exits(0).json();
    assert_eq!(strings(&document["dropped"], "/reason"), ["checksum"]);
    let human = folder.run(["scan", "--explain"]).exits(0);
    let expected = "a.txt:1:1  dropped  github-pat-classic  ghp_********: its checksum does not";
    assert!(human.stdout.contains(expected), "{}", human.stdout);
}

// Thresholds and exit codes.

#[test]
fn findings_below_a_severity_are_not_reported() {
    let folder = graded(&GRADES);
    for (least, expected) in [
        ("info", &["acme-high", "acme-low", "acme-medium"][..]),
        ("low", &["acme-high", "acme-low", "acme-medium"]),
        ("medium", &["acme-high", "acme-medium"]),
        ("high", &["acme-high"]),
    ] {
        let args = ["--min-severity", least, "--format", "json"];
        let document = scan_graded(&folder, &args).exits(1).json();
        assert_eq!(strings(&document["findings"], "/rule"), expected, "{least}");
    }
    scan_graded(&folder, &["--min-severity", "critical"]).exits(0);
}

#[test]
fn findings_below_a_confidence_are_not_reported() {
    let folder = graded(&GRADES);
    for (least, expected) in [
        ("low", &["acme-high", "acme-low", "acme-medium"][..]),
        ("medium", &["acme-high", "acme-low"]),
        ("high", &["acme-low"]),
    ] {
        let args = ["--min-confidence", least, "--format", "json"];
        let document = scan_graded(&folder, &args).exits(1).json();
        assert_eq!(strings(&document["findings"], "/rule"), expected, "{least}");
    }
}

#[test]
fn findings_below_fail_on_are_reported_and_do_not_fail() {
    let folder = graded(&GRADES);
    let document = scan_graded(&folder, &["--fail-on", "critical", "--format", "json"]).exits(0);
    assert_eq!(document.json()["summary"]["findings"], 3);
    scan_graded(&folder, &["--fail-on", "high"]).exits(1);
    scan_graded(&folder, &["--fail-on", "info"]).exits(1);
}

#[test]
fn a_word_that_is_no_severity_is_refused() {
    for flag in ["--min-severity", "--min-confidence", "--fail-on"] {
        let run = one_leak().run(["scan", flag, "hgh"]).exits(2);
        assert!(run.stderr.contains("`hgh` is none of"), "{flag}: {}", run.stderr);
    }
}

#[test]
fn another_exit_code_can_be_asked_for() {
    let folder = one_leak();
    folder.run(["scan", "--exit-code", "7"]).exits(7);
    folder.run(["scan", "--exit-code", "0"]).exits(0);
    folder.run(["scan", "--exit-code", "7", "nosuch"]).exits(2);
    folder.file("leak.txt", "nothing any more\n");
    folder.run(["scan", "--exit-code", "7"]).exits(0);
}

#[test]
fn a_gap_without_findings_is_trouble_unless_it_is_allowed() {
    let folder = Folder::new();
    folder.file("large.txt", "x".repeat(3000));
    let run = folder.run(["scan", "--max-file-size", "2K"]).exits(2);
    assert!(run.stdout.contains("No findings, but not everything was covered"), "{}", run.stdout);
    folder.run(["scan", "--max-file-size", "2K", "--allow-partial"]).exits(0);
}

#[test]
fn findings_outweigh_a_gap() {
    let folder = one_leak();
    folder.file("large.txt", "x".repeat(3000));
    folder.run(["scan", "--max-file-size", "2K"]).exits(1);
    folder.run(["scan", "--max-file-size", "2K", "--allow-partial"]).exits(1);
    folder.run(["scan", "--max-file-size", "2K", "--fail-on", "critical"]).exits(1);
}

#[test]
fn a_gap_is_trouble_when_findings_do_not_fail() {
    let folder = one_leak();
    folder.file("large.txt", "x".repeat(3000));
    folder.run(["scan", "--max-file-size", "2K", "--exit-code", "0"]).exits(2);
    let args = ["scan", "--max-file-size", "2K", "--exit-code", "0", "--allow-partial"];
    folder.run(args).exits(0);
}

// Which rules run.

#[test]
fn only_the_named_rules_run() {
    let folder = graded(&GRADES);
    let args = ["--only", "acme-low,acme-high", "--format", "json"];
    let document = scan_graded(&folder, &args).exits(1).json();
    assert_eq!(strings(&document["findings"], "/rule"), ["acme-high", "acme-low"]);
    assert_eq!(document["summary"]["rules"], 2);
}

#[test]
fn skipped_rules_do_not_run() {
    let folder = graded(&GRADES);
    let args = ["--skip", "acme-low", "--skip", "acme-high", "--format", "json"];
    let document = scan_graded(&folder, &args).exits(1).json();
    assert_eq!(strings(&document["findings"], "/rule"), ["acme-medium"]);
    scan_graded(&folder, &["--only", "acme-low", "--skip", "acme-low"]).exits(2);
}

#[test]
fn an_unknown_rule_is_refused_with_the_one_meant() {
    for flag in ["--only", "--skip"] {
        let run = one_leak().run(["scan", flag, "github-pat-clasic"]).exits(2);
        let expected = "no rule `github-pat-clasic`; did you mean `github-pat-classic`?";
        assert!(run.stderr.contains(expected), "{flag}: {}", run.stderr);
        let run = one_leak().run(["scan", flag, "0"]).exits(2);
        assert!(run.stderr.contains("`redhanded rules list` shows all"), "{flag}: {}", run.stderr);
    }
}

// For people.

/// The line with the masked credential and the one with the mark below it, each
/// behind the `|`.
fn line_and_mark(report: &str) -> (String, String) {
    let lines: Vec<&str> = report.lines().collect();
    let at = lines.iter().position(|line| line.contains('*')).expect("a masked line");
    let behind = |line: &str| line.split_once(" | ").expect("a bar").1.to_owned();
    (behind(lines[at]), behind(lines[at + 1]))
}

/// Scans a text and asserts that the mark stands exactly under the masked
/// credential.
#[track_caller]
fn assert_marked(text: &[u8], columns: impl Fn(&str) -> usize) {
    let folder = Folder::new();
    folder.file("a.txt", text);
    let report = folder.run(["scan", "a.txt"]).exits(1).stdout;
    let (line, mark) = line_and_mark(&report);
    let masked = "ghp_********";
    let before = &line[..line.find(masked).expect("the credential is masked")];
    let expected = format!("{}{}", " ".repeat(columns(before)), "^".repeat(masked.len()));
    assert_eq!(mark, expected, "\n{report}");
}

fn characters(text: &str) -> usize {
    text.chars().count()
}

#[test]
fn a_finding_is_shown_with_all_that_is_needed_to_act() {
    let folder = Folder::new();
    folder.file("src/a.conf", format!("one\n  plain = {};\n", github_token()));
    let report = folder.run(["scan", "src"]).exits(1).stdout;
    let rules = redhanded::rule::RuleSet::builtin();
    let (_, rule) = rules.find("github-pat-classic").expect("the rule is there");
    let expected = format!(
        "src/a.conf:2:11  critical  {} [github-pat-classic]\n  \
         2 | plain = ghp_********;\n    \
         |         ^^^^^^^^^^^^\n  \
         {} {}\n\n",
        rule.name, rule.why, rule.fix
    );
    assert!(report.starts_with(&expected), "{report}\ninstead of\n{expected}");
}

#[test]
fn the_summary_says_what_was_covered() {
    let folder = one_leak();
    let report = folder.run(["scan", "leak.txt"]).exits(1).stdout;
    let rules = redhanded::rule::RuleSet::builtin().len();
    assert!(report.contains("1 finding: 1 critical.\n"), "{report}");
    assert!(report.contains("Scanned 1 file, 49 bytes, in "), "{report}");
    assert!(report.contains(&format!(" s with {rules} rules; 0 candidates dropped.")), "{report}");
    assert!(report.ends_with("Left out: nothing. Not read: nothing.\n"), "{report}");
}

#[test]
fn the_mark_stands_under_the_credential() {
    let token = github_token();
    for text in [
        token.clone(),
        format!("\t\tkey:\t\t{token}\tx"),
        format!("größe = \"{token}\""),
        format!("a\u{1b}[31m\u{202e}b = {token}"),
        format!("{}{token}{}", "ab ".repeat(100), " cd".repeat(100)),
        format!("{}key = {token}", "\n".repeat(12345)),
        format!("{} and {token}", github_token_of(7).replace("ghp_", "ghp_\t")),
    ] {
        assert_marked(text.as_bytes(), characters);
    }
    assert_marked(&[b"caf\xe9 \xff = ".as_slice(), token.as_bytes()].concat(), characters);
}

#[test]
fn the_mark_stands_under_the_credential_behind_wide_characters() {
    let text = format!("日本 = {}", github_token());
    // Each of the two takes two columns of a terminal.
    assert_marked(text.as_bytes(), |before| before.chars().count() + 2);
}

#[test]
fn a_long_line_is_cut_around_the_credential() {
    let folder = Folder::new();
    let token = github_token();
    folder.file("a.txt", format!("{}{token}{}", "ab ".repeat(100), " cd".repeat(100)));
    let report = folder.run(["scan", "a.txt"]).exits(1).stdout;
    let (line, _) = line_and_mark(&report);
    assert!(line.starts_with('…') && line.ends_with('…'), "{line}");
    assert!(line.chars().count() < 130, "{line}");
}

#[test]
fn two_credentials_of_a_line_are_both_masked_in_both_findings() {
    let folder = Folder::new();
    folder.file("a.txt", format!("{} {}", github_token(), github_token_of(2)));
    let report = folder.run(["scan", "-q", "a.txt"]).exits(1).stdout;
    let lines: Vec<&str> = report.lines().filter(|line| line.contains('*')).collect();
    assert_eq!(lines, ["  1 | ghp_******** ********", "  1 | ******** ghp_********"]);
}

#[test]
fn a_shown_credential_is_marked_along_its_length() {
    let folder = one_leak();
    let report = folder.run(["scan", "--show-secrets", "leak.txt"]).exits(1).stdout;
    let mark = report.lines().find(|line| line.contains('^')).expect("a mark");
    assert_eq!(mark, format!("    |         {}", "^".repeat(40)));
}
