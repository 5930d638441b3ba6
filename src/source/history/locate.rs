//! Which commits and paths hold an object. Not yet: everything counts as
//! unreachable.

use std::collections::{HashMap, HashSet};
use std::path::PathBuf;
use std::sync::Arc;

use super::History;
use crate::finding::{Commit, Exposure, Presence};
use crate::notice::Notice;
use crate::object::ObjectId;

/// What is to be located.
pub struct Targets {
    /// For each object the numbers of the credentials in it.
    pub holders: HashMap<ObjectId, Box<[u32]>>,
    /// Number of credentials.
    pub count: u32,
}

/// Where each credential is, by its number.
pub struct Located {
    /// For each credential.
    pub leaks: Vec<LocatedLeak>,
    /// Trouble on the way.
    pub notices: Vec<Notice>,
}

/// Where one credential is.
pub struct LocatedLeak {
    /// Commits and paths that brought it in.
    pub introductions: Vec<Introduced>,
    /// How it is exposed.
    pub exposure: Exposure,
}

/// A commit and path that brought a credential in.
pub struct Introduced {
    /// The commit.
    pub commit: Arc<Commit>,
    /// The path.
    pub path: PathBuf,
    /// What holds it there.
    pub object: ObjectId,
}

/// What leads to objects.
pub struct Tips {
    /// Refs by their full names.
    pub refs: Vec<(String, ObjectId)>,
    /// What HEAD points to.
    pub head: Option<ObjectId>,
    /// What is staged.
    pub index: Vec<(PathBuf, ObjectId)>,
    /// The commits whose introductions count, if not all.
    pub commits: Option<HashSet<ObjectId>>,
    /// Commits whose parents are cut off.
    pub shallow: HashSet<ObjectId>,
}

impl History {
    /// Where each credential is.
    pub fn locate(&self, targets: &Targets, _: &Tips, _: &dyn Fn() -> bool) -> Located {
        let unreachable = || LocatedLeak {
            introductions: Vec::new(),
            exposure: Exposure {
                presence: Presence::Unreachable,
                first_seen: None,
                last_seen: None,
                commits: 0,
                refs: Vec::new(),
            },
        };
        let leaks = (0..targets.count).map(|_| unreachable()).collect();
        Located { leaks, notices: Vec::new() }
    }
}
