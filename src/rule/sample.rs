//! Example templates: how a rule shows what it finds without a real-looking
//! credential standing anywhere.
//!
//! | written | becomes |
//! | --- | --- |
//! | `${base62:30}` | 30 random characters of that alphabet |
//! | `${uuid}` | a random UUID, version 4 (RFC 9562), lower case |
//! | `${encode-base64:…}` | the rest, expanded, in Base64 (RFC 4648 §4) |
//! | `${encode-base64url:…}` | the same in Base64url without padding (§5) |
//! | `${encode-hex:…}` | the same in lower-case hexadecimal |
//! | `${seal:CHECKSUM:…}` | the rest, expanded, with its check characters put right |
//! | `$$` | a dollar sign |
//!
//! Everything else stands for itself. A seed decides what is random, so an
//! example is the same everywhere and different for each seed.

use std::fmt;

use super::checksum::Checksum;
use crate::hex::hex;

/// A template that cannot be expanded, and why.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct TemplateError(String);

impl fmt::Display for TemplateError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

impl std::error::Error for TemplateError {}

fn error(message: impl Into<String>) -> TemplateError {
    TemplateError(message.into())
}

/// Expands `template` with the randomness of `seed`.
pub fn expand(template: &str, seed: u64) -> Result<String, TemplateError> {
    let mut random = Random::new(seed, template);
    expand_with(template, &mut random, 0)
}

/// Deepest nesting of templates in templates.
const DEEPEST: usize = 8;

fn expand_with(template: &str, random: &mut Random, depth: usize) -> Result<String, TemplateError> {
    if depth > DEEPEST {
        return Err(error("the template is nested too deeply"));
    }
    let mut expanded = String::new();
    let mut rest = template;
    while let Some(dollar) = rest.find('$') {
        expanded.push_str(&rest[..dollar]);
        rest = &rest[dollar + 1..];
        if let Some(behind) = rest.strip_prefix('$') {
            expanded.push('$');
            rest = behind;
        } else if let Some(inside) = rest.strip_prefix('{') {
            let end = closing_brace(inside)
                .ok_or_else(|| error(format!("`${{{inside}` has no closing brace")))?;
            expanded.push_str(&placeholder(&inside[..end], random, depth)?);
            rest = &inside[end + 1..];
        } else {
            return Err(error("a lone `$`: write `$$` for a dollar sign"));
        }
    }
    expanded.push_str(rest);
    Ok(expanded)
}

/// Where the brace that was opened before `text` is closed.
fn closing_brace(text: &str) -> Option<usize> {
    let mut depth = 0_usize;
    for (at, byte) in text.bytes().enumerate() {
        match byte {
            b'{' => depth += 1,
            b'}' if depth == 0 => return Some(at),
            b'}' => depth -= 1,
            _ => {}
        }
    }
    None
}

/// Expands what stands between `${` and `}`.
fn placeholder(inside: &str, random: &mut Random, depth: usize) -> Result<String, TemplateError> {
    let (word, argument) = inside.split_once(':').unwrap_or((inside, ""));
    let mut nested = |template: &str| expand_with(template, random, depth + 1);
    match word {
        "uuid" => Ok(uuid(random)),
        "encode-base64" => Ok(base64(nested(argument)?.as_bytes(), BASE64, true)),
        "encode-base64url" => Ok(base64(nested(argument)?.as_bytes(), BASE64URL, false)),
        "encode-hex" => Ok(hex(nested(argument)?.as_bytes())),
        "seal" => {
            let (name, template) = argument
                .split_once(':')
                .ok_or_else(|| error(format!("`${{{inside}}}`: write `seal:CHECKSUM:TEMPLATE`")))?;
            seal(name, || nested(template))
        }
        _ => {
            let alphabet = alphabet(word)
                .ok_or_else(|| error(format!("`${{{inside}}}`: `{word}` is no alphabet")))?;
            let count: usize = argument
                .parse()
                .map_err(|_| error(format!("`${{{inside}}}`: `{argument}` is no number")))?;
            Ok((0..count).map(|_| char::from(random.pick(alphabet))).collect())
        }
    }
}

/// Most tokens made until one can be sealed: some issuers never issue those
/// whose check characters would fall outside their alphabet.
const TRIES: usize = 64;

fn seal(
    name: &str,
    mut token: impl FnMut() -> Result<String, TemplateError>,
) -> Result<String, TemplateError> {
    let checksum = Checksum::from_name(name)
        .ok_or_else(|| error(format!("`{name}` is no checksum that is known")))?;
    for _ in 0..TRIES {
        let mut bytes = token()?.into_bytes();
        if checksum.seal(&mut bytes).is_some() {
            return String::from_utf8(bytes).map_err(|_| error("the sealed token is not text"));
        }
    }
    Err(error(format!("the token has not the shape of the checksum `{name}`")))
}

const DIGITS: &[u8] = b"0123456789";
const HEX: &[u8] = b"0123456789abcdef";
const BASE64: &[u8; 64] = b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
const BASE64URL: &[u8; 64] = b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_";

