//! The index of a repository: what is staged, by path.
//!
//! It is read here and not by libgit2 for the names of unchanged folders that
//! stand in it, which spare a staged scan from reading them, and because
//! libgit2 knows no sparse index.

use std::io;
use std::ops::Range;
use std::path::Path;

use super::open::read_small;
use crate::object::ObjectId;

/// Largest index that is read: tens of millions of files.
const LARGEST: u64 = 4 << 30;
/// Folders in each other in the list of unchanged folders.
const DEEPEST: usize = 1024;

/// What is staged.
#[derive(Default)]
pub(super) struct Index {
    /// Sorted by path, bytewise.
    pub(super) entries: Vec<Entry>,
    /// All paths, behind each other.
    paths: Vec<u8>,
    /// What git knows about whole folders: this is the topmost one.
    pub(super) folders: Option<Folder>,
}

/// A staged file, link or submodule, or the whole of a folder.
pub(super) struct Entry {
    path: Range<usize>,
    pub(super) mode: u32,
    pub(super) id: ObjectId,
    /// Whether it stands for a file that is yet to be staged.
    pub(super) is_intended: bool,
}

/// A folder whose tree git knows, if its entries did not change since.
pub(super) struct Folder {
    name: Vec<u8>,
    /// Number of its entries and name of its tree.
    pub(super) tree: Option<(usize, ObjectId)>,
    folders: Vec<Folder>,
}

/// Why an index cannot be read.
#[derive(Debug, thiserror::Error)]
pub(super) enum IndexError {
    #[error("{0}")]
    Io(#[from] io::Error),
    #[error("it is damaged at byte {0}")]
    Damaged(usize),
    #[error("version {0} of it is not known")]
    Version(u32),
    #[error("it is split in two, which is not supported; run `git update-index --no-split-index`")]
    Split,
    #[error("it has an extension `{0}` that is not known")]
    Extension(String),
}

impl Index {
    /// Reads the index at `path`. One that is not there is empty.
    pub(super) fn read(path: &Path) -> Result<Self, IndexError> {
        match read_small(path, LARGEST) {
            Ok(bytes) => Self::parse(&bytes),
            Err(error) if error.kind() == io::ErrorKind::NotFound => Ok(Self::default()),
            Err(error) => Err(error.into()),
        }
    }

    fn parse(bytes: &[u8]) -> Result<Self, IndexError> {
        let body = bytes.len().checked_sub(ObjectId::LENGTH).ok_or(IndexError::Damaged(0))?;
        let mut reader = Reader { bytes: &bytes[..body], at: 0 };
        if reader.take(4)? != b"DIRC" {
            return Err(IndexError::Damaged(0));
        }
        let version = reader.number()?;
        if !(2..=4).contains(&version) {
            return Err(IndexError::Version(version));
        }
        let count = reader.number()?;
        let mut index = Self::default();
        for _ in 0..count {
            index.entry(&mut reader, version)?;
        }
        while reader.at < body {
            index.extension(&mut reader)?;
        }
        // Half of a split index has entries without a name, and says so last.
        let is_nameless = index.entries.first().is_some_and(|entry| entry.path.is_empty());
        if is_nameless { Err(IndexError::Damaged(0)) } else { Ok(index) }
    }

    /// The path of an entry.
    pub(super) fn path(&self, entry: &Entry) -> &[u8] {
        &self.paths[entry.path.clone()]
    }

