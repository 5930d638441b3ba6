//! The literal value behind what binds it.

use std::ops::Range;

use super::MOST;
use super::binding::{Binding, behind_blanks, behind_lines};

/// How a value is quoted.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Quote {
    /// Not at all.
    None,
    /// `"…"`
    Double,
    /// `'…'`
    Single,
    /// A backtick on both sides.
    Backtick,
    /// Quotes with backslashes before them: inside of another string.
    Escaped,
    /// Between two tags.
    Element,
    /// Between the `:` and the `@` of an address.
    Address,
}

impl Quote {
    /// Its name in explanations.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::None => "none",
            Self::Double => "double",
            Self::Single => "single",
            Self::Backtick => "backtick",
            Self::Escaped => "escaped",
            Self::Element => "element",
            Self::Address => "address",
        }
    }
}

/// What a value is handed to on its way to the name.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Wrapper {
    /// Nothing.
    None,
    /// A list.
    List,
    /// A function or a constructor.
    Call,
    /// A function that fetches what the literal only names.
    Fetch,
    /// A function that decodes the literal.
    Decode,
}

impl Wrapper {
    /// Its name in explanations.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::None => "none",
            Self::List => "list",
            Self::Call => "call",
            Self::Fetch => "fetch",
            Self::Decode => "decode",
        }
    }
}

/// A value, and how it stands there.
pub(super) struct Read {
    pub(super) binding: Binding,
    pub(super) wrapper: Wrapper,
    pub(super) quote: Quote,
    pub(super) value: Range<usize>,
}

/// Words before the value of a header that say how it is to be taken (RFC 9110,
/// 11.1).
const SCHEMES: [&[u8]; 7] = [b"bearer", b"basic", b"token", b"apikey", b"api-key", b"bot", b"key"];

/// Where the value goes on behind a scheme, if it begins with one.
fn behind_scheme(text: &[u8], value: &Range<usize>) -> Option<usize> {
    let bytes = &text[value.clone()];
    let length = bytes.iter().position(|byte| *byte == b' ').unwrap_or(bytes.len());
    let is_scheme = SCHEMES.iter().any(|scheme| bytes[..length].eq_ignore_ascii_case(scheme));
    let end = value.start + length;
    (is_scheme && text.get(end) == Some(&b' ')).then(|| behind_blanks(text, end))
}

/// Reads the value that `binding`, which ends at `at`, gives to a name that
/// begins at `name`.
pub(super) fn read(text: &[u8], at: usize, binding: Binding, name: usize) -> Option<Read> {
    if binding == Binding::Element {
        let value = element(text, at)?;
        return Some(Read { binding, wrapper: Wrapper::None, quote: Quote::Element, value });
    }
    let lines = usize::from(!matches!(binding, Binding::Blank | Binding::Compare));
    let start = behind_lines(text, at, lines);
    let same_line = start == behind_blanks(text, at);
    if let Some((wrapper, quote, value)) = quoted_within(text, start) {
        return Some(Read { binding, wrapper, quote, value });
    }
    if binding == Binding::Colon {
        if let Some(sign) = behind_type(text, start) {
            let start = behind_lines(text, sign, 1);
            let (wrapper, quote, value) = quoted_within(text, start)?;
            return Some(Read { binding: Binding::Equals, wrapper, quote, value });
        }
        if let Some(value) = block_scalar(text, start, name) {
            return Some(Read { binding, wrapper: Wrapper::None, quote: Quote::None, value });
        }
    }
    let takes_bare = match binding {
        Binding::Equals | Binding::Colon | Binding::Attribute | Binding::Arrow => same_line,
        Binding::Blank => text.get(name) == Some(&b'-') || is_instruction(text, name),
        Binding::Walrus
        | Binding::Compare
        | Binding::Comma
        | Binding::Call
        | Binding::Element
        | Binding::Address => false,
    };
    let value = takes_bare.then(|| bare(text, start)).flatten()?;
    let value = match behind_scheme(text, &value) {
        Some(start) => bare(text, start)?,
        None => value,
    };
    Some(Read { binding, wrapper: Wrapper::None, quote: Quote::None, value })
}

/// A string literal that begins at `at`, or behind what wraps it.
fn quoted_within(text: &[u8], mut at: usize) -> Option<(Wrapper, Quote, Range<usize>)> {
    let mut wrapper = Wrapper::None;
    for _ in 0..4 {
        if let Some((quote, value)) = quoted(text, at) {
            if is_key(text, value.end) {
                return None;
            }
            let start = behind_scheme(text, &value).unwrap_or(value.start);
            return Some((wrapper, quote, start.min(value.end)..value.end));
        }
        let (next, kind) = behind_wrapper(text, at)?;
        at = next;
        wrapper = if matches!(wrapper, Wrapper::None | Wrapper::List) { kind } else { wrapper };
    }
    None
}

