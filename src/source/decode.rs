//! UTF-16 and UTF-32 become UTF-8 before they are scanned. Everything else that
//! keeps ASCII as it is, Latin-1 or a binary file, is scanned as it stands.

use crate::unit::Encoding;

/// Bytes of a text's beginning that decide about its encoding.
const SAMPLE: usize = 4096;
/// So many printable ASCII bytes in a row do not occur in UTF-16 or UTF-32
/// but by rare chance, nor so many of them with zeros between in other text:
/// they are text of another kind.
const FOREIGN_RUN: usize = 16;
/// Bytes in which such a run is seen whole.
pub(super) const OVERLAP: usize = 2 * FOREIGN_RUN + 1;

/// The encoding of a text that begins with `start`.
///
/// Without a byte order mark (Unicode 16, §23.8) only text that is mostly
/// ASCII is recognised: it shows by its zero bytes.
pub(super) fn detect(start: &[u8]) -> Encoding {
    match start {
        [0xff, 0xfe, 0, 0, ..] => Encoding::Utf32Le,
        [0, 0, 0xfe, 0xff, ..] => Encoding::Utf32Be,
        [0xff, 0xfe, ..] => Encoding::Utf16Le,
        [0xfe, 0xff, ..] => Encoding::Utf16Be,
        _ => detect_by_zeros(&start[..start.len().min(SAMPLE)]),
    }
}

fn detect_by_zeros(sample: &[u8]) -> Encoding {
    const KINDS: [(Encoding, usize, usize); 4] = [
        (Encoding::Utf32Le, 4, 0),
        (Encoding::Utf32Be, 4, 3),
        (Encoding::Utf16Le, 2, 0),
        (Encoding::Utf16Be, 2, 1),
    ];
    if sample.len() < 8 || memchr::memchr(0, sample).is_none() {
        return Encoding::Bytes;
    }
    let fits = |width: usize, place: usize| {
        let units = sample.chunks_exact(width);
        let count = units.len();
        let ascii = units.filter(|unit| is_ascii_unit(unit, place)).count();
        count > 0 && ascii * 10 >= count * 9
    };
    let found = KINDS.into_iter().find(|&(_, width, place)| fits(width, place));
    found.map_or(Encoding::Bytes, |(encoding, ..)| encoding)
}

/// Whether a code unit is one ASCII character of text, at `place` of it.
fn is_ascii_unit(unit: &[u8], place: usize) -> bool {
    unit.iter().enumerate().all(|(at, &byte)| {
        let text = matches!(byte, b'\t' | b'\n' | b'\r' | b' '..=b'~');
        if at == place { text } else { byte == 0 }
    })
}

/// Turns a stream of one encoding into UTF-8, piece by piece.
pub(super) struct Decoder {
    encoding: Encoding,
    /// Take only the wide strings, and leave out what is between.
    strings: bool,
    /// Bytes of a character that goes on in the next piece.
    pending: Vec<u8>,
    /// Whether the mark at the start has been passed.
    started: bool,
    /// Whether text of another kind was seen.
    mixed: bool,
}

impl Decoder {
    pub(super) fn new(encoding: Encoding) -> Self {
        Self { encoding, strings: false, pending: Vec::new(), started: false, mixed: false }
    }

    /// A decoder for the strings in UTF-16 that stand in other data: each comes
    /// on a line of its own.
    pub(super) fn of_wide_strings() -> Self {
        Self { strings: true, ..Self::new(Encoding::Utf16Le) }
    }

    pub(super) fn encoding(&self) -> Encoding {
        self.encoding
    }

    /// Whether text of another kind stands between: plain text between what was
    /// decoded, or UTF-16 between what was not. Then it has to be scanned that
    /// way, too.
    pub(super) fn is_mixed(&self) -> bool {
        self.mixed
    }

    /// Appends `raw`, decoded, to `text`. What belongs to no character becomes
    /// U+FFFD.
    pub(super) fn decode(&mut self, raw: &[u8], last: bool, text: &mut Vec<u8>) {
        self.watch(raw);
        self.pending.extend_from_slice(raw);
        let from = text.len();
        let used = match self.encoding {
            Encoding::Bytes => {
                text.extend_from_slice(&self.pending);
                self.pending.len()
            }
            Encoding::Utf16Le if self.strings => take_strings(&self.pending, last, text),
            Encoding::Utf16Le => decode_16(&self.pending, u16::from_le_bytes, last, text),
            Encoding::Utf16Be => decode_16(&self.pending, u16::from_be_bytes, last, text),
            Encoding::Utf32Le => decode_32(&self.pending, u32::from_le_bytes, text),
            Encoding::Utf32Be => decode_32(&self.pending, u32::from_be_bytes, text),
        };
        self.pending.drain(..used);
        if last {
            match (self.encoding, self.pending.as_slice()) {
                (_, []) => {}
                _ => push(char::REPLACEMENT_CHARACTER, text),
            }
        }
        if !self.started && text.len() > from {
            self.started = true;
            if text[from..].starts_with("\u{feff}".as_bytes()) {
                text.drain(from..from + 3);
            }
        }
    }

