//! Loose objects: a file for each, in folders named by the first digits.

use std::io;
use std::path::{Path, PathBuf};
use std::sync::atomic::{AtomicUsize, Ordering};

use libdeflater::{DecompressionError, Decompressor};

use super::pack::{Kind, MOST_INFLATED, ObjectError};
use super::walk::{Object, Visitor};
use crate::object::ObjectId;
use crate::source::open::{open, read_small};

/// Bytes that the beginning of an object takes at most: its kind and size.
const LONGEST_HEADER: u64 = 32;
/// Objects a thread takes at a time.
const TAKEN: usize = 16;

/// A loose object.
#[derive(Clone)]
pub(super) struct Loose {
    pub(super) id: ObjectId,
    pub(super) path: PathBuf,
}

/// All loose objects in a folder of objects, in order.
pub(super) fn list(folder: &Path) -> io::Result<Vec<Loose>> {
    let mut objects = Vec::new();
    for entry in std::fs::read_dir(folder)? {
        let path = entry?.path();
        let Some(digits) = path.file_name().and_then(|name| name.to_str()) else { continue };
        if digits.len() != 2 || !digits.bytes().all(|digit| digit.is_ascii_hexdigit()) {
            continue;
        }
        let entries = match std::fs::read_dir(&path) {
            // Git has packed all that was in it.
            Err(error) if error.kind() == io::ErrorKind::NotFound => continue,
            entries => entries?,
        };
        for entry in entries {
            let path = entry?.path();
            // Other files are being written, or were when git was stopped.
            let rest = path.file_name().and_then(|name| name.to_str());
            let id = rest.and_then(|rest| format!("{digits}{rest}").parse().ok());
            objects.extend(id.map(|id| Loose { id, path }));
        }
    }
    objects.sort_by_key(|object| object.id);
    Ok(objects)
}

/// Has all objects of the wanted kinds visited.
pub(super) fn walk<V: Visitor>(
    objects: &[Loose],
    wanted: fn(Kind) -> bool,
    threads: usize,
    max_size: u64,
    visitor: &(dyn Fn() -> V + Sync),
) {
    let next = AtomicUsize::new(0);
    let work = || {
        let mut visitor = visitor();
        let mut reader = Reader::new();
        while !visitor.is_cancelled() {
            let first = next.fetch_add(TAKEN, Ordering::Relaxed);
            let Some(rest) = objects.get(first..).filter(|rest| !rest.is_empty()) else { return };
            for object in &rest[..rest.len().min(TAKEN)] {
                match reader.read(&object.path, max_size) {
                    Ok((kind, bytes)) if wanted(kind) => {
                        let (id, name, has_deltas) = (object.id, None, false);
                        visitor.object(&Object { id, kind, bytes, name, has_deltas }, None);
                    }
                    Ok(_) => {}
                    Err(error) => visitor.lost(object.id, &error),
                }
            }
        }
    };
    std::thread::scope(|scope| {
        for _ in 1..threads.min(objects.len().div_ceil(TAKEN)) {
            scope.spawn(work);
        }
        work();
    });
}

/// Reads loose objects.
pub(super) struct Reader {
    inflater: Decompressor,
    data: Vec<u8>,
}

impl Reader {
    pub(super) fn new() -> Self {
        Self { inflater: Decompressor::new(), data: Vec::new() }
    }

    /// The kind and content of the object in a file.
    pub(super) fn read(
        &mut self,
        path: &Path,
        max_size: u64,
    ) -> Result<(Kind, &[u8]), ObjectError> {
        let (_, length) = open(path)?;
        if length > max_size.saturating_add(max_size / 1024).saturating_add(1024) {
            return Err(ObjectError::TooLarge(length));
        }
        let packed = read_small(path, length)?;
        let count = self.inflate(&packed, max_size.saturating_add(LONGEST_HEADER))?;
        let data = &self.data[..count];
        let end = memchr::memchr(0, &data[..data.len().min(32)]).ok_or(ObjectError::Header)?;
        let (kind, size) = header(&data[..end]).ok_or(ObjectError::Header)?;
        let content = &data[end + 1..];
        if content.len() as u64 != size {
            return Err(ObjectError::Short(size));
        }
        Ok((kind, content))
    }

    /// Inflates data of unknown size, and tells its size.
    fn inflate(&mut self, packed: &[u8], most: u64) -> Result<usize, ObjectError> {
        let possible = MOST_INFLATED.saturating_mul(packed.len() as u64);
        let most_room = usize::try_from(most.min(possible)).unwrap_or(usize::MAX);
        let mut room = packed.len().saturating_mul(4).max(4096).min(most_room);
        loop {
            if self.data.len() < room {
                self.data.resize(room, 0);
            }
            let room_now = &mut self.data[..room];
            match self.inflater.zlib_decompress(packed, room_now) {
                Ok(count) => return Ok(count),
                Err(DecompressionError::BadData) => return Err(ObjectError::Inflate),
                Err(DecompressionError::InsufficientSpace) if room >= most_room => {
                    return Err(ObjectError::TooLarge(most));
                }
                Err(DecompressionError::InsufficientSpace) => {
                    room = room.saturating_mul(4).min(most_room);
                }
            }
        }
    }
}

/// Kind and size, as they stand before the content: `blob 12`.
fn header(text: &[u8]) -> Option<(Kind, u64)> {
    let text = std::str::from_utf8(text).ok()?;
    let (kind, size) = text.split_once(' ')?;
    let kind = match kind {
        "blob" => Kind::Blob,
        "tree" => Kind::Tree,
        "commit" => Kind::Commit,
        "tag" => Kind::Tag,
        _ => return None,
    };
    Some((kind, size.parse().ok()?))
}