/// Whether what ends here with a quote is the key of something else:
/// `token: {"optional": …`.
fn is_key(text: &[u8], end: usize) -> bool {
    let rest = &text[end..];
    let marks = rest.iter().take(8).take_while(|byte| matches!(byte, b'\\' | b'"' | b'\'' | b'`'));
    let closing = entity(rest).map_or_else(|| marks.count(), <[u8]>::len);
    let next = behind_blanks(text, end + closing);
    matches!(
        text.get(next..),
        Some([b':', b' ' | b'"' | b'\t' | b'[' | b'{', ..] | [b'=', b'>', ..])
    )
}

/// Quotes as they are written in HTML.
pub(super) const ENTITIES: [&[u8]; 5] = [b"&quot;", b"&#34;", b"&#39;", b"&apos;", b"&#x27;"];

/// The quote, as it is written in HTML, that this begins with.
pub(super) fn entity(rest: &[u8]) -> Option<&'static [u8]> {
    let first = rest.first()?;
    (*first == b'&').then(|| ENTITIES.into_iter().find(|entity| rest.starts_with(entity)))?
}

/// The inside of a string literal whose quotes are written as in HTML.
fn quoted_in_html(text: &[u8], at: usize) -> Option<Range<usize>> {
    let mark = entity(text.get(at..)?)?;
    let start = at + mark.len();
    let rest = &text[start..text.len().min(start + MOST + mark.len())];
    let end = memchr::memchr2(b'&', b'\n', rest)?;
    rest[end..].starts_with(mark).then_some(start..start + end)
}

/// The inside of a string literal that begins at `at`, perhaps with a letter or
/// two before its quotes (`b"…"`, `@"…"`).
fn quoted(text: &[u8], mut at: usize) -> Option<(Quote, Range<usize>)> {
    for _ in 0..2 {
        if matches!(
            text.get(at),
            Some(b'b' | b'B' | b'r' | b'R' | b'u' | b'U' | b'f' | b'L' | b'@' | b'$')
        ) {
            at += 1;
        }
    }
    if let Some(value) = quoted_in_html(text, at) {
        return Some((Quote::Escaped, value));
    }
    let rest = text.get(at..)?;
    let slashes = rest.iter().take(8).take_while(|byte| **byte == b'\\').count();
    let mark = *rest.get(slashes)?;
    let quote = match mark {
        _ if slashes > 0 && matches!(mark, b'"' | b'\'') => Quote::Escaped,
        b'"' => Quote::Double,
        b'\'' => Quote::Single,
        b'`' => Quote::Backtick,
        _ => return None,
    };
    let mut start = at + slashes + 1;
    // Python's and Kotlin's triple quotes.
    if slashes == 0 && text.get(start..start + 2) == Some(&[mark, mark]) {
        start += 2;
    }
    let end = closing(text, start, slashes, mark)?;
    Some((quote, start..end))
}

/// Where a string ends that is closed by `mark` behind so many backslashes.
fn closing(text: &[u8], start: usize, slashes: usize, mark: u8) -> Option<usize> {
    let rest = &text[start..text.len().min(start + MOST + 1)];
    let mut at = 0;
    while let Some(found) = memchr::memchr3(mark, b'\\', b'\n', rest.get(at..)?) {
        at += found;
        match rest[at] {
            b'\\' => {
                let run = rest[at..].iter().take_while(|byte| **byte == b'\\').count();
                let next = rest.get(at + run).copied();
                if slashes > 0 && next == Some(mark) && run <= slashes {
                    return Some(start + at);
                }
                // Of an odd number the last one escapes what follows.
                at += if slashes == 0 { run + run % 2 } else { run + 1 };
            }
            b'\n' => return None,
            _ => return Some(start + at),
        }
    }
    None
}

/// Where the value goes on behind a list's bracket or behind the name of a
/// function or type that it is handed to.
fn behind_wrapper(text: &[u8], at: usize) -> Option<(usize, Wrapper)> {
    let rest = text.get(at..)?;
    match rest {
        [b'[', b']', ..] => {}
        [b'[' | b'{', ..] => return Some((behind_lines(text, at + 1, 1), Wrapper::List)),
        [b'(', ..] => return Some((behind_blanks(text, at + 1), Wrapper::None)),
        [b'&' | b'!', ..] => return Some((at + 1, Wrapper::None)),
        [b'n', b'e', b'w', b' ', ..] => return Some((behind_blanks(text, at + 4), Wrapper::Call)),
        _ => {}
    }
    let is_word = |byte: &u8| {
        byte.is_ascii_alphanumeric() || matches!(byte, b'_' | b'.' | b':' | b'[' | b']' | b'!')
    };
    let length = rest.iter().take(64).take_while(|byte| is_word(byte)).count();
    let opens = length > 0 && matches!(rest.get(length), Some(b'(' | b'{'));
    opens.then(|| (behind_blanks(text, at + length + 1), called(&rest[..length])))
}

/// What the names of functions begin with that fetch what they are asked for.
const FETCHES: [&[u8]; 24] = [
    b"get",
    b"env",
    b"fetch",
    b"lookup",
    b"read",
    b"load",
    b"find",
    b"query",
    b"param",
    b"opt",
    b"config",
    b"translate",
    b"format",
    b"sprintf",
    b"printf",
    b"print",
    b"random",
    b"generate",
    b"ask",
    b"prompt",
    b"input",
    b"require",
    b"import",
    b"include",
];

