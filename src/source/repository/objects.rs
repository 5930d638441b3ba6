//! Where a repository's objects are.

use std::collections::HashSet;
use std::path::{Path, PathBuf};

use super::{Repository, RepositoryError};
use crate::notice::{Notice, NoticeKind};
use crate::paths::{normal_from, path_from, path_text};
use crate::source::open::read_small;

/// Alternates name alternates in turn; git follows so many steps.
const DEPTH: usize = 5;
/// Largest list of alternates that is read.
const LARGEST_LIST: u64 = 1 << 20;

/// Every folder in which a repository's objects are.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct ObjectDirs {
    /// Those that are there, each once: the repository's own first, then what
    /// the environment names, then alternates.
    pub present: Vec<PathBuf>,
    /// Those that are named and not there, and lists that cannot be read.
    pub notices: Vec<Notice>,
}

impl Repository {
    /// Every folder in which the repository's objects are: its own, those that
    /// the environment names (a push waits in one of them) and alternates.
    pub fn object_dirs(&self) -> ObjectDirs {
        let environment = &self.location.environment;
        let mut found = Found::default();
        found.add(&self.common_dir().join("objects"), 0);
        let new = environment.object_directory.iter().chain(&environment.quarantine_path);
        for folder in new.chain(&environment.alternate_object_directories) {
            found.add(folder, 0);
        }
        found.dirs
    }

    /// Lets libgit2 see the objects that the environment names.
    pub(super) fn add_object_dirs(&self) -> Result<(), RepositoryError> {
        let environment = &self.location.environment;
        let own = self.common_dir().join("objects");
        let mut seen = HashSet::from([own.canonicalize().unwrap_or(own)]);
        let failed = |error| RepositoryError::git("cannot read the objects", &error);
        let odb = self.git.odb().map_err(failed)?;
        let named = environment.object_directory.iter().chain(&environment.quarantine_path);
        for folder in named.chain(&environment.alternate_object_directories) {
            if !seen.insert(folder.canonicalize().unwrap_or_else(|_| folder.clone())) {
                continue;
            }
            let path = folder.to_str().ok_or_else(|| RepositoryError::Unreadable {
                path: folder.clone(),
                detail: "libgit2 takes no path that is not UTF-8".to_owned(),
            })?;
            odb.add_disk_alternate(path).map_err(failed)?;
        }
        Ok(())
    }
}

/// The folders found so far.
#[derive(Default)]
struct Found {
    dirs: ObjectDirs,
    seen: HashSet<PathBuf>,
}

impl Found {
    /// Takes a folder and, at most [`DEPTH`] steps on, its alternates.
    fn add(&mut self, folder: &Path, depth: usize) {
        if !self.seen.insert(folder.canonicalize().unwrap_or_else(|_| folder.to_owned())) {
            return;
        }
        if !folder.is_dir() {
            return self.notice(folder, "this folder of objects is not there");
        }
        let list = folder.join("info/alternates");
        self.dirs.present.push(folder.to_owned());
        let bytes = match read_small(&list, LARGEST_LIST) {
            Ok(bytes) => bytes,
            Err(error) if error.kind() == std::io::ErrorKind::NotFound => return,
            Err(error) => return self.notice(&list, &error.to_string()),
        };
        let lines = bytes.split(|byte| *byte == b'\n');
        let named = lines.filter(|line| !line.is_empty() && !line.starts_with(b"#"));
        for line in named {
            let alternate = normal_from(folder, &path_from(line.to_vec()));
            if depth < DEPTH {
                self.add(&alternate, depth + 1);
            } else if !self.seen.contains(&alternate) {
                self.notice(&alternate, "these objects are too many alternates away");
            }
        }
    }

    fn notice(&mut self, path: &Path, detail: &str) {
        let place = path_text(path);
        self.dirs.notices.push(Notice::new(NoticeKind::DamagedRepository, place, detail));
    }
}
