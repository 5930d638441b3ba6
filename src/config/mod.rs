//! Configuration: `.redhanded.toml` and rule files, read and made valid.

mod allow;
mod error;
mod file;
mod files;
mod rules;
mod size;

use std::path::{Path, PathBuf};

pub use error::ConfigError;
pub use error::closest;
pub use files::{Disk, Files, check_length, check_plain};
pub use rules::{load_rules, load_rules_from, parse_rules};
pub(crate) use rules::{read_rule_file, rule_files};
pub use size::parse_size;

use crate::paths::normal;
use crate::rule::{Confidence, Rule, Severity};
use crate::span::Position;
use crate::suppress::AllowLists;
use file::{ConfigFile, Words};

/// An entry of a list, with its place: whether it can be used shows only when
/// what it is about is known.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Entry {
    /// The entry.
    pub text: String,
    /// Where in the file it stands.
    pub position: Position,
}

/// A valid configuration. An absent file is the same as an empty one.
#[derive(Debug, Default)]
pub struct Config {
    /// The file it was read from.
    pub path: Option<PathBuf>,
    /// Ids of the only rules to run.
    pub only: Option<Vec<Entry>>,
    /// Ids of rules not to run.
    pub skip: Vec<Entry>,
    /// Own rules.
    pub rules: Vec<Rule>,
    /// Allow lists; their paths are relative to the file's folder.
    pub allow: AllowLists,
    /// Least severity to report.
    pub min_severity: Option<Severity>,
    /// Least confidence to report.
    pub min_confidence: Option<Confidence>,
    /// Least severity that fails.
    pub fail_on: Option<Severity>,
    /// Patterns of paths not to scan, relative to the file's folder.
    pub exclude: Vec<Entry>,
    /// Bytes of a file that are read at most.
    pub max_file_size: Option<u64>,
}

impl Config {
    /// Reads the configuration that holds for a scan of `root`.
    pub fn discover(root: &Path, files: &dyn Files) -> Result<Self, ConfigError> {
        match file::discover(root, files) {
            Some(path) => Self::read(&path, files),
            None => Ok(Self::default()),
        }
    }

    /// Reads the configuration at `path`, and the rule files that it names.
    pub fn read(path: &Path, files: &dyn Files) -> Result<Self, ConfigError> {
        let text = error::read_text(path, files)?;
        let written = ConfigFile::parse(path, &text)?;
        let at = |span, message: &str| ConfigError::at(path, &text, span, message);
        let max_file_size = written.scan.max_file_size.as_ref().map(|size| {
            parse_size(size.get_ref()).map_err(|message| at(Some(size.span()), &message))
        });
        let entries = |words: &Words| words.iter().map(|word| entry(&text, word)).collect();
        Ok(Self {
            only: written.rules.only.as_ref().map(entries),
            skip: entries(&written.rules.skip),
            rules: own_rules(path, &text, &written, files)?,
            allow: allow::compile(&folder_of(path), &written.allow)
                .map_err(|(span, message)| at(span, &message))?,
            min_severity: written.report.min_severity,
            min_confidence: written.report.min_confidence,
            fail_on: written.report.fail_on,
            exclude: entries(&written.scan.exclude),
            max_file_size: max_file_size.transpose()?,
            path: Some(path.to_owned()),
        })
    }

    /// The folder that the patterns in the file are relative to.
    pub fn folder(&self) -> Option<PathBuf> {
        self.path.as_deref().map(folder_of)
    }

    /// An error about an entry of the file, or about all of it.
    pub fn refused(&self, entry: Option<&Entry>, message: String) -> ConfigError {
        let path = self.path.clone().unwrap_or_default();
        ConfigError::Invalid { path, position: entry.map(|entry| entry.position), message }
    }
}

/// The folder that a file is in.
fn folder_of(file: &Path) -> PathBuf {
    let mut folder = normal(file);
    folder.pop();
    folder
}

fn entry(text: &str, word: &toml::Spanned<String>) -> Entry {
    let position = error::position_at(text, word.span().start);
    Entry { text: word.get_ref().clone(), position }
}

/// The rules in the files that a configuration names, and those in itself.
fn own_rules(
    path: &Path,
    text: &str,
    written: &ConfigFile,
    files: &dyn Files,
) -> Result<Vec<Rule>, ConfigError> {
    let folder = path.parent().unwrap_or(Path::new(""));
    let mut rules = Vec::new();
    for named in &written.rules.files {
        rules.extend(load_rules_from(&folder.join(named), files)?);
    }
    for entry in &written.rule {
        let rule = entry.get_ref().rule("Custom", false).map_err(|error| {
            let span = error.span.unwrap_or_else(|| entry.span());
            ConfigError::at(path, text, Some(span), &error.message)
        })?;
        rules.push(rule);
    }
    Ok(rules)
}

/// The folder that paths are relative to in a scan of `root`: the repository it
/// is in, or the folder itself.
pub fn base_of(root: &Path) -> PathBuf {
    let folder = file::folder_at(root);
    file::repository_of(&folder).unwrap_or(&folder).to_owned()
}
