//! The report for people in the log of a pipeline, where some lines are
//! commands.
//!
//! Runners read what a step prints: `::error::…` at the start of a line,
//! `##[…]` and `##vso[…]` anywhere in one, `##teamcity[…]`. A file name or a line
//! of a scanned file may hold such a thing.

use std::collections::hash_map::RandomState;
use std::hash::{BuildHasher, Hasher};
use std::io::{self, Write};

use crate::report::{Report, Reporter, format};

/// What begins a command, and the same without that meaning.
const COMMANDS: [(&str, &str); 3] =
    [("##[", "# #["), ("##vso[", "# #vso["), ("##teamcity[", "# #teamcity[")];

/// The log of most platforms: the report for people.
pub(super) struct PlainLog;

/// The log on GitHub: the report for people, then annotations.
pub(super) struct GitHubLog;

impl Reporter for PlainLog {
    fn name(&self) -> &'static str {
        "human"
    }

    fn write(&self, report: &Report<'_>, out: &mut dyn Write) -> io::Result<()> {
        out.write_all(for_people(report)?.as_bytes())
    }
}

impl Reporter for GitHubLog {
    fn name(&self) -> &'static str {
        "human and github"
    }

    fn write(&self, report: &Report<'_>, out: &mut dyn Write) -> io::Result<()> {
        // Nobody who is scanned can know the word that ends the pause.
        let word = random_word();
        writeln!(out, "::stop-commands::{word}")?;
        out.write_all(for_people(report)?.as_bytes())?;
        writeln!(out, "\n::{word}::")?;
        match format("github") {
            Some(annotations) => annotations.write(report, out),
            None => Ok(()),
        }
    }
}

/// The report for people, without a command in it.
fn for_people(report: &Report<'_>) -> io::Result<String> {
    let mut text = Vec::new();
    if let Some(human) = format("human") {
        human.write(report, &mut text)?;
    }
    Ok(inert(&String::from_utf8_lossy(&text)))
}

/// Text in which nothing is a command but what stands at the start of a line.
pub(super) fn inert(text: &str) -> String {
    COMMANDS.iter().fold(text.to_owned(), |text, (command, plain)| text.replace(command, plain))
}

/// A word that nobody can guess: the standard library's hashes begin with what
/// the system gives at random.
fn random_word() -> String {
    let part = || RandomState::new().build_hasher().finish();
    format!("redhanded-{:016x}{:016x}", part(), part())
}

#[cfg(test)]
mod tests {
    use super::{inert, random_word};

    #[test]
    fn no_command_is_left() {
        assert_eq!(
            inert("a ##[error]b ##vso[x]y ##teamcity[z]"),
            "a # #[error]b # #vso[x]y # #teamcity[z]"
        );
        assert_eq!(inert("## a heading"), "## a heading");
    }

    #[test]
    fn words_differ() {
        assert_ne!(random_word(), random_word());
    }
}
