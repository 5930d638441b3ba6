//! Cases from `fixtures/cases`: each folder there is one run of the program and
//! the report it gives to people.
//!
//! `case.toml` says what is typed and how the program ends, `in/` is the folder
//! it runs in, `stdout.snap` is what it prints, without the time. Credentials
//! stand nowhere: the table `[expand]` has files whose content is a template,
//! expanded when the test runs.
//!
//! With `REDHANDED_SNAPSHOTS=overwrite` the test writes the snapshots anew.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};

use serde::Deserialize;

use crate::support::{Folder, secret, without_time};

/// `case.toml`.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Case {
    /// What is typed behind the program's name.
    args: Vec<String>,
    /// The exit code.
    exit: i32,
    /// Files by their name, each with the template of its content.
    #[serde(default)]
    expand: BTreeMap<String, String>,
}

fn cases() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("fixtures/cases")
}

/// What is in a folder, sorted.
fn entries(folder: &Path) -> Vec<PathBuf> {
    let entries = std::fs::read_dir(folder).expect("the folder can be read");
    let mut paths: Vec<_> =
        entries.map(|entry| entry.expect("the folder can be read").path()).collect();
    paths.sort();
    paths
}

/// Copies what is in `from`, which is at `at` in the case, into `folder`.
fn copy(from: &Path, at: &Path, folder: &Folder) {
    for path in entries(from) {
        let name = at.join(path.file_name().expect("an entry has a name"));
        if path.is_dir() {
            copy(&path, &name, folder);
        } else {
            folder.file(name, std::fs::read(&path).expect("the file can be read"));
        }
    }
}

/// The folder in which a case runs.
fn set_up(path: &Path, case: &Case) -> Folder {
    let folder = Folder::new();
    // A case may consist of expanded files alone; git keeps no empty folder.
    if path.join("in").is_dir() {
        copy(&path.join("in"), Path::new(""), &folder);
    }
    for (name, template) in &case.expand {
        folder.file(name, secret(template));
    }
    folder
}

/// Runs the case in the folder `path`. What it says, if it is not what it
/// should be.
fn check(path: &Path, overwrite: bool) -> Result<(), String> {
    let text = std::fs::read_to_string(path.join("case.toml")).map_err(|e| e.to_string())?;
    let case: Case = toml::from_str(&text).map_err(|error| error.to_string())?;
    let run = set_up(path, &case).run(&case.args);
    if run.code != case.exit {
        return Err(format!("exit {}, not {}\n{}{}", run.code, case.exit, run.stdout, run.stderr));
    }
    if !run.stderr.is_empty() {
        return Err(format!("standard error:\n{}", run.stderr));
    }
    if let Some(name) = shown(&case, &run.stdout) {
        return Err(format!("it shows a credential of {name}"));
    }
    let snapshot = path.join("stdout.snap");
    let actual = without_time(&run.stdout);
    if overwrite {
        return std::fs::write(snapshot, actual).map_err(|error| error.to_string());
    }
    let expected = std::fs::read_to_string(snapshot).map_err(|error| error.to_string())?;
    if actual == expected { Ok(()) } else { Err(difference(&expected, &actual)) }
}

/// The file of which something random stands in `output`, if there is one: all
/// that templates make up is to be masked, and nothing else gets into a snapshot.
fn shown<'a>(case: &'a Case, output: &str) -> Option<&'a str> {
    const SHORTEST: usize = 12;
    let is_separator = |c: char| !c.is_ascii_alphanumeric() && c != '_';
    let shows = |template: &str| {
        let content = secret(template);
        let mut words = content.split(is_separator).filter(|word| word.len() >= SHORTEST);
        words.any(|word| !template.contains(word) && output.contains(word))
    };
    case.expand.iter().find(|(_, template)| shows(template)).map(|(name, _)| name.as_str())
}

/// The lines in which two texts differ, as far as the first such place.
fn difference(expected: &str, actual: &str) -> String {
    let same = expected.lines().zip(actual.lines()).take_while(|(a, b)| a == b).count();
    let rest = |text: &str| text.lines().skip(same).take(5).collect::<Vec<_>>().join("\n");
    let (number, expected, actual) = (same + 1, rest(expected), rest(actual));
    format!("from line {number} on expected:\n{expected}\nfound:\n{actual}")
}

#[test]
fn every_case_gives_its_snapshot() {
    let overwrite =
        std::env::var_os("REDHANDED_SNAPSHOTS").is_some_and(|value| value == "overwrite");
    let failures: Vec<_> = entries(&cases())
        .iter()
        .filter_map(|path| {
            let name = path.file_name().expect("an entry has a name").to_string_lossy();
            check(path, overwrite).err().map(|error| format!("== {name}: {error}\n"))
        })
        .collect();
    assert!(failures.is_empty(), "{}", failures.concat());
}

/// A harness that finds no cases would find no fault either.
#[test]
fn there_are_cases() {
    assert!(entries(&cases()).len() >= 8);
}
