//! What a range of commits brings into a repository.

mod commits;
mod trees;

use std::sync::atomic::{AtomicUsize, Ordering};

use git2::ObjectType;

use super::bytes::push_text;
use super::pieces::{Limits, Pieces};
use super::repository::{Location, Range, Repository, RepositoryError};
use super::stored::Store;
use super::{Counted, Sink, Source};
use crate::notice::{Notice, NoticeKind};
use crate::object::ObjectId;
use crate::paths::{path_from, path_text};
use crate::unit::Origin;
use commits::{Commit, Walked};
use trees::{Placed, Trees};

/// Texts from which on another thread is worth its start.
const PER_THREAD: usize = 64;

/// Every object that a range of commits brings: the blobs that are in a commit
/// and at the same path in none of its parents, merges included, and the text
/// of each commit and of the annotated tags that the range is given by.
pub struct Introduced {
    location: Location,
    commits: Vec<Commit>,
    ids: Vec<ObjectId>,
    tags: Vec<ObjectId>,
    others: Vec<(ObjectId, ObjectType)>,
    notices: Vec<Notice>,
    limits: Limits,
    threads: usize,
}

/// A text to be read and pushed.
enum Text {
    Blob(Placed),
    Commit(ObjectId),
    Tag(ObjectId),
}

impl Introduced {
    /// What `range` brings into `repository`. The commits are walked over here,
    /// what is in them is read when it is pushed, by so many threads; 0 for one
    /// for each processor.
    ///
    /// # Errors
    ///
    /// If objects cannot be looked up at all. Single ones that are missing or
    /// damaged become notices.
    pub fn new(
        repository: &Repository,
        range: &Range,
        limits: Limits,
        threads: usize,
    ) -> Result<Self, RepositoryError> {
        let Walked { commits, tags, others, notices } = Walked::of(repository, range)?;
        Ok(Self {
            location: repository.location().clone(),
            ids: commits.iter().map(|commit| commit.id).collect(),
            commits,
            tags,
            others,
            notices,
            limits,
            threads,
        })
    }

    /// The commits in the range, those with the earliest dates first.
    pub fn commits(&self) -> &[ObjectId] {
        &self.ids
    }

    /// Everything there is to read, in an order that is always the same.
    fn texts(&self, store: &Store<'_>, sink: &mut dyn Sink) -> Vec<Text> {
        let mut trees = Trees::new(store);
        for commit in &self.commits {
            if sink.is_cancelled() {
                break;
            }
            trees.compare(commit.tree, commit.parents.clone());
        }
        for (id, kind) in &self.others {
            match kind {
                ObjectType::Tree => trees.compare(*id, Vec::new()),
                _ => trees.blob(*id),
            }
        }
        for notice in trees.notices {
            sink.notice(notice);
        }
        let commits = self.ids.iter().copied().map(Text::Commit);
        let tags = self.tags.iter().copied().map(Text::Tag);
        commits.chain(tags).chain(trees.blobs.into_iter().map(Text::Blob)).collect()
    }

    /// How many threads so many texts are worth.
    fn threads_for(&self, texts: usize) -> usize {
        let processors = || std::thread::available_parallelism().map_or(1, usize::from);
        let asked = if self.threads == 0 { processors() } else { self.threads };
        asked.min(texts.div_ceil(PER_THREAD)).max(1)
    }

    /// Opens the repository, and tells what prevents it.
    fn open(&self, sink: &mut dyn Sink) -> Option<Repository> {
        let told = |error: RepositoryError| {
            sink.notice(Notice::new(NoticeKind::DamagedRepository, "", error));
        };
        self.location.open().map_err(told).ok()
    }
}

impl Source for Introduced {
    fn push<'s>(&self, sinks: &(dyn Fn() -> Box<dyn Sink + 's> + Sync)) {
        let mut sink = sinks();
        for notice in &self.notices {
            sink.notice(notice.clone());
        }
        let Some(repository) = self.open(sink.as_mut()) else { return };
        let store = match Store::new(&repository) {
            Ok(store) => store,
            Err(error) => {
                return sink.notice(Notice::new(NoticeKind::DamagedRepository, "", error));
            }
        };
        let texts = self.texts(&store, sink.as_mut());
        let next = AtomicUsize::new(0);
        std::thread::scope(|scope| {
            for _ in 1..self.threads_for(texts.len()) {
                scope.spawn(|| {
                    let mut sink = sinks();
                    // Were this thread to fail, the first one would do the work.
                    let Ok(repository) = self.location.open() else { return };
                    let Ok(store) = Store::new(&repository) else { return };
                    push_texts(&texts, &next, &store, self.limits, sink.as_mut());
                });
            }
            push_texts(&texts, &next, &store, self.limits, sink.as_mut());
        });
    }
}

/// Pushes the texts that no other thread has taken.
fn push_texts(
    texts: &[Text],
    next: &AtomicUsize,
    store: &Store<'_>,
    limits: Limits,
    sink: &mut dyn Sink,
) {
    let mut pieces = Pieces::default();
    while let Some(text) = texts.get(next.fetch_add(1, Ordering::Relaxed)) {
        if sink.is_cancelled() {
            return;
        }
        let (origin, kind, counted) = match text {
            Text::Commit(id) => (Origin::Commit(*id), ObjectType::Commit, Counted::Messages),
            Text::Tag(id) => (Origin::Tag(*id), ObjectType::Tag, Counted::Messages),
            Text::Blob((id, path)) => {
                let path = path.clone().map(path_from);
                (Origin::Blob { path, id: *id }, ObjectType::Blob, Counted::Blobs)
            }
        };
        let Some(id) = origin.object() else { continue };
        match store.read(id, kind) {
            Ok(object) => {
                sink.count(counted, 1);
                push_text(&origin, object.data(), limits, &mut pieces, sink);
            }
            Err(unread) => sink.notice(unread.at(path_text(origin.path()))),
        }
    }
}
