//! Macaroons: whose they are and how they are restricted. Birgisson et al.,
//! "Macaroons: Cookies with Contextual Caveats", 2014; both binary formats of
//! libmacaroons' `doc/format.txt`. PyPI's tokens are such: its public source
//! code has what their caveats mean.

use serde_json::Value;

use super::encoded::base64;
use super::facts::Facts;

/// Fields of the second format.
const LOCATION: u8 = 1;
const IDENTIFIER: u8 = 2;
const SIGNATURE: u8 = 6;
/// Most caveats that are looked at.
const CAVEATS: usize = 64;
/// Longest identifier that is told.
const NAME: usize = 80;

/// What a macaroon holds besides its signature.
#[derive(Default)]
struct Macaroon<'a> {
    location: &'a [u8],
    identifier: &'a [u8],
    caveats: Vec<&'a [u8]>,
}

/// Tells where a macaroon is of use and what restricts it.
pub(super) fn read(secret: &[u8], facts: &mut Facts) {
    let encoded = secret.strip_prefix(b"pypi-").unwrap_or(secret);
    // A version, or a length in hexadecimal, and the first field's name.
    if !encoded.starts_with(b"Ag") && !encoded.starts_with(b"MDA") {
        return;
    }
    let Some(bytes) = base64(encoded) else { return };
    let Some(macaroon) = second(&bytes).or_else(|| first(&bytes)) else { return };
    facts.tell_some("host", text(macaroon.location));
    facts.tell_some("token", text(macaroon.identifier));
    facts.tell("caveats", macaroon.caveats.len().to_string());
    for caveat in macaroon.caveats {
        tell_caveat(caveat, facts);
    }
}

/// Tells what a caveat of PyPI says.
fn tell_caveat(caveat: &[u8], facts: &mut Facts) {
    let Ok(caveat) = serde_json::from_slice::<Value>(caveat) else { return };
    let names = |value: &Value| {
        let names = value.as_array()?.iter().take(16).filter_map(Value::as_str);
        Some(names.collect::<Vec<_>>().join(", "))
    };
    match (caveat.get(0).and_then(Value::as_u64), caveat.get("permissions")) {
        (Some(0), _) => {
            if let Some(end) = caveat.get(1).and_then(Value::as_i64) {
                facts.expires(end);
            }
        }
        (Some(1), _) => facts.tell_some("projects", caveat.get(1).and_then(names)),
        (Some(2), _) => facts.tell("projects", "named by their ids"),
        (Some(3), _) => facts.tell_some("user", caveat.get(1).and_then(Value::as_str)),
        (None, Some(Value::String(scope))) => facts.tell("scopes", scope),
        (None, Some(scope)) => facts.tell_some("projects", scope.get("projects").and_then(names)),
        _ => {}
    }
}

/// The second format: sections of fields, each a type, a length and its bytes.
fn second(bytes: &[u8]) -> Option<Macaroon<'_>> {
    let mut rest = bytes.strip_prefix(&[2])?;
    let mut macaroon = Macaroon::default();
    let (location, identifier) = section(&mut rest)?;
    (macaroon.location, macaroon.identifier) = (location, identifier?);
    for _ in 0..CAVEATS {
        match section(&mut rest)? {
            (_, Some(caveat)) => macaroon.caveats.push(caveat),
            (_, None) => break,
        }
    }
    let (kind, _) = field(&mut rest)?;
    (kind == SIGNATURE).then_some(macaroon)
}

/// The fields up to the end of a section: a location, and the identifier unless
/// the section is empty.
fn section<'a>(rest: &mut &'a [u8]) -> Option<(&'a [u8], Option<&'a [u8]>)> {
    let (mut location, mut identifier): (&[u8], _) = (&[], None);
    loop {
        match rest.split_first()? {
            (0, behind) => {
                *rest = behind;
                return Some((location, identifier));
            }
            _ => match field(rest)? {
                (LOCATION, value) => location = value,
                (IDENTIFIER, value) => identifier = Some(value),
                (SIGNATURE, _) => return None,
                _ => {}
            },
        }
    }
}

