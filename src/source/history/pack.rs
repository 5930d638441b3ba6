//! Pack files: reading and inflating entries.
//!
//! A pack is read, not mapped into memory: a file that another process cuts
//! short is then an error like any other, and memory stays what we ask for.

use std::fs::File;
use std::io;
use std::ops::Range;
use std::path::{Path, PathBuf};

use libdeflater::{DecompressionError, Decompressor};

use super::delta::DeltaError;
use super::index::{IndexError, PackIndex};
use crate::source::open::open;

/// Bytes of a pack before its first entry.
pub(super) const HEADER: u64 = 12;
/// Bytes behind its last entry: its checksum.
const TRAILER: u64 = 20;
/// Bytes read at once, at least. Deltas stand anywhere in a pack: reading more
/// ahead costs more than it saves.
const WINDOW: usize = 4 << 10;
/// Bytes read at once where entries are read one behind the other.
const AHEAD: usize = 128 << 10;
/// Packed bytes from which on an entry is looked at closely before it is read.
const LARGE: u64 = 1 << 20;
/// Most that a byte of deflated data can become.
pub(super) const MOST_INFLATED: u64 = 1032;

/// What kind of object a git object is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Kind {
    /// A commit.
    Commit,
    /// A folder: names and the objects they stand for.
    Tree,
    /// The content of a file.
    Blob,
    /// An annotated tag.
    Tag,
}

/// What an entry is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum EntryKind {
    /// An object as it is.
    Whole(Kind),
    /// A delta for the entry that stands so many bytes before it.
    OffsetDelta(u64),
    /// A delta for the object whose name follows.
    NameDelta([u8; 20]),
}

/// The beginning of an entry.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct EntryHeader {
    pub(super) kind: EntryKind,
    /// Bytes of the object or delta, inflated.
    pub(super) size: u64,
    /// Bytes before the deflated data.
    pub(super) length: usize,
}

/// Most bytes that the beginning of an entry takes.
pub(super) const LONGEST_HEADER: usize = 10 + 20;

