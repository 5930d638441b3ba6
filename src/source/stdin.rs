//! Standard input, or any other stream, as one text.

use std::io::Read;
use std::sync::Mutex;

use super::pieces::{Limits, Pieces, Stream, count};
use super::{Sink, Source};
use crate::notice::{Notice, NoticeKind};
use crate::unit::Origin;

/// A stream that is read once.
pub struct Stdin<R> {
    stream: Mutex<R>,
    limits: Limits,
}

impl<R: Read + Send> Stdin<R> {
    /// A source that reads `stream` to its end.
    pub fn new(stream: R, limits: Limits) -> Self {
        Self { stream: Mutex::new(stream), limits }
    }
}

impl<R: Read + Send> Source for Stdin<R> {
    fn push<'s>(&self, sinks: &(dyn Fn() -> Box<dyn Sink + 's> + Sync)) {
        let mut sink = sinks();
        let mut stream = self.stream.lock().unwrap_or_else(std::sync::PoisonError::into_inner);
        let passage = Pieces::default().push(
            &Origin::Stdin,
            Stream { read: &mut *stream, size: 0 },
            self.limits,
            sink.as_mut(),
        );
        count(&passage, sink.as_mut());
        if let Some(error) = &passage.error {
            sink.notice(Notice::new(NoticeKind::Unreadable, "<stdin>", error));
        }
        if passage.cut {
            let detail = format!("only the first {} bytes were scanned", passage.bytes);
            sink.notice(Notice::new(NoticeKind::TooLarge, "<stdin>", detail));
        }
        if passage.mixed {
            let detail = "it mixes UTF-16 or UTF-32 with other text, which was not scanned; \
                          scan it as a file";
            sink.notice(Notice::new(NoticeKind::Unreadable, "<stdin>", detail));
        }
    }
}
