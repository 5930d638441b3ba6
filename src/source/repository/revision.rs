//! Revisions and ranges of them, as people write them.

use git2::ErrorCode;

use super::{Repository, RepositoryError, from_oid, to_oid};
use crate::object::ObjectId;

/// A range of history: what can be reached from some objects, without what can
/// be reached from others.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Range {
    /// Commits, or tags of them, that are in it with their ancestors.
    pub include: Vec<ObjectId>,
    /// Commits, or tags of them, that are not in it, nor are their ancestors.
    pub hide: Vec<ObjectId>,
}

impl Repository {
    /// The object that a revision names, in the language of `git rev-parse`: a
    /// tag is not peeled.
    ///
    /// # Errors
    ///
    /// If the repository does not know it.
    pub fn resolve(&self, revision: &str) -> Result<ObjectId, RepositoryError> {
        if let Ok(id) = revision.parse::<ObjectId>() {
            // Even a damaged object has a name.
            let unknown = || RepositoryError::UnknownRevision { revision: revision.to_owned() };
            return self.has(id).then_some(id).ok_or_else(unknown);
        }
        match self.git.revparse_single(revision) {
            Ok(object) => Ok(from_oid(object.id())),
            Err(error) if matches!(error.code(), ErrorCode::NotFound | ErrorCode::InvalidSpec) => {
                Err(RepositoryError::UnknownRevision { revision: revision.to_owned() })
            }
            Err(error) => Err(RepositoryError::git("cannot resolve a revision", &error)),
        }
    }

    /// The range that `A..B`, `A...B`, `A..` or `..B` means; where one side is
    /// left out it is `HEAD`.
    ///
    /// # Errors
    ///
    /// If it is none of these, or names a revision that is not known.
    pub fn range(&self, range: &str) -> Result<Range, RepositoryError> {
        let resolve = |side: &str| self.resolve(if side.is_empty() { "HEAD" } else { side });
        if let Some((left, right)) = range.split_once("...") {
            let (left, right) = (resolve(left)?, resolve(right)?);
            return Ok(Range { include: vec![left, right], hide: self.bases(left, right)? });
        }
        let Some((from, to)) = range.split_once("..") else {
            return Err(RepositoryError::NotARange { range: range.to_owned() });
        };
        Ok(Range { include: vec![resolve(to)?], hide: vec![resolve(from)?] })
    }

    /// The best common ancestors of two commits.
    fn bases(&self, left: ObjectId, right: ObjectId) -> Result<Vec<ObjectId>, RepositoryError> {
        let commit = |id| self.git.find_object(to_oid(id), None)?.peel_to_commit();
        let bases = || self.git.merge_bases(commit(left)?.id(), commit(right)?.id());
        match bases() {
            Ok(bases) => Ok(bases.iter().copied().map(from_oid).collect()),
            Err(error) if error.code() == ErrorCode::NotFound => Ok(Vec::new()),
            Err(error) => Err(RepositoryError::git("cannot find a common ancestor", &error)),
        }
    }
}
