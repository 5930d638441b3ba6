//! Values that stand for a value: `xxxx`, `<your-token>`, `${VAR}`,
//! documentation examples.
//!
//! A random token holds an English word now and then, so words count only in
//! proportion: a long random tail beside `test` is still a token.

use super::published::is_example;
use super::{Check, Reason, Subject, Verdict};
use crate::rule::Class;

/// Recognises values that somebody is to replace.
pub(super) struct Placeholder;

impl Check for Placeholder {
    fn check(&self, subject: &Subject<'_>) -> Verdict {
        if subject.rule.class == Class::PrivateKey {
            return key_block(subject.secret);
        }
        match sign(subject) {
            Some(how) => Verdict::Drop(Reason::Placeholder(how)),
            None => Verdict::Keep,
        }
    }
}

/// How it shows that a value is a placeholder, if it does.
fn sign(subject: &Subject<'_>) -> Option<&'static str> {
    if is_reference(subject) {
        return Some("it refers to a variable");
    }
    if is_composed(subject) {
        return Some("a variable stands in it");
    }
    if is_example(subject.secret) {
        return Some("a standard gives it as an example");
    }
    let value = variable_part(subject);
    if longest_repeat(value) >= 6.max(value.len() / 5) {
        return Some("one character repeated");
    }
    if longest_sequence(value) >= 8.max(value.len() / 3) || is_all_sequences(value) {
        return Some("a sequence such as 12345678");
    }
    if is_cut_off(subject) {
        return Some("it is cut off with dots");
    }
    if has_period(value) {
        return Some("a short pattern repeated");
    }
    has_telling_word(value).then_some("it says that it is an example")
}

/// The value without the literal that every credential of its kind begins with.
fn variable_part<'a>(subject: &Subject<'a>) -> &'a [u8] {
    let value = subject.secret;
    let begins_with = |literal: &[u8]| {
        value.len() > literal.len() && value.iter().zip(literal).all(|(a, b)| a | 0x20 == b | 0x20)
    };
    let literals = subject.rule.triggers.iter().map(|trigger| trigger.literal.as_ref());
    let longest = literals.filter(|literal| begins_with(literal)).map(<[u8]>::len).max();
    &value[longest.unwrap_or(0)..]
}

/// `${NAME}`, `$(command)`, `{{ name }}`, `%NAME%`, `<name>`: something is put
/// in here later.
fn is_reference(subject: &Subject<'_>) -> bool {
    const PAIRS: [(&[u8], &[u8]); 7] = [
        (b"${", b"}"),
        (b"$(", b")"),
        (b"{{", b"}}"),
        (b"#{", b"}"),
        (b"<", b">"),
        (b"%(", b")"),
        (b"%", b"%"),
    ];
    let within = |text: &[u8]| {
        PAIRS.iter().any(|(open, close)| {
            text.len() > open.len() + close.len() && text.starts_with(open) && text.ends_with(close)
        })
    };
    let variable = |text: &[u8]| {
        text.len() > 1
            && text[0] == b'$'
            && text[1..].iter().all(|byte| byte.is_ascii_uppercase() || *byte == b'_')
    };
    within(subject.secret) || variable(subject.secret) || is_bracketed(subject)
}

/// Whether the value stands between brackets of a reference that the pattern
/// did not take in.
fn is_bracketed(subject: &Subject<'_>) -> bool {
    let end = subject.start + subject.secret.len();
    let before = subject.text.get(..subject.start).unwrap_or_default();
    let after = subject.text.get(end..).unwrap_or_default();
    (before.ends_with(b"${") && after.starts_with(b"}"))
        || (before.ends_with(b"{{") && after.starts_with(b"}}"))
        || (before.ends_with(b"<") && after.starts_with(b">") && !before.ends_with(b"></"))
            && subject.secret.iter().all(|byte| byte.is_ascii_lowercase() || b"-_ ".contains(byte))
}

/// Whether a part of the value is put in later: a reference stands in it, or
/// right behind it.
fn is_composed(subject: &Subject<'_>) -> bool {
    const OPENINGS: [(&[u8], u8); 4] = [(b"${", b'}'), (b"#{", b'}'), (b"{{", b'}'), (b"<%", b'%')];
    let after = subject.text.get(subject.start + subject.secret.len()..).unwrap_or_default();
    OPENINGS.iter().any(|(open, close)| {
        let inside = memchr::memmem::find(subject.secret, open);
        after.starts_with(open)
            || inside.is_some_and(|at| memchr::memchr(*close, &subject.secret[at..]).is_some())
    })
}

/// Longest run of one character.
pub(super) fn longest_repeat(value: &[u8]) -> usize {
    value.chunk_by(|a, b| a == b).map(<[u8]>::len).max().unwrap_or(0)
}

/// Longest run of characters that count up or down by one.
fn longest_sequence(value: &[u8]) -> usize {
    let runs = |step: i16| {
        value.chunk_by(move |a, b| i16::from(*b) - i16::from(*a) == step).map(<[u8]>::len).max()
    };
    runs(1).max(runs(-1)).unwrap_or(0)
}

/// Whether the value is made of short sequences, one after the other
/// (`012345abcdef`) or one between the other (`a1b2c3d4e5`).
fn is_all_sequences(value: &[u8]) -> bool {
    let counts_up = |a: &u8, b: &u8| a.checked_add(1) == Some(*b);
    let runs = value.chunk_by(counts_up).filter(|run| run.len() >= 4);
    let in_runs: usize = runs.map(<[u8]>::len).sum();
    let alternate = value.windows(3).filter(|w| w[0].checked_add(1) == Some(w[2])).count();
    value.len() >= 8 && (in_runs * 10 >= value.len() * 9 || (alternate + 2) * 10 >= value.len() * 9)
}

