//! A repository's history: every object in its packs and among its loose
//! objects, read as git stores them.
//!
//! - [`index`], [`pack`], [`delta`]: the formats.
//! - [`forest`]: which entry is a delta for which.
//! - [`walk`]: every object rebuilt once, by several threads.
//! - [`loose`]: objects outside packs.
//! - [`read`]: one object at a time.
//! - [`scan`]: the objects that hold text, pushed into sinks.

mod delta;
mod forest;
mod index;
mod locate;
mod loose;
mod objects;
mod pack;
mod read;
mod scan;
mod walk;

pub use pack::Kind;
pub use read::ObjectReader;

use std::path::{Path, PathBuf};

pub use locate::{Introduced, Located, LocatedLeak, Targets, Tips};
pub use objects::Objects;

use crate::notice::{Notice, NoticeKind};
use crate::paths::path_text;
use crate::source::pieces::Limits;
use crate::source::{Sink, Source};
use forest::Forest;
use loose::Loose;
use pack::Pack;
use scan::ScanVisitor;
use walk::{Visitor, Walk};

/// Bytes of an object that is read for what it tells of others, whatever the
/// limit on texts is.
const STRUCTURE: u64 = 64 << 20;

/// All objects of a repository.
pub struct History {
    packs: Vec<(Pack, Forest)>,
    loose: Vec<Loose>,
    notices: Vec<Notice>,
    options: HistoryOptions,
}

/// How objects are read.
#[derive(Clone, Copy, Debug)]
pub struct HistoryOptions {
    /// Threads to use.
    pub threads: usize,
    /// Limits on texts.
    pub limits: Limits,
    /// Give every object as if it had nothing in common with others.
    pub whole: bool,
}

impl History {
    /// The objects in these folders of objects. What cannot be read is noted
    /// when the objects are pushed.
    pub fn open(dirs: &[PathBuf], options: HistoryOptions) -> Self {
        let mut history =
            Self { packs: Vec::new(), loose: Vec::new(), notices: Vec::new(), options };
        for dir in dirs {
            history.add_packs(&dir.join("pack"));
            history.add_loose(dir);
        }
        // Objects are looked up here; of copies, those in the first folder come
        // first.
        history.loose.sort_by_key(|object| object.id);
        history
    }

    fn add_packs(&mut self, folder: &Path) {
        let mut indexes = Vec::new();
        match std::fs::read_dir(folder) {
            Ok(entries) => {
                let paths = entries.flatten().map(|entry| entry.path());
                indexes.extend(paths.filter(|path| path.extension().is_some_and(|e| e == "idx")));
            }
            Err(error) if error.kind() == std::io::ErrorKind::NotFound => {}
            Err(error) => self.damaged(folder, &error),
        }
        indexes.sort();
        for index in indexes {
            match Pack::open(&index) {
                Ok((pack, faults)) => {
                    for fault in faults {
                        self.damaged(&pack.path, &fault);
                    }
                    let number = self.packs.len();
                    let forest = Forest::read(number, &pack, self.options.threads);
                    self.packs.push((pack, forest));
                }
                Err(error) => self.damaged(&index.with_extension("pack"), &error),
            }
        }
    }

    fn add_loose(&mut self, folder: &Path) {
        match loose::list(folder) {
            Ok(objects) => self.loose.extend(objects),
            Err(error) => self.damaged(folder, &error),
        }
    }

    fn damaged(&mut self, path: &Path, error: &dyn std::fmt::Display) {
        self.notices.push(Notice::new(NoticeKind::DamagedRepository, path_text(path), error));
    }

    /// Does all that a scan does but scanning: every blob, commit and tag is
    /// read and rebuilt. What a scan takes longer, scanning takes.
    pub fn rebuild_only(&self) -> u64 {
        let bytes = std::sync::atomic::AtomicU64::new(0);
        self.walk(has_text, &|| Rebuilder(&bytes));
        bytes.into_inner()
    }

    /// Largest object that is read by its name.
    fn largest(&self) -> u64 {
        self.options.limits.max_size.max(STRUCTURE)
    }

    /// Walks all objects of the wanted kinds.
    fn walk<V: Visitor>(&self, wanted: fn(Kind) -> bool, visitor: &(dyn Fn() -> V + Sync)) -> bool {
        let mut honest = true;
        let max_size = self.options.limits.max_size;
        let threads = self.options.threads.max(1);
        for (number, (pack, forest)) in self.packs.iter().enumerate() {
            let walk = Walk { pack, number, forest, wanted, threads, max_size };
            honest &= walk.run(visitor);
        }
        loose::walk(&self.loose, wanted, threads, max_size, visitor);
        honest
    }
}

/// Whether objects of a kind hold text that somebody wrote.
fn has_text(kind: Kind) -> bool {
    kind != Kind::Tree
}

impl Source for History {
    fn push<'s>(&self, sinks: &(dyn Fn() -> Box<dyn Sink + 's> + Sync)) {
        let mut sink = sinks();
        for notice in &self.notices {
            sink.notice(notice.clone());
        }
        for (pack, forest) in &self.packs {
            for (entry, error) in &forest.lost {
                sink.notice(scan::lost(pack.index.name(forest.name(*entry)), error));
            }
        }
        let limits = self.options.limits;
        let whole = self.options.whole;
        if !self.walk(has_text, &|| ScanVisitor::new(sinks(), limits, whole)) {
            let detail = "a pack unpacks to more than any honest one; the rest was not scanned";
            sink.notice(Notice::new(NoticeKind::TooLarge, "", detail));
        }
    }
}

/// Only counts bytes.
struct Rebuilder<'a>(&'a std::sync::atomic::AtomicU64);

impl Visitor for Rebuilder<'_> {
    type Kept = ();

    fn object(&mut self, object: &walk::Object<'_>, _: Option<(&(), &[crate::unit::Copied])>) {
        let length = object.bytes.len() as u64;
        self.0.fetch_add(length, std::sync::atomic::Ordering::Relaxed);
    }

    fn lost(&mut self, _: crate::object::ObjectId, _: &pack::ObjectError) {}

    fn is_cancelled(&self) -> bool {
        false
    }
}
