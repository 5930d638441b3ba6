//! Pack indexes: which objects a pack holds, and where.
//!
//! The format is that of git's `gitformat-pack(5)`, versions 1 and 2. An index
//! is a claim about its pack; everything in it is checked where it is used.

use std::io;

use crate::object::ObjectId;

/// Bytes of a checksum at the end of a file.
const CHECKSUM: usize = 20;
/// Entries of the table that says how many names start with a byte or less.
const FANOUT: usize = 256;
/// The first bytes of an index of version 2.
const MAGIC: &[u8; 4] = b"\xfftOc";

/// The index of one pack, in memory.
pub(super) struct PackIndex {
    /// Names in ascending order, one behind the other.
    names: Vec<u8>,
    /// For each name the checksum of the packed bytes; none in version 1.
    checksums: Vec<u32>,
    /// For each name where in the pack it stands.
    offsets: Vec<u64>,
    fanout: Vec<u32>,
    /// The pack's own checksum, which its last bytes repeat.
    pub(super) pack: [u8; CHECKSUM],
}

/// Why an index cannot be used.
#[derive(Debug, thiserror::Error)]
pub(super) enum IndexError {
    #[error("{0}")]
    Io(#[from] io::Error),
    #[error("it is shorter than its tables")]
    Truncated,
    #[error("it has version {0}, which is not known")]
    Version(u32),
    #[error("its table of first bytes does not ascend")]
    Fanout,
    #[error("its names are not in order")]
    Order,
    #[error("it has an offset that its table of large offsets does not hold")]
    LargeOffset,
}

/// The parts of an index that are read one after the other.
struct Parts<'a>(&'a [u8]);

impl<'a> Parts<'a> {
    fn take(&mut self, count: usize, size: usize) -> Result<&'a [u8], IndexError> {
        let length = count.checked_mul(size).ok_or(IndexError::Truncated)?;
        let (part, rest) = self.0.split_at_checked(length).ok_or(IndexError::Truncated)?;
        self.0 = rest;
        Ok(part)
    }

    fn words(&mut self, count: usize) -> Result<Vec<u32>, IndexError> {
        Ok(self.take(count, 4)?.as_chunks::<4>().0.iter().map(|b| u32::from_be_bytes(*b)).collect())
    }
}

impl PackIndex {
    /// Reads the bytes of an index file.
    pub(super) fn parse(bytes: &[u8]) -> Result<Self, IndexError> {
        let Some(rest) = bytes.strip_prefix(MAGIC) else { return Self::parse_first(bytes) };
        let mut parts = Parts(rest);
        let version = parts.words(1)?[0];
        if version != 2 {
            return Err(IndexError::Version(version));
        }
        let fanout = parts.words(FANOUT)?;
        let count = checked_count(&fanout)?;
        let names = parts.take(count, ObjectId::LENGTH)?.to_vec();
        let checksums = parts.words(count)?;
        let small = parts.words(count)?;
        let large = parts.0.len().checked_sub(2 * CHECKSUM).ok_or(IndexError::Truncated)? / 8;
        let large = parts.take(large, 8)?.as_chunks::<8>().0;
        let offset = |word: &u32| match word.checked_sub(1 << 31) {
            None => Ok(u64::from(*word)),
            Some(at) => large
                .get(at as usize)
                .map(|bytes| u64::from_be_bytes(*bytes))
                .ok_or(IndexError::LargeOffset),
        };
        let offsets = small.iter().map(offset).collect::<Result<_, _>>()?;
        let pack = parts.take(1, CHECKSUM)?;
        Self { names, checksums, offsets, fanout, pack: checksum(pack) }.checked()
    }

    /// The same for version 1, which has no mark and no checksums.
    fn parse_first(bytes: &[u8]) -> Result<Self, IndexError> {
        let mut parts = Parts(bytes);
        let fanout = parts.words(FANOUT)?;
        let count = checked_count(&fanout)?;
        let entries = parts.take(count, 4 + ObjectId::LENGTH)?.as_chunks::<24>().0;
        let names = entries.iter().flat_map(|entry| entry[4..].iter().copied()).collect();
        let offset = |entry: &[u8; 24]| {
            u64::from(u32::from_be_bytes([entry[0], entry[1], entry[2], entry[3]]))
        };
        let offsets = entries.iter().map(offset).collect();
        let pack = parts.take(1, CHECKSUM)?;
        Self { names, checksums: Vec::new(), offsets, fanout, pack: checksum(pack) }.checked()
    }

    /// The index if its names are in order, which searching relies on.
    fn checked(self) -> Result<Self, IndexError> {
        let ordered = self.names.as_chunks::<{ ObjectId::LENGTH }>().0.is_sorted();
        if ordered { Ok(self) } else { Err(IndexError::Order) }
    }

    /// Number of objects.
    pub(super) fn len(&self) -> usize {
        self.offsets.len()
    }

    /// The name of an object by its place among the names.
    pub(super) fn name(&self, at: u32) -> ObjectId {
        let start = at as usize * ObjectId::LENGTH;
        let mut name = [0; ObjectId::LENGTH];
        name.copy_from_slice(&self.names[start..start + ObjectId::LENGTH]);
        ObjectId::new(name)
    }

    /// All names, in order.
    pub(super) fn names(&self) -> &[[u8; ObjectId::LENGTH]] {
        self.names.as_chunks().0
    }

    /// The checksum of an object's packed bytes (CRC-32), if the index has any.
    pub(super) fn checksum(&self, at: u32) -> Option<u32> {
        self.checksums.get(at as usize).copied()
    }

    /// Whether the index has checksums of packed bytes.
    pub(super) fn has_checksums(&self) -> bool {
        !self.checksums.is_empty()
    }

    /// Where in the pack each object stands, in the order of the names.
    pub(super) fn offsets(&self) -> &[u64] {
        &self.offsets
    }

    /// The place of a name among the names.
    pub(super) fn find(&self, name: &ObjectId) -> Option<u32> {
        let first = usize::from(name.as_bytes()[0]);
        let start = first.checked_sub(1).map_or(0, |before| self.fanout[before]);
        let range = start as usize..self.fanout[first] as usize;
        let names = self.names.as_chunks::<{ ObjectId::LENGTH }>().0.get(range)?;
        let at = names.binary_search(name.as_bytes()).ok()?;
        u32::try_from(start as usize + at).ok()
    }
}

/// The number of objects a table of first bytes tells of.
fn checked_count(fanout: &[u32]) -> Result<usize, IndexError> {
    let last = fanout.last().copied().unwrap_or(0);
    if fanout.is_sorted() { Ok(last as usize) } else { Err(IndexError::Fanout) }
}

fn checksum(bytes: &[u8]) -> [u8; CHECKSUM] {
    let mut checksum = [0; CHECKSUM];
    checksum.copy_from_slice(bytes);
    checksum
}
