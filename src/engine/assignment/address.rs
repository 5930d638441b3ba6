//! Passwords in addresses: `scheme://user:password@host` (RFC 3986, 3.2.1).

use std::ops::Range;

use super::{Assignment, Binding, LEAST, Quote, Wrapper};
use crate::rule::ADDRESS;

/// Longest user name and longest password.
const MOST_USER: usize = 80;
const MOST: usize = 160;

/// Whether the rest of an address begins here, behind its scheme.
pub(super) fn begins(rest: &[u8]) -> bool {
    rest.starts_with(ADDRESS)
}

/// Reads the password in the address with this scheme.
pub(super) fn read(text: &[u8], scheme: Range<usize>) -> Option<Assignment> {
    text[scheme.clone()].first().filter(|byte| byte.is_ascii_alphabetic())?;
    let user = scheme.end + ADDRESS.len();
    let length = text[user..].iter().take(MOST_USER + 1).take_while(|byte| in_user(**byte)).count();
    let colon = user + length;
    if length > MOST_USER || text.get(colon) != Some(&b':') {
        return None;
    }
    let start = colon + 1;
    let length = text[start..].iter().take(MOST + 1).take_while(|byte| in_password(**byte)).count();
    let end = start + length;
    let is_host = |byte: &u8| byte.is_ascii_alphanumeric() || b"[_.${<%".contains(byte);
    let leads_to_host = text.get(end) == Some(&b'@') && text.get(end + 1).is_some_and(is_host);
    ((LEAST..=MOST).contains(&length) && leads_to_host).then_some(Assignment {
        name: scheme.start..colon,
        quoted_name: false,
        binding: Binding::Address,
        wrapper: Wrapper::None,
        quote: Quote::Address,
        value: start..end,
    })
}

/// Whether a byte can stand in a user name. Redis has none.
fn in_user(byte: u8) -> bool {
    byte.is_ascii_alphanumeric() || b"_.%+~!&=$-".contains(&byte)
}

/// Whether a byte can stand in a password, and in no template for one.
fn in_password(byte: u8) -> bool {
    !byte.is_ascii_control() && !b" :@/?#\"'`<>{}[]()\\,;|".contains(&byte)
}
