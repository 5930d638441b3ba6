//! Reading objects of a repository, and telling what is wrong with them.

use git2::{ErrorCode, ObjectType, Odb, OdbLookupFlags, OdbObject};

use super::repository::{Repository, RepositoryError, to_oid};
use crate::notice::{Notice, NoticeKind};
use crate::object::ObjectId;

/// Bytes of an object that are taken into memory at most. Some kilobytes in a
/// pack can swell to any size.
const LARGEST: usize = 1 << 30;

/// The objects of a repository. What is missing is never fetched.
pub(super) struct Store<'r> {
    odb: Odb<'r>,
}

/// Why an object cannot be read.
#[derive(Clone, Debug)]
pub(super) struct Unread {
    kind: NoticeKind,
    detail: String,
}

impl Unread {
    /// The same, to be reported as trouble at `place`.
    pub(super) fn at(&self, place: impl Into<String>) -> Notice {
        Notice::new(self.kind, place, &self.detail)
    }

    /// An object that is not what it should be.
    pub(super) fn damaged(detail: String) -> Self {
        Self { kind: NoticeKind::DamagedObject, detail }
    }

    /// Whether the object is not there.
    pub(super) fn is_missing(&self) -> bool {
        self.kind == NoticeKind::MissingObject
    }
}

impl<'r> Store<'r> {
    pub(super) fn new(repository: &'r Repository) -> Result<Self, RepositoryError> {
        let failed = |error| RepositoryError::git("cannot read the objects", &error);
        Ok(Self { odb: repository.git().odb().map_err(failed)? })
    }

    /// An object that should be of this kind. libgit2 makes sure that its
    /// content is what its name says.
    pub(super) fn read(&self, id: ObjectId, kind: ObjectType) -> Result<OdbObject<'_>, Unread> {
        let object = self.read_any(id)?;
        if object.kind() == kind {
            return Ok(object);
        }
        let detail = format!("{id} is a {}, not a {kind}", object.kind());
        Err(Unread::damaged(detail))
    }

    /// Whether an object is there.
    pub(super) fn has(&self, id: ObjectId) -> bool {
        self.odb.exists_ext(to_oid(id), OdbLookupFlags::NO_REFRESH)
    }

    /// An object of any kind.
    pub(super) fn read_any(&self, id: ObjectId) -> Result<OdbObject<'_>, Unread> {
        let oid = to_oid(id);
        let (size, _) = self.odb.read_header(oid).map_err(|error| unread(id, &error))?;
        if size > LARGEST {
            let detail = format!("{id} has {size} bytes; none of them were scanned");
            return Err(Unread { kind: NoticeKind::TooLarge, detail });
        }
        self.odb.read(oid).map_err(|error| unread(id, &error))
    }
}

fn unread(id: ObjectId, error: &git2::Error) -> Unread {
    if error.code() == ErrorCode::NotFound {
        let detail = format!("the object {id} is not there");
        return Unread { kind: NoticeKind::MissingObject, detail };
    }
    let detail = format!("the object {id} cannot be read: {}", error.message());
    Unread::damaged(detail)
}
