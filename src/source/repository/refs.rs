//! The refs of a repository, read from their files.
//!
//! libgit2 passes over a ref that it cannot make sense of. Here it is told.

use std::collections::BTreeMap;
use std::io;
use std::path::{Path, PathBuf};

use git2::OdbLookupFlags;

use super::{Repository, RepositoryError, object_id, to_oid};
use crate::notice::{Notice, NoticeKind};
use crate::object::ObjectId;
use crate::paths::path_text;
use crate::source::open::read_small;

/// Largest file of one ref: a name is far shorter.
const LARGEST_REF: u64 = 64 << 10;
/// Largest `packed-refs` or reflog: millions of refs.
const LARGEST_LIST: u64 = 1 << 30;
/// A symbolic ref leads over so many others at most.
const DEPTH: usize = 5;
/// Folders in each other that a ref's name has at most.
const DEEPEST: usize = 256;

/// The refs of a repository, and what is wrong with some of them.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Refs {
    /// Full name and object of each, not peeled, in the order of the names:
    /// branches, tags, notes, those of remotes and whatever else is under
    /// `refs/`; `HEAD` and that of each other work tree; and every stash.
    ///
    /// A symbolic ref to one that is not there, as `HEAD` is in a new
    /// repository, is left out: it holds nothing.
    pub tips: Vec<(String, ObjectId)>,
    /// Refs to objects that are not there, and files that are no refs.
    pub notices: Vec<Notice>,
}

/// What a ref says.
enum Target {
    Object(ObjectId),
    Symbolic(String),
}

impl Repository {
    /// All refs. Whether their objects are there is looked up, nothing more.
    ///
    /// # Errors
    ///
    /// If objects cannot be looked up at all.
    pub fn refs(&self) -> Result<Refs, RepositoryError> {
        let mut reader = Reader::default();
        let (own, shared) = (self.git_dir(), self.common_dir());
        reader.packed(&shared.join("packed-refs"));
        reader.folder(shared, "refs");
        if own != shared {
            reader.folder(own, "refs");
            reader.file(&shared.join("HEAD"), "main-worktree/HEAD".to_owned());
        }
        reader.file(&own.join("HEAD"), "HEAD".to_owned());
        reader.work_trees(&shared.join("worktrees"));
        reader.stashes(&shared.join("logs/refs/stash"));
        let failed = |error| RepositoryError::git("cannot read the objects", &error);
        let odb = self.git.odb().map_err(failed)?;
        let is_there = |id| odb.exists_ext(to_oid(id), OdbLookupFlags::NO_REFRESH);
        Ok(reader.finish(&is_there))
    }
}

#[derive(Default)]
struct Reader {
    targets: BTreeMap<String, Target>,
    notices: Vec<Notice>,
}

impl Reader {
    /// Reads `packed-refs`: a line for each ref, and behind that of an annotated
    /// tag one for what it points to.
    fn packed(&mut self, path: &Path) {
        let Some(bytes) = self.read(path, LARGEST_LIST, "packed-refs") else { return };
        for (number, line) in bytes.split(|byte| *byte == b'\n').enumerate() {
            let line = line.trim_ascii_end();
            if line.is_empty() || line.starts_with(b"#") || line.starts_with(b"^") {
                continue;
            }
            let id = line.get(..2 * ObjectId::LENGTH).and_then(object_id);
            if let (Some(id), Some([b' ', name @ ..])) = (id, line.get(2 * ObjectId::LENGTH..)) {
                let name = String::from_utf8_lossy(name).into_owned();
                self.targets.insert(name, Target::Object(id));
            } else {
                let detail = format!("line {} is no ref", number + 1);
                self.notice("packed-refs", &detail);
            }
        }
    }

