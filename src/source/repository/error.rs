//! Why a repository cannot be opened or asked.

use std::path::{Path, PathBuf};

use git2::ErrorCode;

/// Why a repository cannot be opened or asked.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum RepositoryError {
    /// There is no repository at the path, nor above it.
    #[error("{} is not in a git repository", path.display())]
    NotARepository {
        /// Where it was looked for.
        path: PathBuf,
    },
    /// The repository belongs to another user, who could have set traps in it.
    #[error(
        "the repository {0} belongs to another user; if you trust it, run \
         `git config --global --add safe.directory {0}`",
        path.display()
    )]
    OwnedBySomebodyElse {
        /// The repository, by the path that git wants to hear.
        path: PathBuf,
    },
    /// Its objects have names by SHA-256.
    #[error(
        "the repository {} uses SHA-256 object names, which are not supported yet",
        path.display()
    )]
    Sha256 {
        /// The repository.
        path: PathBuf,
    },
    /// Its refs are stored as reftables.
    #[error("the repository {} stores its refs as {format}, which is not supported yet", path.display())]
    RefStorage {
        /// The repository.
        path: PathBuf,
        /// The format of its refs, as its configuration names it.
        format: String,
    },
    /// A file of it cannot be read.
    #[error("cannot read {}: {detail}", path.display())]
    Unreadable {
        /// The file.
        path: PathBuf,
        /// What is wrong.
        detail: String,
    },
    /// A revision that the repository does not know.
    #[error("there is no revision `{revision}`")]
    UnknownRevision {
        /// The revision as it was written.
        revision: String,
    },
    /// Something that is no range of revisions.
    #[error("`{range}` is no range: write `A..B`")]
    NotARange {
        /// What was written.
        range: String,
    },
    /// Anything else.
    #[error("{doing}: {message}")]
    Git {
        /// What failed.
        doing: &'static str,
        /// What libgit2 says.
        message: String,
    },
}

impl RepositoryError {
    /// Something that failed in libgit2.
    pub(in crate::source) fn git(doing: &'static str, error: &git2::Error) -> Self {
        Self::Git { doing, message: without_credentials(error.message()) }
    }

    /// Why the repository at or above `path` could not be opened.
    pub(super) fn opening(path: &Path, error: &git2::Error) -> Self {
        let found = git2::Repository::discover_path(path, [] as [&Path; 0]).ok();
        match (error.code(), found) {
            (ErrorCode::Owner, found) => {
                let path = found.as_deref().map_or(path, |found| trusted_as(found));
                Self::OwnedBySomebodyElse { path: path.to_owned() }
            }
            (_, Some(found)) => {
                unsupported(found).unwrap_or_else(|| Self::git("cannot open the repository", error))
            }
            (ErrorCode::NotFound, None) => Self::NotARepository { path: path.to_owned() },
            (_, None) => Self::git("cannot open the repository", error),
        }
    }
}

/// The path that `safe.directory` has to name for a repository.
fn trusted_as(git_dir: &Path) -> &Path {
    let is_inside = git_dir.file_name() == Some(".git".as_ref());
    git_dir.parent().filter(|_| is_inside).unwrap_or(git_dir)
}

/// A format of the repository that neither libgit2 nor this program knows.
fn unsupported(path: PathBuf) -> Option<RepositoryError> {
    let shared = std::fs::read_to_string(path.join("commondir")).unwrap_or_default();
    let config = git2::Config::open(&path.join(shared.trim()).join("config")).ok()?;
    if config.get_string("extensions.objectformat").is_ok_and(|format| format != "sha1") {
        return Some(RepositoryError::Sha256 { path });
    }
    let format = config.get_string("extensions.refstorage").ok()?;
    (format != "files").then_some(RepositoryError::RefStorage { path, format })
}

/// `message` without what stands before the `@` of a URL.
fn without_credentials(message: &str) -> String {
    let mut clean = String::new();
    let mut rest = message;
    while let Some(at) = rest.find("://") {
        let (before, behind) = rest.split_at(at + 3);
        clean.push_str(before);
        let end = behind.find(|c: char| c == '/' || c.is_whitespace()).unwrap_or(behind.len());
        rest = &behind[behind[..end].rfind('@').map_or(0, |at| at + 1)..];
    }
    clean + rest
}

#[cfg(test)]
mod tests {
    use super::without_credentials;

    #[test]
    fn credentials_are_taken_out_of_urls() {
        let told = without_credentials("no `https://me:pass@host/x@y` nor ssh://git@host x@y");
        assert_eq!(told, "no `https://host/x@y` nor ssh://host x@y");
        assert_eq!(without_credentials("plain"), "plain");
    }
}
