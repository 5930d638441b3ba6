//! Reads a stream in overlapping pieces.
//!
//! A stream that fits is one piece. A longer one comes in pieces whose cores
//! follow each other without gap; around each core stands as much context as
//! any match depends on, so that no border hides or splits anything.

use std::io::{self, Read};

use super::decode::{Decoder, OVERLAP, detect};
use super::{Counted, Sink};
use crate::span::Span;
use crate::unit::{Encoding, Origin, UTF8_MARK, Unit};

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
    /// The parts of it where something is to be found, if not anywhere. They
    /// are counted in its bytes, so they hold if it is read as it stands.
    pub(super) only: Option<&'a [Span]>,
}

/// How a stream is read.
#[derive(Clone, Copy, Debug)]
pub(super) enum View {
    /// As its beginning suggests.
    AsDetected,
    /// As it stands.
    AsBytes,
    /// Only the strings in UTF-16 between other data.
    WideStrings,
}

impl View {
    /// How to read what was not in the encoding that the beginning suggested:
    /// what is not UTF-16 in such a text, or what is in another.
    pub(super) fn of_the_rest(was: Encoding) -> Self {
        if was == Encoding::Bytes { Self::WideStrings } else { Self::AsBytes }
    }
}

/// What came of reading a stream.
#[derive(Debug, Default)]
pub(super) struct Passage {
    /// Bytes read.
    pub(super) bytes: u64,
    /// Whether the stream went on behind the limit.
    pub(super) cut: bool,
    /// How it was read.
    pub(super) encoding: Encoding,
    /// Whether text of another kind stands between.
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
    /// Reads `stream` to its end or limit and pushes it into `sink`. What was
    /// read before an error is pushed all the same.
    pub(super) fn push(
        &mut self,
        view: View,
        origin: &Origin,
        stream: Stream<'_>,
        limits: Limits,
        sink: &mut dyn Sink,
    ) -> Passage {
        let only = stream.only;
        let mut filler =
            Filler { stream, left: limits.max_size, end: false, passage: Passage::default() };
        self.text.clear();
        filler.fill(&mut self.text, limits.piece, sink);
        let mut decoder = match view {
            View::AsDetected => Decoder::new(detect(self.text.filled())),
            View::AsBytes => Decoder::new(Encoding::Bytes),
            View::WideStrings => Decoder::of_wide_strings(),
        };
        let plain = decoder.encoding() == Encoding::Bytes;
        if plain {
            decoder.watch(self.text.filled());
        } else {
            std::mem::swap(&mut self.text, &mut self.raw);
            self.text.clear();
            self.decode(&mut decoder, filler.end);
        }
        let only = only.filter(|_| plain);
        let mut state = State { base: 0, start: 0, encoding: decoder.encoding(), only };
        if plain && self.text.filled().starts_with(UTF8_MARK) {
            // A mark is no character of the text.
            self.text.drop_front(UTF8_MARK.len());
            state.base = UTF8_MARK.len() as u64;
        }
        loop {
            self.push_piece(origin, &mut state, limits.reach, filler.end, sink);
            if filler.end || sink.is_cancelled() {
                break;
            }
            if plain {
                let before = self.text.filled().len();
                filler.fill(&mut self.text, limits.piece, sink);
                decoder.watch(&self.text.filled()[before.saturating_sub(OVERLAP)..]);
            } else {
                self.raw.clear();
                filler.fill(&mut self.raw, limits.piece, sink);
                self.decode(&mut decoder, filler.end);
            }
        }
        filler.finish(&decoder)
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
        state: &mut State<'_>,
        reach: usize,
        last: bool,
        sink: &mut dyn Sink,
    ) {
        let text = self.text.filled();
        let end = if last { text.len() } else { text.len().saturating_sub(reach) };
        if end <= state.start && !last {
            return;
        }
        let State { base, start, encoding, only } = *state;
        sink.unit(&Unit { origin, bytes: text, base, core: start..end, last, encoding, only });
        let keep_from = end.saturating_sub(reach);
        self.text.drop_front(keep_from);
        state.base += keep_from as u64;
        state.start = end - keep_from;
    }
}

