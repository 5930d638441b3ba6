//! The files of a commit that is believed, in place of those of the checkout.
//!
//! All that says what is no leak is read through this: configuration, rule
//! files, and whatever else comes to be kept in the repository.

use std::io;
use std::path::{Path, PathBuf};

use crate::config::{Disk, Files, check_length};
use crate::object::ObjectId;
use crate::paths::normal;
use crate::source::{Held, Repository};

/// The files of one commit, by the paths that they would have on disk. What is
/// not in the work tree is the machine's, and is read from disk.
pub(super) struct AtCommit<'r> {
    repository: &'r Repository,
    commit: ObjectId,
}

impl<'r> AtCommit<'r> {
    pub(super) fn new(repository: &'r Repository, commit: ObjectId) -> Self {
        Self { repository, commit }
    }

    /// A path from the root of the work tree on, if it leads there. This goes by
    /// the words first: the change may have put a link in the way.
    fn inside(&self, path: &Path) -> Option<PathBuf> {
        let path = normal(path);
        let top = normal(self.repository.top());
        if let Ok(inside) = path.strip_prefix(&top) {
            return Some(inside.to_owned());
        }
        let (folder, name) = (path.parent()?.canonicalize().ok()?, path.file_name()?);
        let top = top.canonicalize().ok()?;
        folder.join(name).strip_prefix(top).ok().map(Path::to_owned)
    }

    fn held(&self, inside: &Path) -> io::Result<Option<Held>> {
        self.repository.held_at(self.commit, inside).map_err(io::Error::other)
    }

    fn missing(&self, kind: io::ErrorKind, what: &str) -> io::Error {
        let commit = self.commit.short();
        io::Error::new(kind, format!("{what} in the base {commit}, which alone is believed"))
    }
}

impl Files for AtCommit<'_> {
    fn is_file(&self, path: &Path) -> bool {
        match self.inside(path) {
            // What cannot be told is tried, and then the error is told.
            Some(inside) => !matches!(self.held(&inside), Ok(None | Some(Held::Folder(_)))),
            None => Disk.is_file(path),
        }
    }

    fn text(&self, path: &Path) -> io::Result<String> {
        let Some(inside) = self.inside(path) else { return Disk.text(path) };
        match self.held(&inside)? {
            Some(Held::File(bytes)) => {
                String::from_utf8(bytes).map_err(|error| io::Error::other(error.utf8_error()))
            }
            Some(_) => Err(self.missing(io::ErrorKind::InvalidInput, "it is no file")),
            None => Err(self.missing(io::ErrorKind::NotFound, "it is not there")),
        }
    }

    fn is_there(&self, path: &Path) -> bool {
        match self.inside(path) {
            Some(inside) => !matches!(self.held(&inside), Ok(None)),
            None => Disk.is_there(path),
        }
    }

    fn plain(&self, path: &Path, most: u64) -> io::Result<Vec<u8>> {
        let Some(inside) = self.inside(path) else { return Disk.plain(path, most) };
        match self.held(&inside)? {
            Some(Held::File(bytes)) => check_length(&bytes, most).map(|()| bytes),
            Some(_) => Err(self.missing(io::ErrorKind::InvalidInput, "it is no file")),
            None => Err(self.missing(io::ErrorKind::NotFound, "it is not there")),
        }
    }

    fn list(&self, path: &Path) -> io::Result<Option<Vec<PathBuf>>> {
        let Some(inside) = self.inside(path) else { return Disk.list(path) };
        Ok(match self.held(&inside)? {
            Some(Held::Folder(names)) => {
                let top = self.repository.top();
                Some(names.into_iter().map(|name| top.join(name)).collect())
            }
            _ => None,
        })
    }
}
