//! Objects that hold text, pushed into sinks.

use super::noted::{Noted, Notes};
use super::pack::{Kind, ObjectError};
use super::walk::{Object, Visitor};
use crate::notice::{Notice, NoticeKind};
use crate::object::ObjectId;
use crate::source::bytes::{has_wide_mark, push_as_stream};
use crate::source::pieces::{Limits, Pieces};
use crate::source::{Counted, Memory, Sink};
use crate::unit::{Copied, Origin};

/// What one thread does with blobs, commits and tags.
pub(super) struct ScanVisitor<'s> {
    sink: Box<dyn Sink + 's>,
    pieces: Pieces,
    limits: Limits,
    whole: bool,
    /// What this thread notes of commits and tags, and where it goes.
    noted: Noted,
    notes: &'s Notes,
}

/// What is to be known of a text when texts like it come by.
pub(super) struct Kept {
    memory: Option<Memory>,
    /// Whether there is no zero byte in it.
    without_zero: bool,
}

impl<'s> ScanVisitor<'s> {
    pub(super) fn new(
        sink: Box<dyn Sink + 's>,
        limits: Limits,
        whole: bool,
        notes: &'s Notes,
    ) -> Self {
        Self { sink, pieces: Pieces::default(), limits, whole, noted: Noted::default(), notes }
    }
}

impl Visitor for ScanVisitor<'_> {
    type Kept = Kept;

    fn object(&mut self, object: &Object<'_>, base: Option<(&Kept, &[Copied])>) -> Kept {
        let Object { id, kind, bytes, .. } = *object;
        self.noted.add(object);
        let (origin, counted) = match kind {
            Kind::Blob | Kind::Tree => (Origin::Blob { path: None, id }, Counted::Blobs),
            Kind::Commit => (Origin::Commit(id), Counted::Messages),
            Kind::Tag => (Origin::Tag(id), Counted::Messages),
        };
        self.sink.count(counted, 1);
        self.sink.count(Counted::Bytes, bytes.len() as u64);
        let without_zero = match base {
            Some((Kept { without_zero: true, .. }, copied)) => Copied::gaps(copied, bytes.len())
                .all(|gap| memchr::memchr(0, &bytes[gap]).is_none()),
            _ => memchr::memchr(0, bytes).is_none(),
        };
        if self.whole || !without_zero || has_wide_mark(bytes) {
            let sink = self.sink.as_mut();
            push_as_stream(&origin, bytes, None, self.limits, &mut self.pieces, sink);
            return Kept { memory: None, without_zero };
        }
        let like = base.and_then(|(kept, copied)| Some((kept.memory.as_ref()?, copied)));
        Kept { memory: self.sink.text(&origin, bytes, like), without_zero }
    }

    fn lost(&mut self, id: ObjectId, error: &ObjectError) {
        self.sink.notice(lost(id, error));
    }

    fn is_cancelled(&self) -> bool {
        self.sink.is_cancelled()
    }
}

impl Drop for ScanVisitor<'_> {
    fn drop(&mut self) {
        self.notes.add(std::mem::take(&mut self.noted));
    }
}

/// The notice of an object that cannot be read.
pub(super) fn lost(id: ObjectId, error: &ObjectError) -> Notice {
    let kind = match error {
        ObjectError::TooLarge(_) | ObjectError::Bomb => NoticeKind::TooLarge,
        ObjectError::Panicked => NoticeKind::Panicked,
        ObjectError::Base(_) => NoticeKind::MissingObject,
        _ => NoticeKind::DamagedObject,
    };
    Notice::new(kind, format!("object {id}"), error)
}
