//! What a value looks like.

use super::model::MODEL;
use crate::refine::other_kind::{begins_with, is_hash};
use crate::refine::placeholder::longest_repeat;
use crate::secret::entropy;

/// From this on the pairs of letters are those of words: a mean logarithm of
/// their frequency, in hundredths.
const WORDY: i32 = -240;

/// Shortest text in a nested object that tells more than the whole.
const TELLING: usize = 16;

/// What of a value is looked at: where an object is written as one text
/// (`"{\"id\":1,\"sig\":\"…\"}"`), the longest text in it.
pub(super) fn inside(value: &[u8]) -> &[u8] {
    if !matches!(value, [b'{', .., b'}']) {
        return value;
    }
    let in_text = |byte: &u8| byte.is_ascii_alphanumeric() || b"+/=_-".contains(byte);
    let texts = value.split(|byte| !in_text(byte)).filter(|text| text.len() >= TELLING);
    texts.max_by_key(|text| text.len()).unwrap_or(value)
}

/// A value's bytes, counted.
pub(super) struct Shape<'v> {
    value: &'v [u8],
    upper: usize,
    lower: usize,
    digits: usize,
    blanks: usize,
    /// Neither letter, digit nor blank.
    signs: usize,
    beyond_ascii: usize,
    /// Changes between letters and digits.
    changes: usize,
    /// Changes from a small letter to a capital.
    humps: usize,
}

impl<'v> Shape<'v> {
    pub(super) fn of(value: &'v [u8]) -> Self {
        let count = |test: fn(&u8) -> bool| value.iter().filter(|byte| test(byte)).count();
        let pairs = |test: fn(u8, u8) -> bool| {
            value.windows(2).filter(|pair| test(pair[0], pair[1])).count()
        };
        let (upper, lower) = (count(u8::is_ascii_uppercase), count(u8::is_ascii_lowercase));
        let (digits, blanks) = (count(u8::is_ascii_digit), count(|byte| *byte == b' '));
        let beyond_ascii = count(|byte| !byte.is_ascii());
        Self {
            value,
            upper,
            lower,
            digits,
            blanks,
            beyond_ascii,
            signs: value.len() - upper - lower - digits - blanks - beyond_ascii,
            changes: pairs(|a, b| {
                a.is_ascii_alphabetic() && b.is_ascii_digit()
                    || a.is_ascii_digit() && b.is_ascii_alphabetic()
            }),
            humps: pairs(|a, b| a.is_ascii_lowercase() && b.is_ascii_uppercase()),
        }
    }

