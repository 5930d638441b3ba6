//! A folder that is the user's own, and files in it.
//!
//! Whoever could put a file here could make a scan pass over a credential, so
//! neither the folder nor a file may be a link or belong to somebody else. A
//! file is written beside its place and renamed: it is there whole or not at
//! all, however many scans run and whenever they are stopped.

use std::fs::{DirBuilder, File, Metadata};
use std::io::{self, Read, Write};
use std::path::{Path, PathBuf};
use std::time::Duration;

use super::CacheError;

/// How the names of files end that are being written.
const UNFINISHED: &str = ".new";
/// So many scans may write one file at the same time.
const WRITERS: usize = 64;
/// What was being written so long ago was never finished.
const STALE: Duration = Duration::from_secs(24 * 60 * 60);
/// Largest file that is read.
const LARGEST: u64 = 1 << 30;

/// The folder.
#[derive(Debug)]
pub(super) struct Files {
    folder: PathBuf,
}

/// A file of it.
pub(super) struct Listed {
    pub(super) name: String,
    pub(super) size: u64,
    /// How long ago it was written.
    pub(super) age: Duration,
}

impl Files {
    pub(super) fn new(folder: PathBuf) -> Self {
        Self { folder }
    }

    pub(super) fn folder(&self) -> &Path {
        &self.folder
    }

    /// The bytes of a file; none if it is not there.
    pub(super) fn read(&self, name: &str) -> Result<Option<Vec<u8>>, CacheError> {
        if !self.is_there()? {
            return Ok(None);
        }
        let file = match open_options().read(true).open(self.folder.join(name)) {
            Ok(file) => file,
            Err(error) if error.kind() == io::ErrorKind::NotFound => return Ok(None),
            Err(error) => return Err(refused(error)),
        };
        let metadata = file.metadata()?;
        if !metadata.is_file() || !is_ours(&metadata) {
            return Err(CacheError::NotOurs);
        }
        if metadata.len() > LARGEST {
            return Err(CacheError::Damaged);
        }
        let mut bytes = Vec::with_capacity(usize::try_from(metadata.len()).unwrap_or(0));
        file.take(LARGEST).read_to_end(&mut bytes)?;
        Ok(Some(bytes))
    }

    /// Writes a file whole.
    pub(super) fn write(&self, name: &str, bytes: &[u8]) -> Result<(), CacheError> {
        self.make()?;
        let (path, mut file) = self.beside(name)?;
        let written = file.write_all(bytes).and_then(|()| {
            drop(file);
            std::fs::rename(&path, self.folder.join(name))
        });
        if written.is_err() {
            // It is of no use to anybody.
            let _ = std::fs::remove_file(&path);
        }
        Ok(written?)
    }

    /// A new file that nobody else writes to.
    fn beside(&self, name: &str) -> Result<(PathBuf, File), CacheError> {
        for number in 0..WRITERS {
            let path = self.folder.join(format!("{name}.{number}{UNFINISHED}"));
            match open_options().write(true).create_new(true).open(&path) {
                Ok(file) => return Ok((path, file)),
                Err(error) if error.kind() == io::ErrorKind::AlreadyExists => {}
                Err(error) => return Err(refused(error)),
            }
        }
        Err(io::Error::from(io::ErrorKind::ResourceBusy).into())
    }

    /// Removes the oldest files until those left have no more than `most` bytes
    /// together, and what was never finished.
    pub(super) fn shrink(&self, most: u64) -> Result<(), CacheError> {
        let mut left = most;
        for file in self.list("")? {
            let unfinished = file.name.ends_with(UNFINISHED);
            left = left.saturating_sub(file.size);
            if left == 0 || unfinished && file.age > STALE {
                self.remove(&file.name)?;
            }
        }
        Ok(())
    }

    /// The files whose names end so, the newest first.
    pub(super) fn list(&self, ending: &str) -> Result<Vec<Listed>, CacheError> {
        if !self.is_there()? {
            return Ok(Vec::new());
        }
        let mut files = Vec::new();
        for entry in std::fs::read_dir(&self.folder)? {
            let entry = entry?;
            let Ok(name) = entry.file_name().into_string() else { continue };
            // Another scan may just have renamed or removed it.
            let Ok(metadata) = entry.metadata() else { continue };
            if metadata.is_file() && name.ends_with(ending) {
                let age = metadata.modified()?.elapsed().unwrap_or_default();
                files.push(Listed { name, size: metadata.len(), age });
            }
        }
        files.sort_by(|a, b| a.age.cmp(&b.age).then_with(|| a.name.cmp(&b.name)));
        Ok(files)
    }

    /// Removes a file; it may be gone already.
    pub(super) fn remove(&self, name: &str) -> Result<(), CacheError> {
        match std::fs::remove_file(self.folder.join(name)) {
            Err(error) if error.kind() != io::ErrorKind::NotFound => Err(error.into()),
            _ => Ok(()),
        }
    }

