//! Rule files of the user's own.

use std::path::Path;

use super::error::{ConfigError, read_text};
use crate::rule::Rule;
use crate::rule::file::RuleFile;

/// The rules in the file at `path`, or in all `.toml` files of that folder.
pub fn load_rules(path: &Path) -> Result<Vec<Rule>, ConfigError> {
    let mut rules = Vec::new();
    for file in rule_files(path)? {
        rules.extend(parse_rules(&file, &read_text(&file)?)?);
    }
    Ok(rules)
}

/// The rules in the text of a rule file; errors name `path`.
pub fn parse_rules(path: &Path, text: &str) -> Result<Vec<Rule>, ConfigError> {
    parse(path, text).map(|(_, rules)| rules)
}

/// A rule file as it is written, and its valid rules.
fn parse(path: &Path, text: &str) -> Result<(RuleFile, Vec<Rule>), ConfigError> {
    let at = |error: &crate::rule::RuleError| {
        ConfigError::at(path, text, error.span.clone(), &error.message)
    };
    let file = RuleFile::parse(text).map_err(|error| at(&error))?;
    match file.rules() {
        Ok(rules) => Ok((file, rules)),
        Err(errors) => Err(errors.first().map(at).expect("a failure has an error")),
    }
}

/// Reads a rule file as it is written, with its valid rules.
pub(crate) fn read_rule_file(path: &Path) -> Result<(RuleFile, Vec<Rule>), ConfigError> {
    parse(path, &read_text(path)?)
}

/// The rule files at `path`: itself, or those in the folder, sorted.
pub(crate) fn rule_files(path: &Path) -> Result<Vec<std::path::PathBuf>, ConfigError> {
    if !path.is_dir() {
        return Ok(vec![path.to_owned()]);
    }
    let read = |source| ConfigError::Read { path: path.to_owned(), source };
    let mut files = Vec::new();
    for entry in std::fs::read_dir(path).map_err(read)? {
        let file = entry.map_err(read)?.path();
        if file.extension().is_some_and(|extension| extension == "toml") {
            files.push(file);
        }
    }
    files.sort();
    Ok(files)
}
