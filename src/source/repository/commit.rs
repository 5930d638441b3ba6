//! Single commits, and the files that one holds.

use std::path::{Path, PathBuf};

use git2::{ErrorCode, FileMode, ObjectType};

use super::{Repository, RepositoryError, from_oid, to_oid};
use crate::object::ObjectId;
use crate::paths::path_from;

/// Digits of a commit's name that it takes at least to look for it.
const SHORTEST: usize = 7;

/// What stands at a path of a commit.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Held {
    /// A file, with its bytes.
    File(Vec<u8>),
    /// A folder, with the paths of what is in it.
    Folder(Vec<PathBuf>),
    /// Something that is neither: a symbolic link, a submodule.
    Other,
}

impl Repository {
    /// The commit whose name begins with these hexadecimal digits. A branch or
    /// tag that is called so is not meant.
    ///
    /// # Errors
    ///
    /// If it is no such name, or not exactly one commit has it.
    pub fn commit_named(&self, name: &str) -> Result<ObjectId, RepositoryError> {
        let unknown = || RepositoryError::UnknownRevision { revision: name.to_owned() };
        let is_name = (SHORTEST..=2 * ObjectId::LENGTH).contains(&name.len())
            && name.bytes().all(|byte| byte.is_ascii_hexdigit());
        if !is_name {
            return Err(unknown());
        }
        let object = self.git.find_object_by_prefix(name, None).map_err(|_| unknown())?;
        // A tag is kept: what it says belongs to what it brings.
        object.peel_to_commit().map_err(|_| unknown())?;
        Ok(from_oid(object.id()))
    }

    /// The commit that an object is, or tags.
    ///
    /// # Errors
    ///
    /// If it is and tags none.
    pub fn commit_of(&self, id: ObjectId) -> Result<ObjectId, RepositoryError> {
        let failed = |error| RepositoryError::git("cannot read a commit", &error);
        let object = self.git.find_object(to_oid(id), None).map_err(failed)?;
        Ok(from_oid(object.peel_to_commit().map_err(failed)?.id()))
    }

    /// The tree of a commit: all of its files.
    ///
    /// # Errors
    ///
    /// If the commit or its tree cannot be read.
    pub fn tree_of(&self, commit: ObjectId) -> Result<ObjectId, RepositoryError> {
        let failed = |error| RepositoryError::git("cannot read a commit", &error);
        let commit = self.git.find_commit(to_oid(commit)).map_err(failed)?;
        Ok(from_oid(commit.tree_id()))
    }

    /// What a commit holds at a path, which begins at the root of the
    /// repository. No link is followed.
    ///
    /// # Errors
    ///
    /// If an object on the way cannot be read.
    pub fn held_at(&self, commit: ObjectId, path: &Path) -> Result<Option<Held>, RepositoryError> {
        let failed = |error| RepositoryError::git("cannot read a file of a commit", &error);
        let tree = self.git.find_tree(to_oid(self.tree_of(commit)?)).map_err(failed)?;
        let listed = |tree: &git2::Tree<'_>| {
            let names = tree.iter().map(|entry| path.join(path_from(entry.name_bytes().to_vec())));
            Some(Held::Folder(names.collect()))
        };
        if path == Path::new("") {
            return Ok(listed(&tree));
        }
        let entry = match tree.get_path(path) {
            Ok(entry) => entry,
            Err(error) if error.code() == ErrorCode::NotFound => return Ok(None),
            Err(error) => return Err(failed(error)),
        };
        let is_file = [FileMode::Blob, FileMode::BlobExecutable, FileMode::BlobGroupWritable]
            .iter()
            .any(|mode| entry.filemode() == i32::from(*mode));
        match entry.kind() {
            Some(ObjectType::Tree) => Ok(listed(&self.git.find_tree(entry.id()).map_err(failed)?)),
            Some(ObjectType::Blob) if is_file => {
                let blob = self.git.find_blob(entry.id()).map_err(failed)?;
                Ok(Some(Held::File(blob.content().to_vec())))
            }
            _ => Ok(Some(Held::Other)),
        }
    }
}
