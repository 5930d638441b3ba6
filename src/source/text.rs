//! A text that is in memory already.

use std::path::PathBuf;

use super::{Counted, Sink, Source};
use crate::unit::{Origin, Unit};

/// One text, scanned whole.
pub struct Text<'t> {
    origin: Origin,
    bytes: &'t [u8],
}

impl<'t> Text<'t> {
    /// A text that came with what was asked, and is in no file.
    pub fn new(bytes: &'t [u8]) -> Self {
        Self { origin: Origin::Stdin, bytes }
    }

    /// What is, or is to be, in the file at `path`.
    pub fn of_file(path: PathBuf, bytes: &'t [u8]) -> Self {
        Self { origin: Origin::File(path), bytes }
    }
}

impl Source for Text<'_> {
    fn push<'s>(&self, sinks: &(dyn Fn() -> Box<dyn Sink + 's> + Sync)) {
        let mut sink = sinks();
        sink.count(Counted::Bytes, self.bytes.len() as u64);
        sink.unit(&Unit::without_mark(&self.origin, self.bytes));
    }
}
