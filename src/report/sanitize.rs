//! Text from the scanned world, made harmless for terminals.
//!
//! File names and lines are the attacker's to choose. Control characters could
//! move the cursor or retitle the window, bidirectional and invisible ones make
//! a line read as what it is not (CVE-2021-42574, CVE-2024-43785). All are
//! shown as escapes.

use std::fmt;

use unicode_width::{UnicodeWidthChar, UnicodeWidthStr};

use crate::unseen::is_unseen;

/// Displays text with every character escaped that is not plainly visible.
#[derive(Clone, Copy)]
pub struct Safe<'a>(pub &'a str);

impl fmt::Display for Safe<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let mut rest = self.0;
        while let Some((at, character)) = rest.char_indices().find(|&(_, c)| is_unsafe(c)) {
            f.write_str(&rest[..at])?;
            match character {
                // One blank, so that what stands below stays aligned.
                '\t' => f.write_str(" ")?,
                '\n' => f.write_str("\\n")?,
                '\r' => f.write_str("\\r")?,
                c if u32::from(c) < 0x100 => write!(f, "\\x{:02x}", u32::from(c))?,
                c => write!(f, "\\u{{{:x}}}", u32::from(c))?,
            }
            rest = &rest[at + character.len_utf8()..];
        }
        f.write_str(rest)
    }
}

/// How many columns of a terminal `text` takes when it is displayed as [`Safe`].
pub fn width(text: &str) -> usize {
    Safe(text).to_string().width()
}

/// `text` as it is displayed as [`Safe`], cut to at most so many columns.
pub fn clipped(text: &str, columns: usize) -> String {
    // However wide they are, there are no more characters than columns: marks
    // that take none can be piled up without end.
    let near = text.char_indices().nth(columns).map_or(text, |(end, _)| &text[..end]);
    let safe = Safe(near).to_string();
    if near.len() == text.len() && safe.width() <= columns {
        return safe;
    }
    let mut left = columns.saturating_sub(1);
    let fits = |c: &char| {
        let width = c.width().unwrap_or(0);
        let fits = width <= left;
        left = left.saturating_sub(width);
        fits
    };
    let mut clipped: String = safe.chars().take_while(fits).collect();
    clipped.push('…');
    clipped
}

/// Whether a character is not to reach a terminal as it is.
pub(super) fn is_unsafe(character: char) -> bool {
    character.is_control() || is_unseen(character)
}

#[cfg(test)]
mod tests {
    use super::{Safe, clipped, width};

    #[test]
    fn what_could_mislead_is_escaped() {
        let evil = "a\x1b[2Jb\u{202e}c\u{200b}d\u{85}\ne\u{7f}";
        assert_eq!(Safe(evil).to_string(), "a\\x1b[2Jb\\u{202e}c\\u{200b}d\\x85\\ne\\x7f");
        assert_eq!(Safe("Käse ☺ x").to_string(), "Käse ☺ x");
        assert_eq!(width("a\tb"), 3);
        assert_eq!(width("日本"), 4, "wide characters take two columns");
    }

    #[test]
    fn long_text_is_cut() {
        assert_eq!(clipped("short", 5), "short");
        assert_eq!(clipped("longer", 5), "long…");
        assert_eq!(clipped("", 5), "");
        assert_eq!(clipped("日本語", 6), "日本語");
        assert_eq!(clipped("日本語", 5), "日本…");
        assert_eq!(clipped("日本語", 4), "日…");
        assert_eq!(clipped("ab\x1b[2J", 9), "ab\\x1b[2J");
        assert_eq!(clipped("ab\x1b[2J", 8), "ab\\x1b[…");
        let piled = format!("a{}", "\u{301}".repeat(1000));
        assert!(clipped(&piled, 10).chars().count() <= 11);
    }
}
