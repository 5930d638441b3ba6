//! Opening a git repository, in whatever state it is, without running anything
//! that its configuration names.

mod commit;
mod environment;
mod error;
mod objects;
mod refs;
mod revision;

use std::ffi::OsStr;
use std::path::{Path, PathBuf};

use git2::RepositoryOpenFlags;

pub use commit::Held;
pub use environment::Environment;
pub use error::RepositoryError;
pub use objects::ObjectDirs;
pub use refs::Refs;
pub use revision::Range;

use super::open::read_small;
use crate::object::ObjectId;
use crate::paths::normal;

/// Largest `shallow` file that is read: room for a million boundary commits.
const LARGEST_SHALLOW: u64 = 64 << 20;

/// An open repository. It belongs to one thread; another opens its own from the
/// [`Location`].
pub struct Repository {
    git: git2::Repository,
    location: Location,
}

/// Where a repository is, so that every thread can open it.
#[derive(Clone, Debug)]
pub struct Location {
    path: PathBuf,
    environment: Environment,
}

impl Location {
    /// Opens the repository.
    ///
    /// # Errors
    ///
    /// See [`RepositoryError`].
    pub fn open(&self) -> Result<Repository, RepositoryError> {
        let environment = &self.environment;
        let git = match &environment.git_dir {
            Some(git_dir) => open_here(git_dir)?,
            None => open_around(&self.path)?,
        };
        if let Some(work_tree) = &environment.work_tree {
            let failed = |error| RepositoryError::git("cannot use GIT_WORK_TREE", &error);
            git.set_workdir(work_tree, false).map_err(failed)?;
        }
        let repository = Repository { git, location: self.clone() };
        repository.add_object_dirs()?;
        Ok(repository)
    }
}

impl Repository {
    /// Opens the repository that `path` is in: a work tree or a folder of it, a
    /// `.git` folder, a bare repository, a linked work tree or a submodule.
    ///
    /// `environment` is what git told a hook. It names the repository whatever
    /// `path` is, so outside a hook it is to be empty.
    ///
    /// # Errors
    ///
    /// See [`RepositoryError`].
    pub fn open(path: &Path, environment: &Environment) -> Result<Self, RepositoryError> {
        Location { path: normal(path), environment: environment.clone() }.open()
    }

    /// Where it is, to be opened by other threads.
    pub fn location(&self) -> &Location {
        &self.location
    }

    /// The repository as libgit2 has it. Nothing but reading should be done
    /// with it.
    pub fn git(&self) -> &git2::Repository {
        &self.git
    }

    /// The repository's own folder: `.git`, or that of a linked work tree or
    /// submodule.
    pub fn git_dir(&self) -> &Path {
        self.git.path()
    }

    /// The folder that all linked work trees share: objects and refs are there.
    pub fn common_dir(&self) -> &Path {
        self.git.commondir()
    }

    /// The folder of [`common_dir`](Self::common_dir) by the one name that does
    /// not depend on links nor on where the program runs.
    pub fn identity(&self) -> PathBuf {
        self.common_dir().canonicalize().unwrap_or_else(|_| normal(self.common_dir()))
    }

    /// The work tree; none if the repository is bare.
    pub fn work_tree(&self) -> Option<&Path> {
        self.git.workdir()
    }

    /// Whether an object is there; it may be damaged.
    pub fn has(&self, id: ObjectId) -> bool {
        self.git.odb().is_ok_and(|odb| odb.exists(to_oid(id)))
    }

    /// The name of the remote that has this name or this address.
    pub fn remote_named(&self, text: &str) -> Option<String> {
        if self.git.find_remote(text).is_ok() {
            return Some(text.to_owned());
        }
        let names = self.git.remotes().ok()?;
        let has_address = |name: &str| {
            let remote = self.git.find_remote(name);
            remote.is_ok_and(|remote| remote.url() == Some(text) || remote.pushurl() == Some(text))
        };
        names.iter().flatten().find(|name| has_address(name)).map(str::to_owned)
    }

    /// Where the configuration says that hooks are; a relative path begins in
    /// the work tree.
    ///
    /// # Errors
    ///
    /// If the configuration cannot be read.
    pub fn hooks_path(&self) -> Result<Option<PathBuf>, RepositoryError> {
        let failed = |error| RepositoryError::git("cannot read the configuration", &error);
        let config = self.git.config().map_err(failed)?;
        match config.get_path("core.hooksPath") {
            Ok(path) => Ok(Some(path).filter(|path| !path.as_os_str().is_empty())),
            Err(error) if error.code() == git2::ErrorCode::NotFound => Ok(None),
            Err(error) => Err(failed(error)),
        }
    }

