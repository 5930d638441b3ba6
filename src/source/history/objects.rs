//! [`Objects`]: a repository's objects, looked at again when something was
//! found in them.

use std::cell::OnceCell;
use std::path::{Path, PathBuf};

use git2::{FileMode, ObjectType};

use super::inventory::{Inventory, Stamps};
use super::locate::{Before, Later};
use super::{History, HistoryOptions, Kind, Located, ObjectReader, Targets, Tips};
use crate::notice::{Notice, NoticeKind};
use crate::object::ObjectId;
use crate::paths::path_from;
use crate::source::Sink;
use crate::source::bytes::push_text;
use crate::source::exclude::Excludes;
use crate::source::pieces::{Limits, Pieces};
use crate::source::repository::{ObjectDirs, Refs, Repository, RepositoryError, from_oid};
use crate::source::stored::Store;
use crate::unit::Origin;

/// The objects of a repository and what leads to them. Packs are opened when
/// they are needed.
pub struct Objects<'r> {
    repository: &'r Repository,
    dirs: Vec<PathBuf>,
    inventory: OnceCell<Inventory>,
    options: HistoryOptions,
    tips: Tips,
    notices: Vec<Notice>,
    history: OnceCell<History>,
    top: PathBuf,
    excludes: Excludes,
    /// Whether only some refs count.
    is_restricted: bool,
}

impl<'r> Objects<'r> {
    /// The objects of a repository, which its refs and its index lead to.
    ///
    /// # Errors
    ///
    /// If its refs or its index cannot be read at all.
    pub fn of(
        repository: &'r Repository,
        options: HistoryOptions,
    ) -> Result<Self, RepositoryError> {
        Self::with_refs(repository, repository.refs()?, options)
    }

    /// The same where the refs have been read already.
    ///
    /// # Errors
    ///
    /// If the index cannot be read at all.
    pub fn with_refs(
        repository: &'r Repository,
        refs: Refs,
        options: HistoryOptions,
    ) -> Result<Self, RepositoryError> {
        let ObjectDirs { present, mut notices } = repository.object_dirs();
        notices.extend(refs.notices);
        let head = refs.tips.iter().find(|(name, _)| name == "HEAD").map(|(_, id)| *id);
        let shallow = repository.shallow_boundary()?;
        if !shallow.is_empty() {
            let detail = "the clone is shallow: what is older than its commits is not here; \
                          `git fetch --unshallow` gets it";
            notices.push(Notice::new(NoticeKind::ShallowHistory, "", detail));
        }
        let tips = Tips {
            refs: refs.tips,
            head,
            index: staged(repository)?,
            commits: None,
            shallow: shallow.into_iter().collect(),
            paths: false,
        };
        Ok(Self {
            repository,
            dirs: present,
            inventory: OnceCell::new(),
            options,
            tips,
            notices,
            history: OnceCell::new(),
            top: repository.top().to_owned(),
            excludes: Excludes::default(),
            is_restricted: false,
        })
    }

    /// Leaves out what came in at excluded paths and at no others.
    #[must_use]
    pub fn without(self, excludes: Excludes) -> Self {
        Self { excludes, ..self }
    }

    /// Whether the user does not want to hear of a path.
    pub fn excludes(&self, path: &Path) -> bool {
        self.excludes.cover(&self.top, path)
    }

    /// Finds a path for every object that holds something, too.
    #[must_use]
    pub fn with_paths(mut self, wanted: bool) -> Self {
        self.tips.paths = wanted;
        self
    }

    /// Counts only what these refs lead to as reachable.
    pub fn restrict_to_refs(&mut self, refs: Vec<(String, ObjectId)>) {
        self.tips.refs = refs;
        self.is_restricted = true;
        self.tips.head = None;
        self.tips.index = Vec::new();
    }

    /// Counts only what these commits brought in; `tips` lead to them. A push
    /// that waits for being accepted has tips that no ref knows of yet.
    pub fn restrict_to_commits(&mut self, commits: &[ObjectId], tips: &[ObjectId]) {
        self.tips.commits = Some(commits.iter().copied().collect());
        let refs = &self.tips.refs;
        let is_new = |id: &&ObjectId| !refs.iter().any(|(_, tip)| tip == *id);
        let new: Vec<_> =
            tips.iter().filter(is_new).map(|id| ("the push".to_owned(), *id)).collect();
        self.tips.refs.extend(new);
        // Whether they are cut off is seen when they are walked.
        self.notices.retain(|notice| notice.kind != NoticeKind::ShallowHistory);
    }

    /// What is wrong with the repository as a whole.
    pub fn notices(&self) -> &[Notice] {
        &self.notices
    }

    /// The names of the refs that alone count; none if all do.
    pub fn only_refs(&self) -> Option<impl Iterator<Item = &str>> {
        let names = self.tips.refs.iter().map(|(name, _)| name.as_str());
        self.is_restricted.then_some(names)
    }

    /// Limits on texts.
    pub fn limits(&self) -> Limits {
        self.options.limits
    }

    /// What leads to the objects.
    pub fn tips(&self) -> &Tips {
        &self.tips
    }