/// Whether dots stand for the rest of the value.
fn is_cut_off(subject: &Subject<'_>) -> bool {
    let end = subject.start + subject.secret.len();
    let after = subject.text.get(end..).unwrap_or_default();
    subject.secret.ends_with(b"...")
        || after.starts_with(b"...")
        || after.starts_with("…".as_bytes())
}

/// Whether most of the value is a pattern of up to five characters again and
/// again. A prefix of the token does not count.
fn has_period(value: &[u8]) -> bool {
    (2..=5).any(|period| {
        let same = value.windows(period + 1).filter(|window| window[0] == window[period]).count();
        value.len() >= 4 * period && same * 10 >= (value.len() - period) * 8
    })
}

/// Words that nobody's generator puts into a credential, with the length from
/// which they tell by themselves.
const WORDS: [&[u8]; 22] = [
    b"example",
    b"placeholder",
    b"changeme",
    b"change_me",
    b"change-me",
    b"replaceme",
    b"replace_me",
    b"replace-me",
    b"replace_with",
    b"replace-with",
    b"insert_your",
    b"insert-your",
    b"your_",
    b"your-",
    b"yourtoken",
    b"yourkey",
    b"yoursecret",
    b"redacted",
    b"dummy",
    b"not-a-real",
    b"notareal",
    b"xxxxx",
];

/// Whether the value spells out that it is none. One word of seven letters is
/// enough in any value: by chance it stands in one of 10^9 tokens. A shorter
/// one must make up a fifth of it.
fn has_telling_word(value: &[u8]) -> bool {
    let lower = value.to_ascii_lowercase();
    WORDS.iter().any(|word| {
        let long_enough = word.len() >= 7 || word.len() * 5 >= lower.len();
        long_enough && memchr::memmem::find(&lower, word).is_some()
    })
}

/// A key block whose body is dots, words or one character is an example.
fn key_block(block: &[u8]) -> Verdict {
    let body = || block.iter().copied().filter(|byte| !byte.is_ascii_whitespace());
    let dots = body().collect::<Vec<u8>>();
    if memchr::memmem::find(&dots, b"...").is_some() {
        return Verdict::Drop(Reason::Placeholder("its body is left out"));
    }
    if memchr::memmem::find(&dots, b"EXAMPLE").is_some() {
        return Verdict::Drop(Reason::Placeholder("it says that it is an example"));
    }
    let repeats = dots.chunk_by(|a, b| a == b && *a != b'-').map(<[u8]>::len).max().unwrap_or(0);
    if repeats >= 24 {
        return Verdict::Drop(Reason::Placeholder("one character repeated"));
    }
    Verdict::Keep
}

#[cfg(test)]
mod tests {
    use super::{Placeholder, Subject, Verdict};
    use crate::refine::Check;
    use crate::rule::{RuleSet, sample};

    fn is_placeholder(text: &str, value: &str) -> bool {
        let rules = RuleSet::builtin();
        let (_, rule) = rules
            .iter()
            .find(|(_, rule)| rule.class != crate::rule::Class::PrivateKey)
            .expect("there are rules");
        let start = text.find(value).expect("the value stands in the text");
        let subject = Subject {
            rule,
            secret: value.as_bytes(),
            text: text.as_bytes(),
            start,
            matched: start,
        };
        Placeholder.check(&subject) != Verdict::Keep
    }

    #[test]
    fn what_stands_for_a_value_is_recognised() {
        for value in [
            "xxxxxxxxxxxxxxxxxxxxxxxx",
            "abc_aaaaaaaaaaaaaaaaaaaaaaaa",
            "${DATABASE_PASSWORD}",
            "$DATABASE_PASSWORD",
            "{{ secrets.token }}",
            "<your-token>",
            "%DB_PASS%",
            "IDIOSFODNN7EXAMPLE",
            "my_placeholder_token",
            "your_api_key_goes_here",
            "1234567890",
            "abcdefghijklmnop",
            "01230123012301230123",
            "abababababababab",
            "012345abcdef",
            "a1b2c3d4e5f6",
        ] {
            assert!(is_placeholder(&format!("key = {value}"), value), "{value}");
        }
        assert!(is_placeholder("${token_name_here}", "token_name_here"));
        for (text, value) in [
            ("key = aK3b${SUFFIX}", "aK3b"),
            ("key = 'aK3b#{x}9Zq'", "aK3b#{x}9Zq"),
            ("url: https://h/{{ path }}/aK3", "h/{{ path }}/aK3"),
        ] {
            assert!(is_placeholder(text, value), "{text}");
        }
        assert!(!is_placeholder("key = aK3b$x{y9Zq}", "aK3b$x{y9Zq}"));
    }

    #[test]
    fn random_values_are_kept() {
        for seed in 0..2000 {
            for template in ["${base62:36}", "${hex:32}", "${base64:40}", "${alnum-upper:16}"] {
                let value = sample::expand(template, seed).expect("the template is right");
                assert!(!is_placeholder(&value, &value), "{template} at seed {seed}");
            }
        }
        assert!(!is_placeholder("s3cr3t-Passw0rd", "s3cr3t-Passw0rd"));
    }
}
