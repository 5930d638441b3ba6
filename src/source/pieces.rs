//! Reads a stream in overlapping pieces.
//!
//! A stream that fits is one piece. A longer one comes in pieces whose cores
//! follow each other without gap; around each core stands as much context as
//! any match depends on, so that no border hides or splits anything.

use std::io::{self, Read};

use super::decode::{Decoder, detect};
use super::{Counted, Sink};
use crate::unit::{Encoding, Origin, Unit};

/// How much is read, and in pieces of what size.
#[derive(Clone, Copy, Debug)]
pub struct Limits {
    /// Bytes of one stream that are read at most.
    pub max_size: u64,
    /// Bytes of new text in a piece. Memory grows with it, not with the stream.
    pub piece: usize,
    /// Context around a piece's core, as the engine asks for it.
    pub reach: usize,
}

/// A stream and how long it is said to be. What is added while it is read is
/// not waited for.
pub(super) struct Stream<'a> {
    pub(super) read: &'a mut dyn Read,
    /// Bytes, or 0 if that is not known.
    pub(super) size: u64,
}

/// What came of reading a stream.
#[derive(Debug, Default)]
pub(super) struct Passage {
    /// Bytes read.
    pub(super) bytes: u64,
    /// Whether the stream went on behind the limit.
    pub(super) cut: bool,
    /// Whether it was decoded, and text of another kind stands between.
    pub(super) mixed: bool,
    /// The error that ended it early.
    pub(super) error: Option<io::Error>,
}

/// The buffers of one thread.
#[derive(Default)]
pub(super) struct Pieces {
    text: Buffer,
    raw: Buffer,
}

impl Pieces {
    /// Reads `stream` to its end or limit and pushes it into `sink`, decoded if
    /// need be. What was read before an error is pushed all the same.
    pub(super) fn push(
        &mut self,
        origin: &Origin,
        stream: Stream<'_>,
        limits: Limits,
        sink: &mut dyn Sink,
    ) -> Passage {
        self.push_as(None, origin, stream, limits, sink)
    }

    /// The same with the bytes taken as they are.
    pub(super) fn push_raw(
        &mut self,
        origin: &Origin,
        stream: Stream<'_>,
        limits: Limits,
        sink: &mut dyn Sink,
    ) -> Passage {
        self.push_as(Some(Encoding::Bytes), origin, stream, limits, sink)
    }

    fn push_as(
        &mut self,
        encoding: Option<Encoding>,
        origin: &Origin,
        stream: Stream<'_>,
        limits: Limits,
        sink: &mut dyn Sink,
    ) -> Passage {
        let mut filler =
            Filler { stream, left: limits.max_size, end: false, passage: Passage::default() };
        self.text.clear();
        filler.fill(&mut self.text, limits.piece, sink);
        let mut decoder = Decoder::new(encoding.unwrap_or_else(|| detect(self.text.filled())));
        let plain = decoder.encoding() == Encoding::Bytes;
        if !plain {
            std::mem::swap(&mut self.text, &mut self.raw);
            self.text.clear();
            self.decode(&mut decoder, filler.end);
        }
        let mut state = State { base: 0, start: 0, encoding: decoder.encoding() };
        loop {
            self.push_piece(origin, &mut state, limits.reach, filler.end, sink);
            if filler.end || sink.is_cancelled() {
                break;
            }
            if plain {
                filler.fill(&mut self.text, limits.piece, sink);
            } else {
                self.raw.clear();
                filler.fill(&mut self.raw, limits.piece, sink);
                self.decode(&mut decoder, filler.end);
            }
        }
        filler.finish(decoder.is_mixed())
    }

    /// Moves the raw bytes behind the text, decoded.
    fn decode(&mut self, decoder: &mut Decoder, last: bool) {
        let mut text = Vec::with_capacity(self.raw.filled().len());
        decoder.decode(self.raw.filled(), last, &mut text);
        self.text.append(&text);
    }