    /// The repository, by the one name of its folder.
    pub fn identity(&self) -> PathBuf {
        self.repository.identity()
    }

    /// All of them.
    pub fn history(&self) -> &History {
        self.history.get_or_init(|| History::of(self.inventory().clone(), self.options))
    }

    /// Who the packs and loose objects are; none if that cannot be told of all.
    pub fn stamps(&self) -> Option<Stamps> {
        self.inventory().stamps()
    }

    /// Only the objects in these packs and these loose ones.
    pub fn only(&self, stamps: &Stamps) -> History {
        History::of(self.inventory().only(&stamps.packs, &stamps.loose), self.options)
    }

    fn inventory(&self) -> &Inventory {
        self.inventory.get_or_init(|| Inventory::take(&self.dirs))
    }

    /// Which commits and paths hold these objects.
    ///
    /// For a part of history, of which nothing was found, nothing is read.
    pub fn locate(&self, targets: &Targets, cancelled: &(dyn Fn() -> bool + Sync)) -> Located {
        if targets.count == 0 && self.tips.commits.is_some() {
            return Located::default();
        }
        self.history().locate(targets, &self.tips, cancelled)
    }

    /// The same by what was known before: for each credential, the number it
    /// had. `new` are the objects that came since; no other went. None if only
    /// looking at everything can tell.
    pub fn locate_later(
        &self,
        targets: &Targets,
        before: &Before,
        numbers: &[Option<u32>],
        new: &History,
    ) -> Option<Located> {
        let (repository, tips) = (self.repository, &self.tips);
        Later { repository, tips, before, numbers, targets, new }.locate()
    }

    /// What was located, to be used later.
    pub fn remember(&self, located: &Located) -> Before {
        Before::of(located, &self.tips)
    }

    /// Pushes objects, each under its origin, as the texts they are. Who scanned
    /// them before has counted them, and is not to add what is counted now.
    pub fn push(&self, objects: &[Origin], sink: &mut dyn Sink) {
        let mut reader = SomeReader::new(self);
        let mut pieces = Pieces::default();
        for origin in objects {
            let Some(id) = origin.object() else { continue };
            match reader.read(id) {
                Ok((Kind::Tree, _)) => {
                    let detail = "it is a folder where a text was";
                    let place = format!("object {id}");
                    sink.notice(Notice::new(NoticeKind::DamagedObject, place, detail));
                }
                Ok((_, bytes)) => {
                    push_text(origin, &bytes, self.options.limits, &mut pieces, sink);
                }
                Err(notice) => sink.notice(notice),
            }
        }
    }

    /// Shows objects, each with its place in the list.
    ///
    /// # Errors
    ///
    /// What is wrong with the first that cannot be read.
    pub fn show(&self, ids: &[ObjectId], show: &mut dyn FnMut(usize, &[u8])) -> Result<(), Notice> {
        let mut reader = SomeReader::new(self);
        for (at, id) in ids.iter().enumerate() {
            show(at, &reader.read(*id)?.1);
        }
        Ok(())
    }
}

/// Reads some objects. Opening all packs would take longer than reading a few
/// objects the way libgit2 does; where packs are open, or libgit2 cannot read an
/// object, they are used.
struct SomeReader<'o> {
    objects: &'o Objects<'o>,
    store: Option<Store<'o>>,
    packs: Option<ObjectReader<'o>>,
}

impl<'o> SomeReader<'o> {
    fn new(objects: &'o Objects<'o>) -> Self {
        let packs = objects.history.get().map(History::reader);
        let store = if packs.is_none() { Store::new(objects.repository).ok() } else { None };
        Self { objects, store, packs }
    }

    fn read(&mut self, id: ObjectId) -> Result<(Kind, Vec<u8>), Notice> {
        let largest = self.objects.options.limits.max_size;
        let object = self.store.as_ref().and_then(|store| store.read_any(id).ok());
        let kind = object.as_ref().and_then(|object| kind_of(object.kind()));
        if let (Some(object), Some(kind)) = (object, kind)
            && object.len() as u64 <= largest
        {
            return Ok((kind, object.data().to_vec()));
        }
        let open = || self.objects.history().reader();
        self.packs.get_or_insert_with(open).read(id)
    }
}

fn kind_of(kind: ObjectType) -> Option<Kind> {
    match kind {
        ObjectType::Commit => Some(Kind::Commit),
        ObjectType::Tree => Some(Kind::Tree),
        ObjectType::Blob => Some(Kind::Blob),
        ObjectType::Tag => Some(Kind::Tag),
        ObjectType::Any => None,
    }
}

/// What is staged: paths and blobs.
fn staged(repository: &Repository) -> Result<Vec<(PathBuf, ObjectId)>, RepositoryError> {
    let failed = |error| RepositoryError::git("cannot read the index", &error);
    let index = repository.git().index().map_err(failed)?;
    let entry = |entry: git2::IndexEntry| (path_from(entry.path), from_oid(entry.id));
    // Commits of submodules are objects of other repositories.
    let is_ours = |entry: &git2::IndexEntry| entry.mode != u32::from(FileMode::Commit);
    Ok(index.iter().filter(is_ours).map(entry).collect())
}
