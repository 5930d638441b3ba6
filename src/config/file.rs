//! `.redhanded.toml` as it is written, and where it is found.

use std::ops::Range;
use std::path::{Path, PathBuf};

use serde::Deserialize;
use toml::de::{DeTable, Deserializer};

use super::{ConfigError, Files};
use crate::paths::normal;
use crate::rule::file::RuleEntry;
use crate::rule::{Confidence, Severity};

/// The file's name.
pub(super) const NAME: &str = ".redhanded.toml";

/// Strings, each with the place it stands at.
pub(super) type Words = Vec<toml::Spanned<String>>;

/// The tables of a configuration.
const SECTIONS: [&str; 4] = ["rules", "allow", "report", "scan"];

/// A configuration file, as written.
#[derive(Debug, Default, Deserialize)]
#[serde(deny_unknown_fields, rename_all = "kebab-case")]
pub(super) struct ConfigFile {
    #[serde(default)]
    pub(super) rules: Rules,
    #[serde(default)]
    pub(super) allow: Allow,
    #[serde(default)]
    pub(super) report: Report,
    #[serde(default)]
    pub(super) scan: Scan,
    /// Own rules, in the form of rule files.
    #[serde(default)]
    pub(super) rule: Vec<toml::Spanned<RuleEntry>>,
}

#[derive(Debug, Default, Deserialize)]
#[serde(deny_unknown_fields, rename_all = "kebab-case")]
pub(super) struct Rules {
    /// Only these run; all if absent.
    pub(super) only: Option<Words>,
    /// These do not run.
    #[serde(default)]
    pub(super) skip: Words,
    /// Files and folders with own rules, relative to this file.
    #[serde(default)]
    pub(super) files: Vec<PathBuf>,
}

#[derive(Debug, Default, Deserialize)]
#[serde(deny_unknown_fields, rename_all = "kebab-case")]
pub(super) struct Allow {
    #[serde(default)]
    pub(super) paths: Words,
    #[serde(default)]
    pub(super) regexes: Words,
    #[serde(default)]
    pub(super) stopwords: Words,
    #[serde(default)]
    pub(super) fingerprints: Words,
}

#[derive(Debug, Default, Deserialize)]
#[serde(deny_unknown_fields, rename_all = "kebab-case")]
pub(super) struct Report {
    pub(super) min_severity: Option<Severity>,
    pub(super) min_confidence: Option<Confidence>,
    pub(super) fail_on: Option<Severity>,
}

#[derive(Debug, Default, Deserialize)]
#[serde(deny_unknown_fields, rename_all = "kebab-case")]
pub(super) struct Scan {
    #[serde(default)]
    pub(super) exclude: Words,
    pub(super) max_file_size: Option<toml::Spanned<String>>,
}

impl ConfigFile {
    /// Reads a configuration's text.
    pub(super) fn parse(path: &Path, text: &str) -> Result<Self, ConfigError> {
        let refused =
            |error: toml::de::Error| ConfigError::at(path, text, error.span(), error.message());
        let table = DeTable::parse(text).map_err(refused)?;
        if let Some(span) = section_that_is_a_list(table.get_ref()) {
            let message = "invalid type: sequence, expected a table";
            return Err(ConfigError::at(path, text, Some(span), message));
        }
        Self::deserialize(Deserializer::from(table)).map_err(refused)
    }
}

/// Where a list stands for a section. serde would take it: its elements for the
/// section's keys, in their order, and an empty one for a section without any.
fn section_that_is_a_list(table: &DeTable<'_>) -> Option<Range<usize>> {
    let mut sections = table.iter().filter(|(key, _)| SECTIONS.contains(&key.get_ref().as_ref()));
    sections.find(|(_, value)| value.get_ref().is_array()).map(|(_, value)| value.span())
}

/// The configuration for a scan of `root`: in it or above it, up to the root of
/// the repository it is in. Outside a repository only `root` itself is looked
/// at: what lies above is somebody else's.
pub(super) fn discover(root: &Path, files: &dyn Files) -> Option<PathBuf> {
    let start = folder_at(root);
    let top = repository_of(&start).unwrap_or(&start);
    start
        .ancestors()
        .take_while(|folder| folder.starts_with(top))
        .map(|folder| folder.join(NAME))
        .find(|path| files.is_file(path))
}

/// The folder that `path` is, or is in.
pub(super) fn folder_at(path: &Path) -> PathBuf {
    let mut folder = normal(path);
    if !folder.is_dir() {
        folder.pop();
    }
    folder
}

/// The root of the repository that `folder` is in.
pub(super) fn repository_of(folder: &Path) -> Option<&Path> {
    folder.ancestors().find(|folder| folder.join(".git").exists())
}