    fn entry(&mut self, reader: &mut Reader<'_>, version: u32) -> Result<(), IndexError> {
        const EXTENDED: u16 = 0x4000;
        const INTENDED: u16 = 0x2000;
        let start = reader.at;
        reader.take(24)?;
        let mode = reader.number()?;
        reader.take(12)?;
        let id = ObjectId::new(reader.array()?);
        let flags = u16::from_be_bytes(reader.array()?);
        let extended = flags & EXTENDED != 0 && version > 2;
        let flags = if extended { u16::from_be_bytes(reader.array()?) } else { 0 };
        let previous = self.entries.last().map_or(0..0, |entry| entry.path.clone());
        let path_start = self.paths.len();
        if version == 4 {
            let dropped = reader.varint()?;
            let kept = previous.len().checked_sub(dropped);
            let kept = kept.ok_or(IndexError::Damaged(start))?;
            self.paths.extend_from_within(previous.start..previous.start + kept);
        }
        let name = reader.until(0)?;
        self.paths.extend_from_slice(name);
        if version < 4 {
            // An entry ends at a multiple of eight bytes, behind a zero.
            let length = reader.at - start;
            reader.take(length.next_multiple_of(8) - length)?;
        }
        let path = path_start..self.paths.len();
        if self.paths[path.clone()] < self.paths[previous] {
            return Err(IndexError::Damaged(start));
        }
        self.entries.push(Entry { path, mode, id, is_intended: flags & INTENDED != 0 });
        Ok(())
    }

    fn extension(&mut self, reader: &mut Reader<'_>) -> Result<(), IndexError> {
        let name = reader.take(4)?;
        let size = reader.number()?;
        let content = reader.take(usize::try_from(size).unwrap_or(usize::MAX))?;
        match name {
            b"TREE" => self.folders = Folder::parse(&mut Reader { bytes: content, at: 0 }, 0),
            b"link" => return Err(IndexError::Split),
            // The first says that whole folders stand among the entries, which
            // are read as such; the others can be done without.
            b"sdir" | [b'A'..=b'Z', ..] => {}
            _ => return Err(IndexError::Extension(String::from_utf8_lossy(name).into_owned())),
        }
        Ok(())
    }
}

impl Folder {
    /// What git knows about a folder; nothing if that makes no sense.
    fn parse(reader: &mut Reader<'_>, depth: usize) -> Option<Self> {
        let name = reader.until(0).ok()?.to_vec();
        let entries: i64 = decimal(reader.until(b' ').ok()?)?;
        let count: usize = decimal(reader.until(b'\n').ok()?)?;
        let tree = match usize::try_from(entries) {
            Ok(entries) => Some((entries, ObjectId::new(reader.array().ok()?))),
            Err(_) => None,
        };
        if depth > DEEPEST {
            return None;
        }
        let folders = (0..count).map(|_| Self::parse(reader, depth + 1));
        Some(Self { name, tree, folders: folders.collect::<Option<_>>()? })
    }

    /// What git knows about a folder in this one.
    pub(super) fn folder(&self, name: &[u8]) -> Option<&Self> {
        self.folders.iter().find(|folder| folder.name == name)
    }
}

fn decimal<N: std::str::FromStr>(digits: &[u8]) -> Option<N> {
    std::str::from_utf8(digits).ok()?.parse().ok()
}

/// Reads numbers and texts one after the other.
struct Reader<'b> {
    bytes: &'b [u8],
    at: usize,
}

impl<'b> Reader<'b> {
    fn take(&mut self, count: usize) -> Result<&'b [u8], IndexError> {
        let damaged = IndexError::Damaged(self.at);
        let end = self.at.checked_add(count);
        let taken = end.and_then(|end| self.bytes.get(self.at..end)).ok_or(damaged)?;
        self.at += count;
        Ok(taken)
    }

    fn array<const N: usize>(&mut self) -> Result<[u8; N], IndexError> {
        let damaged = IndexError::Damaged(self.at);
        self.take(N)?.try_into().map_err(|_| damaged)
    }

    fn number(&mut self) -> Result<u32, IndexError> {
        self.array().map(u32::from_be_bytes)
    }

    /// The bytes up to `end`, which is passed.
    fn until(&mut self, end: u8) -> Result<&'b [u8], IndexError> {
        let rest = &self.bytes[self.at..];
        let length = memchr::memchr(end, rest).ok_or(IndexError::Damaged(self.at))?;
        self.at += length + 1;
        Ok(&rest[..length])
    }

    /// A number in groups of seven bits, the highest first, each but the last
    /// with its upper bit set, and none written in two ways.
    fn varint(&mut self) -> Result<usize, IndexError> {
        let mut value = 0_usize;
        loop {
            let [byte] = self.array()?;
            value |= usize::from(byte & 0x7f);
            if byte & 0x80 == 0 {
                return Ok(value);
            }
            if value > usize::MAX >> 8 {
                return Err(IndexError::Damaged(self.at));
            }
            value = (value + 1) << 7;
        }
    }
}

