//! Packs by hand, right ones and wrong ones, in the form that git's
//! `Documentation/gitformat-pack.txt` describes.

use libdeflater::{CompressionLvl, Compressor, crc32};
use sha1::{Digest, Sha1};

use super::delta::{Delta, Op, apply, put_size};

/// The bytes of an object's name.
pub(crate) type Name = [u8; 20];

/// What an object is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Kind {
    Commit = 1,
    Tree = 2,
    Blob = 3,
    Tag = 4,
}

impl Kind {
    fn word(self) -> &'static str {
        match self {
            Self::Commit => "commit",
            Self::Tree => "tree",
            Self::Blob => "blob",
            Self::Tag => "tag",
        }
    }
}

/// The name of an object.
pub(crate) fn name_of(kind: Kind, content: &[u8]) -> Name {
    let mut hasher = Sha1::new();
    hasher.update(format!("{} {}\0", kind.word(), content.len()));
    hasher.update(content);
    hasher.finalize().into()
}

/// A name as git writes it.
pub(crate) fn hex(name: &Name) -> String {
    use std::fmt::Write;
    name.iter().fold(String::new(), |mut text, byte| {
        write!(text, "{byte:02x}").expect("text can be appended");
        text
    })
}

/// The content of a tree: mode, name and object of each entry, in their order.
pub(crate) fn tree(entries: &[(&str, &[u8], Name)]) -> Vec<u8> {
    let mut out = Vec::new();
    for (mode, name, object) in entries {
        out.extend_from_slice(mode.as_bytes());
        out.push(b' ');
        out.extend_from_slice(name);
        out.push(0);
        out.extend_from_slice(object);
    }
    out
}

/// The content of a commit.
pub(crate) fn commit(tree: &Name, parents: &[Name], message: &str) -> Vec<u8> {
    let parents: Vec<_> = parents.iter().map(|id| format!("parent {}\n", hex(id))).collect();
    let person = "A U Thor <author@example.test> 1700000000 +0000";
    let people = format!("author {person}\ncommitter {person}\n");
    format!("tree {}\n{}{people}\n{message}\n", hex(tree), parents.concat()).into_bytes()
}

/// How an entry's data are compressed.
#[derive(Clone, Debug)]
pub(crate) enum Stream {
    Right,
    /// A byte in the middle is another one.
    Damaged,
    /// The second half is not there.
    Cut,
    /// The checksum at the end is wrong.
    WrongChecksum,
    /// These bytes instead.
    Other(Vec<u8>),
}

/// What an entry's data are.
#[derive(Clone, Debug)]
enum Form {
    Whole,
    /// A delta over the entry that stands so many bytes before.
    Before(u64),
    /// A delta over the entry with this number.
    Offset(usize),
    /// A delta over the object with this name.
    Named(Name),
}

/// An entry of a pack.
#[derive(Clone, Debug)]
pub(crate) struct Entry {
    /// The object's name, for the index.
    pub(crate) name: Name,
    pub(crate) kind: Kind,
    /// The object's content. Tests may empty it when they need it no more.
    pub(crate) content: Vec<u8>,
    form: Form,
    data: Vec<u8>,
    /// The size in the entry's header, if a wrong one.
    pub(crate) declared: Option<u64>,
    /// The kind's number in the header, if a wrong one.
    pub(crate) code: Option<u8>,
    pub(crate) stream: Stream,
}

/// A pack to be written.
#[derive(Clone, Debug, Default)]
pub(crate) struct Pack {
    pub(crate) entries: Vec<Entry>,
    /// The number of objects in the header, if a wrong one.
    pub(crate) count: Option<u32>,
}

impl Pack {
    /// Adds an object as it is; gives its number.
    pub(crate) fn whole(&mut self, kind: Kind, content: &[u8]) -> usize {
        self.push(kind, content.to_vec(), Form::Whole, content.to_vec())
    }

    pub(crate) fn blob(&mut self, content: impl AsRef<[u8]>) -> usize {
        self.whole(Kind::Blob, content.as_ref())
    }

    /// Adds a delta over an entry before it, which it gives by its distance.
    pub(crate) fn delta(&mut self, base: usize, ops: Vec<Op>) -> usize {
        let (kind, content, data) = self.made(base, ops);
        self.push(kind, content, Form::Offset(base), data)
    }

    /// Adds a delta over an entry, before or behind it, which it gives by name.
    pub(crate) fn named_delta(&mut self, base: usize, ops: Vec<Op>) -> usize {
        let (kind, content, data) = self.made(base, ops);
        let base = self.entries[base].name;
        self.push(kind, content, Form::Named(base), data)
    }

