//! Bytes and numbers as credentials write them: Base64, base32 and base 36.

/// Decodes Base64 or Base64url (RFC 4648 §4 and §5), padded or not. `None` if
/// any other character stands in it.
pub(super) fn base64(text: &[u8]) -> Option<Vec<u8>> {
    let end = text.iter().rposition(|&byte| byte != b'=').map_or(0, |last| last + 1);
    bits(&text[..end], 6, |byte| {
        Some(match byte {
            b'A'..=b'Z' => byte - b'A',
            b'a'..=b'z' => byte - b'a' + 26,
            b'0'..=b'9' => byte - b'0' + 52,
            b'+' | b'-' => 62,
            b'/' | b'_' => 63,
            _ => return None,
        })
    })
}

/// Decodes Base64 with anything between its characters that is none of them:
/// line ends, also escaped ones (`\n`, `\u000a`), and the quotes of a text that
/// is put together from lines.
pub(super) fn base64_of_lines(text: &[u8]) -> Option<Vec<u8>> {
    let mut own = Vec::with_capacity(text.len());
    let mut rest = text;
    while let Some((&byte, behind)) = rest.split_first() {
        rest = behind;
        if byte == b'\\' {
            let bare = rest.iter().position(|&byte| byte != b'\\').unwrap_or(rest.len());
            let escape = match rest.get(bare) {
                Some(b'n' | b'r' | b't') => 1,
                Some(b'u') => 5,
                _ => 0,
            };
            rest = rest.get(bare + escape..).unwrap_or_default();
        } else if byte.is_ascii_alphanumeric() || b"+/-_".contains(&byte) {
            own.push(byte);
        }
    }
    base64(&own)
}

/// Decodes base32 (RFC 4648 §6), upper case and without padding.
pub(super) fn base32(text: &[u8]) -> Option<Vec<u8>> {
    bits(text, 5, |byte| {
        Some(match byte {
            b'A'..=b'Z' => byte - b'A',
            b'2'..=b'7' => byte - b'2' + 26,
            _ => return None,
        })
    })
}

/// Joins the bits of digits, `width` of each. Bits that fill no byte are left
/// out.
fn bits(text: &[u8], width: u32, digit: impl Fn(u8) -> Option<u8>) -> Option<Vec<u8>> {
    let mut bytes = Vec::with_capacity(text.len() * width as usize / 8);
    let (mut pending, mut count) = (0_u32, 0);
    for &byte in text {
        pending = pending << width | u32::from(digit(byte)?);
        count += width;
        if count >= 8 {
            count -= 8;
            bytes.push(u8::try_from(pending >> count & 0xff).unwrap_or_default());
        }
        pending &= 0xff;
    }
    Some(bytes)
}

/// A number in base 36, with digits and lower-case letters.
pub(super) fn base36(text: &[u8]) -> Option<u64> {
    if text.is_empty() {
        return None;
    }
    text.iter().try_fold(0_u64, |number, &byte| {
        let digit = match byte {
            b'0'..=b'9' => byte - b'0',
            b'a'..=b'z' => byte - b'a' + 10,
            _ => return None,
        };
        number.checked_mul(36)?.checked_add(u64::from(digit))
    })
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::{base32, base36, base64, base64_of_lines};
    use crate::rule::sample::expand;

    #[test]
    fn base64_vectors_of_rfc_4648() {
        for (encoded, plain) in [
            ("", ""),
            ("Zg==", "f"),
            ("Zg", "f"),
            ("Zm8=", "fo"),
            ("Zm9vYg==", "foob"),
            ("Zm9vYmE", "fooba"),
            ("Zm9vYmFy", "foobar"),
        ] {
            assert_eq!(base64(encoded.as_bytes()).as_deref(), Some(plain.as_bytes()));
        }
        assert_eq!(base64(b"-_+/"), base64(b"+/-_"));
        assert_eq!(base64(b"Zm9v\nYmFy"), None);
        for lines in ["Zm9v\r\n  YmFy=", "Zm9v\\nYmFy", "Zm9v\\\\r\\\\nYmFy", "\"Zm9v\\u000aYmFy\\"]
        {
            assert_eq!(base64_of_lines(lines.as_bytes()).as_deref(), Some(b"foobar".as_slice()));
        }
    }

    #[test]
    fn base32_vectors_of_rfc_4648() {
        for (encoded, plain) in [("MY", "f"), ("MZXQ", "fo"), ("MZXW6YTBOI", "foobar")] {
            assert_eq!(base32(encoded.as_bytes()).as_deref(), Some(plain.as_bytes()));
        }
        assert_eq!(base32(b"mz"), None);
    }

    #[test]
    fn base_36_is_read_as_far_as_it_fits() {
        assert_eq!(base36(b"1a"), Some(46));
        assert_eq!(base36(b""), None);
        assert_eq!(base36(b"1A"), None);
        assert_eq!(base36(b"zzzzzzzzzzzzzz"), None);
    }

    proptest! {
        #[test]
        fn what_a_template_encodes_is_decoded(text in "[ -#%-z]{0,60}") {
            let encoded = expand(&format!("${{encode-base64url:{text}}}"), 0).expect("it is right");
            prop_assert_eq!(base64(encoded.as_bytes()), Some(text.into_bytes()));
        }
    }
}
