//! CRC-32 and the flat tokens that carry one (or a simpler sum) at their end.

use super::digits::{BASE62, write_number};

/// Digits, lower-case letters, upper-case letters.
const BASE62_LOWER_FIRST: &[u8] = b"0123456789abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ";
/// Upper-case letters, lower-case letters, digits.
const BASE62_DIGITS_LAST: &[u8] = b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789";
const BASE36: &[u8] = b"0123456789abcdefghijklmnopqrstuvwxyz";
const HEX_LOWER: &[u8] = b"0123456789abcdef";
const HEX_UPPER: &[u8] = b"0123456789ABCDEF";

/// Random characters in a Polar token.
const POLAR_BODY: usize = 37;
/// Shortest payload of a routable token: 16 random bytes and the least routing.
const GITLAB_PAYLOAD_MIN: usize = 27;

/// For each byte, the remainder it leaves (ITU-T V.42, bits reflected).
const TABLE: [u32; 256] = {
    let mut table = [0; 256];
    let mut index = 0;
    let mut byte: u32 = 0;
    while index < table.len() {
        let mut rest = byte;
        let mut bit = 0;
        while bit < 8 {
            rest = if rest & 1 == 1 { rest >> 1 ^ 0xEDB8_8320 } else { rest >> 1 };
            bit += 1;
        }
        table[index] = rest;
        index += 1;
        byte += 1;
    }
    table
};

/// CRC-32 of ITU-T V.42, as in zlib.
pub(super) fn crc32(bytes: &[u8]) -> u32 {
    !bytes
        .iter()
        .fold(u32::MAX, |rest, byte| rest >> 8 ^ TABLE[usize::from(rest.to_le_bytes()[0] ^ byte)])
}

/// What follows the last underscore of `head`: letters and digits, after a prefix.
fn body(head: &[u8]) -> Option<&[u8]> {
    let underscore = head.iter().rposition(|&byte| byte == b'_')?;
    let (prefix, body) = (&head[..underscore], &head[underscore + 1..]);
    let fits = !prefix.is_empty()
        && prefix.iter().all(|&byte| is_base64_url(byte))
        && !body.is_empty()
        && body.iter().all(u8::is_ascii_alphanumeric);
    fits.then_some(body)
}

/// See [`Checksum::Crc32Base62Body`](super::Checksum::Crc32Base62Body).
pub(super) fn seal_base62_body(token: &mut [u8]) -> Option<()> {
    let (head, check) = token.split_last_chunk_mut::<6>()?;
    write_number(crc32(body(head)?), BASE62, check);
    Some(())
}

/// See [`Checksum::Crc32Base62Tail`](super::Checksum::Crc32Base62Tail).
pub(super) fn seal_base62_tail(token: &mut [u8]) -> Option<()> {
    let (head, check) = token.split_last_chunk_mut::<6>()?;
    let body = body(head).filter(|body| body.len() == POLAR_BODY)?;
    write_number(crc32(body), BASE62, check);
    Some(())
}

/// See [`Checksum::Crc32HexBody`](super::Checksum::Crc32HexBody).
pub(super) fn seal_hex_body(token: &mut [u8]) -> Option<()> {
    let (head, check) = token.split_last_chunk_mut::<8>()?;
    let head = head.strip_suffix(b"_").unwrap_or(head);
    write_number(crc32(body(head)?), HEX_LOWER, check);
    Some(())
}

/// See [`Checksum::Crc32HexleAll`](super::Checksum::Crc32HexleAll).
pub(super) fn seal_hexle_all(token: &mut [u8]) -> Option<()> {
    let (head, check) = token.split_last_chunk_mut::<8>()?;
    let head = head.strip_suffix(b"_")?;
    body(head)?;
    write_number(crc32(head).swap_bytes(), HEX_LOWER, check);
    Some(())
}

/// See [`Checksum::Crc32HexUpperAll`](super::Checksum::Crc32HexUpperAll).
pub(super) fn seal_hex_upper_all(token: &mut [u8]) -> Option<()> {
    let (head, check) = token.split_last_chunk_mut::<8>()?;
    let text = head.strip_suffix(b"=")?;
    if text.is_empty() || !text.iter().all(|&byte| is_base64_url(byte)) {
        return None;
    }
    write_number(crc32(head), HEX_UPPER, check);
    Some(())
}