    /// Pushes the text that has its full context, and keeps what the next piece
    /// needs.
    fn push_piece(
        &mut self,
        origin: &Origin,
        state: &mut State,
        reach: usize,
        last: bool,
        sink: &mut dyn Sink,
    ) {
        let text = self.text.filled();
        let end = if last { text.len() } else { text.len().saturating_sub(reach) };
        if end <= state.start && !last {
            return;
        }
        let State { base, start, encoding } = *state;
        sink.unit(&Unit { origin, bytes: text, base, core: start..end, last, encoding });
        let keep_from = end.saturating_sub(reach);
        self.text.drop_front(keep_from);
        state.base += keep_from as u64;
        state.start = end - keep_from;
    }
}

/// Where the next piece begins.
struct State {
    /// Offset of the buffer's first byte in the text.
    base: u64,
    /// Start of the next core in the buffer.
    start: usize,
    encoding: Encoding,
}

/// Bytes in memory that stays allocated, so that reading a small file costs
/// neither an allocation nor clearing.
#[derive(Default)]
struct Buffer {
    /// Initialised memory, of which `length` bytes are in use.
    memory: Vec<u8>,
    length: usize,
}

/// Least room offered to one read.
const ROOM: usize = 64 * 1024;

impl Buffer {
    fn clear(&mut self) {
        self.length = 0;
    }

    fn filled(&self) -> &[u8] {
        &self.memory[..self.length]
    }

    /// Room behind what is filled, at most `most` bytes of it. The memory grows
    /// by doubling, so that a small file needs little of it.
    fn room(&mut self, most: usize) -> &mut [u8] {
        let limit = self.length.saturating_add(most);
        let least = self.length + ROOM.min(most);
        if self.memory.len() < least {
            let grown = (self.memory.len() * 2).min(limit).max(least);
            self.memory.resize(grown, 0);
        }
        let end = self.memory.len().min(limit);
        &mut self.memory[self.length..end]
    }

    fn append(&mut self, bytes: &[u8]) {
        self.memory.truncate(self.length);
        self.memory.extend_from_slice(bytes);
        self.length = self.memory.len();
    }

    /// Forgets the first `count` bytes.
    fn drop_front(&mut self, count: usize) {
        self.memory.copy_within(count..self.length, 0);
        self.length -= count;
    }
}

/// Reads up to a limit and remembers how it ended.
struct Filler<'a> {
    stream: Stream<'a>,
    left: u64,
    end: bool,
    passage: Passage,
}

impl Filler<'_> {
    /// Appends up to `size` bytes to `buffer`; notes if that was the end.
    fn fill(&mut self, buffer: &mut Buffer, size: usize, sink: &dyn Sink) {
        let mut wanted = size.min(usize::try_from(self.left).unwrap_or(usize::MAX));
        while wanted > 0 {
            match self.stream.read.read(buffer.room(wanted)) {
                Ok(0) => {
                    self.end = true;
                    return;
                }
                Ok(count) => {
                    buffer.length += count;
                    wanted -= count;
                    self.left -= count as u64;
                    self.passage.bytes += count as u64;
                    if self.passage.bytes == self.stream.size {
                        self.end = true;
                        return;
                    }
                }
                Err(error) if error.kind() == io::ErrorKind::Interrupted => {}
                // A stream that makes us wait: time to ask whether to go on.
                Err(error) if error.kind() == io::ErrorKind::TimedOut && !sink.is_cancelled() => {}
                Err(error) => {
                    let waiting = error.kind() == io::ErrorKind::TimedOut;
                    self.passage.error = Some(error).filter(|_| !waiting);
                    self.end = true;
                    return;
                }
            }
        }
        self.end = self.left == 0;
    }

    fn finish(mut self, mixed: bool) -> Passage {
        self.passage.mixed = mixed;
        self.passage.cut = self.left == 0 && matches!(self.stream.read.read(&mut [0]), Ok(1..));
        self.passage
    }
}

/// Counts a passage into `sink`.
pub(super) fn count(passage: &Passage, sink: &mut dyn Sink) {
    sink.count(Counted::Files, 1);
    sink.count(Counted::Bytes, passage.bytes);
}
