//! Marvin32 and the Microsoft tokens that are not first-generation identifiable keys.
//!
//! Source of all three constructions: Microsoft's open Security Utilities.

use super::crc32::crc32;
use super::digits::{BASE32_LOWER, BASE62, BASE64, decode, encode, write_number};

/// Lower-case letters, upper-case letters, digits from 1 to 0, marks.
const BASE66: &[u8] = b"abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ1234567890.-_~";
/// Seed of Entra ID client secrets.
const AAD_SEED: [u8; 8] = *b"AadPwd00";
/// Seed of the second generation of identifiable keys.
const CASK_SEED: [u8; 8] = *b"Default0";
/// What the second generation of identifiable keys bears in its middle.
const CASK_MARK: &[u8] = b"JQQJ9";
/// What follows that mark: an issued key, one derived from a key, a hash.
const CASK_KINDS: &[u8] = b"9DH";
/// Where that mark stands.
const CASK_MARK_AT: usize = 52;
/// Characters that the checksum of such a key covers.
const CASK_BODY: usize = 80;

/// What is mixed into the CRC-32 of an Azure DevOps token: users', applications'.
pub(super) const ADO_MASKS: [u32; 2] = [0xE0B9_692D, 0x1019_F92E];
/// Characters and bytes of such a token.
const ADO_CHARS: usize = 52;
const ADO_BYTES: usize = 32;
/// Where the bytes of the CRC-32 stand, the least significant first.
const ADO_CHECK_AT: [usize; 4] = [22, 8, 7, 2];

/// Marvin32, Microsoft's keyed checksum, as in `SymCrypt`, folded to 32 bits.
///
/// Issuers write their seeds as eight ASCII characters.
pub(super) fn marvin32(seed: [u8; 8], bytes: &[u8]) -> u32 {
    let [s0, s1, s2, s3, s4, s5, s6, s7] = seed;
    let mut high = u32::from_be_bytes([s0, s1, s2, s3]);
    let mut low = u32::from_be_bytes([s4, s5, s6, s7]);
    let mut mix = |block: [u8; 4]| {
        low = low.wrapping_add(u32::from_le_bytes(block));
        high ^= low;
        low = low.rotate_left(20).wrapping_add(high);
        high = high.rotate_left(9) ^ low;
        low = low.rotate_left(27).wrapping_add(high);
        high = high.rotate_left(19);
    };
    let (blocks, rest) = bytes.as_chunks::<4>();
    for block in blocks {
        mix(*block);
    }
    // The end is marked by one set bit, then a block of zeros stirs it in.
    let mut last = [0; 4];
    last[..rest.len()].copy_from_slice(rest);
    last[rest.len()] = 0x80;
    mix(last);
    mix([0; 4]);
    low ^ high
}

/// See [`Checksum::AadMarvin`](super::Checksum::AadMarvin).
pub(super) fn seal_aad(token: &mut [u8]) -> Option<()> {
    let token: &mut [u8; 40] = token.try_into().ok()?;
    let (head, check) = token.split_last_chunk_mut::<3>()?;
    let fits = head[3].is_ascii_digit()
        && head[4..6] == *b"Q~"
        && head.iter().all(|byte| BASE66.contains(byte));
    if !fits {
        return None;
    }
    // Only the upper half of the six digits is kept.
    let mut digits = [0; 6];
    write_number(marvin32(AAD_SEED, head), BASE66, &mut digits);
    check.copy_from_slice(&digits[..3]);
    Some(())
}

/// See [`Checksum::AdoCrc32`](super::Checksum::AdoCrc32). The bits that fill up the
/// last character count as check characters: they become zero.
pub(super) fn seal_ado(mask: u32, token: &mut [u8]) -> Option<()> {
    let token: &mut [u8; ADO_CHARS] = token.try_into().ok()?;
    let mut bytes = decode(token, BASE32_LOWER)?;
    bytes.truncate(ADO_BYTES);
    let payload: Vec<u8> = bytes
        .iter()
        .enumerate()
        .filter(|(at, _)| !ADO_CHECK_AT.contains(at))
        .map(|(_, &byte)| byte)
        .collect();
    let check = (crc32(&payload) ^ mask).to_le_bytes();
    for (at, byte) in ADO_CHECK_AT.into_iter().zip(check) {
        bytes[at] = byte;
    }
    encode(&bytes, BASE32_LOWER, token);
    Some(())
}

