//! The commits of a range.
//!
//! They are read as they are stored: neither grafts nor replacements nor a
//! commit graph, files that anybody could have put into the repository, can
//! hide one.

use std::collections::{BinaryHeap, HashMap, HashSet};

use git2::ObjectType;

use super::super::repository::{Range, Repository, RepositoryError};
use super::super::stored::{Store, Unread};
use crate::notice::{Notice, NoticeKind};
use crate::object::ObjectId;

/// Tags of tags of tags: so many in each other.
const DEEPEST_TAG: usize = 64;
/// Hidden commits that are looked at beyond the oldest one found, in case that
/// dates are wrong.
const BEYOND: usize = 256;

/// What is in a range.
#[derive(Debug, Default)]
pub(super) struct Walked {
    /// The commits, those with the earliest dates first.
    pub(super) commits: Vec<Commit>,
    /// Annotated tags that the range was given by.
    pub(super) tags: Vec<ObjectId>,
    /// Trees and blobs that it was given by.
    pub(super) others: Vec<(ObjectId, ObjectType)>,
    /// What could not be read.
    pub(super) notices: Vec<Notice>,
}

/// A commit of the range.
#[derive(Debug)]
pub(super) struct Commit {
    pub(super) id: ObjectId,
    pub(super) tree: ObjectId,
    /// The trees of its parents, as far as these are there.
    pub(super) parents: Vec<ObjectId>,
}

impl Walked {
    /// Walks over the range.
    pub(super) fn of(repository: &Repository, range: &Range) -> Result<Self, RepositoryError> {
        let store = Store::new(repository)?;
        let boundary = repository.shallow_boundary()?.into_iter().collect();
        let mut walk = Walk::new(&store);
        let mut found = Self::default();
        for id in &range.hide {
            // What cannot be read hides nothing, so more is scanned.
            if let Ok(Tip { object, kind: ObjectType::Commit, .. }) = peel(*id, &store) {
                let _ = walk.add(object, true);
            }
        }
        for id in &range.include {
            if let Err(unread) = found.include(*id, &mut walk) {
                found.notices.push(unread.at(id.to_string()));
            }
        }
        walk.run();
        walk.finish(&boundary, &mut found);
        Ok(found)
    }

    /// Takes what the range is given by: a commit, or a tag of something.
    fn include(&mut self, id: ObjectId, walk: &mut Walk<'_>) -> Result<(), Unread> {
        let tip = peel(id, walk.store)?;
        self.tags.extend(tip.tags);
        match tip.kind {
            ObjectType::Commit => walk.add(tip.object, false)?,
            kind => self.others.push((tip.object, kind)),
        }
        Ok(())
    }
}

/// What a name leads to, through any tags.
struct Tip {
    tags: Vec<ObjectId>,
    object: ObjectId,
    kind: ObjectType,
}

fn peel(id: ObjectId, store: &Store<'_>) -> Result<Tip, Unread> {
    let mut tags = Vec::new();
    let mut id = id;
    loop {
        let object = store.read_any(id)?;
        let kind = object.kind();
        if kind != ObjectType::Tag {
            return Ok(Tip { tags, object: id, kind });
        }
        tags.push(id);
        let target = object.data().split(|byte| *byte == b'\n').next();
        let target = target.and_then(|line| name_in(line, b"object "));
        id = target
            .filter(|_| tags.len() < DEEPEST_TAG)
            .ok_or_else(|| Unread::damaged(format!("the tag {id} does not say what it tags")))?;
    }
}

/// The name behind the word at a line's start.
fn name_in(line: &[u8], word: &[u8]) -> Option<ObjectId> {
    std::str::from_utf8(line.strip_prefix(word)?).ok()?.parse().ok()
}

/// What a commit says of itself.
struct Header {
    tree: ObjectId,
    parents: Vec<ObjectId>,
    /// When it was committed, in seconds since 1970.
    time: i64,
}

impl Header {
    fn parse(bytes: &[u8]) -> Option<Self> {
        let mut lines = bytes.split(|byte| *byte == b'\n');
        let tree = name_in(lines.next()?, b"tree ")?;
        let mut parents = Vec::new();
        let mut time = 0;
        for line in lines.take_while(|line| !line.is_empty()) {
            if line.starts_with(b"parent ") {
                parents.push(name_in(line, b"parent ")?);
            } else if line.starts_with(b"committer ") {
                time = time_in(line).unwrap_or(0);
                break;
            }
        }
        Some(Self { tree, parents, time })
    }
}

/// The seconds behind the address of a committer.
fn time_in(line: &[u8]) -> Option<i64> {
    let behind = &line[memchr::memrchr(b'>', line)? + 1..];
    let seconds = behind.split(|byte| *byte == b' ').find(|word| !word.is_empty())?;
    std::str::from_utf8(seconds).ok()?.parse().ok()
}

