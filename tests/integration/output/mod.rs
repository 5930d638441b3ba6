//! Reports: their formats and schemas, where they go, what they show, and the
//! exit code that goes with them.

mod colours;
mod commands;
mod counts;
mod formats;
mod history;
mod inert;
mod machine;
mod made;
mod page;
mod people;
mod people_history;
mod sarif;
pub(crate) mod schemas;
mod targets;
mod thresholds;

use serde_json::Value;

use crate::support::{Folder, Run, github_token, github_token_of, rule_entry, secret};

pub(crate) const REPORT_SCHEMA: &str = include_str!("../../../schemas/report.json");
pub(crate) const RECORD_SCHEMA: &str = include_str!("../../../schemas/record.json");

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
    let low = ["--min-confidence", "low"];
    let low = if more.contains(&low[0]) { &[][..] } else { &low };
    folder.run([&["scan", "--rules", "own", "src"], low, more].concat())
}

fn records(lines: &str) -> Vec<Value> {
    lines.lines().map(|line| serde_json::from_str(line).expect("a line is JSON")).collect()
}

/// The strings at `pointer` in each element of a list.
fn strings<'a>(list: &'a Value, pointer: &str) -> Vec<&'a str> {
    let list = list.as_array().expect("it is a list");
    list.iter().map(|it| it.pointer(pointer).and_then(Value::as_str).expect("a string")).collect()
}

fn read(folder: &Folder, name: &str) -> String {
    std::fs::read_to_string(folder.path().join(name)).expect("the file is there")
}