    /// Reads the refs in files under `name` of a repository's folder. Each comes
    /// before a packed one of its name.
    fn folder(&mut self, git_dir: &Path, name: &str) {
        let mut folders: Vec<(PathBuf, usize)> = vec![(PathBuf::from(name), 0)];
        while let Some((folder, depth)) = folders.pop() {
            let entries = match std::fs::read_dir(git_dir.join(&folder)) {
                Ok(entries) => entries,
                Err(error) if error.kind() == io::ErrorKind::NotFound => continue,
                Err(error) => {
                    self.notice(&path_text(&folder), &error.to_string());
                    continue;
                }
            };
            for entry in entries {
                let entry = match entry {
                    Ok(entry) => entry,
                    Err(error) => {
                        self.notice(&path_text(&folder), &error.to_string());
                        continue;
                    }
                };
                let name = folder.join(entry.file_name());
                if !entry.file_type().is_ok_and(|kind| kind.is_dir()) {
                    self.loose(&entry.path(), &name);
                } else if depth < DEEPEST {
                    folders.push((name, depth + 1));
                } else {
                    self.notice(&path_text(&name), "this folder of refs is too deep");
                }
            }
        }
    }

    /// Reads the file of one ref, unless it is the lock of one.
    fn loose(&mut self, path: &Path, name: &Path) {
        if name.extension() == Some("lock".as_ref()) {
            return;
        }
        let name = name.components().map(|part| path_text(part.as_ref())).collect::<Vec<_>>();
        self.file(path, name.join("/"));
    }

    /// Reads the file of the ref `name`.
    fn file(&mut self, path: &Path, name: String) {
        let Some(bytes) = self.read(path, LARGEST_REF, &name) else { return };
        let text = bytes.trim_ascii();
        let target = if let Some(other) = text.strip_prefix(b"ref:") {
            Some(Target::Symbolic(String::from_utf8_lossy(other.trim_ascii()).into_owned()))
        } else {
            // What stands behind a name is a comment to git.
            let word = text.split(u8::is_ascii_whitespace).next().unwrap_or_default();
            object_id(word).map(Target::Object)
        };
        match target {
            Some(target) => {
                self.targets.insert(name, target);
            }
            None => self.notice(&name, "this ref names no object"),
        }
    }

    /// Reads what the other work trees are at.
    fn work_trees(&mut self, folder: &Path) {
        let Ok(entries) = std::fs::read_dir(folder) else { return };
        for entry in entries.flatten() {
            let name = format!("worktrees/{}/HEAD", path_text(entry.file_name().as_ref()));
            self.file(&entry.path().join("HEAD"), name);
        }
    }

    /// Reads the stashes: all but the last are in the log of its ref only.
    fn stashes(&mut self, path: &Path) {
        let Some(bytes) = self.read(path, LARGEST_LIST, "logs/refs/stash") else { return };
        let lines = bytes.split(|byte| *byte == b'\n').rev().filter(|line| !line.is_empty());
        for (number, line) in lines.enumerate() {
            let name = format!("refs/stash@{{{number}}}");
            match line.split(|byte| *byte == b' ').nth(1).and_then(object_id) {
                Some(id) => {
                    self.targets.insert(name, Target::Object(id));
                }
                None => self.notice(&name, "this stash names no object"),
            }
        }
    }

    /// The bytes of a file; none if it is not there.
    fn read(&mut self, path: &Path, largest: u64, place: &str) -> Option<Vec<u8>> {
        match read_small(path, largest) {
            Ok(bytes) => Some(bytes),
            Err(error) if error.kind() == io::ErrorKind::NotFound => None,
            Err(error) => {
                self.notice(place, &error.to_string());
                None
            }
        }
    }

    fn notice(&mut self, place: &str, detail: &str) {
        self.notices.push(Notice::new(NoticeKind::DamagedRepository, place, detail));
    }

    /// Follows the symbolic refs and looks the objects up.
    fn finish(mut self, is_there: &dyn Fn(ObjectId) -> bool) -> Refs {
        let mut tips = Vec::with_capacity(self.targets.len());
        for (name, target) in &self.targets {
            let Some(id) = follow(target, &self.targets) else { continue };
            if is_there(id) {
                tips.push((name.clone(), id));
            } else {
                let detail = format!("this ref points to {id}, which is not there");
                let notice = Notice::new(NoticeKind::DamagedRepository, name, detail);
                self.notices.push(notice);
            }
        }
        Refs { tips, notices: self.notices }
    }
}

/// The object that a ref leads to.
fn follow(target: &Target, targets: &BTreeMap<String, Target>) -> Option<ObjectId> {
    let mut target = target;
    for _ in 0..DEPTH {
        match target {
            Target::Object(id) => return Some(*id),
            Target::Symbolic(other) => target = targets.get(other)?,
        }
    }
    None
}
