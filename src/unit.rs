//! [`Unit`]: bytes to scan, and [`Origin`]: where they came from.

use std::ops::Range;
use std::path::{Path, PathBuf};

/// Where bytes came from.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
#[non_exhaustive]
pub enum Origin {
    /// A file, by the path it was reached by.
    File(PathBuf),
    /// Standard input.
    Stdin,
}

impl Origin {
    /// The path, for rules and allow lists that go by it.
    pub fn path(&self) -> &Path {
        match self {
            Self::File(path) => path,
            Self::Stdin => Path::new("<stdin>"),
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
}

impl<'a> Unit<'a> {
    /// All of a text in one piece.
    pub fn whole(origin: &'a Origin, bytes: &'a [u8]) -> Self {
        let core = 0..bytes.len();
        Self { origin, bytes, base: 0, core, last: true, encoding: Encoding::Bytes }
    }
}
