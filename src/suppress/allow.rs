//! The allow lists of a configuration: paths, patterns, words and fingerprints.

use std::path::{Path, PathBuf};

use ignore::gitignore::{Gitignore, GitignoreBuilder};
use regex_automata::meta::Regex;
use regex_automata::util::syntax;

use crate::finding::{By, Fingerprint};

/// Allow lists as they are written.
#[derive(Clone, Debug, Default)]
pub struct AllowSpec {
    /// Path patterns, with the meaning they have in a `.gitignore`.
    pub paths: Vec<String>,
    /// Regular expressions; one that matches anywhere in the credential allows
    /// it.
    pub regexes: Vec<String>,
    /// Words; one that stands in the credential, in any letter case, allows it.
    pub stopwords: Vec<String>,
    /// Fingerprints of findings.
    pub fingerprints: Vec<String>,
}

/// Allow lists, ready to use.
#[derive(Debug, Default)]
pub struct AllowLists {
    base: PathBuf,
    paths: Option<Gitignore>,
    regexes: Vec<(String, Regex)>,
    stopwords: Vec<String>,
    fingerprints: Vec<String>,
}

/// An entry of an allow list that cannot be used.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("allow.{list}: `{entry}`: {reason}")]
pub struct AllowError {
    /// The list it is in.
    pub list: &'static str,
    /// The entry.
    pub entry: String,
    /// What is wrong with it.
    pub reason: String,
}

impl AllowLists {
    /// Compiles `spec`; its paths are relative to `base`.
    pub fn new(base: &Path, spec: &AllowSpec) -> Result<Self, AllowError> {
        let regexes = spec.regexes.iter().map(|pattern| {
            let regex = Regex::builder()
                .syntax(syntax::Config::new().unicode(false).utf8(false))
                .build(pattern)
                .map_err(|error| refused("regexes", pattern, &error))?;
            Ok((pattern.clone(), regex))
        });
        Ok(Self {
            base: base.to_owned(),
            paths: compile_paths(base, &spec.paths)?,
            regexes: regexes.collect::<Result<_, AllowError>>()?,
            stopwords: spec.stopwords.iter().map(|word| word.to_ascii_lowercase()).collect(),
            fingerprints: spec.fingerprints.clone(),
        })
    }

    /// The entry that allows a finding, if there is one.
    pub fn find(&self, path: &Path, secret: &[u8], fingerprint: Fingerprint) -> Option<By> {
        let allowed = |list, entry: &str| By::AllowList { list, entry: unrevealing(entry, secret) };
        if let Some(glob) = self.matching_path(path) {
            return Some(allowed("paths", &glob));
        }
        let print = fingerprint.to_string();
        if self.fingerprints.contains(&print) {
            return Some(allowed("fingerprints", &print));
        }
        self.entry_for_value(secret).map(|(list, entry)| allowed(list, entry))
    }

    /// Whether an entry allows a credential wherever its line stands: by its
    /// path or its value.
    pub fn allows_anywhere(&self, path: &Path, secret: &[u8]) -> bool {
        self.matching_path(path).is_some() || self.entry_for_value(secret).is_some()
    }

    /// The list and entry that allow a value.
    fn entry_for_value(&self, secret: &[u8]) -> Option<(&'static str, &str)> {
        let regex = self.regexes.iter().find(|(_, regex)| regex.is_match(secret));
        if let Some((pattern, _)) = regex {
            return Some(("regexes", pattern));
        }
        let lower = secret.to_ascii_lowercase();
        let word = self
            .stopwords
            .iter()
            .find(|word| memchr::memmem::find(&lower, word.as_bytes()).is_some());
        word.map(|word| ("stopwords", word.as_str()))
    }

    fn matching_path(&self, path: &Path) -> Option<String> {
        let paths = self.paths.as_ref()?;
        let absolute = crate::paths::normal(path);
        let relative = absolute.strip_prefix(&self.base).ok()?;
        match paths.matched_path_or_any_parents(relative, false) {
            ignore::Match::Ignore(glob) => Some(glob.original().to_owned()),
            ignore::Match::None | ignore::Match::Whitelist(_) => None,
        }
    }
}

/// Longest part of a credential that an entry may repeat.
const REVEALING: usize = 8;

/// An entry as it is shown: one that holds the credential, or a good part of
/// it, must not spell it out.
fn unrevealing(entry: &str, secret: &[u8]) -> String {
    let entry_bytes = entry.as_bytes();
    let contains = |text: &[u8], part: &[u8]| memchr::memmem::find(text, part).is_some();
    let reveals = entry_bytes.len() >= REVEALING
        && contains(&secret.to_ascii_lowercase(), &entry_bytes.to_ascii_lowercase())
        || secret
            .windows(REVEALING.min(secret.len().max(1)))
            .any(|part| contains(entry_bytes, part));
    if reveals { "(an entry that holds the credential)".to_owned() } else { entry.to_owned() }
}

fn compile_paths(base: &Path, globs: &[String]) -> Result<Option<Gitignore>, AllowError> {
    if globs.is_empty() {
        return Ok(None);
    }
    let mut builder = GitignoreBuilder::new(base);
    for glob in globs {
        builder.add_line(None, glob).map_err(|error| refused("paths", glob, &error))?;
    }
    builder.build().map(Some).map_err(|error| refused("paths", &globs.join(", "), &error))
}

fn refused(list: &'static str, entry: &str, reason: &dyn std::fmt::Display) -> AllowError {
    AllowError { list, entry: entry.to_owned(), reason: reason.to_string() }
}
