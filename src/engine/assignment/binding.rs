//! What stands between a name and its value.

use std::ops::Range;

use super::value::entity;
use crate::rule::BEFORE;

/// What binds a value to a name.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Binding {
    /// `=`, and its kin such as `?=` and `+=`.
    Equals,
    /// `:`
    Colon,
    /// `=>`
    Arrow,
    /// `:=`
    Walrus,
    /// `==`, `!=`: what the value is held against.
    Compare,
    /// `,`: the name and the value are neighbours in a call or a list.
    Comma,
    /// `(`: the name is called with the value.
    Call,
    /// A blank: an option and its value, a word and its value.
    Blank,
    /// `<name>value</name>`
    Element,
    /// The name and the value are two attributes, or two keys, of one thing:
    /// `name="…" value="…"`.
    Attribute,
    /// `:` between the user and the password of an address.
    Address,
}

impl Binding {
    /// Its name in explanations.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Equals => "equals",
            Self::Colon => "colon",
            Self::Arrow => "arrow",
            Self::Walrus => "walrus",
            Self::Compare => "compare",
            Self::Comma => "comma",
            Self::Call => "call",
            Self::Blank => "blank",
            Self::Element => "element",
            Self::Attribute => "attribute",
            Self::Address => "address",
        }
    }
}

/// What was found behind a name.
pub(super) struct Bound {
    pub(super) binding: Binding,
    pub(super) quoted_name: bool,
    /// Where it ends.
    pub(super) end: usize,
}

/// Most blanks in one place.
const MOST_BLANKS: usize = 48;

/// Whether a name that ends here can be bound to something, as far as one byte
/// tells.
pub(super) fn may_follow(text: &[u8], end: usize) -> bool {
    text.get(end).is_some_and(|byte| {
        matches!(
            byte,
            b'=' | b':'
                | b' '
                | b'\t'
                | b'"'
                | b'\''
                | b'`'
                | b'\\'
                | b']'
                | b')'
                | b'('
                | b','
                | b'>'
                | b'*'
                | b'['
                | b'!'
                | b'?'
                | b'+'
                | b'|'
                | b'&'
                | b'\n'
                | b'\r'
        )
    })
}

/// Reads what binds, behind a name.
pub(super) fn behind(text: &[u8], name: &Range<usize>) -> Option<Bound> {
    let (mut at, quoted_name) = behind_closing(text, name.end);
    let is_option = text[name.start] == b'-';
    let closed = at;
    at = behind_blanks(text, at);
    let blanks = at - closed;
    let bound = |binding, length: usize| Some(Bound { binding, quoted_name, end: at + length });
    match text.get(at..)? {
        [b':', b':', ..] | [b'=', b'~', ..] => None,
        [b'=' | b'!', b'=', b'=', ..] => bound(Binding::Compare, 3),
        [b'=' | b'!', b'=', ..] => bound(Binding::Compare, 2),
        [b'=', b'>', ..] => bound(Binding::Arrow, 2),
        [b'=', ..] => bound(Binding::Equals, 1),
        [b':', b'=', ..] => bound(Binding::Walrus, 2),
        [b':', ..] => bound(Binding::Colon, 1),
        [b'?' | b'+', b'=', ..] => bound(Binding::Equals, 2),
        [b'|', b'|', b'=', ..] | [b'?', b'?', b'=', ..] => bound(Binding::Equals, 3),
        [b',', ..] if quoted_name => bound(Binding::Comma, 1),
        [b'(', ..] if !quoted_name && blanks == 0 => bound(Binding::Call, 1),
        [b'>', ..] if blanks == 0 && opens_element(text, name.start) => bound(Binding::Element, 1),
        rest if quoted_name || at_line_end(rest) => {
            let end = second_key(text, at)?;
            Some(Bound { binding: Binding::Attribute, quoted_name, end })
        }
        rest if blanks > 0 && text[name.clone()].eq_ignore_ascii_case(b"identified") => {
            is_of_user(&text[..name.start]).then_some(())?;
            bound(Binding::Equals, behind_by(rest)?)
        }
        _ if is_option && blanks > 0 => bound(Binding::Blank, 0),
        rest if blanks > 0 => behind_type(rest)
            .map_or_else(|| bound(Binding::Blank, 0), |length| bound(Binding::Equals, length)),
        _ => None,
    }
}

/// Where what closes a name ends: quotes, brackets, emphasis. Also whether it
/// was quoted.
fn behind_closing(text: &[u8], mut at: usize) -> (usize, bool) {
    let mut quoted = false;
    for _ in 0..6 {
        match text.get(at) {
            Some(b'"' | b'\'' | b'`') => quoted = true,
            Some(b'\\') if matches!(text.get(at + 1), Some(b'\\' | b'"' | b'\'')) => {}
            Some(b']' | b'*') => {}
            Some(b')') if quoted => {}
            Some(b'[') if text.get(at + 1) == Some(&b']') => at += 1,
            Some(b'&') => match entity(&text[at..]) {
                Some(entity) => {
                    quoted = true;
                    at += entity.len() - 1;
                }
                None => break,
            },
            _ => break,
        }
        at += 1;
    }
    (at, quoted)
}

