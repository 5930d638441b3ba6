//! Reading single objects by their names.

use std::collections::HashMap;
use std::sync::Arc;

use super::History;
use super::delta::Delta;
use super::loose;
use super::pack::{Kind, ObjectError, PackReader};
use super::scan::lost;
use super::walk::most_rebuilt;
use crate::notice::{Notice, NoticeKind};
use crate::object::ObjectId;
use crate::unit::Copied;

/// Bytes of rebuilt objects that are kept, as bases for those to come.
const KEPT: usize = 32 << 20;

impl History {
    /// Reads an object. For many, make a [`reader`](Self::reader).
    ///
    /// # Errors
    ///
    /// What a scan would note if it came by the object, or that it is not there.
    pub fn read(&self, id: ObjectId) -> Result<(Kind, Vec<u8>), Notice> {
        self.reader().read(id)
    }

    /// What reads objects one by one.
    pub fn reader(&self) -> ObjectReader<'_> {
        ObjectReader {
            history: self,
            packed: PackReader::new(),
            loose: loose::Reader::new(),
            delta: Vec::new(),
            copied: Vec::new(),
            kept: HashMap::new(),
            held: 0,
            rebuilt: 0,
        }
    }

    /// The loose objects of a name: more than one if folders hold copies.
    fn loose_named(&self, id: ObjectId) -> &[loose::Loose] {
        let start = self.loose.partition_point(|object| object.id < id);
        let end = self.loose.partition_point(|object| object.id <= id);
        &self.loose[start..end]
    }
}

/// An object, and what it is.
type Rebuilt = (Kind, Arc<Vec<u8>>);

/// Reads objects one by one. Those of one delta chain are read faster one after
/// the other.
pub struct ObjectReader<'a> {
    history: &'a History,
    packed: PackReader,
    loose: loose::Reader,
    /// The delta at hand, inflated.
    delta: Vec<u8>,
    copied: Vec<Copied>,
    /// Objects rebuilt before, by pack and entry.
    kept: HashMap<(usize, u32), Rebuilt>,
    /// Bytes of those.
    held: usize,
    /// Bytes of all objects rebuilt so far.
    rebuilt: u64,
}

impl ObjectReader<'_> {
    /// Reads an object: what it is, and its content.
    ///
    /// Where several packs and folders hold it, the first copy that can be read
    /// is taken.
    ///
    /// # Errors
    ///
    /// What a scan would note if it came by the object, or that it is not there.
    pub fn read(&mut self, id: ObjectId) -> Result<(Kind, Vec<u8>), Notice> {
        let history = self.history;
        let mut first = None;
        for (number, (pack, _)) in history.packs.iter().enumerate() {
            let Some(name) = pack.index.find(&id) else { continue };
            match self.read_packed(number, name, id) {
                Ok((kind, bytes)) => return Ok((kind, bytes.to_vec())),
                Err(notice) => first = first.or(Some(notice)),
            }
        }
        for object in history.loose_named(id) {
            match self.loose.read(&object.path, history.largest()) {
                Ok((kind, bytes)) => return Ok((kind, bytes.to_vec())),
                Err(error) => first = first.or_else(|| Some(lost(id, &error))),
            }
        }
        let missing = || {
            let kind = NoticeKind::MissingObject;
            Notice::new(kind, format!("object {id}"), "it is not in the repository")
        };
        Err(first.unwrap_or_else(missing))
    }

    /// Reads the object whose name is the `name`th of a pack.
    fn read_packed(&mut self, number: usize, name: u32, id: ObjectId) -> Result<Rebuilt, Notice> {
        let (pack, forest) = &self.history.packs[number];
        let Some(entry) = forest.named(name, pack) else {
            return Err(lost(id, &ObjectError::Place));
        };
        if let Some(error) = forest.lost(entry) {
            return Err(lost(id, error));
        }
        self.rebuild(number, entry).map_err(|error| lost(id, &error))
    }

    /// Rebuilds an entry that belongs to a tree of the forest, from the nearest
    /// base that is kept.
    fn rebuild(&mut self, number: usize, entry: u32) -> Result<Rebuilt, ObjectError> {
        let forest = &self.history.packs[number].1;
        let mut chain = Vec::new();
        let mut next = Some(entry);
        let mut object = None;
        while let Some(at) = next {
            object = self.kept.get(&(number, at)).cloned();
            if object.is_some() {
                break;
            }
            chain.push(at);
            next = forest.base(at);
        }
        while let Some(at) = chain.pop() {
            let (kind, bytes) = match object {
                Some((kind, base)) => (kind, self.apply(number, at, &base)?),
                None => (forest.root_kind(at), self.inflate(number, at)?),
            };
            self.rebuilt = self.rebuilt.saturating_add(bytes.len() as u64);
            if self.rebuilt > most_rebuilt(&self.history.packs[number].0) {
                return Err(ObjectError::Bomb);
            }
            let bytes = Arc::new(bytes);
            self.keep((number, at), kind, &bytes);
            object = Some((kind, bytes));
        }
        object.ok_or(ObjectError::Header)
    }

    /// Keeps a rebuilt object; when all has become too much, only this one.
    fn keep(&mut self, at: (usize, u32), kind: Kind, bytes: &Arc<Vec<u8>>) {
        if self.held.saturating_add(bytes.len()) > KEPT {
            self.kept.clear();
            self.held = 0;
        }
        self.held += bytes.len();
        self.kept.insert(at, (kind, bytes.clone()));
    }

    fn inflate(&mut self, number: usize, entry: u32) -> Result<Vec<u8>, ObjectError> {
        let mut bytes = Vec::new();
        self.inflate_into(number, entry, &mut bytes)?;
        Ok(bytes)
    }

    fn apply(&mut self, number: usize, entry: u32, base: &[u8]) -> Result<Vec<u8>, ObjectError> {
        let mut delta = std::mem::take(&mut self.delta);
        self.inflate_into(number, entry, &mut delta)?;
        let parsed = Delta::parse(&delta, base.len())?;
        if parsed.size > self.history.largest() {
            return Err(ObjectError::TooLarge(parsed.size));
        }
        let mut text = Vec::new();
        self.copied.clear();
        parsed.apply(base, &mut text, &mut self.copied)?;
        self.delta = delta;
        Ok(text)
    }

    fn inflate_into(
        &mut self,
        number: usize,
        entry: u32,
        data: &mut Vec<u8>,
    ) -> Result<(), ObjectError> {
        let (pack, forest) = &self.history.packs[number];
        let place = forest.place(entry, pack);
        let checksum = forest.checksum(entry);
        let most = self.history.largest();
        self.packed.inflate((number, pack), place, checksum, most, data)
    }
}