/// Where the next piece begins, and what holds for all of them.
struct State<'a> {
    /// Offset of the buffer's first byte in the text.
    base: u64,
    /// Start of the next core in the buffer.
    start: usize,
    encoding: Encoding,
    only: Option<&'a [Span]>,
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

    fn finish(mut self, decoder: &Decoder) -> Passage {
        self.passage.encoding = decoder.encoding();
        self.passage.mixed = decoder.is_mixed();
        self.passage.cut = self.left == 0 && matches!(self.stream.read.read(&mut [0]), Ok(1..));
        self.passage
    }
}

/// Counts a passage into `sink`.
pub(super) fn count(passage: &Passage, sink: &mut dyn Sink) {
    sink.count(Counted::Files, 1);
    sink.count(Counted::Bytes, passage.bytes);
}

#[cfg(test)]
mod tests {
    use std::io::{self, Read};

    use proptest::prelude::*;

    use super::{Limits, Pieces, Stream, View};
    use crate::notice::Notice;
    use crate::source::{Counted, Sink};
    use crate::unit::{Encoding, Origin, Unit};

    /// Puts the cores together again and holds the context against the text.
    #[derive(Default)]
    struct Cores {
        text: Vec<u8>,
        /// Offset and bytes of each piece.
        pieces: Vec<(u64, Vec<u8>)>,
        ended: bool,
        encoding: Encoding,
    }

    impl Sink for Cores {
        fn unit(&mut self, unit: &Unit<'_>) {
            assert!(!self.ended, "nothing comes behind the last piece");
            let start = unit.base + unit.core.start as u64;
            assert_eq!(start, self.text.len() as u64, "cores follow each other");
            self.text.extend_from_slice(&unit.bytes[unit.core.clone()]);
            self.pieces.push((unit.base, unit.bytes.to_vec()));
            self.ended = unit.last;
            self.encoding = unit.encoding;
        }

        fn notice(&mut self, _: Notice) {}

        fn count(&mut self, _: Counted, _: u64) {}

        fn is_cancelled(&self) -> bool {
            false
        }
    }

    /// Gives what it has in small portions.
    struct Trickle<'a>(&'a [u8], usize);

    impl Read for Trickle<'_> {
        fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
            let count = self.1.min(buffer.len()).min(self.0.len());
            buffer[..count].copy_from_slice(&self.0[..count]);
            self.0 = &self.0[count..];
            Ok(count)
        }
    }

    fn read(raw: &[u8], portion: usize, limits: Limits, known_size: bool) -> (Cores, u64, bool) {
        let mut cores = Cores::default();
        let size = if known_size { raw.len() as u64 } else { 0 };
        let stream = Stream { read: &mut Trickle(raw, portion), size, only: None };
        let passage =
            Pieces::default().push(View::AsDetected, &Origin::Stdin, stream, limits, &mut cores);
        (cores, passage.bytes, passage.cut)
    }

    proptest! {
        #[test]
        fn pieces_are_the_text_with_its_context(
            raw in proptest::collection::vec(any::<u8>(), 0..3000),
            portion in 1_usize..700,
            piece in 1_usize..900,
            reach in 0_usize..300,
            known_size: bool,
        ) {
            let limits = Limits { max_size: u64::MAX, piece, reach };
            let (cores, bytes, cut) = read(&raw, portion, limits, known_size);
            prop_assert!(cores.ended && !cut);
            prop_assert_eq!(bytes, raw.len() as u64);
            if cores.encoding == Encoding::Bytes {
                prop_assert_eq!(&cores.text, &raw);
            }
            let mut core_start = 0;
            for (number, (base, bytes)) in cores.pieces.iter().enumerate() {
                let base = usize::try_from(*base).expect("small");
                prop_assert_eq!(bytes, &cores.text[base..base + bytes.len()]);
                prop_assert!(base == 0 || core_start - base >= reach, "context before a core");
                let next = cores.pieces.get(number + 1);
                let core_end = if next.is_some() { base + bytes.len() - reach } else { 0 };
                core_start = core_start.max(core_end);
            }
        }

        #[test]
        fn a_limit_is_kept_and_said(
            raw in proptest::collection::vec(any::<u8>(), 0..2000),
            max_size in 1_u64..2000,
            piece in 1_usize..900,
        ) {
            let limits = Limits { max_size, piece, reach: 50 };
            let (_, bytes, cut) = read(&raw, 333, limits, true);
            prop_assert_eq!(bytes, max_size.min(raw.len() as u64));
            prop_assert_eq!(cut, raw.len() as u64 > max_size);
        }
    }
}