/// Where blanks end.
pub(super) fn behind_blanks(text: &[u8], at: usize) -> usize {
    let rest = text.get(at..).unwrap_or_default();
    at + rest.iter().take(MOST_BLANKS).take_while(|byte| matches!(byte, b' ' | b'\t')).count()
}

/// Where blanks and at most `lines` line ends end.
pub(super) fn behind_lines(text: &[u8], mut at: usize, lines: usize) -> usize {
    for _ in 0..lines {
        at = behind_blanks(text, at);
        let end = match text.get(at..) {
            Some([b'\r', b'\n', ..]) => 2,
            Some([b'\n', ..]) => 1,
            _ => return at,
        };
        at += end;
    }
    behind_blanks(text, at)
}

fn opens_element(text: &[u8], name: usize) -> bool {
    name > 0 && text[name - 1] == b'<'
}

fn at_line_end(rest: &[u8]) -> bool {
    matches!(rest, [b'\n', ..] | [b'\r', b'\n', ..])
}

/// The words that a value has beside a name: `value="…"`, `"value": "…"`.
const SECOND_KEYS: [&[u8]; 4] = [b"value", b"content", b"default", b"string"];

/// Where the binding of a second key ends that holds the value of the first:
/// `name="password" value=`, `- name: PASSWORD` and `value:` in the next line.
fn second_key(text: &[u8], at: usize) -> Option<usize> {
    let at = behind_lines(text, at, 1);
    let at = if text.get(at) == Some(&b',') { behind_lines(text, at + 1, 1) } else { at };
    let (at, quoted) = match text.get(at..)? {
        [b'\\', b'"', ..] => (at + 2, true),
        [b'"' | b'\'', ..] => (at + 1, true),
        _ => (at, false),
    };
    let rest = text.get(at..)?;
    let word = SECOND_KEYS.iter().find(|word| {
        rest.len() > word.len()
            && rest.iter().zip(**word).all(|(byte, expected)| byte | 0x20 == *expected)
    })?;
    let mut end = at + word.len();
    if quoted {
        end += match text.get(end..)? {
            [b'\\', b'"', ..] => 2,
            [b'"' | b'\'', ..] => 1,
            _ => return None,
        };
    }
    let end = behind_blanks(text, end);
    matches!(text.get(end), Some(b'=' | b':')).then_some(end + 1)
}

/// Length of SQL's `BY`, before which the way to identify may be named:
/// `IDENTIFIED WITH mysql_native_password BY '…'`.
fn behind_by(rest: &[u8]) -> Option<usize> {
    const MOST_WORDS: usize = 3;
    let mut at = 0;
    for _ in 0..MOST_WORDS {
        let word = rest[at..].iter().take(32).take_while(|byte| is_name_byte(**byte)).count();
        let (word, start) = (&rest[at..at + word], at);
        at = behind_blanks(rest, start + word.len());
        if word.eq_ignore_ascii_case(b"by") {
            return Some(at);
        }
        if word.is_empty() {
            return None;
        }
    }
    None
}

/// Whether a statement about a user leads here: commits and boats are identified
/// by things, too.
fn is_of_user(before: &[u8]) -> bool {
    const STATEMENTS: [&[u8]; 3] = [b"user", b"role", b"grant"];
    let line = memchr::memrchr(b'\n', before).map_or(before, |at| &before[at + 1..]);
    let line = &line[line.len().saturating_sub(BEFORE as usize)..];
    STATEMENTS
        .iter()
        .any(|word| line.windows(word.len()).any(|part| part.eq_ignore_ascii_case(word)))
}

fn is_name_byte(byte: u8) -> bool {
    byte.is_ascii_alphanumeric() || byte == b'_'
}

/// Length of a type that stands between a name and `=`, with the sign, as in Go
/// and SQL: `password string = `.
fn behind_type(rest: &[u8]) -> Option<usize> {
    let word = rest.iter().take(24).take_while(|byte| {
        byte.is_ascii_alphanumeric() || matches!(byte, b'_' | b'.' | b'*' | b'[' | b']')
    });
    let word = word.count();
    let blanks = rest[word..].iter().take(8).take_while(|byte| **byte == b' ').count();
    let sign = word + blanks;
    let is_sign = rest.get(sign) == Some(&b'=') && !matches!(rest.get(sign + 1), Some(b'=' | b'>'));
    (word > 0 && blanks > 0 && is_sign).then_some(sign + 1)
}