/// Why a pack cannot be used.
#[derive(Debug, thiserror::Error)]
pub(super) enum PackError {
    #[error("{0}")]
    Io(#[from] io::Error),
    #[error("its index cannot be used: {0}")]
    Index(#[from] IndexError),
}

/// What is wrong with a pack as a whole.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub(super) enum PackFault {
    #[error("its first bytes are not those of a pack")]
    Magic,
    #[error("it has version {0}, which is not known")]
    Version(u32),
    #[error("it says that it holds {pack} objects, its index {index}")]
    Count { pack: u32, index: usize },
    #[error("it is cut off, or not the pack that its index is for")]
    Tail,
}

/// Why an object cannot be read.
#[derive(Debug, thiserror::Error)]
pub(in crate::source) enum ObjectError {
    #[error("{0}")]
    Io(#[from] io::Error),
    #[error("its entry in the pack has no end or no known kind")]
    Header,
    #[error("its place is not inside the pack")]
    Place,
    #[error("its data cannot be inflated")]
    Inflate,
    #[error("its data gives fewer than the {0} bytes it says")]
    Short(u64),
    #[error("its data cannot give the {0} bytes it says")]
    Ratio(u64),
    #[error("its bytes in the pack are not those its index was made for")]
    Checksum,
    #[error("{0}")]
    Delta(#[from] DeltaError),
    #[error("its base {0} is not there")]
    Base(crate::object::ObjectId),
    #[error("its base is not there: no entry begins where it should")]
    BasePlace,
    #[error("an object it is built on cannot be read")]
    LostBase,
    #[error("its bases lead back to itself")]
    Cycle,
    #[error("it has {0} bytes, more than the limit")]
    TooLarge(u64),
    #[error("building it takes more than any honest pack asks for")]
    Bomb,
    #[error("reading it failed inside the program; please report this")]
    Panicked,
}

/// A pack with its index.
pub(super) struct Pack {
    /// Path of the pack file.
    pub(super) path: PathBuf,
    file: File,
    /// Bytes of the file.
    length: u64,
    /// Where the last entry ends.
    end: u64,
    pub(super) index: PackIndex,
}

impl Pack {
    /// Opens the pack that belongs to the index at `path`. Also tells what
    /// speaks against using it: what can be read of it is of use all the same,
    /// since every entry is checked.
    pub(super) fn open(path: &Path) -> Result<(Self, Vec<PackFault>), PackError> {
        let index = PackIndex::parse(&std::fs::read(path)?)?;
        let path = path.with_extension("pack");
        let (file, length) = open(&path)?;
        let mut pack = Self { path, file, length, end: length, index };
        let mut faults = Vec::new();
        if let Err(fault) = pack.check_head() {
            faults.push(fault);
        }
        match pack.check_tail() {
            Ok(()) => pack.end = length - TRAILER,
            Err(fault) => faults.push(fault),
        }
        Ok((pack, faults))
    }

    fn check_head(&self) -> Result<(), PackFault> {
        let mut head = [0; 12];
        read_at(&self.file, &mut head, 0).map_err(|_| PackFault::Magic)?;
        let word =
            |at: usize| u32::from_be_bytes([head[at], head[at + 1], head[at + 2], head[at + 3]]);
        if &head[..4] != b"PACK" {
            return Err(PackFault::Magic);
        }
        if !(2..=3).contains(&word(4)) {
            return Err(PackFault::Version(word(4)));
        }
        let (pack, index) = (word(8), self.index.len());
        if pack as usize == index { Ok(()) } else { Err(PackFault::Count { pack, index }) }
    }

    /// The last bytes of a pack are its checksum, which its index repeats.
    fn check_tail(&self) -> Result<(), PackFault> {
        let mut tail = [0; 20];
        let start = self.length.checked_sub(TRAILER).ok_or(PackFault::Tail)?;
        read_at(&self.file, &mut tail, start).map_err(|_| PackFault::Tail)?;
        if tail == self.index.pack { Ok(()) } else { Err(PackFault::Tail) }
    }

    /// Where the last entry ends.
    pub(super) fn end(&self) -> u64 {
        self.end
    }

    /// Bytes of the file.
    pub(super) fn length(&self) -> u64 {
        self.length
    }
}

/// Reads from any place of a file.
#[cfg(unix)]
fn read_at(file: &File, buffer: &mut [u8], offset: u64) -> io::Result<()> {
    std::os::unix::fs::FileExt::read_exact_at(file, buffer, offset)
}

/// Reads from any place of a file.
#[cfg(windows)]
fn read_at(file: &File, mut buffer: &mut [u8], mut offset: u64) -> io::Result<()> {
    while !buffer.is_empty() {
        let count = std::os::windows::fs::FileExt::seek_read(file, buffer, offset)?;
        if count == 0 {
            return Err(io::ErrorKind::UnexpectedEof.into());
        }
        buffer = &mut buffer[count..];
        offset += count as u64;
    }
    Ok(())
}

/// One thread's way of reading packs: entries mostly stand near one another, so
/// a window of the file is kept.
pub(super) struct PackReader {
    window: Vec<u8>,
    /// Which pack the window is of, by its address in the list of packs.
    pack: usize,
    start: u64,
    /// Bytes read at once, at least.
    least: usize,
    inflater: Decompressor,
}

impl PackReader {
    pub(super) fn new() -> Self {
        Self {
            window: Vec::new(),
            pack: usize::MAX,
            start: 0,
            least: WINDOW,
            inflater: Decompressor::new(),
        }
    }

    /// A reader for entries one behind the other.
    pub(super) fn of_neighbours() -> Self {
        Self { least: AHEAD, ..Self::new() }
    }

    /// The bytes of `pack`, number `number` in the list, at `place`.
    pub(super) fn bytes(
        &mut self,
        pack: (usize, &Pack),
        place: Range<u64>,
    ) -> Result<&[u8], ObjectError> {
        let range = self.load(pack, place)?;
        Ok(&self.window[range])
    }

    /// Reads the bytes at `place` into the window, unless they are there; tells
    /// where in it they are.
    fn load(
        &mut self,
        (number, pack): (usize, &Pack),
        place: Range<u64>,
    ) -> Result<Range<usize>, ObjectError> {
        let Range { start, end } = place;
        if start < HEADER || end > pack.end() || start >= end {
            return Err(ObjectError::Place);
        }
        let length = usize::try_from(end - start).map_err(|_| ObjectError::Place)?;
        let kept = self.start..self.start + self.window.len() as u64;
        if self.pack != number || start < kept.start || end > kept.end {
            let left = usize::try_from(pack.end() - start).unwrap_or(usize::MAX);
            self.pack = usize::MAX;
            self.window.resize(length.max(self.least.min(left)), 0);
            self.window.shrink_to(1 << 20);
            read_at(&pack.file, &mut self.window, start)?;
            (self.pack, self.start) = (number, start);
        }
        let from = usize::try_from(start - self.start).map_err(|_| ObjectError::Place)?;
        Ok(from..from + length)
    }

    /// Refuses a large entry that has more packed bytes than its size can need,
    /// before they are read.
    fn check_length(
        &mut self,
        pack: (usize, &Pack),
        place: &Range<u64>,
        most: u64,
    ) -> Result<(), ObjectError> {
        let length = place.end.saturating_sub(place.start);
        if length <= LARGE {
            return Ok(());
        }
        let head = self.bytes(pack, place.start..place.start + LONGEST_HEADER as u64)?;
        let header = EntryHeader::parse(head).ok_or(ObjectError::Header)?;
        if header.size > most {
            return Err(ObjectError::TooLarge(header.size));
        }
        // Stored blocks add five bytes to every 64 KiB.
        let needed = header.size.saturating_add(header.size / 1024).saturating_add(LARGE);
        if length > needed { Err(ObjectError::Inflate) } else { Ok(()) }
    }

    /// Inflates the entry that stands at `place` into `data`, which is
    /// replaced, if it gives no more than `most` bytes; its packed bytes must
    /// have this checksum.
    pub(super) fn inflate(
        &mut self,
        pack: (usize, &Pack),
        place: Range<u64>,
        checksum: Option<u32>,
        most: u64,
        data: &mut Vec<u8>,
    ) -> Result<(), ObjectError> {
        self.check_length(pack, &place, most)?;
        let packed = self.load(pack, place)?;
        let packed = &self.window[packed];
        if checksum.is_some_and(|wanted| crc32(packed) != wanted) {
            return Err(ObjectError::Checksum);
        }
        let header = EntryHeader::parse(packed).ok_or(ObjectError::Header)?;
        if header.size > most {
            return Err(ObjectError::TooLarge(header.size));
        }
        inflate(&mut self.inflater, &packed[header.length..], header.size, data)
    }
}

fn crc32(bytes: &[u8]) -> u32 {
    let mut crc = libdeflater::Crc::new();
    crc.update(bytes);
    crc.sum()
}

/// Inflates zlib data of a known size into `data`, which is replaced.
pub(super) fn inflate(
    inflater: &mut Decompressor,
    deflated: &[u8],
    size: u64,
    data: &mut Vec<u8>,
) -> Result<(), ObjectError> {
    // What cannot be true must not be given memory.
    if size > MOST_INFLATED.saturating_mul(deflated.len() as u64) {
        return Err(ObjectError::Ratio(size));
    }
    let room = usize::try_from(size).map_err(|_| ObjectError::TooLarge(size))?;
    // Memory that is in use already need not be cleared.
    data.resize(room, 0);
    match inflater.zlib_decompress(deflated, data) {
        Ok(count) if count == room => Ok(()),
        Ok(_) => Err(ObjectError::Short(size)),
        Err(DecompressionError::BadData | DecompressionError::InsufficientSpace) => {
            Err(ObjectError::Inflate)
        }
    }
}

impl EntryHeader {
    /// Reads the beginning of an entry.
    pub(super) fn parse(bytes: &[u8]) -> Option<Self> {
        let (&first, mut rest) = bytes.split_first()?;
        let mut size = u64::from(first & 0x0f);
        let mut shift = 4;
        let mut more = first & 0x80 != 0;
        while more {
            let (&byte, behind) = rest.split_first()?;
            rest = behind;
            if shift > 57 {
                return None;
            }
            size |= u64::from(byte & 0x7f) << shift;
            shift += 7;
            more = byte & 0x80 != 0;
        }
        let kind = match first >> 4 & 7 {
            1 => EntryKind::Whole(Kind::Commit),
            2 => EntryKind::Whole(Kind::Tree),
            3 => EntryKind::Whole(Kind::Blob),
            4 => EntryKind::Whole(Kind::Tag),
            6 => EntryKind::OffsetDelta(distance(&mut rest)?),
            7 => {
                let (name, behind) = rest.split_first_chunk::<20>()?;
                rest = behind;
                EntryKind::NameDelta(*name)
            }
            _ => return None,
        };
        Some(Self { kind, size, length: bytes.len() - rest.len() })
    }
}

/// A distance in groups of seven bits, the highest first, each group but the
/// last one less than it says.
fn distance(rest: &mut &[u8]) -> Option<u64> {
    let mut value = 0_u64;
    loop {
        let (&byte, behind) = rest.split_first()?;
        *rest = behind;
        value = value.checked_mul(128)?.checked_add(u64::from(byte & 0x7f))?;
        if byte & 0x80 == 0 {
            return Some(value);
        }
        value = value.checked_add(1)?;
    }
}

#[cfg(test)]
mod tests {
    use super::{EntryHeader, EntryKind, Kind};

    #[test]
    fn the_beginning_of_an_entry_is_read() {
        let header = EntryHeader::parse(b"\xb5\x0ax").expect("it is right");
        assert_eq!(
            header,
            EntryHeader { kind: EntryKind::Whole(Kind::Blob), size: 165, length: 2 }
        );
        let header = EntryHeader::parse(b"\x65\x80\x01x").expect("it is right");
        assert_eq!(header, EntryHeader { kind: EntryKind::OffsetDelta(129), size: 5, length: 3 });
        assert!(EntryHeader::parse(b"\x50").is_none(), "kind 5 is none");
        assert!(EntryHeader::parse(b"\xb5").is_none(), "it has no end");
        assert!(EntryHeader::parse(&[0xff; 30]).is_none(), "no size has so many digits");
    }
}