/// How the checksum of a second-generation key is written.
#[derive(Clone, Copy)]
pub(super) enum CaskCheck {
    /// In base62, so that keys hold letters and digits only.
    Base62,
    /// In base 64, as the reference code did at first and still accepts.
    Base64,
}

impl CaskCheck {
    pub(super) const ALL: [Self; 2] = [Self::Base62, Self::Base64];

    /// The four bytes that stand, in base 64, for the checksum.
    fn bytes(self, sum: u32) -> Option<Vec<u8>> {
        let bytes = sum.to_le_bytes();
        match self {
            Self::Base64 => Some(bytes.to_vec()),
            Self::Base62 => {
                let mut digits = [0; 6];
                write_number(u32::from_be_bytes(bytes), BASE62, &mut digits);
                // The number keeps one zero on the left for each zero byte it begins
                // with. The rest of the six characters are zeros on the right.
                let zero = |digit: &&u8| **digit == b'0';
                let kept = bytes.iter().take_while(|byte| **byte == 0).count();
                let moved = digits.iter().take_while(zero).count().saturating_sub(kept);
                digits.rotate_left(moved);
                // Of the last character only the bits that make up a byte are kept.
                let mut bytes = decode(&digits, BASE64)?;
                bytes.truncate(4);
                Some(bytes)
            }
        }
    }
}

/// See [`Checksum::AzureCask`](super::Checksum::AzureCask).
pub(super) fn seal_cask(written: CaskCheck, token: &mut [u8]) -> Option<()> {
    let (body, check) = token.split_at_mut_checked(CASK_BODY)?;
    // The long form shows the whole checksum, the usual one three bytes of it.
    let check = match check {
        [_, _, _, _] => check,
        [check @ .., b'=', b'='] if check.len() == 6 => check,
        _ => return None,
    };
    let kind = body[CASK_MARK_AT..].strip_prefix(CASK_MARK)?.first()?;
    if !CASK_KINDS.contains(kind) {
        return None;
    }
    let sum = marvin32(CASK_SEED, &decode(body, BASE64)?);
    encode(&written.bytes(sum)?, BASE64, check);
    Some(())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn marvin32_published_vectors() {
        // SymCrypt's self-test, and one of the empty text, folded to 32 bits.
        let seed = 0xD53C_D9CE_CD08_93B7_u64.to_be_bytes();
        assert_eq!(marvin32(seed, b"abc"), 0x22C7_4339 ^ 0x4927_69BF);
        let seed = 0x004F_B61A_001B_DBCC_u64.to_be_bytes();
        assert_eq!(marvin32(seed, b""), 0x30ED_35C1 ^ 0x00CD_3C7D);
    }

    #[test]
    fn base62_checks_are_filled_up_on_the_right() {
        let text = |sum: [u8; 4]| {
            let bytes = CaskCheck::Base62.bytes(u32::from_le_bytes(sum))?;
            let mut out = [0; 6];
            encode(&bytes, BASE64, &mut out);
            String::from_utf8(out.to_vec()).ok()
        };
        // One zero stays for each zero byte on the left; the last character is cut to
        // two bits, which turns `0` into `w`.
        assert_eq!(text([0, 0, 0, 0]).as_deref(), Some("00000w"));
        assert_eq!(text([0, 0, 0, 62]).as_deref(), Some("00010w"));
        assert_eq!(text([0, 0, 1, 0]).as_deref(), Some("00480w"));
        assert_eq!(text([1, 0, 0, 0]).as_deref(), Some("18OWGw"));
    }
}
