//! How many entries ignore files left out.
//!
//! The walk does not tell. But what is in a folder can be listed, and what of
//! it came by or was left out for another reason can be counted: the rest is
//! what an ignore file left out.

use std::path::{Path, PathBuf};
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{PoisonError, RwLock};

/// Counts what is in the repositories walked through, and what came by.
#[derive(Default)]
pub(super) struct IgnoredCount {
    /// Roots of the repositories; outside of them ignore files do not hold.
    repositories: RwLock<Vec<PathBuf>>,
    listed: AtomicU64,
    accounted: AtomicU64,
}

impl IgnoredCount {
    /// Takes note of a folder before what is in it comes by. `is_root` tells
    /// whether the walk starts there.
    pub(super) fn enter(&self, folder: &Path, is_root: bool) {
        if !self.holds_in(folder) {
            let Some(repository) = repository_at(folder, is_root) else { return };
            let mut known = self.repositories.write().unwrap_or_else(PoisonError::into_inner);
            known.push(repository);
        }
        let Ok(entries) = std::fs::read_dir(folder) else { return };
        let others = entries.flatten().filter(|entry| entry.file_name() != ".git");
        self.listed.fetch_add(others.count() as u64, Ordering::Relaxed);
    }

    /// Takes note of an entry that came by, or was left out for a reason that
    /// is counted elsewhere.
    pub(super) fn account_for(&self, entry: &Path) {
        if entry.parent().is_some_and(|folder| self.holds_in(folder)) {
            self.accounted.fetch_add(1, Ordering::Relaxed);
        }
    }

    /// How many entries ignore files left out.
    pub(super) fn count(&self) -> u64 {
        let accounted = self.accounted.load(Ordering::Relaxed);
        self.listed.load(Ordering::Relaxed).saturating_sub(accounted)
    }

    /// Whether ignore files hold in `folder`, as far as is known.
    fn holds_in(&self, folder: &Path) -> bool {
        let known = self.repositories.read().unwrap_or_else(PoisonError::into_inner);
        known.iter().any(|root| folder.starts_with(root))
    }
}

/// The part of the tree, from `folder` down, that is in a repository.
fn repository_at(folder: &Path, is_root: bool) -> Option<PathBuf> {
    let has_git = |folder: &Path| folder.join(".git").exists();
    let above = || std::path::absolute(folder).is_ok_and(|path| path.ancestors().any(has_git));
    (has_git(folder) || (is_root && above())).then(|| folder.to_owned())
}