    /// Looks for text of another kind in `raw`. What is looked at next should
    /// begin with the last [`OVERLAP`] bytes of it.
    pub(super) fn watch(&mut self, raw: &[u8]) {
        if self.mixed {
            return;
        }
        self.mixed = match self.encoding {
            Encoding::Bytes => memchr::memchr(0, raw).is_some() && has_wide_run(raw),
            _ => raw.split(|byte| !byte.is_ascii_graphic()).any(|run| run.len() >= FOREIGN_RUN),
        };
    }
}

/// Whether [`FOREIGN_RUN`] printable ASCII characters stand in `raw` with a zero
/// byte between each two.
fn has_wide_run(raw: &[u8]) -> bool {
    // Such a run covers an aligned word of eight bytes, and few words that are
    // not part of one look like it.
    let (words, _) = raw.as_chunks::<8>();
    words.iter().enumerate().any(|(at, word)| {
        let start = match *word {
            [a, 0, b, 0, c, 0, d, 0] if [a, b, c, d].iter().all(u8::is_ascii_graphic) => at * 8,
            [0, a, 0, b, 0, c, 0, d] if [a, b, c, d].iter().all(u8::is_ascii_graphic) => at * 8 + 1,
            _ => return false,
        };
        wide_run_around(raw, start) >= FOREIGN_RUN
    })
}

/// The number of printable characters, two bytes apart with zeros between, in
/// the run that the one at `at` belongs to.
fn wide_run_around(raw: &[u8], at: usize) -> usize {
    let is_part = |at: usize| {
        let zero_behind = raw.get(at + 1).is_none_or(|byte| *byte == 0);
        raw.get(at).is_some_and(u8::is_ascii_graphic) && zero_behind
    };
    let behind = (at..raw.len()).step_by(2).take_while(|&at| is_part(at)).take(FOREIGN_RUN).count();
    let before = (0..at.div_ceil(2)).map_while(|step| at.checked_sub(2 * (step + 1)));
    before.take_while(|&at| is_part(at)).take(FOREIGN_RUN).count() + behind
}

/// Decodes whole UTF-16 characters and returns how many bytes they were. A
/// surrogate at the end waits for its other half unless this is the last piece.
fn decode_16(raw: &[u8], unit: fn([u8; 2]) -> u16, last: bool, text: &mut Vec<u8>) -> usize {
    let mut whole = raw.len() / 2;
    let at = |index: usize| unit([raw[2 * index], raw[2 * index + 1]]);
    if !last && whole > 0 && (0xd800..0xdc00).contains(&at(whole - 1)) {
        whole -= 1;
    }
    let characters = char::decode_utf16((0..whole).map(at));
    for character in characters {
        push(character.unwrap_or(char::REPLACEMENT_CHARACTER), text);
    }
    whole * 2
}

/// Appends the runs of ASCII characters with a zero byte between each two, a
/// line each, and returns how many bytes were looked at to their end. One that
/// reaches the end of `raw` waits for the rest unless this is the last piece.
///
/// Whether a zero stands before its character or behind it makes no difference.
fn take_strings(raw: &[u8], last: bool, text: &mut Vec<u8>) -> usize {
    let mut at = 0;
    while let Some(start) = next_wide(raw, at) {
        at = start;
        let zeros = |at: usize| raw.get(at + 1).is_none_or(|byte| *byte == 0);
        let run =
            (at..raw.len()).step_by(2).take_while(|&at| is_text(raw[at]) && zeros(at)).count();
        let end = at + 2 * run;
        if !last && run > 0 && end + 1 >= raw.len() {
            return at;
        }
        if run >= FOREIGN_RUN / 2 {
            let characters = (at..end.min(raw.len())).step_by(2).map(|at| raw[at]);
            text.extend(characters.clone().chain([b'\n']));
            // A text character next could be the last of a big-endian string, or
            // stand behind a little-endian one: both are to be scanned.
            if let Some(next) = raw.get(end).filter(|next| is_text(**next)) {
                text.extend(characters.chain([*next, b'\n']));
            }
        }
        at = end.max(at + 1);
    }
    raw.len()
}

/// Whether a byte can be a character of a string.
fn is_text(byte: u8) -> bool {
    byte.is_ascii_graphic() || b" \t".contains(&byte)
}

/// The first place from `from` on where a character of text stands before a
/// zero byte, or before the end.
fn next_wide(raw: &[u8], mut from: usize) -> Option<usize> {
    while from < raw.len() {
        let zero = memchr::memchr(0, &raw[from..]).map_or(raw.len(), |at| from + at);
        if zero > from && is_text(raw[zero - 1]) {
            return Some(zero - 1);
        }
        let zeros = raw[zero..].iter().take_while(|byte| **byte == 0).count();
        from = zero + zeros.max(1);
    }
    None
}

