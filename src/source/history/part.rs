//! The objects of one pack, or all loose ones, as a source of their own.

use super::noted::Notes;
use super::scan::{ScanVisitor, lost};
use super::{History, has_text};
use crate::notice::{Notice, NoticeKind};
use crate::source::{Sink, Source};

/// Objects that are stored together.
#[derive(Clone, Copy)]
pub struct Part<'h> {
    history: &'h History,
    /// The number of the pack; none for loose objects.
    pack: Option<usize>,
}

impl History {
    /// All objects: each pack, then what is loose.
    pub fn parts(&self) -> impl Iterator<Item = Part<'_>> {
        let packs = (0..self.packs.len()).map(Some);
        packs.chain([None]).map(|pack| Part { history: self, pack })
    }
}

impl Source for Part<'_> {
    fn push<'s>(&self, sinks: &(dyn Fn() -> Box<dyn Sink + 's> + Sync)) {
        let history = self.history;
        let limits = history.options.limits;
        let notes = Notes::default();
        let visitor = || ScanVisitor::new(sinks(), limits, history.options.whole, &notes);
        let max_size = history.options.limits.max_size;
        let Some(number) = self.pack else {
            return history.walk_loose(has_text, max_size, &visitor);
        };
        let (_, forest) = &history.packs[number];
        let mut sink = sinks();
        for (entry, error) in &forest.lost {
            sink.notice(lost(forest.id(*entry), error));
        }
        if !history.walk_pack(number, has_text, max_size, &visitor) {
            let detail = "a pack unpacks to more than any honest one; the rest was not scanned";
            sink.notice(Notice::new(NoticeKind::TooLarge, "", detail));
        }
        history.noted.keep(number, forest, notes);
    }
}
