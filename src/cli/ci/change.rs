//! [`Change`]: what a platform says of the change that set a pipeline off.

/// The change that a pipeline runs for.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Change {
    /// There is none: all of history and the checkout are scanned.
    Everything {
        /// Why, in a few words.
        why: String,
    },
    /// Commits that ask to be taken in, by anybody. What they say of themselves
    /// is not believed.
    Proposal {
        /// What is proposed.
        head: Named,
        /// What it is to be taken into.
        base: Named,
        /// The branch it is to be taken into, whose tip is believed rather than
        /// an older base, if it is here.
        target: Option<String>,
    },
    /// Commits that are on a branch or tag.
    Push {
        /// What the branch leads to now.
        head: Named,
        /// What it led to before, if it was there.
        before: Option<Before>,
        /// The branch, unless it is a tag.
        branch: Option<String>,
        /// The branch that what is new is measured by where nothing was there
        /// before.
        default: Option<String>,
    },
    /// Nothing can have come in.
    Nothing {
        /// Why, in a few words.
        why: String,
    },
}

/// What a branch led to before a push.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Before {
    pub(super) named: Named,
    /// Whether the push replaced it with something else, so that a whole clone
    /// need not have it. If that is not said it may be so.
    pub(super) may_be_gone: bool,
}

/// A commit, by what names it and who says so.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Named {
    pub(super) name: Name,
    /// `CI_COMMIT_SHA`, `pull_request.base.sha in event.json`.
    pub(super) source: String,
}

/// How a commit is named.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Name {
    /// By its own name, in hexadecimal digits.
    Commit(String),
    /// By a branch of the remote.
    Branch(String),
    /// By whatever a user types.
    Revision(String),
}

impl Named {
    /// A commit by its own name, which `source` gives.
    pub(super) fn commit(name: String, source: impl Into<String>) -> Self {
        Self { name: Name::Commit(name), source: source.into() }
    }

    /// The tip of a branch of the remote.
    pub(super) fn branch(name: &str, source: impl Into<String>) -> Self {
        Self { name: Name::Branch(branch_name(name).to_owned()), source: source.into() }
    }

    /// A revision that somebody typed.
    pub(super) fn revision(text: &str, source: impl Into<String>) -> Self {
        Self { name: Name::Revision(text.to_owned()), source: source.into() }
    }

    /// The name as it was given.
    pub(super) fn text(&self) -> &str {
        match &self.name {
            Name::Commit(text) | Name::Branch(text) | Name::Revision(text) => text,
        }
    }
}

/// Whether a name is the one for no object, in full or cut short.
pub(super) fn is_zero(name: &str) -> bool {
    !name.is_empty() && name.bytes().all(|digit| digit == b'0')
}

/// A branch's name without the folder that branches are in.
pub(super) fn branch_name(name: &str) -> &str {
    name.strip_prefix("refs/heads/").unwrap_or(name)
}