/// The characters of a named alphabet.
fn alphabet(name: &str) -> Option<&'static [u8]> {
    Some(match name {
        "digits" => DIGITS,
        "hex" | "hex-lower" => HEX,
        "hex-upper" => b"0123456789ABCDEF",
        "lower" => &BASE64[26..52],
        "upper" => &BASE64[..26],
        "alnum-lower" => b"abcdefghijklmnopqrstuvwxyz0123456789",
        "alnum-upper" => b"ABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789",
        "alnum" | "base62" => &BASE64[..62],
        "word" => b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789_",
        "alnum-dash" => b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-",
        "base32" => b"ABCDEFGHIJKLMNOPQRSTUVWXYZ234567",
        "base58" => b"123456789ABCDEFGHJKLMNPQRSTUVWXYZabcdefghijkmnopqrstuvwxyz",
        "base64" => BASE64,
        "base64url" => BASE64URL,
        _ => return None,
    })
}

fn uuid(random: &mut Random) -> String {
    let mut hex =
        |count: usize| -> String { (0..count).map(|_| char::from(random.pick(HEX))).collect() };
    let (first, second, third, last) = (hex(8), hex(4), hex(3), hex(12));
    let variant = char::from(random.pick(b"89ab"));
    let fourth: String = (0..3).map(|_| char::from(random.pick(HEX))).collect();
    format!("{first}-{second}-4{third}-{variant}{fourth}-{last}")
}

/// Encodes `bytes` in Base64 (RFC 4648).
fn base64(bytes: &[u8], alphabet: &[u8; 64], padded: bool) -> String {
    let mut encoded = String::new();
    for group in bytes.chunks(3) {
        let mut word = [0; 4];
        word[1..=group.len()].copy_from_slice(group);
        let word = u32::from_be_bytes(word);
        for place in 0..=group.len() {
            let digit = (word >> (18 - 6 * place)) & 63;
            encoded.push(char::from(alphabet[digit as usize]));
        }
        if padded {
            encoded.extend(std::iter::repeat_n('=', 3 - group.len()));
        }
    }
    encoded
}

/// A small generator of reproducible randomness (`SplitMix64`, Steele, Lea and
/// Flood 2014). Not for secrets: examples must be the same everywhere.
struct Random(u64);

impl Random {
    /// The same seed gives different values in different templates.
    fn new(seed: u64, template: &str) -> Self {
        let start = template.bytes().fold(0xcbf2_9ce4_8422_2325_u64, |hash, byte| {
            (hash ^ u64::from(byte)).wrapping_mul(0x0100_0000_01b3)
        });
        Self(start ^ seed.wrapping_mul(0x9e37_79b9_7f4a_7c15))
    }

    fn next(&mut self) -> u64 {
        self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mut word = self.0;
        word = (word ^ (word >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        word = (word ^ (word >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        word ^ (word >> 31)
    }

    /// One byte of `alphabet`, which is not empty.
    fn pick(&mut self, alphabet: &[u8]) -> u8 {
        let at = self.next() % alphabet.len() as u64;
        alphabet[usize::try_from(at).unwrap_or(0)]
    }
}

#[cfg(test)]
mod tests {
    use super::{BASE64, BASE64URL, base64, expand};

    #[test]
    fn a_seed_decides_the_value() {
        let template = "key=${alnum:20} ${digits:3}";
        assert_eq!(expand(template, 1), expand(template, 1));
        assert_ne!(expand(template, 1), expand(template, 2));
        let value = expand(template, 3).expect("the template is right");
        assert_eq!(value.len(), 28);
        assert!(value[25..].bytes().all(|byte| byte.is_ascii_digit()));
    }

    #[test]
    fn base64_vectors_of_rfc_4648() {
        for (plain, encoded) in [
            ("", ""),
            ("f", "Zg=="),
            ("fo", "Zm8="),
            ("foo", "Zm9v"),
            ("foob", "Zm9vYg=="),
            ("fooba", "Zm9vYmE="),
            ("foobar", "Zm9vYmFy"),
        ] {
            assert_eq!(base64(plain.as_bytes(), BASE64, true), encoded);
            assert_eq!(base64(plain.as_bytes(), BASE64URL, false), encoded.trim_end_matches('='));
        }
    }

    #[test]
    fn encodings_nest_and_braces_balance() {
        assert_eq!(expand("${encode-base64:foo$$}", 0).as_deref(), Ok("Zm9vJA=="));
        assert_eq!(expand(r#"${encode-base64:{"a":1}}"#, 0).as_deref(), Ok("eyJhIjoxfQ=="));
        assert_eq!(expand("${encode-hex:${encode-base64:f}}", 0).as_deref(), Ok("5a673d3d"));
    }

    #[test]
    fn what_cannot_be_expanded_is_said() {
        for wrong in ["$x", "${alnum:", "${nosuch:3}", "${alnum:x}", "${seal:none:x}", "${seal:x}"]
        {
            assert!(expand(wrong, 0).is_err(), "{wrong}");
        }
    }

    #[test]
    fn a_uuid_has_version_and_variant() {
        let uuid = expand("${uuid}", 9).expect("the template is right");
        assert_eq!(uuid.len(), 36);
        assert_eq!(&uuid[14..15], "4");
        assert!("89ab".contains(&uuid[19..20]));
    }
}
