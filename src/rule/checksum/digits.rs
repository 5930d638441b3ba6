//! Numbers and bytes written in the characters of an alphabet.

/// Digits, upper-case letters, lower-case letters.
pub(super) const BASE62: &[u8] = b"0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz";
/// Base 64 of RFC 4648.
pub(super) const BASE64: &[u8] =
    b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
/// Base 64 for file names and addresses of RFC 4648.
pub(super) const BASE64_URL: &[u8] =
    b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_";
/// Base 32 of RFC 4648 in lower case.
pub(super) const BASE32_LOWER: &[u8] = b"abcdefghijklmnopqrstuvwxyz234567";

/// Writes `value` over the whole of `out`, most significant digit first, filled up
/// on the left with the alphabet's zero. Digits that find no room are dropped.
pub(super) fn write_number(mut value: u32, alphabet: &[u8], out: &mut [u8]) {
    let base = u32::try_from(alphabet.len()).expect("an alphabet has at most 66 characters");
    for slot in out.iter_mut().rev() {
        // The remainder is below 66, so its lowest byte is all of it.
        let digit = (value % base).to_le_bytes()[0];
        *slot = alphabet[usize::from(digit)];
        value /= base;
    }
}

/// The bytes that `text` stands for in base 64 or base 32, by the alphabet's length.
///
/// Strict: any other character, padding too, gives `None`. Bits left over at the end
/// are kept as one more byte, filled up with zero bits.
pub(super) fn decode(text: &[u8], alphabet: &[u8]) -> Option<Vec<u8>> {
    let width = alphabet.len().ilog2();
    let mut bytes = Vec::with_capacity(text.len());
    let (mut bits, mut held) = (0_usize, 0);
    for byte in text {
        let digit = alphabet.iter().position(|it| it == byte)?;
        // At most 7 bits are held from before: the mask keeps them from piling up.
        bits = (bits << width | digit) & 0xFFFF;
        held += width;
        if held >= 8 {
            held -= 8;
            bytes.push((bits >> held).to_le_bytes()[0]);
        }
    }
    if held > 0 {
        bytes.push((bits << (8 - held)).to_le_bytes()[0]);
    }
    Some(bytes)
}

/// Writes `bytes` over the whole of `out` in base 64 or base 32, by the alphabet's
/// length: zero bits where the bytes end first, and no padding.
pub(super) fn encode(bytes: &[u8], alphabet: &[u8], out: &mut [u8]) {
    let width = alphabet.len().ilog2();
    let mut rest = bytes.iter();
    let (mut bits, mut held) = (0_usize, 0);
    for slot in out {
        if held < width {
            bits = bits << 8 | usize::from(rest.next().copied().unwrap_or(0));
            held += 8;
        }
        held -= width;
        *slot = alphabet[bits >> held];
        bits &= (1 << held) - 1;
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn numbers_are_filled_up_on_the_left() {
        let mut out = [0; 3];
        write_number(62 + 61, BASE62, &mut out);
        assert_eq!(&out, b"01z");
        write_number(u32::MAX, BASE62, &mut out);
        write_number(0, BASE62, &mut []);
    }

    #[test]
    fn rfc_4648_vectors() {
        for (plain, base64, base32) in [
            ("", "", ""),
            ("f", "Zg", "my"),
            ("fo", "Zm8", "mzxq"),
            ("foo", "Zm9v", "mzxw6"),
            ("foobar", "Zm9vYmFy", "mzxw6ytboi"),
        ] {
            for (text, alphabet) in [(base64, BASE64), (base32, BASE32_LOWER)] {
                let mut out = vec![0; text.len()];
                encode(plain.as_bytes(), alphabet, &mut out);
                assert_eq!(out, text.as_bytes());
                let mut bytes = decode(text.as_bytes(), alphabet).expect("its own alphabet");
                bytes.truncate(plain.len());
                assert_eq!(bytes, plain.as_bytes());
            }
        }
    }

    #[test]
    fn strangers_do_not_decode() {
        assert_eq!(decode(b"Zg==", BASE64), None);
        assert_eq!(decode(b"Zm-_", BASE64), None);
        assert_eq!(decode(b"Zm+/", BASE64_URL), None);
        assert_eq!(decode(b"MY", BASE32_LOWER), None);
        assert_eq!(decode(b"\xFF\0", BASE64), None);
    }
}
