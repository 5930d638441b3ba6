//! Texts that are in memory already, treated as a file with these bytes is.

use super::pieces::{Limits, Pieces, Stream, View};
use super::{Counted, Sink};
use crate::notice::{Notice, NoticeKind};
use crate::paths::path_text;
use crate::span::Span;
use crate::unit::{Origin, UTF8_MARK, Unit};

/// Pushes a whole text, up to the limit of its size, and counts its bytes. What
/// is wide is decoded, what is mixed comes twice, what is cut gives a notice.
pub(super) fn push_text(
    origin: &Origin,
    bytes: &[u8],
    limits: Limits,
    pieces: &mut Pieces,
    sink: &mut dyn Sink,
) {
    push_parts(origin, bytes, None, limits, pieces, sink);
}

/// Pushes a whole text of which only some parts count: sorted and disjoint. If
/// it is in UTF-16 or UTF-32, or what stands between other data is, all of that
/// counts.
pub(super) fn push_parts(
    origin: &Origin,
    bytes: &[u8],
    only: Option<&[Span]>,
    limits: Limits,
    pieces: &mut Pieces,
    sink: &mut dyn Sink,
) {
    let most = usize::try_from(limits.max_size).unwrap_or(usize::MAX);
    if bytes.len() > most {
        let detail = format!("only the first {most} bytes were scanned");
        let place = path_text(origin.path());
        sink.notice(Notice::new(NoticeKind::TooLarge, place, detail));
    }
    let bytes = &bytes[..bytes.len().min(most)];
    sink.count(Counted::Bytes, bytes.len() as u64);
    if !is_plain(bytes) {
        return push_as_stream(origin, bytes, only, limits, pieces, sink);
    }
    match only {
        None => {
            sink.text(origin, bytes, None);
        }
        Some(_) => sink.unit(&Unit { only, ..Unit::whole(origin, bytes) }),
    }
}

/// Whether a text is scanned as it stands and in one piece: it has no mark at
/// its start that says otherwise, and no zero byte.
pub(super) fn is_plain(bytes: &[u8]) -> bool {
    !has_wide_mark(bytes) && !bytes.starts_with(UTF8_MARK) && memchr::memchr(0, bytes).is_none()
}

/// Whether a text begins with the byte order mark of UTF-16 or UTF-32.
pub(super) fn has_wide_mark(bytes: &[u8]) -> bool {
    matches!(bytes, [0xff, 0xfe, ..] | [0xfe, 0xff, ..])
}

/// Pushes a text as a reader of files would read it.
pub(super) fn push_as_stream(
    origin: &Origin,
    bytes: &[u8],
    only: Option<&[Span]>,
    limits: Limits,
    pieces: &mut Pieces,
    sink: &mut dyn Sink,
) {
    let size = bytes.len() as u64;
    let stream = Stream { read: &mut &*bytes, size, only };
    let passage = pieces.push(View::AsDetected, origin, stream, limits, sink);
    if passage.mixed {
        let stream = Stream { read: &mut &*bytes, size, only: None };
        pieces.push(View::of_the_rest(passage.encoding), origin, stream, limits, sink);
    }
}

#[cfg(test)]
mod tests {
    use super::is_plain;

    #[test]
    fn what_a_reader_would_decode_is_not_plain() {
        assert!(is_plain(b"") && is_plain(b"text") && is_plain(b"caf\xe9"));
        assert!(!is_plain(b"\xff\xfea") && !is_plain(b"\xfe\xff") && !is_plain(b"a\0"));
        assert!(!is_plain("\u{feff}text".as_bytes()), "a mark is no character of the text");
    }
}
