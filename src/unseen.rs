//! Characters that do not show, by which text can be made to read as what it is
//! not.

/// Whether a character takes no room, or turns the text around it
/// (CVE-2021-42574, CVE-2024-43785).
pub(crate) fn is_unseen(character: char) -> bool {
    matches!(
        character,
        '\u{ad}'
            | '\u{61c}'
            | '\u{180e}'
            | '\u{200b}'..='\u{200f}'
            | '\u{2028}'..='\u{202e}'
            | '\u{2060}'..='\u{206f}'
            | '\u{feff}'
            | '\u{fff9}'..='\u{fffb}'
            | '\u{e0000}'..='\u{e007f}'
    )
}
