//! What can be wrong with a configuration or rule file, with its place.

use std::fmt::Write as _;
use std::ops::Range;
use std::path::{Path, PathBuf};

use super::Files;
use crate::span::Position;

/// Something wrong in a file the user wrote.
#[derive(Debug, thiserror::Error)]
pub enum ConfigError {
    /// The file could not be read.
    #[error("cannot read {}", path.display())]
    Read {
        /// The file.
        path: PathBuf,
        /// Why not.
        source: std::io::Error,
    },
    /// Something in it is not valid.
    #[error("{}{}: {message}", path.display(), shown(.position.as_ref()))]
    Invalid {
        /// The file.
        path: PathBuf,
        /// Where in it.
        position: Option<Position>,
        /// What is wrong and what was expected.
        message: String,
    },
}

fn shown(position: Option<&Position>) -> String {
    position.map_or_else(String::new, |at| format!(":{}:{}", at.line, at.column))
}

impl ConfigError {
    /// An error at a byte range of `text`.
    pub(crate) fn at(path: &Path, text: &str, span: Option<Range<usize>>, message: &str) -> Self {
        let position = span.map(|span| position_at(text, span.start));
        let message = with_suggestion(message);
        Self::Invalid { path: path.to_owned(), position, message }
    }
}

/// The position of a byte of `text`.
pub(super) fn position_at(text: &str, byte: usize) -> Position {
    let bytes = text.as_bytes();
    let byte = byte.min(bytes.len());
    Position::START.after(&bytes[..byte], bytes.get(byte).copied())
}

/// Reads a whole text file.
pub(super) fn read_text(path: &Path, files: &dyn Files) -> Result<String, ConfigError> {
    let read = |source| ConfigError::Read { path: path.to_owned(), source };
    files.text(path).map_err(read)
}

/// Adds which of the expected words was probably meant to a message of the form
/// "unknown field `x`, expected one of `y`, `z`".
fn with_suggestion(message: &str) -> String {
    let message = message.trim_end().replace('\n', "; ");
    let mut words = message.split('`').skip(1).step_by(2);
    let Some(unknown) = words.next().filter(|_| message.starts_with("unknown ")) else {
        return message;
    };
    let mut suggested = message.clone();
    if let Some(meant) = closest(unknown, words) {
        let _ = write!(suggested, "; did you mean `{meant}`?");
    }
    suggested
}

/// The word most like `unknown`, if one is like it.
pub fn closest<'a>(unknown: &str, words: impl Iterator<Item = &'a str>) -> Option<&'a str> {
    words
        .map(|word| (strsim::jaro_winkler(unknown, word), word))
        .filter(|(likeness, _)| *likeness > 0.75)
        .max_by(|a, b| a.0.total_cmp(&b.0))
        .map(|(_, word)| word)
}
