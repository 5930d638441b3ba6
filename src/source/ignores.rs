//! What git ignores: `.gitignore` files and `.git/info/exclude`.
//!
//! The walk could do this itself, but it does not tell what it left out, and it
//! opens whatever is named `.gitignore`: a pipe of that name would hold up the
//! scan for ever. So the files are read here, if files they are, and what they
//! leave out is counted.

use std::collections::HashMap;
use std::path::{Path, PathBuf};
use std::sync::{Arc, PoisonError, RwLock};

use ignore::gitignore::{Gitignore, GitignoreBuilder};

use super::open::read_small;

/// Largest ignore file that is honoured: a larger one is no list of patterns.
const LARGEST: u64 = 4 << 20;

/// The ignore files of a tree, read as the walk comes by.
#[derive(Default)]
pub(super) struct Ignores {
    /// What holds in a folder, for those asked about so far.
    folders: RwLock<HashMap<PathBuf, Option<Arc<Level>>>>,
}

/// The ignore files that hold in a folder: its own, then those above it.
struct Level {
    own: Gitignore,
    above: Option<Arc<Level>>,
}

impl Ignores {
    /// Whether git would ignore `entry`, a path from the root on.
    pub(super) fn ignores(&self, entry: &Path, is_dir: bool) -> bool {
        let holding = entry.parent().and_then(|folder| self.holding_in(folder));
        let mut level = holding.as_deref();
        while let Some(current) = level {
            match current.own.matched(entry, is_dir) {
                ignore::Match::Ignore(_) => return true,
                ignore::Match::Whitelist(_) => return false,
                ignore::Match::None => level = current.above.as_deref(),
            }
        }
        false
    }

    /// The ignore files that hold in `folder`; `None` outside a repository.
    fn holding_in(&self, folder: &Path) -> Option<Arc<Level>> {
        let known = self.folders.read().unwrap_or_else(PoisonError::into_inner);
        if let Some(level) = known.get(folder) {
            return level.clone();
        }
        drop(known);
        let level = self.read(folder);
        let mut known = self.folders.write().unwrap_or_else(PoisonError::into_inner);
        known.insert(folder.to_owned(), level.clone());
        level
    }

    /// Reads the ignore files of `folder`. A repository begins where `.git` is:
    /// what an outer one ignores does not hold in it.
    fn read(&self, folder: &Path) -> Option<Arc<Level>> {
        if folder.join(".git").exists() {
            let exclude = level(folder, &folder.join(".git/info/exclude"), None);
            return Some(level(folder, &folder.join(".gitignore"), Some(exclude)));
        }
        let above = self.holding_in(folder.parent()?)?;
        let file = folder.join(".gitignore");
        let has_own = file.symlink_metadata().is_ok();
        Some(if has_own { level(folder, &file, Some(above)) } else { above })
    }
}

/// The patterns of one ignore file. A line that is no pattern is passed over,
/// as git does it: that scans more, not less.
fn level(folder: &Path, file: &Path, above: Option<Arc<Level>>) -> Arc<Level> {
    let mut builder = GitignoreBuilder::new(folder);
    if let Ok(text) = read_small(file, LARGEST) {
        for line in String::from_utf8_lossy(&text).lines() {
            let _ = builder.add_line(Some(file.to_owned()), line);
        }
    }
    let own = builder.build().unwrap_or_else(|_| Gitignore::empty());
    Arc::new(Level { own, above })
}
