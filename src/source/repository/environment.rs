//! What git tells a hook in environment variables.

use std::ffi::OsString;
use std::path::PathBuf;

use crate::paths::{normal, path_from};

/// What git tells a hook about the repository and its state, by variables of
/// the process's environment. Nothing here reads them: who runs a hook does.
///
/// All paths are absolute.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Environment {
    /// `GIT_DIR`: the repository.
    pub git_dir: Option<PathBuf>,
    /// `GIT_WORK_TREE`: the work tree, where it is not beside the repository.
    pub work_tree: Option<PathBuf>,
    /// `GIT_INDEX_FILE`: the index that is to be committed. `git commit -a` and
    /// `git commit <path>` have one of their own.
    pub index_file: Option<PathBuf>,
    /// `GIT_OBJECT_DIRECTORY`: where new objects are.
    pub object_directory: Option<PathBuf>,
    /// `GIT_ALTERNATE_OBJECT_DIRECTORIES`: more folders of objects.
    pub alternate_object_directories: Vec<PathBuf>,
    /// `GIT_QUARANTINE_PATH`: where the objects of a push are until it is
    /// accepted.
    pub quarantine_path: Option<PathBuf>,
}

impl Environment {
    /// What the variables say, each asked for by its name. Relative paths are
    /// taken from the current folder, as git means them. An empty variable is
    /// as good as none.
    pub fn from_variables(variable: &dyn Fn(&str) -> Option<OsString>) -> Self {
        let value = |name: &str| variable(name).filter(|value| !value.is_empty());
        let path = |name: &str| value(name).map(|value| normal(value.as_ref()));
        let alternates = value("GIT_ALTERNATE_OBJECT_DIRECTORIES");
        Self {
            git_dir: path("GIT_DIR"),
            work_tree: path("GIT_WORK_TREE"),
            index_file: path("GIT_INDEX_FILE"),
            object_directory: path("GIT_OBJECT_DIRECTORY"),
            alternate_object_directories: alternates.map(|list| split(&list)).unwrap_or_default(),
            quarantine_path: path("GIT_QUARANTINE_PATH"),
        }
    }
}

/// What stands between two paths of a list.
const SEPARATOR: u8 = if cfg!(windows) { b';' } else { b':' };

/// The paths of a list. One that has the separator in it stands in quotes, as
/// git quotes.
fn split(list: &OsString) -> Vec<PathBuf> {
    let mut rest = list.as_encoded_bytes();
    let mut paths = Vec::new();
    while !rest.is_empty() {
        let path = if let Some(quoted) = rest.strip_prefix(b"\"") {
            let (path, behind) = unquote(quoted);
            rest = behind.strip_prefix(&[SEPARATOR]).unwrap_or(behind);
            path
        } else {
            let end = memchr::memchr(SEPARATOR, rest).unwrap_or(rest.len());
            let path = rest[..end].to_vec();
            rest = rest.get(end + 1..).unwrap_or_default();
            path
        };
        if !path.is_empty() {
            paths.push(normal(&path_from(path)));
        }
    }
    paths
}

/// The text up to the closing quote, and what is behind it.
fn unquote(quoted: &[u8]) -> (Vec<u8>, &[u8]) {
    let mut text = Vec::new();
    let mut at = 0;
    while let Some(&byte) = quoted.get(at) {
        at += 1;
        match byte {
            b'"' => return (text, &quoted[at..]),
            b'\\' => {
                let octal = quoted.get(at..at + 3).and_then(octal);
                match (octal, quoted.get(at)) {
                    (Some(byte), _) => {
                        text.push(byte);
                        at += 3;
                    }
                    (None, Some(&letter)) => {
                        text.push(escaped(letter));
                        at += 1;
                    }
                    (None, None) => {}
                }
            }
            other => text.push(other),
        }
    }
    (text, &[])
}

fn octal(digits: &[u8]) -> Option<u8> {
    u8::from_str_radix(std::str::from_utf8(digits).ok()?, 8).ok()
}

fn escaped(letter: u8) -> u8 {
    match letter {
        b'a' => 7,
        b'b' => 8,
        b't' => b'\t',
        b'n' => b'\n',
        b'v' => 11,
        b'f' => 12,
        b'r' => b'\r',
        other => other,
    }
}

#[cfg(all(test, unix))]
mod tests {
    use std::ffi::OsString;
    use std::path::PathBuf;

    use super::{Environment, split};

    #[test]
    fn a_list_of_paths_is_taken_apart() {
        let list = OsString::from(r#"/a:"/b:\"c\"\303\244\\":/d"#);
        let expected = ["/a", "/b:\"c\"ä\\", "/d"].map(PathBuf::from);
        assert_eq!(split(&list), expected);
        assert!(split(&OsString::new()).is_empty());
        assert_eq!(split(&OsString::from("\"/open\\")), [PathBuf::from("/open")]);
    }

    #[test]
    fn empty_variables_say_nothing() {
        assert_eq!(Environment::from_variables(&|_| Some(OsString::new())), Environment::default());
        let environment = Environment::from_variables(&|name| Some(name.into()));
        assert!(environment.git_dir.is_some_and(|path| path.is_absolute()));
    }
}
