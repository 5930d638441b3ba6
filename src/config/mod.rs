//! Configuration: `.redhanded.toml` and rule files, read and made valid.

mod error;
mod file;
mod rules;

use std::path::{Path, PathBuf};

pub use error::ConfigError;
pub(crate) use error::closest;
pub use rules::load_rules;
pub(crate) use rules::{read_rule_file, rule_files};

use crate::rule::{Confidence, Rule, Severity};
use crate::suppress::AllowSpec;
use file::ConfigFile;

/// A valid configuration. An absent file is the same as an empty one.
#[derive(Debug, Default)]
pub struct Config {
    /// The file it was read from.
    pub path: Option<PathBuf>,
    /// Ids of the only rules to run.
    pub only: Option<Vec<String>>,
    /// Ids of rules not to run.
    pub skip: Vec<String>,
    /// Own rules.
    pub rules: Vec<Rule>,
    /// Allow lists; their paths are relative to the file's folder.
    pub allow: AllowSpec,
    /// Least severity to report.
    pub min_severity: Option<Severity>,
    /// Least confidence to report.
    pub min_confidence: Option<Confidence>,
    /// Least severity that fails.
    pub fail_on: Option<Severity>,
    /// Patterns of paths not to scan, relative to the file's folder.
    pub exclude: Vec<String>,
    /// Bytes of a file that are read at most.
    pub max_file_size: Option<u64>,
}

impl Config {
    /// Reads the configuration that holds for a scan of `root`.
    pub fn discover(root: &Path) -> Result<Self, ConfigError> {
        match file::discover(root) {
            Some(path) => Self::read(&path),
            None => Ok(Self::default()),
        }
    }

    /// Reads the configuration at `path`.
    pub fn read(path: &Path) -> Result<Self, ConfigError> {
        let text = error::read_text(path)?;
        let written = ConfigFile::parse(path, &text)?;
        let base = path.parent().unwrap_or(Path::new(""));
        let at = |span, message: &str| ConfigError::at(path, &text, span, message);
        let mut own = Vec::new();
        for files in &written.rules.files {
            own.extend(load_rules(&base.join(files))?);
        }
        for entry in &written.rule {
            let rule = entry
                .get_ref()
                .rule("Custom")
                .map_err(|error| at(error.span.or_else(|| Some(entry.span())), &error.message))?;
            own.push(rule);
        }
        let max_file_size = written.scan.max_file_size.as_ref().map(|size| {
            parse_size(size.get_ref()).map_err(|message| at(Some(size.span()), &message))
        });
        let ids = |list: &[toml::Spanned<String>]| {
            list.iter().map(|id| id.get_ref().clone()).collect::<Vec<_>>()
        };
        Ok(Self {
            only: written.rules.only.as_deref().map(ids),
            skip: ids(&written.rules.skip),
            rules: own,
            allow: AllowSpec {
                paths: written.allow.paths,
                regexes: written.allow.regexes,
                stopwords: written.allow.stopwords,
                fingerprints: written.allow.fingerprints,
            },
            min_severity: written.report.min_severity,
            min_confidence: written.report.min_confidence,
            fail_on: written.report.fail_on,
            exclude: written.scan.exclude,
            max_file_size: max_file_size.transpose()?,
            path: Some(path.to_owned()),
        })
    }
}

/// The folder that paths are relative to in a scan of `root`: the repository it
/// is in, or the folder itself.
pub fn base_of(root: &Path) -> PathBuf {
    let absolute = std::path::absolute(root).unwrap_or_else(|_| root.to_owned());
    let folder =
        if absolute.is_dir() { absolute.as_path() } else { absolute.parent().unwrap_or(&absolute) };
    file::repository_of(folder).unwrap_or(folder).to_owned()
}

/// Reads a size such as `300`, `64K`, `256MiB` or `1.5G`: all units are powers
/// of 1024.
pub fn parse_size(text: &str) -> Result<u64, String> {
    let wrong = || format!("`{text}` is no size: write a number and K, M, G or T, as in 256M");
    let text = text.trim();
    let digits = text.find(|c: char| !c.is_ascii_digit() && c != '.').unwrap_or(text.len());
    let (number, unit) = text.split_at(digits);
    let shift = match unit.trim().to_ascii_uppercase().trim_end_matches("IB").trim_end_matches('B')
    {
        "" => 0,
        "K" => 10,
        "M" => 20,
        "G" => 30,
        "T" => 40,
        _ => return Err(wrong()),
    };
    let number: f64 = number.parse().map_err(|_| wrong())?;
    let size = number * (1_u64 << shift) as f64;
    #[expect(
        clippy::cast_possible_truncation,
        clippy::cast_sign_loss,
        reason = "the value is finite, positive and far below 2^64"
    )]
    if size.is_finite() && (1.0..1e18).contains(&size) { Ok(size as u64) } else { Err(wrong()) }
}

#[cfg(test)]
mod tests {
    use super::parse_size;

    #[test]
    fn sizes_are_powers_of_1024() {
        assert_eq!(parse_size("300"), Ok(300));
        assert_eq!(parse_size("64K"), Ok(65536));
        assert_eq!(parse_size("256MiB"), Ok(256 << 20));
        assert_eq!(parse_size("1.5 gb"), Ok(3 << 29));
        for wrong in ["", "M", "-1", "3X", "0", "1e99", "9999999999T"] {
            assert!(parse_size(wrong).is_err(), "{wrong}");
        }
    }
}
