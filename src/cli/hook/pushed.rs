//! `redhanded hook pre-push` and `redhanded hook pre-receive`.

use std::io::{IsTerminal, Read};

use anyhow::{Context, bail};

use super::super::Process;
use super::super::args::{AnyScanArgs, Color, PrePushArgs, PreReceiveArgs};
use super::super::exit::ExitStatus;
use super::{BEFORE_PUSH, Job, range_of, tell};
use crate::object::ObjectId;
use crate::source::{Range, Refs};

/// Longest list of refs that is read: millions.
const LARGEST: u64 = 1 << 30;

/// Scans what a push would bring to a remote.
pub(super) fn pre_push(
    args: &PrePushArgs,
    color: Color,
    process: &Process<'_>,
) -> anyhow::Result<ExitStatus> {
    let (job, updates) = job_of(&args.scan, color, process, Update::of_push)?;
    if !updates.is_empty() {
        return job.push(&updates, |refs| job.of_remote(refs, args.remote.as_deref()));
    }
    if let Some(range) = range_of(process) {
        return job.scan_range(job.range(&range)?, job.repository.refs()?);
    }
    let Some(remote) = process.text("PRE_COMMIT_REMOTE_NAME") else {
        tell("nothing is pushed");
        return Ok(ExitStatus::Clean);
    };
    let branch = process.text("PRE_COMMIT_LOCAL_BRANCH");
    let new = job.repository.resolve(branch.as_deref().unwrap_or("HEAD"))?;
    let update = Update { old: ObjectId::ZERO, new };
    job.push(&[update], |refs| job.of_remote(refs, Some(&remote)))
}

/// Scans what was pushed.
pub(super) fn pre_receive(
    args: &PreReceiveArgs,
    color: Color,
    process: &Process<'_>,
) -> anyhow::Result<ExitStatus> {
    let (job, updates) = job_of(&args.scan, color, process, Update::of_receive)?;
    job.push(&updates, |refs| refs_that(refs, |_| true))
}

impl Job {
    /// Scans what the updates bring that those of the refs which are `known` to
    /// be there do not lead to.
    fn push(
        &self,
        updates: &[Update],
        known: impl FnOnce(&Refs) -> Vec<ObjectId>,
    ) -> anyhow::Result<ExitStatus> {
        let mut range = Range::default();
        let has = |id: ObjectId| self.repository.has(id);
        for update in updates.iter().filter(|update| update.new != ObjectId::ZERO) {
            range.include.push(update.new);
            if update.old == ObjectId::ZERO {
                continue;
            }
            if has(update.old) {
                range.hide.push(update.old);
            } else {
                let old = update.old.short();
                tell(&format!("{old}, which is to be replaced, is not here: more is scanned"));
            }
        }
        if range.include.is_empty() {
            tell("nothing is pushed but what is to be deleted");
            return Ok(ExitStatus::Clean);
        }
        let refs = self.repository.refs()?;
        range.hide.extend(known(&refs));
        self.scan_range(range, refs)
    }

    /// What is known to be at a remote; at any, if none is given.
    ///
    /// A remote that is named by its address alone has what the remote of that
    /// address has; if there is none, nothing of ours is known to be there.
    fn of_remote(&self, refs: &Refs, remote: Option<&str>) -> Vec<ObjectId> {
        let folder = match remote {
            None => "refs/remotes/".to_owned(),
            Some(remote) => match self.repository.remote_named(remote) {
                Some(name) => format!("refs/remotes/{name}/"),
                None => return Vec::new(),
            },
        };
        refs_that(refs, |name| name.starts_with(&folder))
    }
}

/// The objects of some refs.
fn refs_that(refs: &Refs, wanted: impl Fn(&str) -> bool) -> Vec<ObjectId> {
    let tips = refs.tips.iter();
    let mut ids: Vec<_> = tips.filter(|(name, _)| wanted(name)).map(|(_, id)| *id).collect();
    ids.sort_unstable();
    ids.dedup();
    ids
}

/// A ref that a push changes.
struct Update {
    /// What the receiving side has; zero if it has no such ref.
    old: ObjectId,
    /// What it is to have; zero if the ref is to be deleted.
    new: ObjectId,
}

impl Update {
    /// Reads `<local ref> <local object> <remote ref> <remote object>`.
    fn of_push(line: &str) -> anyhow::Result<Self> {
        let words: Vec<&str> = line.split(' ').collect();
        let [_, new, _, old] = words[..] else { bail!(malformed(line)) };
        Self::new(line, old, new)
    }

    /// Reads `<old object> <new object> <ref>`.
    fn of_receive(line: &str) -> anyhow::Result<Self> {
        let words: Vec<&str> = line.split(' ').collect();
        let [old, new, _] = words[..] else { bail!(malformed(line)) };
        Self::new(line, old, new)
    }

    fn new(line: &str, old: &str, new: &str) -> anyhow::Result<Self> {
        let id = |text: &str| text.parse::<ObjectId>().with_context(|| malformed(line));
        Ok(Self { old: id(old)?, new: id(new)? })
    }
}

fn malformed(line: &str) -> String {
    format!("`{line}` on standard input does not say what is pushed")
}

/// The job, and the updates that git tells of on standard input, a line each,
/// which `read` understands.
fn job_of(
    args: &AnyScanArgs,
    color: Color,
    process: &Process<'_>,
    read: fn(&str) -> anyhow::Result<Update>,
) -> anyhow::Result<(Job, Vec<Update>)> {
    let lines = read_lines()?;
    let job = Job::new(args, color, process, BEFORE_PUSH)?;
    let updates = lines.iter().map(|line| read(line)).collect::<Result<_, _>>()?;
    Ok((job, updates))
}

/// The lines that git gives.
fn read_lines() -> anyhow::Result<Vec<String>> {
    let input = std::io::stdin();
    if input.is_terminal() {
        bail!("this is to be run by git, which says on standard input what is pushed");
    }
    let mut bytes = Vec::new();
    input.lock().take(LARGEST + 1).read_to_end(&mut bytes).context("cannot read standard input")?;
    if bytes.len() as u64 > LARGEST {
        bail!("the list of what is pushed is too long");
    }
    let text = String::from_utf8_lossy(&bytes);
    Ok(text.lines().filter(|line| !line.is_empty()).map(str::to_owned).collect())
}