    /// Adds a blob as a delta over an object that is anywhere, or nowhere.
    pub(crate) fn delta_over(&mut self, base: Name, content: &[u8], delta: &Delta) -> usize {
        self.push(Kind::Blob, content.to_vec(), Form::Named(base), delta.encode())
    }

    /// Adds a blob as a delta over what stands `distance` bytes before.
    pub(crate) fn delta_before(&mut self, distance: u64, content: &[u8], delta: &Delta) -> usize {
        self.push(Kind::Blob, content.to_vec(), Form::Before(distance), delta.encode())
    }

    pub(crate) fn name(&self, entry: usize) -> Name {
        self.entries[entry].name
    }

    pub(crate) fn content(&self, entry: usize) -> &[u8] {
        &self.entries[entry].content
    }

    /// Adds a tree with all blobs, each under its number, and a commit with it.
    pub(crate) fn commit(&mut self, message: &str) -> Name {
        let blobs = self.entries.iter().enumerate().filter(|(_, entry)| entry.kind == Kind::Blob);
        let names: Vec<_> = blobs.map(|(at, entry)| (format!("{at:05}.txt"), entry.name)).collect();
        let rows: Vec<_> =
            names.iter().map(|(path, name)| ("100644", path.as_bytes(), *name)).collect();
        let tree = self.whole(Kind::Tree, &tree(&rows));
        let commit = self.whole(Kind::Commit, &commit(&self.name(tree), &[], message));
        self.name(commit)
    }

    fn made(&self, base: usize, ops: Vec<Op>) -> (Kind, Vec<u8>, Vec<u8>) {
        let base = &self.entries[base];
        let content = apply(&base.content, &ops);
        (base.kind, content, Delta::over(&base.content, ops).encode())
    }

    fn push(&mut self, kind: Kind, content: Vec<u8>, form: Form, data: Vec<u8>) -> usize {
        let name = name_of(kind, &content);
        let (declared, code, stream) = (None, None, Stream::Right);
        self.entries.push(Entry { name, kind, content, form, data, declared, code, stream });
        self.entries.len() - 1
    }

    /// The pack's bytes.
    pub(crate) fn write(&self) -> Written {
        let count = u32::try_from(self.entries.len()).expect("they are few");
        let mut bytes = b"PACK\0\0\0\x02".to_vec();
        bytes.extend_from_slice(&self.count.unwrap_or(count).to_be_bytes());
        let mut rows: Vec<Row> = Vec::new();
        for entry in &self.entries {
            let offset = bytes.len();
            let base = |base: usize| rows[base].offset;
            entry.write(offset as u64, &base, &mut bytes);
            rows.push(Row {
                name: entry.name,
                offset: offset as u64,
                crc: crc32(&bytes[offset..]),
            });
        }
        let mut written = Written { bytes, rows };
        let checksum = Sha1::digest(&written.bytes);
        written.bytes.extend_from_slice(&checksum);
        written
    }
}

impl Entry {
    fn write(&self, offset: u64, base: &dyn Fn(usize) -> u64, out: &mut Vec<u8>) {
        let code = match self.form {
            Form::Whole => self.kind as u8,
            Form::Before(_) | Form::Offset(_) => 6,
            Form::Named(_) => 7,
        };
        put_header(self.code.unwrap_or(code), self.declared.unwrap_or(self.data.len() as u64), out);
        match self.form {
            Form::Whole => {}
            Form::Before(distance) => put_distance(distance, out),
            Form::Offset(number) => put_distance(offset - base(number), out),
            Form::Named(name) => out.extend_from_slice(&name),
        }
        let mut stream = zlib(&self.data);
        match &self.stream {
            Stream::Right => {}
            Stream::Damaged => {
                let middle = stream.len() / 2;
                stream[middle] ^= 0xff;
            }
            Stream::Cut => stream.truncate(stream.len() / 2),
            Stream::WrongChecksum => {
                let last = stream.len() - 1;
                stream[last] ^= 0xff;
            }
            Stream::Other(bytes) => stream.clone_from(bytes),
        }
        out.extend_from_slice(&stream);
    }
}

/// `data`, compressed.
pub(crate) fn zlib(data: &[u8]) -> Vec<u8> {
    let mut compressor = Compressor::new(CompressionLvl::fastest());
    let mut out = vec![0; compressor.zlib_compress_bound(data.len())];
    let length = compressor.zlib_compress(data, &mut out).expect("there is room");
    out.truncate(length);
    out
}

/// Kind and size of an entry.
fn put_header(code: u8, size: u64, out: &mut Vec<u8>) {
    let low = size.to_le_bytes()[0] & 0x0f;
    let first = code << 4 | low;
    if size < 16 {
        out.push(first);
    } else {
        out.push(first | 0x80);
        put_size(size >> 4, out);
    }
}

