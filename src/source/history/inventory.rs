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
    pub(super) fn take(dirs: &[PathBuf]) -> Self {
        let mut inventory = Self { indexes: Vec::new(), loose: Vec::new(), notices: Vec::new() };
        for dir in dirs {
            inventory.add_packs(&dir.join("pack"));
            match loose::list(dir) {
                Ok(objects) => inventory.loose.extend(objects),
                Err(error) => inventory.notices.push(damaged(dir, &error)),
            }
        }
        inventory.loose.sort_by_key(|object| object.id);
        inventory
    }

    fn add_packs(&mut self, folder: &Path) {
        let mut indexes = Vec::new();
        match std::fs::read_dir(folder) {
            Ok(entries) => {
                let paths = entries.flatten().map(|entry| entry.path());
                indexes.extend(paths.filter(|path| path.extension().is_some_and(|e| e == "idx")));
            }
            Err(error) if error.kind() == std::io::ErrorKind::NotFound => {}
            Err(error) => self.notices.push(damaged(folder, &error)),
        }
        indexes.sort();
        self.indexes.extend(indexes);
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
