//! Files and folders, walked in parallel.

use std::fs::File;
use std::io::{self, Seek};
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};

use ignore::{DirEntry, ParallelVisitor, ParallelVisitorBuilder, WalkBuilder, WalkState};

use super::exclude::Excludes;
use super::ignores::Ignores;
use super::open::open;
use super::pieces::{Limits, Pieces, Stream, View, count};
use super::{Counted, Sink, Source};
use crate::notice::{Notice, NoticeKind};
use crate::paths::{here, normal_from, path_text};
use crate::unit::{Encoding, Origin};

/// What of a tree is read.
#[derive(Clone, Debug)]
pub struct TreeOptions {
    /// Leave out what git ignores.
    pub honour_ignores: bool,
    /// Follow symbolic links.
    pub follow_links: bool,
    /// Threads; 0 for one for each processor.
    pub threads: usize,
    /// How much is read of each file.
    pub limits: Limits,
}

/// Files and folders.
pub struct Tree {
    roots: Vec<PathBuf>,
    options: TreeOptions,
    exclude: Excludes,
}

impl Tree {
    /// A source of everything under `roots`.
    pub fn new(roots: Vec<PathBuf>, options: TreeOptions) -> Self {
        Self { roots, options, exclude: Excludes::default() }
    }

    /// Leaves out what the user excluded.
    #[must_use]
    pub fn without(self, exclude: Excludes) -> Self {
        Self { exclude, ..self }
    }

    /// A walk over the roots that counts what it leaves out.
    fn walk(&self, left_out: &Arc<LeftOut>) -> Option<WalkBuilder> {
        let (first, others) = self.roots.split_first()?;
        let mut walk = WalkBuilder::new(first);
        for root in others {
            walk.add(root);
        }
        walk.standard_filters(false)
            .follow_links(self.options.follow_links)
            .threads(self.options.threads);
        let (exclude, here) = (self.exclude.clone(), here());
        let ignores = self.options.honour_ignores.then(Ignores::default);
        let left_out = Arc::clone(left_out);
        walk.filter_entry(move |entry| {
            if entry.depth() == 0 {
                return true;
            }
            if entry.file_name() == ".git" {
                return false;
            }
            let is_dir = entry.file_type().is_some_and(|kind| kind.is_dir());
            let path = normal_from(&here, entry.path());
            if exclude.has(&path, is_dir) {
                left_out.excluded.fetch_add(1, Ordering::Relaxed);
                return false;
            }
            if ignores.as_ref().is_some_and(|ignores| ignores.ignores(&path, is_dir)) {
                left_out.ignored.fetch_add(1, Ordering::Relaxed);
                return false;
            }
            true
        });
        Some(walk)
    }
}

/// How many entries were left out; a folder counts once.
#[derive(Default)]
struct LeftOut {
    excluded: AtomicU64,
    ignored: AtomicU64,
}

impl Source for Tree {
    fn push<'s>(&self, sinks: &(dyn Fn() -> Box<dyn Sink + 's> + Sync)) {
        let left_out = Arc::new(LeftOut::default());
        let Some(walk) = self.walk(&left_out) else { return };
        walk.build_parallel().visit(&mut Visitors { options: &self.options, sinks });
        let mut sink = sinks();
        sink.count(Counted::Excluded, left_out.excluded.load(Ordering::Relaxed));
        sink.count(Counted::Ignored, left_out.ignored.load(Ordering::Relaxed));
    }
}

/// Makes a visitor for each thread.
struct Visitors<'a, 's> {
    options: &'a TreeOptions,
    sinks: &'a (dyn Fn() -> Box<dyn Sink + 's> + Sync),
}

impl<'a, 's: 'a> ParallelVisitorBuilder<'a> for Visitors<'a, 's> {
    fn build(&mut self) -> Box<dyn ParallelVisitor + 'a> {
        Box::new(Visitor { options: self.options, sink: (self.sinks)(), pieces: Pieces::default() })
    }
}

/// What one thread does with the entries that come by.
struct Visitor<'a, 's> {
    options: &'a TreeOptions,
    sink: Box<dyn Sink + 's>,
    pieces: Pieces,
}

impl ParallelVisitor for Visitor<'_, '_> {
    fn visit(&mut self, entry: Result<DirEntry, ignore::Error>) -> WalkState {
        if self.sink.is_cancelled() {
            return WalkState::Quit;
        }
        let result = catch_unwind(AssertUnwindSafe(|| match &entry {
            Ok(entry) => self.entry(entry),
            Err(error) => self.walk_error(error),
        }));
        if result.is_err() {
            let path = entry.map(DirEntry::into_path).unwrap_or_default();
            let detail = "reading it failed inside the program; please report this";
            self.notice(NoticeKind::Panicked, &path, detail);
        }
        WalkState::Continue
    }
}

