//! Files and folders, walked in parallel.

use std::fs::File;
use std::io::{self, Seek};
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};

use ignore::gitignore::{Gitignore, GitignoreBuilder};
use ignore::{DirEntry, ParallelVisitor, ParallelVisitorBuilder, WalkBuilder, WalkState};

use super::ignored::IgnoredCount;
use super::pieces::{Limits, Pieces, Stream, count};
use super::{Counted, Sink, Source};
use crate::notice::{Notice, NoticeKind};
use crate::unit::Origin;

/// What of a tree is read.
#[derive(Clone, Debug)]
pub struct TreeOptions {
    /// Leave out what git ignores.
    pub honour_ignores: bool,
    /// Follow symbolic links.
    pub follow_links: bool,
    /// Patterns of what to leave out, with the meaning they have in a
    /// `.gitignore` at `base`.
    pub exclude: Vec<String>,
    /// The folder that `exclude` is relative to.
    pub base: PathBuf,
    /// Threads; 0 for one for each processor.
    pub threads: usize,
    /// How much is read of each file.
    pub limits: Limits,
}

/// Files and folders.
pub struct Tree {
    roots: Vec<PathBuf>,
    options: TreeOptions,
    exclude: Gitignore,
}

impl Tree {
    /// A source of everything under `roots`. An error if a pattern of
    /// `exclude` cannot be understood.
    pub fn new(roots: Vec<PathBuf>, options: TreeOptions) -> Result<Self, ignore::Error> {
        let mut exclude = GitignoreBuilder::new(&options.base);
        for pattern in &options.exclude {
            exclude.add_line(None, pattern)?;
        }
        let exclude = exclude.build()?;
        Ok(Self { roots, options, exclude })
    }

    /// A walk over the roots; what the user excluded is counted on the way.
    fn walk(&self, excluded: &Arc<AtomicU64>, ignored: &Arc<IgnoredCount>) -> Option<WalkBuilder> {
        let (first, others) = self.roots.split_first()?;
        let mut walk = WalkBuilder::new(first);
        for root in others {
            walk.add(root);
        }
        let honour = self.options.honour_ignores;
        walk.standard_filters(false)
            .parents(honour)
            .git_ignore(honour)
            .git_exclude(honour)
            .follow_links(self.options.follow_links)
            .threads(self.options.threads);
        let (exclude, base) = (self.exclude.clone(), self.options.base.clone());
        let (excluded, ignored) = (Arc::clone(excluded), Arc::clone(ignored));
        walk.filter_entry(move |entry| {
            let out = entry.depth() > 0 && is_excluded(&exclude, &base, entry);
            if out {
                excluded.fetch_add(1, Ordering::Relaxed);
                ignored.account_for(entry.path());
            }
            !out && entry.file_name() != ".git"
        });
        Some(walk)
    }
}

/// Whether the user excluded an entry.
fn is_excluded(exclude: &Gitignore, base: &Path, entry: &DirEntry) -> bool {
    if exclude.is_empty() {
        return false;
    }
    let is_dir = entry.file_type().is_some_and(|kind| kind.is_dir());
    let absolute = std::path::absolute(entry.path()).unwrap_or_else(|_| entry.path().to_owned());
    let relative = absolute.strip_prefix(base).unwrap_or(&absolute);
    exclude.matched(relative, is_dir).is_ignore()
}

impl Source for Tree {
    fn push<'s>(&self, sinks: &(dyn Fn() -> Box<dyn Sink + 's> + Sync)) {
        let excluded = Arc::new(AtomicU64::new(0));
        let ignored = Arc::new(IgnoredCount::default());
        let Some(walk) = self.walk(&excluded, &ignored) else { return };
        let mut visitors = Visitors { options: &self.options, ignored: &ignored, sinks };
        walk.build_parallel().visit(&mut visitors);
        let mut sink = sinks();
        sink.count(Counted::Excluded, excluded.load(Ordering::Relaxed));
        sink.count(Counted::Ignored, ignored.count());
    }
}

/// Makes a visitor for each thread.
struct Visitors<'a, 's> {
    options: &'a TreeOptions,
    ignored: &'a IgnoredCount,
    sinks: &'a (dyn Fn() -> Box<dyn Sink + 's> + Sync),
}

impl<'a, 's: 'a> ParallelVisitorBuilder<'a> for Visitors<'a, 's> {
    fn build(&mut self) -> Box<dyn ParallelVisitor + 'a> {
        Box::new(Visitor {
            options: self.options,
            ignored: self.ignored,
            sink: (self.sinks)(),
            pieces: Pieces::default(),
        })
    }
}

/// What one thread does with the entries that come by.
struct Visitor<'a, 's> {
    options: &'a TreeOptions,
    ignored: &'a IgnoredCount,
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
        if entry.depth() > 0 {
            self.ignored.account_for(entry.path());
        }
        let Some(kind) = entry.file_type() else { return };
        if kind.is_dir() {
            if self.options.honour_ignores {
                self.ignored.enter(entry.path(), entry.depth() == 0);
            }
        } else if kind.is_file() {
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
        let mut passage = self.pieces.push(&origin, Stream { read: &mut file, size }, limits, sink);
        count(&passage, sink);
        if passage.mixed && passage.error.is_none() {
            passage.error = file.rewind().err();
            if passage.error.is_none() {
                self.pieces.push_raw(&origin, Stream { read: &mut file, size }, limits, sink);
            }
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

    fn walk_error(&mut self, error: &ignore::Error) {
        if let ignore::Error::Loop { child, ancestor } = innermost(error) {
            self.ignored.account_for(child);
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
        let name = name.unwrap_or(path).to_string_lossy();
        self.sink.notice(Notice::new(kind, name, detail));
    }
}

/// Opens a file for reading and tells its size. Never waits: what is no longer
/// the file it was could be a pipe now.
fn open(path: &Path) -> io::Result<(File, u64)> {
    let mut options = File::options();
    options.read(true);
    #[cfg(unix)]
    std::os::unix::fs::OpenOptionsExt::custom_flags(&mut options, libc::O_NONBLOCK);
    let file = options.open(path)?;
    let metadata = file.metadata()?;
    if !metadata.is_file() {
        return Err(io::Error::other("it is no longer a file"));
    }
    Ok((file, metadata.len()))
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
