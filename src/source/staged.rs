//! What `git commit` would commit.

mod compare;
mod lines;

use std::path::{Path, PathBuf};

use git2::ObjectType;

use super::bytes::push_parts;
use super::exclude::Excludes;
use super::index::Index;
use super::parallel::{Hands, for_each};
use super::pieces::Limits;
use super::repository::{Location, Repository, RepositoryError, from_oid};
use super::stored::Store;
use super::{Counted, Sink, Source};
use crate::notice::{Notice, NoticeKind};
use crate::object::ObjectId;
use crate::paths::{path_from, path_text};
use crate::unit::Origin;
use compare::Comparison;
use lines::added;

/// The blobs of the index that differ from those of HEAD: what is staged, not
/// what is on disk. Where HEAD has another version of a blob, credentials on
/// lines that this one does not add are none of its business, unless all of it
/// is asked for.
pub struct Staged {
    location: Location,
    top: PathBuf,
    changes: Vec<Change>,
    excluded: u64,
    notices: Vec<Notice>,
    whole: bool,
    limits: Limits,
    threads: usize,
}

/// A path at which the index differs from HEAD.
struct Change {
    path: PathBuf,
    id: ObjectId,
    /// What HEAD has there, or had elsewhere if it was moved from there.
    before: Option<ObjectId>,
}

impl Staged {
    /// What is staged in `repository`, compared with HEAD here and read when it
    /// is pushed, by so many threads; 0 for one for each processor. If HEAD is
    /// yet unborn, everything is new.
    ///
    /// # Errors
    ///
    /// If the index cannot be read.
    pub fn new(
        repository: &Repository,
        limits: Limits,
        threads: usize,
    ) -> Result<Self, RepositoryError> {
        let path = repository.index_path();
        let index = Index::read(&path)
            .map_err(|error| RepositoryError::Unreadable { path, detail: error.to_string() })?;
        let store = Store::new(repository)?;
        let mut notices = Vec::new();
        let head = head_tree(repository, &store, &mut notices);
        let (changes, more) = Comparison::new(&store, &index).run(head);
        notices.extend(more);
        let change = |(path, id, before)| Change { path: path_from(path), id, before };
        Ok(Self {
            location: repository.location().clone(),
            top: repository.top().to_owned(),
            changes: changes.into_iter().map(change).collect(),
            excluded: 0,
            notices,
            whole: false,
            limits,
            threads,
        })
    }

    /// Scans all of what changed, not only the lines that were added.
    #[must_use]
    pub fn whole(self, whole: bool) -> Self {
        Self { whole, ..self }
    }

    /// Leaves out what the user excluded.
    #[must_use]
    pub fn without(mut self, exclude: &Excludes) -> Self {
        let before = self.changes.len();
        self.changes.retain(|change| !exclude.cover(&self.top, &change.path));
        self.excluded += (before - self.changes.len()) as u64;
        self
    }

    /// Keeps only the paths that `wanted` says.
    #[must_use]
    pub fn only(mut self, wanted: impl Fn(&Path) -> bool) -> Self {
        self.changes.retain(|change| wanted(&change.path));
        self
    }

    /// The paths that are staged, from the top of the work tree on, sorted. One
    /// that is in conflict can be there several times.
    pub fn paths(&self) -> impl Iterator<Item = &Path> {
        self.changes.iter().map(|change| change.path.as_path())
    }

    fn push_change(&self, change: &Change, hands: &mut Hands<'_>) {
        let object = match hands.store.read(change.id, ObjectType::Blob) {
            Ok(object) => object,
            Err(unread) => return hands.sink.notice(unread.at(path_text(&change.path))),
        };
        hands.sink.count(Counted::Blobs, 1);
        let origin = Origin::Staged { path: change.path.clone(), id: change.id };
        let only = change.before.filter(|_| !self.whole).and_then(|before| {
            // If it cannot be read, nothing is known to have been there before.
            let before = hands.store.read(before, ObjectType::Blob).ok()?;
            added(before.data(), object.data())
        });
        let only = only.as_deref();
        push_parts(&origin, object.data(), only, self.limits, hands.pieces, hands.sink);
    }
}

impl Source for Staged {
    fn push<'s>(&self, sinks: &(dyn Fn() -> Box<dyn Sink + 's> + Sync)) {
        let mut sink = sinks();
        for notice in &self.notices {
            sink.notice(notice.clone());
        }
        sink.count(Counted::Excluded, self.excluded);
        let work = |change: &Change, hands: &mut Hands<'_>| self.push_change(change, hands);
        for_each(&self.changes, self.threads, &self.location, sinks, &work);
    }
}

/// The tree of HEAD; none if it is unborn, or cannot be read: then everything
/// is new.
fn head_tree(
    repository: &Repository,
    store: &Store<'_>,
    notices: &mut Vec<Notice>,
) -> Option<ObjectId> {
    let head = match repository.git().head() {
        Ok(head) => from_oid(head.target()?),
        Err(error) if error.code() == git2::ErrorCode::UnbornBranch => return None,
        Err(error) => {
            let detail = format!("HEAD cannot be read: {}", error.message());
            notices.push(Notice::new(NoticeKind::DamagedRepository, "HEAD", detail));
            return None;
        }
    };
    match store.read(head, ObjectType::Commit) {
        Ok(commit) => tree_of(commit.data()),
        Err(unread) => {
            notices.push(unread.at("HEAD"));
            None
        }
    }
}

/// The tree that the first line of a commit names.
fn tree_of(commit: &[u8]) -> Option<ObjectId> {
    let line = commit.split(|byte| *byte == b'\n').next()?;
    std::str::from_utf8(line.strip_prefix(b"tree ")?).ok()?.parse().ok()
}