    /// The file of the index: what is staged.
    pub fn index_path(&self) -> PathBuf {
        let own = || self.git_dir().join("index");
        self.location.environment.index_file.clone().unwrap_or_else(own)
    }

    /// Where paths in the repository begin: the work tree, or the repository if
    /// it has none.
    pub fn top(&self) -> &Path {
        self.work_tree().unwrap_or(self.git_dir())
    }

    /// The commits at which a shallow clone is cut off: their parents are not
    /// there. Empty if the history is whole.
    ///
    /// # Errors
    ///
    /// If the list is there and cannot be read.
    pub fn shallow_boundary(&self) -> Result<Vec<ObjectId>, RepositoryError> {
        let path = self.common_dir().join("shallow");
        let unreadable =
            |detail: String| RepositoryError::Unreadable { path: path.clone(), detail };
        let bytes = match read_small(&path, LARGEST_SHALLOW) {
            Ok(bytes) => bytes,
            Err(error) if error.kind() == std::io::ErrorKind::NotFound => return Ok(Vec::new()),
            Err(error) => return Err(unreadable(error.to_string())),
        };
        let lines = bytes.split(|byte| *byte == b'\n').map(<[u8]>::trim_ascii);
        let ids = lines.filter(|line| !line.is_empty()).map(object_id);
        ids.collect::<Option<_>>()
            .ok_or_else(|| unreadable("a line in it is no object's name".to_owned()))
    }

    /// Whether the history is cut off.
    pub fn is_shallow(&self) -> bool {
        self.common_dir().join("shallow").exists()
    }

    /// Whether objects may be missing on purpose: a partial clone, which would
    /// fetch them when they are needed. This program never does.
    pub fn is_partial(&self) -> bool {
        self.has_promisor() || self.object_dirs().present.iter().any(|dir| has_promisor_pack(dir))
    }

    /// Whether the configuration names a remote that promises missing objects.
    fn has_promisor(&self) -> bool {
        let Ok(config) = self.git.config().and_then(|mut config| config.snapshot()) else {
            return false;
        };
        let Ok(mut entries) = config.entries(Some("^remote\\..*\\.promisor$")) else {
            return false;
        };
        let mut found = false;
        while let Some(entry) = entries.next() {
            found |= entry.is_ok_and(|entry| entry.value() != Some("false"));
        }
        found
    }
}

/// Whether a pack in a folder of objects came from a promisor.
fn has_promisor_pack(objects: &Path) -> bool {
    let Ok(entries) = std::fs::read_dir(objects.join("pack")) else { return false };
    entries.flatten().any(|entry| entry.path().extension() == Some(OsStr::new("promisor")))
}

/// Opens the repository whose folder, or work tree, is `path` and nothing else.
fn open_here(path: &Path) -> Result<git2::Repository, RepositoryError> {
    let no_ceiling: [&OsStr; 0] = [];
    git2::Repository::open_ext(path, RepositoryOpenFlags::NO_SEARCH, no_ceiling)
        .map_err(|error| RepositoryError::opening(path, &error))
}

/// Opens the repository that `path` is in. The folders above are searched
/// across the borders of file systems: in a container a part of a work tree may
/// well be mounted.
fn open_around(path: &Path) -> Result<git2::Repository, RepositoryError> {
    let no_ceiling: [&OsStr; 0] = [];
    git2::Repository::open_ext(path, RepositoryOpenFlags::CROSS_FS, no_ceiling)
        .map_err(|error| RepositoryError::opening(path, &error))
}

/// An object's name as it is written in files of a repository.
fn object_id(text: &[u8]) -> Option<ObjectId> {
    std::str::from_utf8(text).ok()?.parse().ok()
}

/// The name of an object as libgit2 has it.
pub(super) fn to_oid(id: ObjectId) -> git2::Oid {
    // Any twenty bytes are a name.
    git2::Oid::from_bytes(id.as_bytes()).unwrap_or_else(|_| git2::Oid::zero())
}

/// The name of an object that libgit2 gave.
pub(super) fn from_oid(oid: git2::Oid) -> ObjectId {
    let mut bytes = [0; ObjectId::LENGTH];
    bytes.copy_from_slice(oid.as_bytes());
    ObjectId::new(bytes)
}