    pub(super) fn length(&self) -> &'static str {
        match self.value.len() {
            0..=3 => "3",
            4 => "4",
            5 => "5",
            6..=7 => "6-7",
            8..=9 => "8-9",
            10..=12 => "10-12",
            13..=15 => "13-15",
            16..=19 => "16-19",
            20..=27 => "20-27",
            28..=43 => "28-43",
            44..=99 => "44-99",
            100..=299 => "100-299",
            _ => "300-",
        }
    }

    pub(super) fn alphabet(&self) -> &'static str {
        let (upper, lower, digits) = (self.upper > 0, self.lower > 0, self.digits > 0);
        if self.beyond_ascii > 0 {
            return "beyond ascii";
        }
        if self.blanks > 0 {
            return "blanks";
        }
        let joined = |signs: &[u8]| {
            let own = self.value.iter().filter(|byte| signs.contains(byte)).count();
            self.signs > 0 && own == self.signs
        };
        let is_hex = |byte: &u8| byte.is_ascii_hexdigit();
        let hex = self.value.iter().all(is_hex) && !(upper && lower);
        match (upper, lower, digits) {
            _ if self.signs == 0 && hex && digits && (upper || lower) => "hex",
            (false, false, true) if self.signs == 0 => "digits",
            (false, true, false) if self.signs == 0 => "lower",
            (true, false, false) if self.signs == 0 => "upper",
            (true, true, false) if self.signs == 0 => "letters",
            (_, _, true) if self.signs == 0 && upper && lower => "mixed",
            (_, true, true) if self.signs == 0 => "lower digits",
            (true, _, true) if self.signs == 0 => "upper digits",
            _ if joined(b"-_") && !digits => "words joined",
            _ if joined(b"-_") => "joined with digits",
            _ if joined(b"-_.") && !digits => "dotted words",
            _ if joined(b"-_.") => "dotted with digits",
            _ if joined(b"+/=") && digits && upper && lower => "base64",
            _ if joined(b"+/=") => "slashes",
            _ if digits && (upper || lower) => "signs with digits",
            _ if upper || lower => "signs with letters",
            _ => "signs",
        }
    }

    /// Well-known forms.
    pub(super) fn form(&self) -> &'static str {
        let value = self.value;
        let starts = |beginnings: &[&[u8]]| begins_with(value, beginnings);
        let has = |part: &[u8]| memchr::memmem::find(value, part).is_some();
        if self.is_filler() {
            "filler"
        } else if has(b"$argon2")
            || self.is_two_base64()
            || is_hash(value)
            || starts(&[
                b"sha256:", b"sha256/", b"sha1:", b"sha512:", b"sha1$", b"sha256$", b"sha512-",
                b"sha256-", b"sha384-", b"md5:",
            ])
        {
            "hash"
        } else if has(b"://") {
            "address"
        } else if starts(&[b"ssh-", b"ecdsa-", b"-----begin"]) {
            "key block"
        } else if starts(&[b"/", b"./", b"~/", b"../"]) || self.is_path() {
            "path"
        } else if starts(&[b"basic ", b"bearer ", b"token "]) {
            "header"
        } else if value.ends_with(b"...") || value.ends_with("…".as_bytes()) {
            "cut off"
        } else if self.is_uuid() {
            "uuid"
        } else if starts(&[b"eyJ"]) && has(b".") {
            "jwt"
        } else if starts(&[
            b"arn:",
            b"urn:",
            b"magnet:",
            b"vault:",
            b"secretsmanager:",
            b"ssm:",
            b"env:",
            b"file:",
            b"base64:",
            b"enc[",
        ]) {
            "reference"
        } else if self.is_number() {
            "number"
        } else if self.is_hex_digest() {
            "digest"
        } else if value.contains(&b'@')
            && value.contains(&b'.')
            && self.blanks == 0
            && self.is_mail()
        {
            "mail"
        } else if value.contains(&b'<') && value.contains(&b'>') {
            "markup"
        } else if self.blanks >= 2 {
            "sentence"
        } else if self.blanks == 1 {
            "two words"
        } else if value.contains(&b'*') && self.digits == 0 && self.signs * 2 > value.len() {
            "masked"
        } else if self.is_dotted_name() {
            "dotted name"
        } else if self.humps > 0 && self.digits == 0 && self.signs == 0 && self.is_wordy() {
            "camel"
        } else if self.upper == 0 && self.lower == 0 {
            "no letters"
        } else if self.is_word_and_number() {
            "word and number"
        } else {
            "none"
        }
    }

    /// One character over and over, as in `sk_live_xxxxxxxxxxxx`.
    fn is_filler(&self) -> bool {
        longest_repeat(self.value) >= 6.max(self.value.len() / 5)
    }

    /// Part of a regular expression.
    fn is_pattern(&self) -> bool {
        const SIGNS: [&[u8]; 6] = [b"[a-", b"[A-", b"[0-9", b"\\w", b"\\d", b"(?:"];
        SIGNS.iter().any(|sign| memchr::memmem::find(self.value, sign).is_some())
    }

    /// Two values in Base64, one behind the other: a hash and its salt.
    fn is_two_base64(&self) -> bool {
        let Some(at) = memchr::memchr(b'=', self.value) else { return false };
        let (first, second) = self.value.split_at(at);
        let second = second.trim_ascii_start();
        let padding = second.iter().take_while(|byte| **byte == b'=').count();
        let second = &second[padding..];
        let is_base64 = |part: &[u8]| {
            part.len() >= 16 && part.iter().all(|b| b.is_ascii_alphanumeric() || b"+/=".contains(b))
        };
        is_base64(first) && is_base64(second)
    }

    fn is_path(&self) -> bool {
        let slashes = memchr::memchr_iter(b'/', self.value).count();
        slashes > 0
            && self.blanks == 0
            && self.is_wordy()
            && self.changes < 3
            && !self.value.ends_with(b"=")
            || self.value.windows(2).any(|pair| pair == b":\\")
    }

    fn is_uuid(&self) -> bool {
        self.value.len() == 36
            && self.value.iter().enumerate().all(|(at, byte)| match at {
                8 | 13 | 18 | 23 => *byte == b'-',
                _ => byte.is_ascii_hexdigit(),
            })
    }

    /// `$name`, `$env:NAME`, `%NAME%@%OTHER%`
    fn is_variable(&self) -> bool {
        let value = self.value;
        let is_name = |byte: &u8| byte.is_ascii_alphanumeric() || matches!(byte, b'_' | b':');
        let percents = memchr::memchr_iter(b'%', value).count();
        value.starts_with(b"$") && value[1..].iter().all(is_name) && self.digits * 3 < value.len()
            || value.starts_with(b"%") && value.ends_with(b"%") && percents.is_multiple_of(2)
    }

    fn is_number(&self) -> bool {
        let is_literal = |value: &[u8]| {
            let digits = value.strip_suffix(b"L").unwrap_or(value);
            digits.len() > 2 && digits[2..].iter().all(u8::is_ascii_hexdigit)
        };
        self.value.starts_with(b"0x") && is_literal(self.value)
            || self.digits > 0
                && self
                    .value
                    .iter()
                    .all(|byte| byte.is_ascii_digit() || b".-:+TZ/, v".contains(byte))
                && (self.signs > 0 || self.value.len() < 4)
    }

    fn is_hex_digest(&self) -> bool {
        matches!(self.value.len(), 32 | 40 | 56 | 64 | 96 | 128)
            && self.digits > 0
            && self.value.iter().all(|byte| byte.is_ascii_digit() || matches!(byte, b'a'..=b'f'))
    }

    fn is_mail(&self) -> bool {
        let Some(at) = memchr::memchr(b'@', self.value) else { return false };
        let domain = &self.value[at + 1..];
        let ending = domain.rsplit(|byte| *byte == b'.').next().unwrap_or_default();
        domain.contains(&b'.')
            && (2..=4).contains(&ending.len())
            && domain.iter().all(|byte| byte.is_ascii_alphanumeric() || b".-".contains(byte))
    }

    fn is_dotted_name(&self) -> bool {
        self.value.contains(&b'.')
            && self.value.iter().all(|byte| byte.is_ascii_alphanumeric() || b"._-".contains(byte))
            && self.digits * 4 < self.value.len()
            && self.is_wordy()
    }

    fn is_word_and_number(&self) -> bool {
        self.changes == 1 && self.value.last().is_some_and(u8::is_ascii_digit) && self.digits < 5
    }

    /// Whether the letters are those of words.
    fn is_wordy(&self) -> bool {
        MODEL.letters(self.value).is_some_and(|score| score > WORDY)
    }

    pub(super) fn letters(&self) -> &'static str {
        let Some(score) = MODEL.letters(self.value) else {
            return if self.upper + self.lower < 3 { "none" } else { "apart" };
        };
        match score {
            i32::MIN..=-350 => "-350",
            -349..=-310 => "-310",
            -309..=-280 => "-280",
            -279..=-255 => "-255",
            -254..=-230 => "-230",
            -229..=-205 => "-205",
            _ => "common",
        }
    }

    /// How often letters and digits take turns.
    pub(super) fn mix(&self) -> &'static str {
        let rate = self.changes * 10 / self.value.len().max(1);
        match self.changes {
            0 => "0",
            1 => "1",
            2 => "2",
            _ if rate < 2 => "few",
            _ => "many",
        }
    }

    pub(super) fn entropy(&self) -> &'static str {
        // Of so many different bytes as there can be.
        let most = (self.value.len().min(64) as f64).log2();
        let found = entropy(self.value);
        match found {
            found if found < 1.5 => "1.5",
            found if found < 2.2 => "2.2",
            found if found < 2.7 => "2.7",
            found if found < 3.2 => "3.2",
            found if found < 3.7 => "3.7",
            found if found > 0.92 * most => "high",
            found if found < 4.3 => "4.3",
            _ => "more",
        }
    }

    /// Whether it is more likely an expression than a value.
    pub(super) fn expression(&self, bare: bool, wrapped: bool) -> &'static str {
        let value = self.value;
        let has = |part: &[u8]| memchr::memmem::find(value, part).is_some();
        if has(b"${") || has(b"#{") || has(b"{{") || has(b"<%") || has(b"$(") || has(b"%(") {
            "template"
        } else if self.is_pattern() {
            "pattern"
        } else if has(b"%s")
            || has(b"%d")
            || has(b"%v")
            || has(b"%q")
            || has(b"%@")
            || has(b"{}")
            || has(b"{0}")
        {
            "format"
        } else if self.is_variable() {
            "variable"
        } else if value.starts_with(b"%") && value.ends_with(b"%")
            || value.starts_with(b"<")
            || value.starts_with(b"{") && value.ends_with(b"}")
            || value.starts_with(b"[") && value.ends_with(b"]")
        {
            "stand-in"
        } else if bare && value.contains(&b'.') && self.is_dotted_name() {
            "member"
        } else if bare && self.signs == 0 && self.humps > 0 && self.digits == 0 {
            "identifier"
        } else if bare
            && self.digits == 0
            && value.contains(&b'_')
            && self.value.iter().all(|b| b.is_ascii_alphabetic() || *b == b'_')
        {
            "snake"
        } else if bare
            && (value.ends_with(b"?")
                || value.ends_with(b":")
                || value.ends_with(b"!")
                || value.starts_with(b"&")
                || value.starts_with(b"*")
                || value.starts_with(b"@")
                || value.starts_with(b":"))
        {
            "sign"
        } else if wrapped {
            "wrapped"
        } else if bare {
            "bare"
        } else {
            "none"
        }
    }

    pub(super) fn case(&self) -> &'static str {
        let first = self.value.first().is_some_and(u8::is_ascii_uppercase);
        match (self.upper, self.lower) {
            (0, 0) => "none",
            (0, _) => "lower",
            (_, 0) => "upper",
            (1, _) if first => "capital",
            (upper, _) if upper * 6 < self.value.len() => "some",
            _ => "both",
        }
    }

    pub(super) fn edge(&self) -> &'static str {
        match self.value {
            [.., b'='] => "padded",
            [.., b'.' | b':' | b'?'] => "sentence end",
            [b'-' | b'_', ..] | [.., b'-' | b'_'] => "joiner",
            [b'@' | b'#' | b'!', ..] => "sign",
            [b'.', ..] => "dot",
            [b':' | b'/', ..] => "colon",
            _ => "none",
        }
    }
}

#[cfg(test)]
mod tests {
    use super::inside;

    #[test]
    fn of_a_nested_object_its_longest_text_is_looked_at() {
        let value = br#"{\"name\":\"root\",\"sig\":\"0123456789abcdef01\"}"#;
        assert_eq!(inside(value), b"0123456789abcdef01");
        assert_eq!(inside(b"{short}"), b"{short}");
        assert_eq!(inside(b"a0123456789abcdef{}"), b"a0123456789abcdef{}");
    }
}
