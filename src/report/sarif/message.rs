//! Text in messages of SARIF.

use crate::report::sanitize::Safe;

/// Text that stands for itself in a message (3.11.5, 3.11.6): no character of it
/// is a part of a link or a placeholder, nor hidden.
pub(super) fn plain(text: &str) -> String {
    let safe = Safe(text).to_string();
    let mut plain = String::with_capacity(safe.len());
    for character in safe.chars() {
        match character {
            '\\' | '[' | ']' => plain.extend(['\\', character]),
            '{' | '}' => plain.extend([character; 2]),
            other => plain.push(other),
        }
    }
    plain
}

#[cfg(test)]
mod tests {
    use super::plain;

    #[test]
    fn text_is_no_link_nor_placeholder() {
        assert_eq!(plain("[a](b) {0} c\\\nd"), "\\[a\\](b) {{0}} c\\\\\\\\nd");
    }
}
