//! What is remembered from one scan of a repository to the next.
//!
//! A [`Cache`] is a folder with a file for each repository and way of scanning
//! it. This module keeps the files: whole, private and bounded. What stands in
//! them, scans know.
//!
//! - [`code`]: numbers and texts to bytes and back.
//!
//! Besides it there are `files`, a folder that is the user's own with files in
//! it, and `frame`, what stands around the content of every file.

pub mod code;
mod files;
mod frame;

use std::io;
use std::path::{Path, PathBuf};
use std::time::Duration;

use crate::hex::hex;
use files::Files;
use frame::Frame;

/// Bytes of all files together. When there are more the oldest ones go.
const MOST: u64 = 1 << 30;
/// How the names of files end.
const ENDING: &str = ".scan";
/// Bytes of a hash that stand in the name of a file.
const NAMED: usize = 16;

/// Remembered scans.
#[derive(Debug)]
pub struct Cache {
    files: Files,
}

/// What a scan depends on besides the repository. Only what was remembered under
/// the same key is of use.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Key([u8; 32]);

/// Takes in, part by part, what a [`Key`] stands for.
pub struct KeyMaker(blake3::Hasher);

/// The place of one remembered scan.
#[derive(Debug)]
pub struct Slot<'c> {
    cache: &'c Cache,
    repository: Vec<u8>,
    key: Key,
    name: String,
}

/// A file of the cache.
#[derive(Clone, Debug)]
pub struct Kept {
    /// The repository it is about; none if it cannot be read.
    pub repository: Option<PathBuf>,
    /// Its size in bytes.
    pub size: u64,
    /// How long ago it was written.
    pub age: Duration,
}

/// Why something cannot be remembered, or what was remembered not be used.
#[derive(Debug, thiserror::Error)]
pub enum CacheError {
    /// The file system says no.
    #[error("{0}")]
    Io(#[from] io::Error),
    /// The folder or file could be somebody else's.
    #[error("it is a link, or belongs to somebody else")]
    NotOurs,
    /// The file is not as it was written.
    #[error("it is damaged")]
    Damaged,
}

impl KeyMaker {
    /// `what` tells all that is remembered from anything else.
    pub fn new(what: &'static str) -> Self {
        Self(blake3::Hasher::new_derive_key(what))
    }

    /// Takes in a part.
    pub fn part(&mut self, bytes: &[u8]) {
        self.0.update(&(bytes.len() as u64).to_le_bytes());
        self.0.update(bytes);
    }

    /// The key of all parts.
    pub fn finish(&self) -> Key {
        Key(*self.0.finalize().as_bytes())
    }
}

impl Cache {
    /// The cache in a folder, which need not be there.
    pub fn new(folder: PathBuf) -> Self {
        Self { files: Files::new(folder) }
    }

    /// Its folder.
    pub fn folder(&self) -> &Path {
        self.files.folder()
    }

    /// The place of what is remembered of a repository under a key. Whoever
    /// names the repository makes sure that it has one name only.
    pub fn slot(&self, repository: &Path, key: Key) -> Slot<'_> {
        let repository = repository.as_os_str().as_encoded_bytes().to_vec();
        let name = format!("{}-{}{ENDING}", prefix(&repository), hex(&key.0[..NAMED]));
        Slot { cache: self, repository, key, name }
    }

    /// All that is remembered, the newest first.
    ///
    /// # Errors
    ///
    /// If the folder is there and cannot be listed.
    pub fn list(&self) -> Result<Vec<Kept>, CacheError> {
        let mut kept = Vec::new();
        for file in self.files.list(ENDING)? {
            let bytes = self.files.read(&file.name).ok().flatten();
            let frame = bytes.as_deref().and_then(|bytes| Frame::parse(bytes).ok());
            let repository = frame.map(|frame| path_of(frame.repository));
            kept.push(Kept { repository, size: file.size, age: file.age });
        }
        Ok(kept)
    }

    /// Forgets all, or all of one repository. Tells how many files went.
    ///
    /// # Errors
    ///
    /// If the folder is there and cannot be listed, or a file not be removed.
    pub fn clear(&self, repository: Option<&Path>) -> Result<usize, CacheError> {
        let prefix = repository.map(|path| prefix(path.as_os_str().as_encoded_bytes()));
        let mut count = 0;
        // What a stopped scan left behind goes, too.
        for file in self.files.list("")? {
            if prefix.as_ref().is_none_or(|prefix| file.name.starts_with(prefix)) {
                self.files.remove(&file.name)?;
                count += usize::from(file.name.ends_with(ENDING));
            }
        }
        Ok(count)
    }
}

impl Slot<'_> {
    /// What is remembered; none if nothing is.
    ///
    /// # Errors
    ///
    /// If there is something that cannot be used.
    pub fn read(&self) -> Result<Option<Vec<u8>>, CacheError> {
        let Some(mut bytes) = self.cache.files.read(&self.name)? else { return Ok(None) };
        let frame = Frame::parse(&bytes)?;
        let ours = frame.key == self.key.0 && frame.repository == self.repository;
        let head = bytes.len() - frame.content.len();
        bytes.drain(..head);
        Ok(ours.then_some(bytes))
    }

    /// Remembers this from now on.
    ///
    /// # Errors
    ///
    /// If that cannot be; what was remembered before is then still there.
    pub fn write(&self, content: &[u8]) -> Result<(), CacheError> {
        let frame = Frame { key: self.key.0, repository: &self.repository, content };
        self.cache.files.write(&self.name, &frame.bytes())?;
        self.cache.files.shrink(MOST)
    }

    /// Where it is, for people.
    pub fn path(&self) -> PathBuf {
        self.cache.folder().join(&self.name)
    }
}

/// What the names of a repository's files start with.
fn prefix(repository: &[u8]) -> String {
    hex(&blake3::hash(repository).as_bytes()[..NAMED])
}

#[cfg(unix)]
fn path_of(bytes: &[u8]) -> PathBuf {
    crate::paths::path_from(bytes.to_vec())
}

#[cfg(not(unix))]
fn path_of(bytes: &[u8]) -> PathBuf {
    PathBuf::from(String::from_utf8_lossy(bytes).into_owned())
}
