//! A repository's history: every object in its packs and among its loose
//! objects, read as git stores them.
//!
//! - [`index`], [`pack`], [`delta`]: the formats.
//! - [`forest`]: which entry is a delta for which.
//! - [`walk`]: every object rebuilt once, by several threads.
//! - [`locate`]: which commits and paths hold an object.
//! - [`loose`]: objects outside packs.
//! - [`read`]: one object at a time.
//! - [`inventory`]: which packs and loose objects there are.
//! - [`part`]: the objects of one pack, or the loose ones.
//! - [`scan`]: the objects that hold text, pushed into sinks.
//! - [`text`], [`noted`]: what commits and tags say of others.

mod delta;
mod forest;
mod index;
mod inventory;
mod locate;
mod loose;
mod noted;
mod objects;
mod pack;
mod part;
mod read;
mod scan;
mod text;
mod walk;

pub use pack::Kind;
pub use read::ObjectReader;

use std::path::{Path, PathBuf};

pub use inventory::{PackStamp, Stamps};
pub use locate::{Age, Before, IntroducedAt, LeakBefore, Located, LocatedLeak, Targets, Tips};
pub use objects::Objects;
pub use part::Part;

use crate::notice::{Notice, NoticeKind};
use crate::paths::path_text;
use crate::source::pieces::Limits;
use crate::source::{Sink, Source};
use forest::Forest;
use inventory::Inventory;
use loose::Loose;
use noted::NotedPacks;
use pack::Pack;
use walk::{Visitor, Walk};

/// Bytes of an object that is read for what it tells of others, whatever the
/// limit on texts is.
const STRUCTURE: u64 = 64 << 20;

/// All objects of a repository.
pub struct History {
    packs: Vec<(Pack, Forest)>,
    loose: Vec<Loose>,
    /// What a scan left for locating what it found.
    noted: NotedPacks,
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
        Self::of(Inventory::take(dirs), options)
    }

    /// The objects of an inventory.
    fn of(inventory: Inventory, options: HistoryOptions) -> Self {
        let Inventory { indexes, loose, notices } = inventory;
        let mut history =
            Self { packs: Vec::new(), loose, noted: NotedPacks::default(), notices, options };
        for index in indexes {
            history.add_pack(&index);
        }
        history
    }

    fn add_pack(&mut self, index: &Path) {
        match Pack::open(index) {
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

    fn damaged(&mut self, path: &Path, error: &dyn std::fmt::Display) {
        self.notices.push(damaged(path, error));
    }

    /// What is wrong with packs and folders as a whole.
    pub fn notices(&self) -> &[Notice] {
        &self.notices
    }

    /// Does all that a scan does but scanning: every blob, commit and tag is
    /// read and rebuilt. What a scan takes longer, scanning takes.
    pub fn rebuild_only(&self) -> u64 {
        let bytes = std::sync::atomic::AtomicU64::new(0);
        self.walk(has_text, self.options.limits.max_size, &|| Rebuilder(&bytes));
        bytes.into_inner()
    }

    /// Largest object that is read by its name.
    fn largest(&self) -> u64 {
        self.options.limits.max_size.max(STRUCTURE)
    }

    /// Walks all objects of the wanted kinds that have at most `max_size` bytes.
    /// Gives false if a pack unpacks to more than any honest one.
    fn walk<V: Visitor>(
        &self,
        wanted: fn(Kind) -> bool,
        max_size: u64,
        visitor: &(dyn Fn() -> V + Sync),
    ) -> bool {
        let mut honest = true;
        for number in 0..self.packs.len() {
            honest &= self.walk_pack(number, wanted, max_size, visitor);
        }
        self.walk_loose(wanted, max_size, visitor);
        honest
    }

    fn walk_pack<V: Visitor>(
        &self,
        number: usize,
        wanted: fn(Kind) -> bool,
        max_size: u64,
        visitor: &(dyn Fn() -> V + Sync),
    ) -> bool {
        let threads = self.options.threads.max(1);
        let (pack, forest) = &self.packs[number];
        Walk { pack, number, forest, wanted, threads, max_size }.run(visitor)
    }

    fn walk_loose<V: Visitor>(
        &self,
        wanted: fn(Kind) -> bool,
        max_size: u64,
        visitor: &(dyn Fn() -> V + Sync),
    ) {
        let threads = self.options.threads.max(1);
        loose::walk(&self.loose, wanted, threads, max_size, visitor);
    }
}

/// Whether objects of a kind hold text that somebody wrote.
fn has_text(kind: Kind) -> bool {
    kind != Kind::Tree
}

/// What is wrong with a pack or folder as a whole.
fn damaged(path: &Path, error: &dyn std::fmt::Display) -> Notice {
    Notice::new(NoticeKind::DamagedRepository, path_text(path), error)
}

impl Source for History {
    fn push<'s>(&self, sinks: &(dyn Fn() -> Box<dyn Sink + 's> + Sync)) {
        let mut sink = sinks();
        for notice in &self.notices {
            sink.notice(notice.clone());
        }
        for part in self.parts() {
            part.push(sinks);
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