impl Visitor<'_, '_> {
    fn entry(&mut self, entry: &DirEntry) {
        let Some(kind) = entry.file_type() else { return };
        if kind.is_dir() {
            return;
        }
        if kind.is_file() {
            self.file(entry.path());
        } else if kind.is_symlink() && entry.depth() > 0 {
            self.sink.count(Counted::Links, 1);
        } else if kind.is_symlink() {
            self.named_link(entry.path());
        } else {
            self.special(entry);
        }
    }

    /// A link that the user named is what they mean, wherever it leads.
    fn named_link(&mut self, path: &Path) {
        match std::fs::metadata(path) {
            Ok(target) if target.is_file() => self.file(path),
            Ok(_) => {
                let detail = "it is a symbolic link; name its target";
                self.notice(NoticeKind::NotAFile, path, detail);
            }
            Err(error) => self.io_error(path, &error),
        }
    }

    /// Pipes, sockets and devices hold nothing at rest: found on the way they
    /// are counted, named by the user they are trouble.
    fn special(&mut self, entry: &DirEntry) {
        self.sink.count(Counted::Special, 1);
        if entry.depth() == 0 {
            let detail = "it is neither a file nor a folder; pipe it in with `-`";
            self.notice(NoticeKind::NotAFile, entry.path(), detail);
        }
    }

    fn file(&mut self, path: &Path) {
        match open(path) {
            Ok((file, size)) => self.read(path, file, size),
            Err(error) => self.io_error(path, &error),
        }
    }

    fn read(&mut self, path: &Path, mut file: File, size: u64) {
        // `./name` is how a walk of the current folder spells `name`.
        let name = path.strip_prefix(".").unwrap_or(path);
        let origin = Origin::File(name.to_owned());
        let limits = self.options.limits;
        let sink = self.sink.as_mut();
        let stream = Stream { read: &mut file, size, only: None };
        let mut passage = self.pieces.push(View::AsDetected, &origin, stream, limits, sink);
        count(&passage, sink);
        if passage.mixed && passage.error.is_none() {
            passage.error = self.read_otherwise(&origin, &mut file, passage.encoding).err();
        }
        if let Some(error) = &passage.error {
            self.io_error(path, error);
        } else if passage.cut {
            let detail = format!("only the first {} bytes were scanned", passage.bytes);
            self.notice(NoticeKind::TooLarge, path, &detail);
        } else if passage.bytes < size && !self.sink.is_cancelled() {
            let detail = format!("{} of {size} bytes were there", passage.bytes);
            self.notice(NoticeKind::Shrunk, path, &detail);
        }
    }

    /// Reads a file again, for the text that is not in the encoding its
    /// beginning suggested.
    fn read_otherwise(
        &mut self,
        origin: &Origin,
        file: &mut File,
        was: Encoding,
    ) -> io::Result<()> {
        file.rewind()?;
        let stream = Stream { read: file, size: 0, only: None };
        let (view, limits) = (View::of_the_rest(was), self.options.limits);
        let passage = self.pieces.push(view, origin, stream, limits, self.sink.as_mut());
        passage.error.map_or(Ok(()), Err)
    }

    fn walk_error(&mut self, error: &ignore::Error) {
        if let ignore::Error::Loop { child, ancestor } = innermost(error) {
            let detail = format!("it leads back to {}", ancestor.display());
            return self.notice(NoticeKind::LinkLoop, child, &detail);
        }
        let path = path_of(error).unwrap_or_default();
        match error.io_error() {
            Some(io) => self.io_error(&path, io),
            None => self.notice(NoticeKind::Unreadable, &path, &error.to_string()),
        }
    }

    fn io_error(&mut self, path: &Path, error: &io::Error) {
        let kind = match error.kind() {
            io::ErrorKind::NotFound => NoticeKind::Vanished,
            _ => NoticeKind::Unreadable,
        };
        self.notice(kind, path, &error.to_string());
    }

    fn notice(&mut self, kind: NoticeKind, path: &Path, detail: &str) {
        let name = path.strip_prefix(".").ok().filter(|name| *name != Path::new(""));
        let name = path_text(name.unwrap_or(path));
        self.sink.notice(Notice::new(kind, name, detail));
    }
}

/// The error inside what the walk wraps around it.
fn innermost(error: &ignore::Error) -> &ignore::Error {
    match error {
        ignore::Error::WithPath { err, .. }
        | ignore::Error::WithDepth { err, .. }
        | ignore::Error::WithLineNumber { err, .. } => innermost(err),
        other => other,
    }
}

fn path_of(error: &ignore::Error) -> Option<PathBuf> {
    match error {
        ignore::Error::WithPath { path, .. } => Some(path.clone()),
        ignore::Error::WithDepth { err, .. } | ignore::Error::WithLineNumber { err, .. } => {
            path_of(err)
        }
        _ => None,
    }
}