/// One field: its type, its length in seven bits a byte, and its bytes.
fn field<'a>(rest: &mut &'a [u8]) -> Option<(u8, &'a [u8])> {
    let (&kind, mut behind) = rest.split_first()?;
    let (mut length, mut shift) = (0_usize, 0);
    loop {
        let (&byte, next) = behind.split_first()?;
        behind = next;
        length |= usize::from(byte & 0x7f) << shift;
        shift += 7;
        if byte & 0x80 == 0 {
            break;
        }
        if shift > 21 {
            return None;
        }
    }
    let (value, behind) = behind.split_at_checked(length)?;
    *rest = behind;
    Some((kind, value))
}

/// The first format: packets of a length in hexadecimal, a name, a blank, and a
/// value with a line end.
fn first(bytes: &[u8]) -> Option<Macaroon<'_>> {
    let mut rest = bytes;
    let mut macaroon = Macaroon::default();
    for _ in 0..CAVEATS {
        let (length, _) = rest.split_first_chunk::<4>()?;
        let length = usize::from_str_radix(std::str::from_utf8(length).ok()?, 16).ok()?;
        let (packet, behind) = rest.split_at_checked(length)?;
        rest = behind;
        let packet = packet.get(4..)?.strip_suffix(b"\n")?;
        let blank = packet.iter().position(|&byte| byte == b' ')?;
        let (name, value) = (&packet[..blank], &packet[blank + 1..]);
        match name {
            b"location" => macaroon.location = value,
            b"identifier" => macaroon.identifier = value,
            b"cid" => macaroon.caveats.push(value),
            b"signature" => return Some(macaroon),
            _ => {}
        }
    }
    None
}

/// A short text of visible characters.
fn text(bytes: &[u8]) -> Option<&str> {
    let text = std::str::from_utf8(bytes).ok()?;
    (text.len() <= NAME && text.chars().all(|c| c.is_ascii_graphic())).then_some(text)
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::{first, second};
    use crate::anatomy::tests::{facts_of, made};

    /// The template of a field.
    fn field(kind: char, value: &str) -> String {
        let length = char::from_u32(u32::try_from(value.len()).expect("it is short"));
        format!("{kind}{}{value}", length.expect("it is ASCII"))
    }

    fn token(caveats: &[&str]) -> String {
        let head = field('\u{1}', "pypi.org") + &field('\u{2}', "an-id") + "\0";
        let caveats: String = caveats.iter().map(|it| field('\u{2}', it) + "\0").collect();
        made(&format!("pypi-${{encode-base64url:\u{2}{head}{caveats}\0\u{6} ${{alnum:32}}}}"))
    }

    #[test]
    fn a_token_of_pypi_says_its_restrictions() {
        assert_eq!(facts_of(&token(&[])), "host pypi.org · token an-id · caveats 0");
        let old = token(&[r#"{"version": 1, "permissions": "user"}"#]);
        assert_eq!(facts_of(&old), "host pypi.org · token an-id · caveats 1 · scopes user");
        let new = token(&["[0, 1700000000, 1600000000]", r#"[1, ["shop", "till"]]"#]);
        let expected =
            "host pypi.org · token an-id · caveats 2 · projects shop, till · expires 2023-11-14";
        assert_eq!(facts_of(&new), expected);
    }

    #[test]
    fn the_first_format_is_read() {
        let packet = |text: &str| format!("{:04x}{text}\n", text.len() + 5);
        let all = packet("location h.test") + &packet("identifier key1") + &packet("cid a = b");
        let last = packet("signature 0123456789abcdef0123456789abcdef");
        let token = made(&format!("${{encode-base64url:{all}{last}}}"));
        assert_eq!(facts_of(&token), "host h.test · token key1 · caveats 1");
        assert_eq!(facts_of(&token[..token.len() / 2]), "");
    }

    proptest! {
        #[test]
        fn any_bytes_are_read_without_harm(bytes in proptest::collection::vec(any::<u8>(), 0..99)) {
            let _ = second(&[&[2], bytes.as_slice()].concat());
            let _ = first(&bytes);
        }
    }
}
