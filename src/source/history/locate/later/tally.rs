//! What is known of one credential, while it is located again.

use super::super::Age;
use super::{LeakBefore, Set};
use crate::finding::{Exposure, Presence, Time};
use crate::object::ObjectId;

/// A commit that brought a credential in, with all that decides about its
/// place in the order.
pub(super) type Brought = (Age, ObjectId, Vec<u8>, ObjectId);

/// What is known of a credential.
#[derive(Default)]
pub(super) struct Tally {
    /// What brought it in, as it was known before.
    pub(super) before: Vec<(ObjectId, Vec<u8>, ObjectId)>,
    /// New commits that brought it in.
    pub(super) brought: Vec<Brought>,
    pub(super) refs: Vec<String>,
    pub(super) in_head: bool,
    pub(super) is_staged: bool,
    first_seen: Option<Time>,
    last_seen: Option<Time>,
    pub(super) commits: u64,
    /// Whether commits were known to hold it before.
    pub(super) had_commits: bool,
}

impl Tally {
    /// What was known before, with what did not move of refs and HEAD.
    pub(super) fn of(before: &LeakBefore, refs: Vec<String>, in_head: bool) -> Self {
        Self {
            refs,
            in_head,
            before: before.introductions.clone(),
            first_seen: before.first_seen,
            last_seen: before.last_seen,
            commits: before.commits,
            had_commits: before.commits > 0,
            ..Self::default()
        }
    }

    /// Counts a commit that holds it.
    pub(super) fn count(&mut self, time: Time) {
        self.commits += 1;
        self.first_seen = self.first_seen.into_iter().chain([time]).min();
        self.last_seen = self.last_seen.max(Some(time));
    }

    /// Where and how long it can be seen.
    pub(super) fn exposure(&mut self) -> Exposure {
        let presence = if self.in_head {
            Presence::Head
        } else if !self.refs.is_empty() {
            Presence::Tip
        } else if self.commits > 0 {
            Presence::Past
        } else if self.is_staged {
            Presence::Staged
        } else {
            Presence::Unreachable
        };
        self.refs.sort_unstable();
        self.refs.dedup();
        Exposure {
            presence,
            first_seen: self.first_seen,
            last_seen: self.last_seen,
            commits: self.commits,
            refs: std::mem::take(&mut self.refs),
        }
    }
}

/// All members of two sets, each once.
pub(super) fn union(set: &Set, other: &[u32]) -> Vec<u32> {
    let mut all = [set, other].concat();
    all.sort_unstable();
    all.dedup();
    all
}
