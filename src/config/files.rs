//! Where configuration and rule files are read from: the disk, or whatever a
//! caller believes more.

use std::fs::File;
use std::io::{self, Read};
use std::path::{Path, PathBuf};

/// A place that configuration and rule files are read from, by the paths that
/// they have on disk.
pub trait Files {
    /// Whether there is a file at `path`.
    fn is_file(&self, path: &Path) -> bool;

    /// The whole text of a file.
    ///
    /// # Errors
    ///
    /// If it is not there, cannot be read or is not UTF-8.
    fn text(&self, path: &Path) -> io::Result<String>;

    /// Whether there is anything at `path`, be it a link that leads nowhere.
    fn is_there(&self, path: &Path) -> bool;

    /// The bytes of a file that no link leads to.
    ///
    /// # Errors
    ///
    /// If it is not there, is no plain file, has more than `most` bytes or cannot
    /// be read.
    fn plain(&self, path: &Path, most: u64) -> io::Result<Vec<u8>>;

    /// What is in a folder, in any order; none if `path` is no folder.
    ///
    /// # Errors
    ///
    /// If it is a folder and cannot be listed.
    fn list(&self, path: &Path) -> io::Result<Option<Vec<PathBuf>>>;
}

/// The files on disk.
#[derive(Clone, Copy, Debug)]
pub struct Disk;

impl Files for Disk {
    fn is_file(&self, path: &Path) -> bool {
        path.is_file()
    }

    fn text(&self, path: &Path) -> io::Result<String> {
        std::fs::read_to_string(path)
    }

    fn is_there(&self, path: &Path) -> bool {
        path.symlink_metadata().is_ok()
    }

    fn plain(&self, path: &Path, most: u64) -> io::Result<Vec<u8>> {
        check_plain(path)?;
        let mut bytes = Vec::new();
        File::open(path)?.take(most.saturating_add(1)).read_to_end(&mut bytes)?;
        check_length(&bytes, most)?;
        Ok(bytes)
    }

    fn list(&self, path: &Path) -> io::Result<Option<Vec<PathBuf>>> {
        if !path.is_dir() {
            return Ok(None);
        }
        std::fs::read_dir(path)?.map(|entry| Ok(entry?.path())).collect::<io::Result<_>>().map(Some)
    }
}

/// Whether a path is that of a plain file. A link could lead anywhere, and would
/// be replaced when the file is written.
///
/// # Errors
///
/// If it is none, or is not there.
pub fn check_plain(path: &Path) -> io::Result<()> {
    let kind = path.symlink_metadata()?.file_type();
    let wrong = |what: &str| Err(io::Error::other(what));
    if kind.is_symlink() {
        wrong("it is a symbolic link; name the file that it leads to")
    } else if kind.is_dir() {
        wrong("it is a folder")
    } else if kind.is_file() {
        Ok(())
    } else {
        wrong("it is no file")
    }
}

/// Whether a file has no more than `most` bytes.
///
/// # Errors
///
/// If it has.
pub fn check_length(bytes: &[u8], most: u64) -> io::Result<()> {
    if bytes.len() as u64 > most {
        return Err(io::Error::other(format!("it is larger than {} MB", most >> 20)));
    }
    Ok(())
}
