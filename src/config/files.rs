//! Where configuration and rule files are read from: the disk, or whatever a
//! caller believes more.

use std::io;
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

    fn list(&self, path: &Path) -> io::Result<Option<Vec<PathBuf>>> {
        if !path.is_dir() {
            return Ok(None);
        }
        std::fs::read_dir(path)?.map(|entry| Ok(entry?.path())).collect::<io::Result<_>>().map(Some)
    }
}