/// How far before an entry its base stands: groups of seven bits, the highest
/// first, each but the last one less than it counts.
fn put_distance(mut distance: u64, out: &mut Vec<u8>) {
    let low = |number: u64| number.to_le_bytes()[0] & 0x7f;
    let mut groups = vec![low(distance)];
    distance >>= 7;
    while distance > 0 {
        distance -= 1;
        groups.push(low(distance) | 0x80);
        distance >>= 7;
    }
    out.extend(groups.iter().rev());
}

/// What an index says of one object.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Row {
    pub(crate) name: Name,
    pub(crate) offset: u64,
    pub(crate) crc: u32,
}

/// A pack's bytes and where its entries stand.
#[derive(Clone, Debug)]
pub(crate) struct Written {
    pub(crate) bytes: Vec<u8>,
    pub(crate) rows: Vec<Row>,
}

impl Written {
    /// The checksum that is at its end.
    pub(crate) fn checksum(&self) -> Name {
        self.bytes[self.bytes.len() - 20..].try_into().expect("there are twenty bytes")
    }

    /// Where the entry with this number stands.
    pub(crate) fn place(&self, entry: usize) -> usize {
        usize::try_from(self.rows[entry].offset).expect("the pack is small")
    }

    /// The index that git would write.
    pub(crate) fn index(&self) -> Index {
        Index::new(&self.rows, self.checksum(), false)
    }
}

/// An index in its second version, in its parts.
#[derive(Clone, Debug)]
pub(crate) struct Index {
    pub(crate) header: Vec<u8>,
    pub(crate) fanout: [u32; 256],
    pub(crate) names: Vec<Name>,
    pub(crate) crcs: Vec<u32>,
    pub(crate) offsets: Vec<u32>,
    pub(crate) large: Vec<u64>,
    /// The checksum of the pack.
    pub(crate) pack: Name,
}

impl Index {
    /// An index with these rows. `wide` puts all offsets but the first into the
    /// table of those that need 64 bits, which is allowed.
    pub(crate) fn new(rows: &[Row], pack: Name, wide: bool) -> Self {
        let mut rows = rows.to_vec();
        rows.sort_by_key(|row| row.name);
        let mut large = Vec::new();
        let mut offset = |row: &Row| match u32::try_from(row.offset) {
            Ok(offset) if offset < 1 << 31 && (!wide || offset == 12) => offset,
            _ => {
                large.push(row.offset);
                1 << 31 | u32::try_from(large.len() - 1).expect("they are few")
            }
        };
        let offsets = rows.iter().map(&mut offset).collect();
        Self {
            header: b"\xfftOc\0\0\0\x02".to_vec(),
            fanout: fanout(&rows),
            names: rows.iter().map(|row| row.name).collect(),
            crcs: rows.iter().map(|row| row.crc).collect(),
            offsets,
            large,
            pack,
        }
    }

    /// Its bytes, with the right checksum at the end.
    pub(crate) fn bytes(&self) -> Vec<u8> {
        let mut out = self.header.clone();
        out.extend(self.fanout.iter().flat_map(|count| count.to_be_bytes()));
        out.extend(self.names.iter().flatten());
        out.extend(self.crcs.iter().flat_map(|crc| crc.to_be_bytes()));
        out.extend(self.offsets.iter().flat_map(|offset| offset.to_be_bytes()));
        out.extend(self.large.iter().flat_map(|offset| offset.to_be_bytes()));
        out.extend_from_slice(&self.pack);
        let checksum = Sha1::digest(&out);
        out.extend_from_slice(&checksum);
        out
    }
}

/// An index in its first version.
pub(crate) fn old_index(written: &Written) -> Vec<u8> {
    let mut rows = written.rows.clone();
    rows.sort_by_key(|row| row.name);
    let mut out: Vec<u8> = fanout(&rows).iter().flat_map(|count| count.to_be_bytes()).collect();
    for row in &rows {
        let offset = u32::try_from(row.offset).expect("the pack is small");
        out.extend_from_slice(&offset.to_be_bytes());
        out.extend_from_slice(&row.name);
    }
    out.extend_from_slice(&written.checksum());
    let checksum = Sha1::digest(&out);
    out.extend_from_slice(&checksum);
    out
}

/// For each first byte the number of names up to it.
fn fanout(rows: &[Row]) -> [u32; 256] {
    let mut fanout = [0; 256];
    for row in rows {
        for count in &mut fanout[usize::from(row.name[0])..] {
            *count += 1;
        }
    }
    fanout
}
