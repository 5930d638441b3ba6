//! `.redhanded.toml`: where it is found, what each of its keys does, and what
//! is said about one that is wrong.

mod allow;
mod discovery;
mod refusals;
mod settings;

use serde_json::Value;

use crate::support::{Folder, Run, github_token};

/// A configuration under which the token of [`github_token`] is not found.
const SKIP: &str = "rules.skip = [\"github-pat-classic\"]\n";

/// A folder with a token in `src/leak.txt` and a configuration at its root.
fn configured(config: &str) -> Folder {
    let folder = Folder::new();
    folder.file("src/leak.txt", format!("plain = {}\n", github_token()));
    folder.file(".redhanded.toml", config);
    folder
}

/// The paths of findings in a JSON report, or of what is suppressed.
fn paths<'a>(document: &'a Value, list: &str) -> Vec<&'a str> {
    let list = document[list].as_array().expect("a report has the list");
    list.iter().map(|it| it["path"].as_str().expect("a finding has a path")).collect()
}

/// The allow list and the entry that suppressed each finding.
fn entries(document: &Value) -> Vec<(&str, &str)> {
    let suppressed = document["suppressed"].as_array().expect("a list");
    let by = suppressed.iter().map(|finding| &finding["suppressed_by"]);
    by.map(|by| (by["list"].as_str().expect("a list"), by["entry"].as_str().expect("an entry")))
        .collect()
}

fn json(folder: &Folder, more: &[&str]) -> Run {
    folder.run([&["scan", "--format", "json"], more].concat())
}