    /// Whether the folder is there; an error if it is not the user's.
    fn is_there(&self) -> Result<bool, CacheError> {
        match self.folder.symlink_metadata() {
            Ok(metadata) if metadata.is_dir() && is_ours(&metadata) => Ok(true),
            Ok(_) => Err(CacheError::NotOurs),
            Err(error) if error.kind() == io::ErrorKind::NotFound => Ok(false),
            Err(error) => Err(error.into()),
        }
    }

    /// Makes the folder, for its owner alone.
    fn make(&self) -> Result<(), CacheError> {
        if !self.is_there()? {
            let mut builder = DirBuilder::new();
            builder.recursive(true);
            #[cfg(unix)]
            std::os::unix::fs::DirBuilderExt::mode(&mut builder, 0o700);
            builder.create(&self.folder)?;
        }
        self.close_to_others()
    }

    /// Takes away what rights others have to the folder.
    #[cfg(unix)]
    fn close_to_others(&self) -> Result<(), CacheError> {
        use std::os::unix::fs::PermissionsExt;
        let mut permissions = self.folder.symlink_metadata()?.permissions();
        if permissions.mode() & 0o077 != 0 {
            permissions.set_mode(0o700);
            std::fs::set_permissions(&self.folder, permissions)?;
        }
        Ok(())
    }

    /// A folder among the user's own files is closed to others by itself.
    #[cfg(not(unix))]
    #[expect(clippy::unused_self, clippy::unnecessary_wraps, reason = "elsewhere it does more")]
    fn close_to_others(&self) -> Result<(), CacheError> {
        Ok(())
    }
}

/// How files are opened: links are not followed, nothing is waited for, and a
/// new one is for its owner alone.
fn open_options() -> std::fs::OpenOptions {
    let mut options = File::options();
    #[cfg(unix)]
    {
        use std::os::unix::fs::OpenOptionsExt;
        options.mode(0o600).custom_flags(libc::O_NOFOLLOW | libc::O_NONBLOCK);
    }
    options
}

/// What an error in opening means.
fn refused(error: io::Error) -> CacheError {
    #[cfg(unix)]
    if error.raw_os_error() == Some(libc::ELOOP) {
        return CacheError::NotOurs;
    }
    error.into()
}

/// Whether something belongs to the user who runs the program.
#[cfg(unix)]
fn is_ours(metadata: &Metadata) -> bool {
    std::os::unix::fs::MetadataExt::uid(metadata) == rustix::process::geteuid().as_raw()
}

/// Whether something belongs to the user who runs the program. Here it does if
/// it is where the user's files are.
#[cfg(not(unix))]
fn is_ours(_: &Metadata) -> bool {
    true
}

#[cfg(all(test, unix))]
mod tests {
    use std::os::unix::fs::PermissionsExt;
    use std::path::Path;

    use super::{CacheError, Files};

    fn mode(path: &Path) -> u32 {
        path.metadata().expect("it is there").permissions().mode() & 0o777
    }

    #[test]
    fn files_are_for_their_owner_alone() {
        let outer = tempfile::tempdir().expect("a temporary folder");
        let files = Files::new(outer.path().join("a/b"));
        assert!(files.read("x").expect("nothing is there").is_none());
        files.write("x", b"one").expect("it can be written");
        files.write("x", b"two").expect("it can be written again");
        assert_eq!(files.read("x").expect("it can be read").as_deref(), Some(&b"two"[..]));
        assert_eq!((mode(files.folder()), mode(&files.folder().join("x"))), (0o700, 0o600));
        assert_eq!(files.list("").expect("it can be listed").len(), 1);
    }

    #[test]
    fn links_are_not_followed() {
        let outer = tempfile::tempdir().expect("a temporary folder");
        let real = Files::new(outer.path().join("real"));
        real.write("x", b"one").expect("it can be written");
        let link = outer.path().join("link");
        std::os::unix::fs::symlink(real.folder(), &link).expect("a link");
        assert!(matches!(Files::new(link).read("x"), Err(CacheError::NotOurs)));
        std::os::unix::fs::symlink("x", real.folder().join("y")).expect("a link");
        assert!(matches!(real.read("y"), Err(CacheError::NotOurs)));
    }

    #[test]
    fn the_oldest_go_first() {
        let outer = tempfile::tempdir().expect("a temporary folder");
        let files = Files::new(outer.path().to_owned());
        for name in ["a", "b", "c"] {
            files.write(name, &[0; 100]).expect("it can be written");
        }
        let old = std::fs::File::options().write(true).open(outer.path().join("b"));
        let long_ago = std::time::SystemTime::UNIX_EPOCH;
        old.and_then(|file| file.set_modified(long_ago)).expect("its time can be set");
        files.shrink(250).expect("it can be shrunk");
        let mut left: Vec<_> =
            files.list("").expect("a list").into_iter().map(|f| f.name).collect();
        left.sort();
        assert_eq!(left, ["a", "c"]);
    }
}
