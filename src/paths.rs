//! Paths as they are compared.

use std::fmt::Write;
use std::path::{Component, Path, PathBuf};

/// `path` from the root of the file system on, without `.` and `..`.
///
/// This goes by the words alone: no link is looked at, so it holds for paths
/// that are not there and costs nothing.
pub(crate) fn normal(path: &Path) -> PathBuf {
    let absolute = std::path::absolute(path).unwrap_or_else(|_| path.to_owned());
    without_steps(&absolute)
}

/// The same for many paths: `here` is the current folder.
pub(crate) fn normal_from(here: &Path, path: &Path) -> PathBuf {
    without_steps(&here.join(path))
}

/// The current folder; empty if it is gone, and then relative paths stay so.
pub(crate) fn here() -> PathBuf {
    std::path::absolute(".").unwrap_or_default()
}

/// A path as text: what is not UTF-8 in it is written `\xNN`.
pub(crate) fn path_text(path: &Path) -> String {
    text_of(path.as_os_str().as_encoded_bytes())
}

/// The bytes of a path as text, likewise.
pub(crate) fn text_of(bytes: &[u8]) -> String {
    let mut text = String::new();
    for chunk in bytes.utf8_chunks() {
        text.push_str(chunk.valid());
        for byte in chunk.invalid() {
            // Writing into a string cannot fail.
            let _ = write!(text, "\\x{byte:02x}");
        }
    }
    text
}

/// A path as git stores it.
#[cfg(unix)]
pub(crate) fn path_from(bytes: Vec<u8>) -> PathBuf {
    let text: std::ffi::OsString = std::os::unix::ffi::OsStringExt::from_vec(bytes);
    PathBuf::from(text)
}

/// A path as git stores it. What is not UTF-8 in it is replaced.
#[cfg(not(unix))]
pub(crate) fn path_from(bytes: Vec<u8>) -> PathBuf {
    PathBuf::from(String::from_utf8_lossy(&bytes).into_owned())
}

fn without_steps(absolute: &Path) -> PathBuf {
    let mut normal = PathBuf::new();
    for component in absolute.components() {
        match component {
            Component::CurDir => {}
            Component::ParentDir => {
                normal.pop();
            }
            other => normal.push(other),
        }
    }
    normal
}

#[cfg(test)]
mod tests {
    use std::path::Path;

    use super::{normal, path_text};

    #[cfg(unix)]
    #[test]
    fn steps_up_are_taken() {
        assert_eq!(normal(Path::new("/a/b/../c/./d")), Path::new("/a/c/d"));
        assert_eq!(normal(Path::new("/../a")), Path::new("/a"));
        assert!(normal(Path::new("x")).is_absolute());
    }

    #[cfg(unix)]
    #[test]
    fn a_name_that_is_not_utf8_is_shown_whole() {
        use std::os::unix::ffi::OsStrExt;
        let name = std::ffi::OsStr::from_bytes(b"caf\xe9.txt");
        assert_eq!(path_text(Path::new(name)), "caf\\xe9.txt");
    }
}
