//! Standard input, or any other stream, as one text.

use std::io::{self, Read};
use std::sync::mpsc::{Receiver, RecvTimeoutError, SyncSender, sync_channel};
use std::sync::{Mutex, PoisonError};
use std::time::Duration;

use super::pieces::{Limits, Pieces, Stream, View, count};
use super::{Sink, Source};
use crate::notice::{Notice, NoticeKind};
use crate::unit::Origin;

/// How long to wait for input before asking whether the scan was stopped.
const PATIENCE: Duration = Duration::from_millis(50);
/// Bytes read at once.
const CHUNK: usize = 256 * 1024;

/// A stream that is read once.
pub struct Stdin<R> {
    stream: Mutex<Option<R>>,
    limits: Limits,
}

impl<R: Read + Send + 'static> Stdin<R> {
    /// A source that reads `stream` to its end.
    pub fn new(stream: R, limits: Limits) -> Self {
        Self { stream: Mutex::new(Some(stream)), limits }
    }
}

impl<R: Read + Send + 'static> Source for Stdin<R> {
    fn push<'s>(&self, sinks: &(dyn Fn() -> Box<dyn Sink + 's> + Sync)) {
        let mut sink = sinks();
        let stream = self.stream.lock().unwrap_or_else(PoisonError::into_inner).take();
        let Some(stream) = stream else { return };
        let stream = Stream { read: &mut Feed::start(stream), size: 0, only: None };
        let passage = Pieces::default().push(
            View::AsDetected,
            &Origin::Stdin,
            stream,
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

/// A stream read by a thread of its own, so that waiting for input can be
/// interrupted. A read that would wait long gives
/// [`TimedOut`](io::ErrorKind::TimedOut).
struct Feed {
    chunks: Receiver<io::Result<Vec<u8>>>,
    chunk: Vec<u8>,
    used: usize,
}

impl Feed {
    /// Starts reading. The thread ends with the stream, or with the program if
    /// the stream never ends.
    fn start(stream: impl Read + Send + 'static) -> Self {
        let (sender, chunks) = sync_channel(2);
        std::thread::spawn(move || read_chunks(stream, &sender));
        Self { chunks, chunk: Vec::new(), used: 0 }
    }
}

/// Sends what `stream` gives until it ends or nobody listens.
fn read_chunks(mut stream: impl Read, sender: &SyncSender<io::Result<Vec<u8>>>) {
    loop {
        let mut chunk = vec![0; CHUNK];
        let message = match stream.read(&mut chunk) {
            Ok(0) => return,
            Ok(count) => {
                chunk.truncate(count);
                Ok(chunk)
            }
            Err(error) if error.kind() == io::ErrorKind::Interrupted => continue,
            Err(error) => Err(error),
        };
        let is_error = message.is_err();
        if sender.send(message).is_err() || is_error {
            return;
        }
    }
}

impl Read for Feed {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        if self.used == self.chunk.len() {
            self.chunk = match self.chunks.recv_timeout(PATIENCE) {
                Ok(message) => message?,
                Err(RecvTimeoutError::Timeout) => return Err(io::ErrorKind::TimedOut.into()),
                Err(RecvTimeoutError::Disconnected) => return Ok(0),
            };
            self.used = 0;
        }
        let count = (&self.chunk[self.used..]).read(buffer)?;
        self.used += count;
        Ok(count)
    }
}
