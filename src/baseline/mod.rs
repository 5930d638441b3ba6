//! Baselines: files that say which findings are known, and what was decided
//! about them.
//!
//! Ours is a text with one [`Entry`] a line, sorted, so that two branches that
//! add entries merge. It goes by fingerprints, never by lines. The files of
//! other tools are read, too, and matched by what they have.
//!
//! Everything here works on text and values; who reads and writes the files is
//! the caller.

mod file;
mod foreign;
mod matching;

pub use file::{Entries, Entry, HEADER, NAME};
pub use foreign::{Foreign, ForeignEntry, ForeignKind};
pub use matching::{Applied, Scene, alike, path_of};

/// Bytes of the largest baseline that is read: half a million entries.
pub const LARGEST: u64 = 64 << 20;

/// A baseline: ours, or the file of another tool.
#[derive(Debug)]
pub enum Baseline {
    /// Ours.
    Own(Entries),
    /// Another tool's.
    Foreign(Foreign),
}

/// What is wrong with a baseline, and in which line, if it is in one.
///
/// It never repeats what stands there: a file that was taken for a baseline
/// could hold anything.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("{}{message}", .line.map_or_else(String::new, |line| format!("line {line}: ")))]
pub struct Fault {
    /// Number of the line, the first is 1.
    pub line: Option<usize>,
    /// What is wrong, and what to do about it.
    pub message: String,
}

impl Fault {
    fn at(line: usize, message: impl Into<String>) -> Self {
        Self { line: Some(line), message: message.into() }
    }

    fn whole(message: impl Into<String>) -> Self {
        Self { line: None, message: message.into() }
    }
}

impl Baseline {
    /// Reads a baseline, of whatever tool it is: that shows in its first bytes.
    pub fn parse(bytes: &[u8]) -> Result<Self, Fault> {
        let bytes = bytes.strip_prefix(b"\xef\xbb\xbf").unwrap_or(bytes);
        let text = std::str::from_utf8(bytes).map_err(|error| {
            let before = &bytes[..error.valid_up_to()];
            let line = 1 + memchr::memchr_iter(b'\n', before).count();
            Fault::at(line, "it is no text in UTF-8")
        })?;
        match text.trim_start().as_bytes().first() {
            None => Err(Fault::whole("it is empty; a baseline begins with a line that says so")),
            Some(b'[') => foreign::gitleaks::report(text).map(Self::Foreign),
            Some(b'{') => foreign::detect_secrets::parse(text).map(Self::Foreign),
            Some(_) if file::is_ours(text) => Entries::parse(text).map(Self::Own),
            Some(_) => foreign::gitleaks::ignore_file(text).map(Self::Foreign),
        }
    }

    /// Number of entries.
    pub fn len(&self) -> usize {
        match self {
            Self::Own(entries) => entries.len(),
            Self::Foreign(foreign) => foreign.entries.len(),
        }
    }

    /// Whether there is no entry.
    pub fn is_empty(&self) -> bool {
        self.len() == 0
    }
}

#[cfg(test)]
mod tests {
    use super::{Baseline, Fault};

    fn fault(bytes: &[u8]) -> Fault {
        Baseline::parse(bytes).expect_err("it is no baseline")
    }

    #[test]
    fn what_is_no_baseline_is_refused_with_its_line() {
        assert_eq!(fault(b"").line, None);
        assert_eq!(fault(b" \n\n").line, None);
        assert_eq!(fault(b"one\ntwo \xff\n").line, Some(2));
        assert_eq!(fault(b"hello\n").line, Some(1));
        assert_eq!(fault(b"[{]").line, Some(1));
        assert_eq!(fault(b"{\"a\": 1}").line, None);
    }

    #[test]
    fn what_is_refused_is_not_repeated() {
        for bytes in [
            &b"swordfish\n"[..],
            b"[\"swordfish\"]",
            b"[{\"File\": 1, \"swordfish\": \"swordfish\"}]",
            b"{\"swordfish\": \"swordfish\"}",
            b"{\"results\": \"swordfish\"}",
            b"redhanded baseline 1\nswordfish\n",
            b"redhanded baseline swordfish\n",
        ] {
            assert!(!fault(bytes).to_string().contains("swordfish"), "{bytes:?}");
        }
    }
}
