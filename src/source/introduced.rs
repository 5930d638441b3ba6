//! What a range of commits brings into a repository.

mod commits;
mod trees;

use std::path::PathBuf;

use git2::ObjectType;

use super::bytes::push_text;
use super::exclude::Excludes;
use super::parallel::{Hands, for_each};
use super::pieces::Limits;
use super::repository::{Location, Range, Repository, RepositoryError};
use super::stored::Store;
use super::{Counted, Sink, Source};
use crate::notice::{Notice, NoticeKind};
use crate::object::ObjectId;
use crate::paths::{path_from, path_text};
use crate::unit::Origin;
use commits::{Commit, Walked};
pub(super) use trees::{Kind, Listing, Trees};

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
    exclude: Excludes,
    limits: Limits,
    threads: usize,
}

/// A text to be read and pushed.
enum Text {
    Blob(ObjectId, Option<PathBuf>),
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
            exclude: Excludes::default(),
            limits,
            threads,
        })
    }

    /// The commits in the range, those with the earliest dates first.
    pub fn commits(&self) -> &[ObjectId] {
        &self.ids
    }

    /// What could not be read when the commits were walked over.
    pub fn notices(&self) -> &[Notice] {
        &self.notices
    }

    /// Leaves out what the user excluded. Paths are relative to the work tree,
    /// or to the repository if it has none.
    #[must_use]
    pub fn without(self, exclude: Excludes) -> Self {
        Self { exclude, ..self }
    }

    /// Everything there is to read, in an order that is always the same.
    fn texts(&self, sink: &mut dyn Sink) -> Result<Vec<Text>, RepositoryError> {
        let repository = self.location.open()?;
        let store = Store::new(&repository)?;
        let mut trees = Trees::new(&store);
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
        let mut texts: Vec<_> = commits.chain(tags).collect();
        for (id, path) in trees.blobs {
            let path = path.map(path_from);
            if path.as_ref().is_some_and(|path| self.exclude.cover(repository.top(), path)) {
                sink.count(Counted::Excluded, 1);
            } else {
                texts.push(Text::Blob(id, path));
            }
        }
        Ok(texts)
    }
}

impl Source for Introduced {
    fn push<'s>(&self, sinks: &(dyn Fn() -> Box<dyn Sink + 's> + Sync)) {
        let mut sink = sinks();
        for notice in &self.notices {
            sink.notice(notice.clone());
        }
        match self.texts(sink.as_mut()) {
            Ok(texts) => {
                let work = |text: &Text, hands: &mut Hands<'_>| push(text, self.limits, hands);
                for_each(&texts, self.threads, &self.location, sinks, &work);
            }
            Err(error) => sink.notice(Notice::new(NoticeKind::DamagedRepository, "", error)),
        }
    }
}

/// Pushes one text.
fn push(text: &Text, limits: Limits, hands: &mut Hands<'_>) {
    let (id, origin, kind, counted) = match text {
        Text::Commit(id) => (id, Origin::Commit(*id), ObjectType::Commit, Counted::Messages),
        Text::Tag(id) => (id, Origin::Tag(*id), ObjectType::Tag, Counted::Messages),
        Text::Blob(id, path) => {
            let path = path.clone();
            (id, Origin::Blob { path, id: *id }, ObjectType::Blob, Counted::Blobs)
        }
    };
    match hands.store.read(*id, kind) {
        Ok(object) => {
            hands.sink.count(counted, 1);
            push_text(&origin, object.data(), limits, hands.pieces, hands.sink);
        }
        Err(unread) => hands.sink.notice(unread.at(path_text(origin.path()))),
    }
}