/// See [`Checksum::Crc32Base62LfAll`](super::Checksum::Crc32Base62LfAll).
pub(super) fn seal_base62lf_all(token: &mut [u8]) -> Option<()> {
    let (head, check) = token.split_last_chunk_mut::<6>()?;
    body(head)?;
    write_number(crc32(head), BASE62_LOWER_FIRST, check);
    Some(())
}

/// See [`Checksum::XorMod62`](super::Checksum::XorMod62).
pub(super) fn seal_xor_mod62(token: &mut [u8]) -> Option<()> {
    let (check, head) = token.split_last_mut()?;
    let sum = body(head)?.iter().fold(0, |sum, byte| sum ^ byte);
    *check = BASE62_DIGITS_LAST[usize::from(sum) % BASE62_DIGITS_LAST.len()];
    Some(())
}

/// See [`Checksum::GitlabRoutable`](super::Checksum::GitlabRoutable).
pub(super) fn seal_gitlab(token: &mut [u8], versioned: bool) -> Option<()> {
    let (head, check) = token.split_last_chunk_mut::<7>()?;
    let (front, length) = head.split_last_chunk::<2>()?;
    let mut text = front.strip_suffix(b".")?;
    if versioned {
        let (rest, version) = text.split_last_chunk::<2>()?;
        text = rest.strip_suffix(b".")?;
        if !version.iter().all(|byte| BASE36.contains(byte)) {
            return None;
        }
    }
    // Neither the prefix nor the payload holds a dot, so one form is never read as
    // the other.
    if !text.iter().all(|&byte| is_base64_url(byte)) {
        return None;
    }
    if !length_fits(text, *length) {
        let dash = text.iter().position(|&byte| byte == b'-')?;
        let payload = text.len() - dash - 1;
        let room = BASE36.len() * BASE36.len();
        if dash == 0 || !(GITLAB_PAYLOAD_MIN..room).contains(&payload) {
            return None;
        }
        let at = head.len() - 2;
        write_number(u32::try_from(payload).ok()?, BASE36, &mut head[at..]);
    }
    write_number(crc32(head), BASE36, check);
    Some(())
}

/// Whether the payload can have the length written in base 36: it then begins right
/// after a separator. (Runner tokens have a second separator in their prefix, and
/// payloads may hold both separators, so the text alone does not tell.)
fn length_fits(text: &[u8], length: [u8; 2]) -> bool {
    let digit = |byte: u8| BASE36.iter().position(|&it| it == byte);
    let [Some(high), Some(low)] = length.map(digit) else {
        return false;
    };
    let payload = high * BASE36.len() + low;
    payload >= GITLAB_PAYLOAD_MIN
        && text
            .len()
            .checked_sub(payload + 1)
            .is_some_and(|separator| separator > 0 && matches!(text[separator], b'-' | b'_'))
}

/// Whether the byte belongs to the base 64 for file names of RFC 4648.
fn is_base64_url(byte: u8) -> bool {
    byte.is_ascii_alphanumeric() || byte == b'-' || byte == b'_'
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn crc32_check_value() {
        assert_eq!(crc32(b"123456789"), 0xCBF4_3926);
        assert_eq!(crc32(b""), 0);
    }

    #[test]
    fn bodies_need_a_prefix_and_plain_characters() {
        assert_eq!(body(b"ab_c_D9"), Some(&b"D9"[..]));
        for head in ["", "_", "_a", "a_", "abc", "a_b-c", " a_b", "a_b "] {
            assert_eq!(body(head.as_bytes()), None, "{head}");
        }
    }

    #[test]
    fn gitlab_lengths_are_written_or_kept() {
        let payload = "a".repeat(40);
        let mut token = format!("xx-t1_{payload}.01.??0000000").into_bytes();
        assert_eq!(seal_gitlab(&mut token, true), Some(()));
        // 43 characters after the first dash.
        assert_eq!(&token[token.len() - 9..token.len() - 7], b"17");
        let mut token = format!("xx-t1_{payload}.01.140000000").into_bytes();
        assert_eq!(seal_gitlab(&mut token, true), Some(()));
        assert_eq!(&token[token.len() - 9..token.len() - 7], b"14");
    }
}
