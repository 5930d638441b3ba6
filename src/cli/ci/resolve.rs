//! From a [`Change`] to what is scanned in this repository: [`Scope`].
//!
//! What is not here is an error, or more is scanned; it is never nothing.

use anyhow::{Context, anyhow, bail};

use super::super::args::{ChangeArgs, Platform};
use super::change::{Before, Change, Name, Named, is_zero};
use crate::object::ObjectId;
use crate::source::{Introduced, Limits, Range, Refs, Repository};

/// What is scanned.
#[derive(Debug)]
pub(super) enum Scope {
    /// All of history and the checkout.
    Everything,
    /// What some commits bring.
    Commits(Range),
    /// Nothing, for nothing can have come in.
    Nothing,
}

/// What is scanned, and by whose word something is no leak.
#[derive(Debug)]
pub(super) struct Resolved {
    pub(super) scope: Scope,
    /// What it is, in words.
    pub(super) what: String,
    /// For a proposal, the commit that proposes and the one whose configuration
    /// and comments count.
    pub(super) proposal: Option<Proposal>,
}

/// The two sides of a request.
#[derive(Clone, Copy, Debug)]
pub(super) struct Proposal {
    pub(super) head: ObjectId,
    pub(super) believed: ObjectId,
}

/// The change as the user corrects it.
pub(super) fn corrected(
    typed: &ChangeArgs,
    told: impl FnOnce() -> anyhow::Result<Change>,
) -> anyhow::Result<Change> {
    if typed.full {
        return Ok(Change::Everything { why: "--full was given".to_owned() });
    }
    let head = typed.head.as_deref().map(|head| Named::revision(head, "--head"));
    let Some(base) = typed.base.as_deref() else {
        let Some(head) = head else { return told() };
        return Ok(match told()? {
            Change::Proposal { base, target, .. } => Change::Proposal { head, base, target },
            Change::Push { before, branch, default, .. } => {
                Change::Push { head, before, branch, default }
            }
            Change::Everything { .. } | Change::Nothing { .. } => new_commits(head),
        });
    };
    let head = match head {
        Some(head) => head,
        None => match told()? {
            Change::Proposal { head, .. } | Change::Push { head, .. } => head,
            Change::Everything { .. } | Change::Nothing { .. } => {
                Named::revision("HEAD", "the repository")
            }
        },
    };
    if base.is_empty() || is_zero(base) {
        return Ok(new_commits(head));
    }
    let base = Named::revision(base, "--base");
    Ok(Change::Proposal { head, base, target: None })
}

/// Commits before which nothing is known to have been there.
fn new_commits(head: Named) -> Change {
    Change::Push { head, before: None, branch: None, default: None }
}

/// The repository in which the change is looked up.
pub(super) struct Resolver<'r> {
    pub(super) repository: &'r Repository,
    pub(super) refs: &'r Refs,
    pub(super) platform: Platform,
    pub(super) limits: Limits,
}

