//! What the user does not want to have scanned.

use std::path::{Path, PathBuf};

use ignore::gitignore::{Gitignore, GitignoreBuilder};

use crate::paths::normal;

/// Patterns of paths to leave out, with the meaning they have in a
/// `.gitignore`.
#[derive(Clone, Debug, Default)]
pub struct Excludes(Vec<Exclude>);

/// Patterns, and the folder they are relative to.
#[derive(Clone, Debug)]
struct Exclude {
    base: PathBuf,
    patterns: Gitignore,
}

impl Excludes {
    /// Adds patterns, as they would stand in a `.gitignore` in the folder
    /// `base`. Patterns that hold at any depth hold outside that folder, too.
    ///
    /// Where two calls say the opposite of a path, the earlier one holds.
    ///
    /// # Errors
    ///
    /// The first pattern that cannot be understood.
    pub fn add<'p>(
        &mut self,
        base: &Path,
        patterns: impl IntoIterator<Item = &'p str>,
    ) -> Result<(), ignore::Error> {
        let base = normal(base);
        let mut builder = GitignoreBuilder::new(&base);
        for pattern in patterns {
            builder.add_line(None, pattern)?;
        }
        let patterns = builder.build()?;
        if !patterns.is_empty() {
            self.0.push(Exclude { base, patterns });
        }
        Ok(())
    }

    /// Whether an entry is left out, all folders above it being in.
    pub(super) fn has(&self, path: &Path, is_dir: bool) -> bool {
        let mut verdicts = self.0.iter().map(|Exclude { base, patterns }| {
            patterns.matched(path.strip_prefix(base).unwrap_or(path), is_dir)
        });
        verdicts.find(|verdict| !verdict.is_none()).is_some_and(|verdict| verdict.is_ignore())
    }

    /// Whether the file at `path`, or a folder that it is in, is left out. The
    /// path begins in the folder `top`.
    pub fn cover(&self, top: &Path, path: &Path) -> bool {
        if self.0.is_empty() {
            return false;
        }
        let mut at = top.to_owned();
        let mut parts = path.components().peekable();
        while let Some(part) = parts.next() {
            at.push(part);
            if self.has(&at, parts.peek().is_some()) {
                return true;
            }
        }
        false
    }
}
