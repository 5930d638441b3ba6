//! [`Unit`]: bytes to scan, and [`Origin`]: where they came from.

use std::ops::Range;
use std::path::{Path, PathBuf};

use crate::object::ObjectId;
use crate::span::Span;

/// Where bytes came from.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
#[non_exhaustive]
pub enum Origin {
    /// A file, by the path it was reached by.
    File(PathBuf),
    /// Standard input.
    Stdin,
    /// What is staged to be committed at a path.
    Staged {
        /// Path in the repository.
        path: PathBuf,
        /// The staged blob.
        id: ObjectId,
    },
    /// A blob of a repository.
    Blob {
        /// A path in the repository where it stands or stood, if one is known.
        path: Option<PathBuf>,
        /// The blob.
        id: ObjectId,
    },
    /// The text of a commit, headers and message, as `git cat-file -p` shows it.
    Commit(ObjectId),
    /// The text of an annotated tag, headers and message.
    Tag(ObjectId),
}

impl Origin {
    /// The path, for allow lists that go by it and for people; in angle
    /// brackets what has none.
    pub fn path(&self) -> &Path {
        match self {
            Self::File(path) | Self::Staged { path, .. } | Self::Blob { path: Some(path), .. } => {
                path
            }
            Self::Stdin => Path::new("<stdin>"),
            Self::Blob { path: None, .. } => Path::new("<blob>"),
            Self::Commit(_) => Path::new("<commit>"),
            Self::Tag(_) => Path::new("<tag>"),
        }
    }

    /// The git object the text is, if it is one.
    pub fn object(&self) -> Option<ObjectId> {
        match self {
            Self::File(_) | Self::Stdin => None,
            Self::Staged { id, .. } | Self::Blob { id, .. } | Self::Commit(id) | Self::Tag(id) => {
                Some(*id)
            }
        }
    }
}

/// How the scanned text was encoded.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Encoding {
    /// UTF-8, or any other encoding that keeps ASCII as it is (Latin-1 and its
    /// kin, binary files).
    #[default]
    Bytes,
    /// UTF-16, little-endian.
    Utf16Le,
    /// UTF-16, big-endian.
    Utf16Be,
    /// UTF-32, little-endian.
    Utf32Le,
    /// UTF-32, big-endian.
    Utf32Be,
}

/// A piece of text to scan.
///
/// A file comes as one piece, a large one as several that overlap: every byte
/// is in the `core` of exactly one piece, and around the core stands as much of
/// the neighbouring text as any match can depend on.
#[derive(Debug)]
pub struct Unit<'a> {
    /// Where the text came from.
    pub origin: &'a Origin,
    /// The text, in UTF-8 or another superset of ASCII.
    pub bytes: &'a [u8],
    /// Offset of the first byte in the whole text.
    pub base: u64,
    /// The part of `bytes` that belongs to this piece alone.
    pub core: Range<usize>,
    /// Whether this is the last piece.
    pub last: bool,
    /// How the text was encoded before it became `bytes`.
    pub encoding: Encoding,
    /// Where in the whole text a credential must stand to be a finding, if not
    /// anywhere: sorted and disjoint. What only touches one counts.
    pub only: Option<&'a [Span]>,
}

/// A part of a text that stands in another one, too.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Copied {
    /// Where it starts in the other text.
    pub from: usize,
    /// Where it starts in this text.
    pub to: usize,
    /// Its length in bytes.
    pub length: usize,
}

impl Copied {
    /// The parts of a text of `length` bytes that are not copied, before, between
    /// and behind those that are: ascending, and empty where two parts meet.
    pub(crate) fn gaps(copied: &[Self], length: usize) -> impl Iterator<Item = Range<usize>> {
        let starts = copied.iter().map(|part| part.to).chain([length]);
        let ends = [0].into_iter().chain(copied.iter().map(|part| part.to + part.length));
        ends.zip(starts).map(|(end, start)| end..start)
    }
}

/// The byte order mark of UTF-8, which is no character of a text.
pub(crate) const UTF8_MARK: &[u8] = b"\xef\xbb\xbf";

impl<'a> Unit<'a> {
    /// All of a text in one piece, but for a byte order mark before it.
    pub fn without_mark(origin: &'a Origin, bytes: &'a [u8]) -> Self {
        let text = bytes.strip_prefix(UTF8_MARK).unwrap_or(bytes);
        Self { base: (bytes.len() - text.len()) as u64, ..Self::whole(origin, text) }
    }

    /// All of a text in one piece.
    pub fn whole(origin: &'a Origin, bytes: &'a [u8]) -> Self {
        let core = 0..bytes.len();
        Self { origin, bytes, base: 0, core, last: true, encoding: Encoding::Bytes, only: None }
    }
}