impl Resolver<'_> {
    /// What the change is here.
    ///
    /// # Errors
    ///
    /// If a commit that it names is not here, or the history that leads to it is
    /// cut off.
    pub(super) fn resolve(&self, change: &Change) -> anyhow::Result<Resolved> {
        match change {
            Change::Everything { why } => self.everything(why),
            Change::Nothing { why } => {
                let what = format!("nothing, for {why}");
                Ok(Resolved { scope: Scope::Nothing, what, proposal: None })
            }
            Change::Proposal { head, base, target } => {
                let (head, base) = (self.find(head)?, self.find(base)?);
                let tip = target.as_deref().and_then(|target| self.remote_branch(target));
                let proposal = Proposal {
                    head: self.repository.commit_of(head)?,
                    believed: self.repository.commit_of(tip.unwrap_or(base))?,
                };
                let mut resolved = self.commits(head, Some(base))?;
                resolved.proposal = Some(proposal);
                Ok(resolved)
            }
            Change::Push { head, before, branch, default } => {
                let id = self.find(head)?;
                let branch = branch.clone().or_else(|| self.current_branch(head));
                let known = match before {
                    Some(before) => self.find_before(before)?,
                    None => None,
                };
                let known =
                    known.or_else(|| self.default_tip(branch.as_deref(), default.as_deref()));
                self.commits(id, known)
            }
        }
    }

    fn everything(&self, why: &str) -> anyhow::Result<Resolved> {
        if self.repository.is_shallow() {
            bail!("all of history is to be scanned, and {}", self.cut_off());
        }
        let what = format!("all of history and the checkout, for {why}");
        Ok(Resolved { scope: Scope::Everything, what, proposal: None })
    }

    /// What `head` has and `known` has not.
    fn commits(&self, head: ObjectId, known: Option<ObjectId>) -> anyhow::Result<Resolved> {
        let range = Range { include: vec![head], hide: known.into_iter().collect() };
        let Some(known) = known else {
            if self.repository.is_shallow() {
                bail!(
                    "all that {} leads to is to be scanned, and {}",
                    head.short(),
                    self.cut_off()
                );
            }
            let what = format!("all that {} leads to", head.short());
            return Ok(Resolved { scope: Scope::Commits(range), what, proposal: None });
        };
        let walked = Introduced::new(self.repository, &range, self.limits, 1)?;
        let between = format!("{} has and {} has not", head.short(), known.short());
        if let Some(notice) = walked.notices().first() {
            let crate::notice::Notice { place, detail, .. } = notice;
            bail!("what {between} cannot be told: {place}: {detail}; {}", self.advice());
        }
        let count = walked.commits().len();
        let is_tag = head != self.repository.commit_of(head)?;
        if count == 0 && !is_tag {
            let what = format!(
                "nothing: the change introduces no objects, for {} is in the history of {} \
                 already",
                head.short(),
                known.short()
            );
            return Ok(Resolved { scope: Scope::Nothing, what, proposal: None });
        }
        let noun = if count == 1 { "commit" } else { "commits" };
        let tag = if is_tag { ", and the tag," } else { "" };
        let what = format!("every object of {count} {noun}{tag} that {between}");
        Ok(Resolved { scope: Scope::Commits(range), what, proposal: None })
    }

    /// A commit that has to be here.
    fn find(&self, named: &Named) -> anyhow::Result<ObjectId> {
        let Named { name, source } = named;
        let found = match name {
            Name::Commit(name) => self.repository.commit_named(name).ok(),
            Name::Branch(name) => self.remote_branch(name),
            Name::Revision(text) => {
                let id = self.repository.resolve(text).map_err(|error| {
                    if self.repository.is_shallow() {
                        anyhow!("{source}: {error}; {}", self.cut_off())
                    } else {
                        anyhow!("{source}: {error}")
                    }
                })?;
                return self
                    .repository
                    .commit_of(id)
                    .map(|_| id)
                    .with_context(|| format!("{source}: `{text}` is no commit"));
            }
        };
        found.ok_or_else(|| {
            let what = if matches!(name, Name::Branch(_)) { "the branch " } else { "" };
            anyhow!(
                "{source} names {what}`{}`, which is not in this repository; {}",
                named.text(),
                self.cut_off()
            )
        })
    }

    /// What was there before; none if nothing leads to it any more.
    fn find_before(&self, before: &Before) -> anyhow::Result<Option<ObjectId>> {
        match self.find(&before.named) {
            Ok(id) => Ok(Some(id)),
            // A name that is none is no sign of a push that replaced something.
            Err(error) if self.repository.is_shallow() || !before.may_be_gone => Err(error),
            Err(error) if !before.named.text().bytes().all(|it| it.is_ascii_hexdigit()) => {
                Err(error)
            }
            Err(_) => Ok(None),
        }
    }

    /// The tip of the default branch, unless that is the branch itself: then all
    /// of it may be new.
    fn default_tip(&self, branch: Option<&str>, default: Option<&str>) -> Option<ObjectId> {
        let default = match default {
            Some(default) => default.to_owned(),
            // Without a name for the branch it could be the default one.
            None if branch.is_some() => self.default_branch()?,
            None => return None,
        };
        if branch == Some(default.as_str()) { None } else { self.remote_branch(&default) }
    }

    /// The branch that the remote's `HEAD` stands for.
    fn default_branch(&self) -> Option<String> {
        let head = self.repository.git().find_reference("refs/remotes/origin/HEAD").ok()?;
        head.symbolic_target()?.strip_prefix("refs/remotes/origin/").map(str::to_owned)
    }

    /// The branch that is checked out, if that is what is asked about.
    fn current_branch(&self, head: &Named) -> Option<String> {
        if head.name != Name::Revision("HEAD".to_owned()) {
            return None;
        }
        let head = self.repository.git().head().ok().filter(git2::Reference::is_branch)?;
        head.shorthand().map(str::to_owned)
    }

    /// The tip of a branch of the remote. A local branch of that name could be
    /// anybody's.
    fn remote_branch(&self, name: &str) -> Option<ObjectId> {
        let full = format!("refs/remotes/origin/{name}");
        self.refs.tips.iter().find(|(tip, _)| *tip == full).map(|(_, id)| *id)
    }

    /// Why something is not here, and what to do about it.
    fn cut_off(&self) -> String {
        let why = if self.repository.is_shallow() {
            "the clone is shallow"
        } else {
            "it was not fetched"
        };
        format!("{why}: {}", self.advice())
    }

    fn advice(&self) -> String {
        format!("on {}, {}", self.platform.title(), self.platform.how_to_clone_all())
    }
}