/// Decodes whole UTF-32 characters and returns how many bytes they were.
fn decode_32(raw: &[u8], unit: fn([u8; 4]) -> u32, text: &mut Vec<u8>) -> usize {
    let (units, _) = raw.as_chunks::<4>();
    for &bytes in units {
        push(char::from_u32(unit(bytes)).unwrap_or(char::REPLACEMENT_CHARACTER), text);
    }
    units.len() * 4
}

/// Appends a character byte by byte: one to four bytes are not worth a call to
/// copy memory.
fn push(character: char, text: &mut Vec<u8>) {
    for &byte in character.encode_utf8(&mut [0; 4]).as_bytes() {
        text.push(byte);
    }
}

#[cfg(test)]
mod tests {
    use super::{Decoder, detect};
    use crate::unit::Encoding;

    const TEXT: &str = "name = \"Käse\" # \u{1F600}\r\nnext line, ASCII\n";

    fn encode(encoding: Encoding, mark: bool) -> Vec<u8> {
        let text = format!("{}{TEXT}", if mark { "\u{feff}" } else { "" });
        match encoding {
            Encoding::Bytes => text.into_bytes(),
            Encoding::Utf16Le => text.encode_utf16().flat_map(u16::to_le_bytes).collect(),
            Encoding::Utf16Be => text.encode_utf16().flat_map(u16::to_be_bytes).collect(),
            Encoding::Utf32Le => text.chars().flat_map(|c| u32::from(c).to_le_bytes()).collect(),
            Encoding::Utf32Be => text.chars().flat_map(|c| u32::from(c).to_be_bytes()).collect(),
        }
    }

    const WIDE: [Encoding; 4] =
        [Encoding::Utf16Le, Encoding::Utf16Be, Encoding::Utf32Le, Encoding::Utf32Be];

    #[test]
    fn wide_text_is_recognised_with_and_without_a_mark() {
        for encoding in WIDE {
            assert_eq!(detect(&encode(encoding, true)), encoding);
            assert_eq!(detect(&encode(encoding, false)), encoding);
        }
        assert_eq!(detect(TEXT.as_bytes()), Encoding::Bytes);
        assert_eq!(detect(b""), Encoding::Bytes);
        assert_eq!(detect(&[0; 64]), Encoding::Bytes);
    }

    #[test]
    fn any_cut_gives_the_same_text() {
        for encoding in WIDE {
            let raw = encode(encoding, true);
            for cut in 0..=raw.len() {
                let mut decoder = Decoder::new(encoding);
                let mut text = Vec::new();
                decoder.decode(&raw[..cut], false, &mut text);
                decoder.decode(&raw[cut..], true, &mut text);
                assert_eq!(String::from_utf8_lossy(&text), TEXT, "{encoding:?} cut at {cut}");
                assert!(!decoder.is_mixed());
            }
        }
    }

    #[test]
    fn half_characters_and_foreign_text_are_noticed() {
        let mut decoder = Decoder::new(Encoding::Utf16Le);
        let mut text = Vec::new();
        decoder.decode(b"a\0\x00\xd8b\0c", true, &mut text);
        assert_eq!(String::from_utf8_lossy(&text), "a\u{fffd}b\u{fffd}");
        decoder.decode(b"plain ASCII_in_between_here", true, &mut text);
        assert!(decoder.is_mixed());
    }

    #[test]
    fn wide_strings_are_taken_out_of_other_data() {
        let wide =
            |text: &str| -> Vec<u8> { text.encode_utf16().flat_map(u16::to_le_bytes).collect() };
        let big =
            |text: &str| -> Vec<u8> { text.encode_utf16().flat_map(u16::to_be_bytes).collect() };
        let raw = [
            b"\x7fELF".as_slice(),
            &wide("first string"),
            b"\xff\xff\xff",
            &big("second one"),
            b"\x01plain text",
            &wide("short"),
        ];
        let raw = raw.concat();
        for cut in 0..raw.len() {
            let mut decoder = Decoder::of_wide_strings();
            let mut text = Vec::new();
            decoder.decode(&raw[..cut], false, &mut text);
            decoder.decode(&raw[cut..], true, &mut text);
            assert_eq!(
                String::from_utf8_lossy(&text),
                "first string\nsecond on\nsecond one\n",
                "cut at {cut}"
            );
        }
    }

    #[test]
    fn wide_text_between_plain_text_is_noticed() {
        let wide: Vec<u8> =
            "a_wide_string_in_it".encode_utf16().flat_map(u16::to_be_bytes).collect();
        let raw = [b"\x7fELF plain \0\0".as_slice(), &wide, b"plain"].concat();
        for cut in 0..raw.len() {
            let mut decoder = Decoder::new(Encoding::Bytes);
            decoder.watch(&raw[..cut]);
            decoder.watch(&raw[cut.saturating_sub(super::OVERLAP)..]);
            assert!(decoder.is_mixed(), "cut at {cut}");
        }
        let mut decoder = Decoder::new(Encoding::Bytes);
        decoder.watch(b"plain\0text\0with\0zeros\0in\0it\0and\0more\0of\0it");
        assert!(!decoder.is_mixed());
    }
}
