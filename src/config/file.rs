//! `.redhanded.toml` as it is written, and where it is found.

use std::path::{Path, PathBuf};

use serde::Deserialize;

use super::ConfigError;
use crate::rule::file::RuleEntry;
use crate::rule::{Confidence, Severity};

/// The file's name.
pub(super) const NAME: &str = ".redhanded.toml";

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
    pub(super) only: Option<Vec<toml::Spanned<String>>>,
    /// These do not run.
    #[serde(default)]
    pub(super) skip: Vec<toml::Spanned<String>>,
    /// Files and folders with own rules, relative to this file.
    #[serde(default)]
    pub(super) files: Vec<PathBuf>,
}

#[derive(Debug, Default, Deserialize)]
#[serde(deny_unknown_fields, rename_all = "kebab-case")]
pub(super) struct Allow {
    #[serde(default)]
    pub(super) paths: Vec<String>,
    #[serde(default)]
    pub(super) regexes: Vec<String>,
    #[serde(default)]
    pub(super) stopwords: Vec<String>,
    #[serde(default)]
    pub(super) fingerprints: Vec<String>,
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
    pub(super) exclude: Vec<String>,
    pub(super) max_file_size: Option<toml::Spanned<String>>,
}

impl ConfigFile {
    /// Reads a configuration's text.
    pub(super) fn parse(path: &Path, text: &str) -> Result<Self, ConfigError> {
        toml::from_str(text)
            .map_err(|error| ConfigError::at(path, text, error.span(), error.message()))
    }
}

/// The configuration for a scan of `root`: in it or above it, up to the root of
/// the repository it is in. Outside a repository only `root` itself is looked
/// at: what lies above is somebody else's.
pub(super) fn discover(root: &Path) -> Option<PathBuf> {
    let absolute = std::path::absolute(root).ok()?;
    let start = if absolute.is_dir() { absolute.as_path() } else { absolute.parent()? };
    let top = repository_of(start).unwrap_or(start);
    start
        .ancestors()
        .take_while(|folder| folder.starts_with(top))
        .map(|folder| folder.join(NAME))
        .find(|path| path.is_file())
}

/// The root of the repository that `folder` is in.
pub(super) fn repository_of(folder: &Path) -> Option<&Path> {
    folder.ancestors().find(|folder| folder.join(".git").exists())
}
