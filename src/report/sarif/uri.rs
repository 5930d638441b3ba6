//! Addresses of files (RFC 3986).

use std::fmt::Write;

/// The relative address of a path, or the whole one of a path from the root on,
/// which then needs no base.
pub(super) fn uri(path: &str) -> (String, bool) {
    let is_whole = path.starts_with('/') || path.get(1..3).is_some_and(|drive| drive == ":/");
    let mut uri = String::new();
    if is_whole {
        uri.push_str(if path.starts_with('/') { "file://" } else { "file:///" });
    }
    for &byte in path.as_bytes() {
        // A colon in the first part would end a scheme; stars stand for what is
        // masked.
        if byte.is_ascii_alphanumeric() || b"-._~/*".contains(&byte) {
            uri.push(char::from(byte));
        } else {
            // Writing into a string cannot fail.
            let _ = write!(uri, "%{byte:02X}");
        }
    }
    (uri, is_whole)
}

#[cfg(test)]
mod tests {
    use super::uri;

    #[test]
    fn what_is_no_plain_character_is_percent_encoded() {
        for (path, expected) in [
            ("src/a-b_c.d~e/f.rs", "src/a-b_c.d~e/f.rs"),
            ("a b%c", "a%20b%25c"),
            ("c:d/[id].tsx", "c%3Ad/%5Bid%5D.tsx"),
            ("größe\n", "gr%C3%B6%C3%9Fe%0A"),
            ("<commit>", "%3Ccommit%3E"),
            ("caf\\xe9", "caf%5Cxe9"),
            ("?a#b&c", "%3Fa%23b%26c"),
        ] {
            assert_eq!(uri(path), (expected.to_owned(), false));
        }
    }

    #[test]
    fn a_whole_path_is_a_whole_address() {
        assert_eq!(uri("/tmp/a b"), ("file:///tmp/a%20b".to_owned(), true));
        assert_eq!(uri("C:/a"), ("file:///C%3A/a".to_owned(), true));
    }
}
