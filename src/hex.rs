//! Bytes in hexadecimal.

use std::fmt::Write;

/// `bytes`, two digits each, in lower case.
pub(crate) fn hex(bytes: &[u8]) -> String {
    let mut text = String::with_capacity(bytes.len() * 2);
    for byte in bytes {
        // Writing into a string cannot fail.
        let _ = write!(text, "{byte:02x}");
    }
    text
}

/// The bytes whose digits are `text`, in either case; none if it is anything
/// else, or too many or too few of them.
pub(crate) fn unhex<const LENGTH: usize>(text: &[u8]) -> Option<[u8; LENGTH]> {
    let (pairs, rest) = text.as_chunks::<2>();
    if pairs.len() != LENGTH || !rest.is_empty() {
        return None;
    }
    let digit = |byte: u8| char::from(byte).to_digit(16);
    let mut bytes = [0; LENGTH];
    for (byte, [high, low]) in bytes.iter_mut().zip(pairs) {
        *byte = u8::try_from(digit(*high)? << 4 | digit(*low)?).ok()?;
    }
    Some(bytes)
}
