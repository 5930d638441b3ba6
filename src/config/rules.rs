//! Rule files of the user's own.

use std::path::Path;

use super::error::{ConfigError, read_text};
use super::{Disk, Files};
use crate::rule::Rule;
use crate::rule::file::RuleFile;

/// The rules in the file at `path`, or in all `.toml` files of that folder.
pub fn load_rules(path: &Path) -> Result<Vec<Rule>, ConfigError> {
    load_rules_from(path, &Disk)
}

/// The same from another place than the disk.
pub fn load_rules_from(path: &Path, files: &dyn Files) -> Result<Vec<Rule>, ConfigError> {
    let mut rules = Vec::new();
    for file in rule_files_from(path, files)? {
        rules.extend(parse_rules(&file, &read_text(&file, files)?)?);
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
    parse(path, &read_text(path, &Disk)?)
}

/// The rule files at `path`: itself, or those in the folder, sorted.
pub(crate) fn rule_files(path: &Path) -> Result<Vec<std::path::PathBuf>, ConfigError> {
    rule_files_from(path, &Disk)
}

fn rule_files_from(path: &Path, files: &dyn Files) -> Result<Vec<std::path::PathBuf>, ConfigError> {
    let read = |source| ConfigError::Read { path: path.to_owned(), source };
    let Some(mut listed) = files.list(path).map_err(read)? else {
        return Ok(vec![path.to_owned()]);
    };
    listed.retain(|file| file.extension().is_some_and(|extension| extension == "toml"));
    listed.sort();
    Ok(listed)
}