#[cfg(test)]
mod tests {
    use super::{Index, IndexError};

    /// An index of version 2 with these paths.
    fn written(paths: &[&str], extensions: &[u8]) -> Vec<u8> {
        let count = u32::try_from(paths.len()).expect("few");
        let mut bytes = [b"DIRC\0\0\0\x02".as_slice(), &count.to_be_bytes()].concat();
        for path in paths {
            let start = bytes.len();
            bytes.extend([0; 24]);
            bytes.extend(0o100_644_u32.to_be_bytes());
            bytes.extend([0; 12]);
            bytes.extend([7; 20]);
            bytes.extend([0, 0]);
            bytes.extend(path.bytes());
            bytes.push(0);
            while !(bytes.len() - start).is_multiple_of(8) {
                bytes.push(0);
            }
        }
        bytes.extend(extensions);
        bytes.extend([0; 20]);
        bytes
    }

    fn paths(bytes: &[u8]) -> Result<Vec<String>, IndexError> {
        let index = Index::parse(bytes)?;
        let text = |entry| String::from_utf8_lossy(index.path(entry)).into_owned();
        Ok(index.entries.iter().map(text).collect())
    }

    #[test]
    fn paths_of_any_length_are_read() {
        let names: Vec<String> = (1..40).map(|length| "a".repeat(length)).collect();
        let names: Vec<&str> = names.iter().map(String::as_str).collect();
        assert_eq!(paths(&written(&names, b"")).expect("it is whole"), names);
    }

    #[test]
    fn what_is_damaged_is_refused() {
        let whole = written(&["a", "b/c"], b"TREE\0\0\0\0XTRA\0\0\0\x01x");
        assert_eq!(paths(&whole).expect("it is whole").len(), 2);
        // The last twenty bytes are not looked at, so a cut between two
        // extensions leaves a whole.
        let ends = [written(&["a", "b/c"], b"").len(), whole.len() - 9];
        for end in (0..whole.len()).filter(|end| !ends.contains(end)) {
            assert!(Index::parse(&whole[..end]).is_err(), "cut at {end}");
        }
        assert!(matches!(paths(&written(&["b", "a"], b"")), Err(IndexError::Damaged(_))));
        assert!(matches!(paths(&written(&[""], b"")), Err(IndexError::Damaged(_))));
        assert!(matches!(paths(&written(&[], b"link\0\0\0\0")), Err(IndexError::Split)));
        assert!(matches!(paths(&written(&[], b"else\0\0\0\0")), Err(IndexError::Extension(_))));
    }

    #[test]
    fn known_folders_are_read_or_left() {
        let mut content = b"\x001 1\n".to_vec();
        content.extend([1; 20]);
        content.extend(b"sub\0-1 0\n");
        let size = u32::try_from(content.len()).expect("small").to_be_bytes();
        let whole = [b"TREE".as_slice(), &size, &content].concat();
        let index = Index::parse(&written(&["a"], &whole)).expect("it is whole");
        let top = index.folders.expect("it is there");
        assert_eq!(top.tree.map(|(entries, _)| entries), Some(1));
        assert!(top.folder(b"sub").expect("it is there").tree.is_none());
        let cut = [b"TREE\0\0\0\x05".as_slice(), &content[..5]].concat();
        assert!(Index::parse(&written(&["a"], &cut)).expect("it is whole").folders.is_none());
    }
}
