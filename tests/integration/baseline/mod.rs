//! Baselines: what they keep quiet, what they must not, and what is said of
//! files that are none.

mod commands;
mod damaged;
mod foreign;
mod reports;
mod survival;
mod triage;

use std::path::Path;

use crate::support::{Folder, Run, github_token_of};

const NAME: &str = ".redhanded-baseline";
const HEADER: &str = "redhanded baseline 1";

/// A folder with a token in `a.txt`.
fn one_leak() -> Folder {
    let folder = Folder::new();
    folder.file("a.txt", leak(1));
    folder
}

/// A line with a token.
fn leak(seed: u64) -> String {
    format!("token = {}\n", github_token_of(seed))
}

/// A line with a password, too weak to be known by a hash of itself.
fn password(season: &str) -> String {
    let name = "password";
    format!("{name} = '{season}2024!x'\n")
}

/// The text of a folder's baseline.
#[track_caller]
fn baseline(folder: &Path) -> String {
    std::fs::read_to_string(folder.join(NAME)).expect("the baseline is there")
}

/// State, rule and the rest of each entry, without the fingerprint.
#[track_caller]
fn entries(folder: &Path) -> Vec<String> {
    let text = baseline(folder);
    let is_entry = |line: &&str| !line.is_empty() && !line.starts_with('#') && *line != HEADER;
    let behind = |line: &str| line.split_once(' ').expect("an entry has fields").1.to_owned();
    let mut entries: Vec<String> = text.lines().filter(is_entry).map(behind).collect();
    entries.sort();
    entries
}

/// Findings and suppressed ones of a JSON report.
#[track_caller]
fn counts(run: &Run) -> (u64, u64) {
    let summary = &run.json()["summary"];
    let number = |name: &str| summary[name].as_u64().expect("it is a number");
    (number("findings"), number("suppressed"))
}

/// What a scan of a folder finds and what is suppressed.
#[track_caller]
fn scan(folder: &Folder) -> (u64, u64) {
    counts(&folder.run(["scan", "--format", "json"]))
}
