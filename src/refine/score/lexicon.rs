//! Words in values: those that say that a value is none, and those that people
//! take for passwords.

use crate::refine::placeholder::longest_repeat;
use crate::refine::published::is_example;

/// How it shows that a value only stands for one.
pub(super) fn sample(value: &[u8]) -> &'static str {
    let mut buffer = [0; 64];
    let lower = lowered(value, &mut buffer);
    let has =
        |words: &[&[u8]]| words.iter().any(|word| memchr::memmem::find(lower, word).is_some());
    let starts = |words: &[&[u8]]| words.iter().any(|word| lower.starts_with(word));
    if is_example(value) {
        "published"
    } else if starts(&[b"your", b"<", b"[your", b"enter", b"insert", b"put", b"paste", b"replace"])
        || has(&[
            b"your_",
            b"your-",
            b"yourpass",
            b"your ",
            b"_here",
            b"-here",
            b"goes",
            b"replace",
            b"example",
        ])
    {
        "your"
    } else if has(&[b"xxx", b"***", b"...", b"\xe2\x80\xa6", b"___", b"---"])
        || longest_repeat(lower) * 2 > lower.len().max(6)
    {
        "blank"
    } else if has(&[
        b"redacted",
        b"removed",
        b"hidden",
        b"filtered",
        b"masked",
        b"placeholder",
        b"omitted",
        b"scrubbed",
        b"sanitized",
    ]) {
        "removed"
    } else if has(&[
        b"sample", b"dummy", b"fake", b"mock", b"invalid", b"bogus", b"wrong", b"notreal",
        b"not-a", b"not_a",
    ]) {
        "example"
    } else if has(&[
        b"changeme",
        b"change_me",
        b"change-me",
        b"change_this",
        b"changethis",
        b"change-this",
        b"changeit",
        b"todo",
        b"fixme",
        b"tbd",
        b"insecure",
    ]) {
        "change"
    } else if starts(&[b"my", b"some", b"the", b"a_", b"an_", b"any", b"new", b"old", b"this"]) {
        "my"
    } else if has(&[b"test"]) {
        "test"
    } else if is_sequence(lower) {
        "sequence"
    } else {
        "none"
    }
}

/// Words that a value is, and what they say.
const WORDS: [(&str, &str); 5] = [
    (
        "nothing",
        "null none nil true false undefined yes no default empty auto self this optional \
         required enabled disabled on off unknown anonymous void never always",
    ),
    (
        "type",
        "string str int integer number bool boolean text object bytes byte char uuid json \
         array date long value bearer basic jwt oauth2 hidden hash apikey sha256 sha1 md5 \
         base64 rsa aes hmac hs256 scram-sha-256 scram-sha-1 bcrypt argon2 pbkdf2 hmac-sha256 \
         hmac-sha1 rs256 header query cookie body path",
    ),
    ("foo", "foo bar baz foobar abc abc123 xyz qux quux foobarbaz asd asdf blah doe hello world"),
    ("secret word", "password passwd pass secret token key pwd passphrase credentials"),
    (
        "account",
        "admin root guest user postgres mysql oracle sa letmein qwerty welcome changeme \
         master system manager test demo",
    ),
];

/// What a value holds, and what it says.
const PARTS: [(&str, &str); 3] = [
    ("with password", "password passwd passw"),
    ("with secret", "secret token key credential"),
    ("with name", "user name value field type error path file string config client"),
];

/// What word a value is.
pub(super) fn word(value: &[u8]) -> &'static str {
    let mut buffer = [0; 64];
    let lower = lowered(value, &mut buffer);
    let finds = |groups: &[(&'static str, &str)], test: &dyn Fn(&[u8]) -> bool| {
        let holds = |words: &str| words.split_ascii_whitespace().any(|word| test(word.as_bytes()));
        groups.iter().find(|(_, words)| holds(words)).map(|(group, _)| *group)
    };
    let mut buffer = [0; 64];
    let spelt = spelt_out(lower, &mut buffer);
    finds(&WORDS, &|word| lower == word || spelt == word)
        .or_else(|| finds(&PARTS, &|word| memchr::memmem::find(spelt, word).is_some()))
        .unwrap_or("none")
}

/// Whether a value says its own name again.
pub(super) fn echo(name: &[u8], value: &[u8]) -> &'static str {
    let letters = |text: &[u8], buffer: &mut [u8; 64]| {
        let mut length = 0;
        for byte in text.iter().filter(|byte| byte.is_ascii_alphanumeric()).take(64) {
            buffer[length] = byte.to_ascii_lowercase();
            length += 1;
        }
        length
    };
    let (mut one, mut other) = ([0; 64], [0; 64]);
    let (one_length, other_length) = (letters(name, &mut one), letters(value, &mut other));
    let (name, value) = (&one[..one_length], &other[..other_length]);
    if value.len() < 3 || name.len() < 3 {
        return "none";
    }
    let holds = |text: &[u8], part: &[u8]| memchr::memmem::find(text, part).is_some();
    if name == value {
        "same"
    } else if holds(name, value) {
        "part of name"
    } else if holds(value, name) {
        if value.len() <= name.len() + 4 { "name and little" } else { "name within" }
    } else {
        "none"
    }
}

/// Whether most of it counts up or down.
fn is_sequence(value: &[u8]) -> bool {
    let steps = |step: i16| {
        value.windows(2).filter(|pair| i16::from(pair[1]) - i16::from(pair[0]) == step).count()
    };
    value.len() >= 4 && steps(1).max(steps(-1)) * 4 >= (value.len() - 1) * 3
}

/// Letters in place of the digits and signs that people write for them.
fn spelt_out<'b>(lower: &[u8], buffer: &'b mut [u8; 64]) -> &'b [u8] {
    for (byte, letter) in lower.iter().zip(&mut *buffer) {
        *letter = match byte {
            b'0' => b'o',
            b'1' => b'i',
            b'3' => b'e',
            b'4' | b'@' => b'a',
            b'5' | b'$' => b's',
            b'7' => b't',
            _ => *byte,
        };
    }
    &buffer[..lower.len()]
}

fn lowered<'b>(value: &[u8], buffer: &'b mut [u8; 64]) -> &'b [u8] {
    let length = value.len().min(buffer.len());
    buffer[..length].copy_from_slice(&value[..length]);
    buffer[..length].make_ascii_lowercase();
    &buffer[..length]
}