/// What a function does, by the last part of its name.
fn called(name: &[u8]) -> Wrapper {
    let last = name.rsplit(|byte| matches!(byte, b'.' | b':')).find(|part| !part.is_empty());
    let last = last.unwrap_or_default();
    let begins = |words: &[&[u8]]| {
        words.iter().any(|word| {
            last.get(..word.len()).is_some_and(|start| start.eq_ignore_ascii_case(word))
        })
    };
    let holds = |words: &[&[u8]]| {
        let lower = last.to_ascii_lowercase();
        words.iter().any(|word| memchr::memmem::find(&lower, word).is_some())
    };
    if begins(&FETCHES)
        || last.eq_ignore_ascii_case(b"t")
        || holds(&[b"hash", b"getenv", b"config", b"property", b"setting"])
        || last.starts_with(b"to")
    {
        Wrapper::Fetch
    } else if holds(&[b"decode", b"unhex", b"fromhex", b"parse", b"base64", b"bytes"]) {
        Wrapper::Decode
    } else {
        Wrapper::Call
    }
}

/// Where `=` ends behind the type that stands at `at`.
fn behind_type(text: &[u8], at: usize) -> Option<usize> {
    let is_word = |byte: &u8| {
        byte.is_ascii_alphanumeric()
            || matches!(byte, b'_' | b'.' | b'<' | b'>' | b'[' | b']' | b'&' | b'?' | b'*' | b'|')
    };
    let rest = text.get(at..)?;
    let mut length = rest.iter().take(40).take_while(|byte| is_word(byte)).count();
    if rest.get(length..length + 8) == Some(b"'static ") {
        length += 8;
        length += rest[length..].iter().take(24).take_while(|byte| is_word(byte)).count();
    }
    let sign = behind_blanks(text, at + length);
    let is_sign = text.get(sign) == Some(&b'=') && !matches!(text.get(sign + 1), Some(b'=' | b'>'));
    (length > 0 && sign > at + length && is_sign).then_some(sign + 1)
}

/// The text between a tag and the next one.
fn element(text: &[u8], at: usize) -> Option<Range<usize>> {
    let rest = &text[at..text.len().min(at + MOST + 4)];
    let end = memchr::memchr2(b'<', b'\n', rest)?;
    let closes = rest.get(end..end + 2) == Some(b"</");
    closes.then(|| trimmed(text, at..at + end))
}

fn trimmed(text: &[u8], range: Range<usize>) -> Range<usize> {
    let inside = &text[range.clone()];
    let before = inside.iter().take_while(|byte| byte.is_ascii_whitespace()).count();
    let behind = inside.iter().rev().take_while(|byte| byte.is_ascii_whitespace()).count();
    if before == inside.len() {
        range.start..range.start
    } else {
        range.start + before..range.end - behind
    }
}

/// The one line of a YAML block scalar: `|` or `>` behind the colon, and the
/// value in the next line.
fn block_scalar(text: &[u8], at: usize, name: usize) -> Option<Range<usize>> {
    let mark = match text.get(at..)? {
        [b'|' | b'>', b'-' | b'+', ..] => 2,
        [b'|' | b'>', ..] => 1,
        _ => return None,
    };
    let line = behind_lines(text, at + mark, 1);
    let is_new = text[at + mark..line].contains(&b'\n');
    (is_new && line > name).then(|| bare(text, line)).flatten()
}

/// Whether the name is that of a variable in a Dockerfile's `ENV name value`.
fn is_instruction(text: &[u8], name: usize) -> bool {
    let before = &text[..name];
    [&b"ENV "[..], b"ARG "].iter().any(|instruction| {
        let line = before.strip_suffix(*instruction);
        line.is_some_and(|line| line.last().is_none_or(|byte| *byte == b'\n'))
    })
}

/// A value without quotes: up to a blank or to what cannot be part of one.
fn bare(text: &[u8], at: usize) -> Option<Range<usize>> {
    let rest = &text[at..text.len().min(at + MOST + 1)];
    if matches!(rest.first()?, b'[' | b'{' | b'(' | b'<' | b'|' | b'>' | b'=' | b'#' | b'~') {
        return None;
    }
    let ends = |byte: &u8| {
        byte.is_ascii_whitespace()
            || matches!(
                byte,
                b'"' | b'\''
                    | b'`'
                    | b'<'
                    | b'>'
                    | b'\\'
                    | b','
                    | b';'
                    | b')'
                    | b'('
                    | b'}'
                    | b'{'
                    | b'['
                    | b']'
                    | b'|'
                    | b'&'
            )
    };
    let length = rest.iter().position(ends).unwrap_or(rest.len());
    // A call, an index, a template: an expression, no value.
    if matches!(rest.get(length), Some(b'(' | b'[' | b'{')) || length > MOST {
        return None;
    }
    (length > 0).then_some(at..at + length)
}