/// A walk from the newest commits to older ones that leaves out what is hidden.
///
/// It ends when all that is left to look at is hidden and older than all that
/// was found, and some more was looked at. Dates that are very wrong can make it
/// find more than is in the range, never less.
struct Walk<'r> {
    store: &'r Store<'r>,
    known: HashMap<ObjectId, Known>,
    queue: BinaryHeap<(i64, ObjectId)>,
    /// Walked in the queue that are not hidden.
    open: usize,
    /// The commits found, some of which may turn out to be hidden.
    found: Vec<ObjectId>,
    /// Parents that cannot be read, each with its child.
    unread: Vec<(ObjectId, ObjectId, Unread)>,
}

struct Known {
    header: Header,
    hidden: bool,
    queued: bool,
}

impl<'r> Walk<'r> {
    fn new(store: &'r Store<'r>) -> Self {
        Self {
            store,
            known: HashMap::new(),
            queue: BinaryHeap::new(),
            open: 0,
            found: Vec::new(),
            unread: Vec::new(),
        }
    }

    /// Takes a commit into the walk.
    fn add(&mut self, id: ObjectId, hidden: bool) -> Result<(), Unread> {
        if self.known.contains_key(&id) {
            if hidden {
                self.hide(id);
            }
            return Ok(());
        }
        let object = self.store.read(id, ObjectType::Commit)?;
        let header = Header::parse(object.data())
            .ok_or_else(|| Unread::damaged(format!("the commit {id} names no tree")))?;
        self.queue.push((header.time, id));
        self.open += usize::from(!hidden);
        self.known.insert(id, Known { header, hidden, queued: true });
        Ok(())
    }

    /// Hides a commit, and those of its ancestors that the walk has passed.
    fn hide(&mut self, id: ObjectId) {
        let mut ids = vec![id];
        while let Some(id) = ids.pop() {
            let Some(known) = self.known.get_mut(&id) else { continue };
            if known.hidden {
                continue;
            }
            known.hidden = true;
            if known.queued {
                self.open -= 1;
            } else {
                ids.extend(&known.header.parents);
            }
        }
    }

    fn run(&mut self) {
        let mut oldest = i64::MAX;
        let mut beyond = 0;
        while let Some((time, id)) = self.queue.pop() {
            let Some(known) = self.known.get_mut(&id) else { continue };
            if self.open == 0 && time < oldest {
                beyond += 1;
                if beyond > BEYOND || self.found.is_empty() {
                    break;
                }
            }
            known.queued = false;
            let (hidden, parents) = (known.hidden, known.header.parents.clone());
            if !hidden {
                self.open -= 1;
                self.found.push(id);
                oldest = oldest.min(time);
            }
            for parent in parents {
                if let Err(unread) = self.add(parent, hidden) {
                    self.unread.push((id, parent, unread));
                }
            }
        }
    }

    /// Gives the commits that are not hidden.
    fn finish(mut self, boundary: &HashSet<ObjectId>, result: &mut Walked) {
        let is_hidden = |id: &ObjectId| self.known.get(id).is_some_and(|known| known.hidden);
        self.found.retain(|id| !is_hidden(id));
        for (child, parent, unread) in &self.unread {
            if is_hidden(child) {
                continue;
            }
            let notice = if unread.is_missing() && boundary.contains(child) {
                let detail = format!("history is cut off here: the parent {parent} is not there");
                Notice::new(NoticeKind::ShallowHistory, child.to_string(), detail)
            } else {
                unread.at(format!("parent of {child}"))
            };
            result.notices.push(notice);
        }
        for id in self.found.into_iter().rev() {
            let Some(known) = self.known.get(&id) else { continue };
            let parents = known.header.parents.iter().filter_map(|id| self.known.get(id));
            let parents = parents.map(|parent| parent.header.tree).collect();
            result.commits.push(Commit { id, tree: known.header.tree, parents });
        }
    }
}

#[cfg(test)]
mod tests {
    use super::Header;

    const TREE: &str = "tree 0123456789abcdef0123456789abcdef01234567\n";

    #[test]
    fn a_commit_without_parents_or_sense_is_read_as_far_as_it_goes() {
        let header = Header::parse(TREE.as_bytes()).expect("it names a tree");
        assert!(header.parents.is_empty() && header.time == 0);
        let text = format!("{TREE}author > x\ncommitter A > <a@b> 123 +0000\n\nparent x");
        assert_eq!(Header::parse(text.as_bytes()).expect("it names a tree").time, 123);
        assert!(Header::parse(format!("{TREE}parent x\n").as_bytes()).is_none());
        assert!(Header::parse(b"").is_none());
    }
}
