//! What is stored of a repository at one moment: packs and loose objects, by
//! their names.

use std::fs::File;
use std::io::{Read, Seek, SeekFrom};
use std::path::{Path, PathBuf};

use super::{Loose, damaged, loose};
use crate::notice::Notice;
use crate::object::ObjectId;
use crate::source::open::open;

/// Bytes of a checksum.
const CHECKSUM: usize = 20;
/// How often everything is listed anew because the packs changed meanwhile.
const TRIES: usize = 8;

/// The packs and loose objects in some folders of objects.
#[derive(Clone)]
pub(super) struct Inventory {
    /// The indexes of packs; those of each folder in the order of their names.
    pub(super) indexes: Vec<PathBuf>,
    /// In the order of names; of copies, those in the first folder come first.
    pub(super) loose: Vec<Loose>,
    /// Folders that cannot be listed.
    pub(super) notices: Vec<Notice>,
}

/// Who a pack is. Git names packs by what is in them and never changes one, so
/// two with the same stamp hold the same objects.
///
/// The time of a file is no part of it: git touches packs to keep them from
/// being cleaned up.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct PackStamp {
    /// Path of its index.
    pub index: PathBuf,
    /// Bytes of the pack.
    pub length: u64,
    /// The last bytes of the pack and of its index: checksums of all that stands
    /// before them.
    pub checksums: [u8; 3 * CHECKSUM],
}

/// Who the packs and loose objects of a repository are.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Stamps {
    /// The packs, in the order in which they are scanned.
    pub packs: Vec<PackStamp>,
    /// The loose objects in order; copies of one stand there as often as they
    /// are there. Who a loose object is its name says: whoever puts something
    /// else under that name has made an object that git refuses.
    pub loose: Vec<ObjectId>,
}

impl Inventory {
    /// What is in these folders.
    ///
    /// Git may be at work there: what was loose when the packs were listed may be
    /// packed by the time the loose objects are. So the packs are listed before
    /// and after, until both times they are the same. If they never are, what was
    /// missed is missed where something leads to it.
    pub(super) fn take(dirs: &[PathBuf]) -> Self {
        let mut indexes = Indexes::list(dirs);
        let (mut loose, mut notices) = list_loose(dirs);
        for _ in 0..TRIES {
            let before = std::mem::replace(&mut indexes, Indexes::list(dirs));
            if before.paths == indexes.paths {
                break;
            }
            (loose, notices) = list_loose(dirs);
        }
        notices.extend(indexes.notices);
        Self { indexes: indexes.paths, loose, notices }
    }

    /// Who they are; none if that cannot be told of all.
    pub(super) fn stamps(&self) -> Option<Stamps> {
        let packs = self.indexes.iter().map(|index| stamp(index).ok());
        let stamps = Stamps {
            packs: packs.collect::<Option<_>>()?,
            loose: self.loose.iter().map(|object| object.id).collect(),
        };
        self.notices.is_empty().then_some(stamps)
    }

    /// Only these packs, and only these loose objects, which are in order.
    pub(super) fn only(&self, packs: &[PackStamp], loose: &[ObjectId]) -> Self {
        let is_wanted = |index: &&PathBuf| packs.iter().any(|pack| pack.index == **index);
        let mut left = loose.iter().peekable();
        // Of copies of one, as many as are wanted.
        let loose = self.loose.iter().filter(|object| {
            while left.next_if(|id| **id < object.id).is_some() {}
            left.next_if(|id| **id == object.id).is_some()
        });
        Self {
            indexes: self.indexes.iter().filter(is_wanted).cloned().collect(),
            loose: loose.cloned().collect(),
            notices: Vec::new(),
        }
    }
}

/// The indexes of packs, those of each folder in the order of their names.
#[derive(Default)]
struct Indexes {
    paths: Vec<PathBuf>,
    /// Folders that cannot be listed.
    notices: Vec<Notice>,
}

impl Indexes {
    fn list(dirs: &[PathBuf]) -> Self {
        let mut indexes = Self::default();
        for dir in dirs {
            indexes.add(&dir.join("pack"));
        }
        indexes
    }

    fn add(&mut self, folder: &Path) {
        let start = self.paths.len();
        match std::fs::read_dir(folder) {
            Ok(entries) => {
                let paths = entries.flatten().map(|entry| entry.path());
                let is_index = |path: &PathBuf| path.extension().is_some_and(|e| e == "idx");
                self.paths.extend(paths.filter(is_index));
            }
            Err(error) if error.kind() == std::io::ErrorKind::NotFound => {}
            Err(error) => self.notices.push(damaged(folder, &error)),
        }
        self.paths[start..].sort();
    }
}

/// All loose objects in the order of their names, and the folders that cannot be
/// listed.
fn list_loose(dirs: &[PathBuf]) -> (Vec<Loose>, Vec<Notice>) {
    let (mut objects, mut notices) = (Vec::new(), Vec::new());
    for dir in dirs {
        match loose::list(dir) {
            Ok(listed) => objects.extend(listed),
            Err(error) => notices.push(damaged(dir, &error)),
        }
    }
    objects.sort_by_key(|object| object.id);
    (objects, notices)
}

fn stamp(index: &Path) -> std::io::Result<PackStamp> {
    let (mut pack, length) = open(&index.with_extension("pack"))?;
    let mut checksums = [0; 3 * CHECKSUM];
    read_end(&mut pack, &mut checksums[..CHECKSUM])?;
    read_end(&mut open(index)?.0, &mut checksums[CHECKSUM..])?;
    Ok(PackStamp { index: index.to_owned(), length, checksums })
}

/// Reads the last bytes of a file.
fn read_end(file: &mut File, bytes: &mut [u8]) -> std::io::Result<()> {
    file.seek(SeekFrom::End(-i64::try_from(bytes.len()).unwrap_or(i64::MAX)))?;
    file.read_exact(bytes)
}
