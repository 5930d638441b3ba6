//! `redhanded hook pre-commit`.

use std::collections::HashSet;
use std::path::{Path, PathBuf};

use anyhow::bail;

use super::super::Process;
use super::super::args::{Color, PreCommitArgs};
use super::super::exit::ExitStatus;
use super::{BEFORE_COMMIT, BEFORE_PUSH, Job, range_of};
use crate::notice::{Notice, NoticeKind};
use crate::paths::{here, normal_from, path_text};
use crate::source::{Counted, Sink, Source, Staged, Tree, TreeOptions};

/// Scans what is staged, the files that are named, or a range of commits.
pub(super) fn run(
    args: &PreCommitArgs,
    color: Color,
    process: &Process<'_>,
) -> anyhow::Result<ExitStatus> {
    let range = range_of(process);
    let advice = if range.is_some() { BEFORE_PUSH } else { BEFORE_COMMIT };
    let job = Job::new(&args.scan, color, process, advice)?;
    if let Some(range) = range {
        return job.scan_range(job.range(&range)?, job.repository.refs()?);
    }
    let mut aside = Aside::default();
    let sources = if args.paths.is_empty() {
        vec![job.staged(args.whole, None)?]
    } else {
        job.files(args, &mut aside)?
    };
    let excluded = aside.excluded;
    let aside: Box<dyn Source> = Box::new(aside);
    let sources: Vec<_> = sources.into_iter().chain([aside]).collect();
    let (outcome, status) = job.carry_out(&sources)?;
    let coverage = &outcome.coverage;
    let scanned = coverage.files + coverage.blobs + coverage.messages;
    let named = args.paths.len() as u64;
    if scanned == 0 && named > excluded + coverage.excluded && status == ExitStatus::Clean {
        bail!("nothing was scanned, although {named} files were named");
    }
    Ok(status)
}

impl Job {
    /// What is staged, at some paths only if they are given.
    fn staged(
        &self,
        whole: bool,
        only: Option<&HashSet<PathBuf>>,
    ) -> anyhow::Result<Box<dyn Source>> {
        let staged = self.compared()?.whole(whole).without(&self.plan.excludes);
        let wanted = |path: &Path| only.is_none_or(|paths| paths.contains(path));
        Ok(Box::new(staged.only(wanted)))
    }

    fn compared(&self) -> anyhow::Result<Staged> {
        if self.repository.work_tree().is_none() {
            bail!("this repository has no work tree, so nothing can be staged in it");
        }
        Ok(Staged::new(&self.repository, self.plan.limits, self.plan.threads)?)
    }

    /// Each named file as it is staged, if it is, else as it is on disk: then it
    /// was asked for although no commit would change it.
    fn files(
        &self,
        args: &PreCommitArgs,
        aside: &mut Aside,
    ) -> anyhow::Result<Vec<Box<dyn Source>>> {
        let staged = self.compared()?;
        let staged: HashSet<&Path> = staged.paths().collect();
        let top = self.repository.work_tree().unwrap_or(Path::new(""));
        let here = here();
        let (mut in_index, mut on_disk) = (HashSet::new(), Vec::new());
        for file in &args.paths {
            let Some(path) = path_below(top, &normal_from(&here, file)) else {
                let detail = "it is outside of the repository, and was not scanned";
                let notice = Notice::new(NoticeKind::Unreadable, path_text(file), detail);
                aside.notices.push(notice);
                continue;
            };
            if self.plan.excludes.cover(top, &path) {
                aside.excluded += 1;
            } else if staged.contains(path.as_path()) {
                in_index.insert(path);
            } else {
                on_disk.push(file.clone());
            }
        }
        let mut sources = Vec::new();
        if !in_index.is_empty() {
            sources.push(self.staged(args.whole, Some(&in_index))?);
        }
        if !on_disk.is_empty() {
            sources.push(self.tree(on_disk));
        }
        Ok(sources)
    }

    fn tree(&self, mut files: Vec<PathBuf>) -> Box<dyn Source> {
        files.sort();
        files.dedup();
        let options = TreeOptions {
            honour_ignores: true,
            follow_links: false,
            threads: if files.len() == 1 { 1 } else { self.plan.threads },
            limits: self.plan.limits,
        };
        Box::new(Tree::new(files, options).without(self.plan.excludes.clone()))
    }
}

/// `path` from `top` on, if it is below it. The folders in the way may be links.
fn path_below(top: &Path, path: &Path) -> Option<PathBuf> {
    let below = |path: &Path| path.strip_prefix(top).map(Path::to_owned).ok();
    below(path).or_else(|| {
        let folder = path.parent()?.canonicalize().ok()?;
        below(&folder.join(path.file_name()?))
    })
}

/// What is to be reported besides what was scanned.
#[derive(Default)]
struct Aside {
    notices: Vec<Notice>,
    excluded: u64,
}

impl Source for Aside {
    fn push<'s>(&self, sinks: &(dyn Fn() -> Box<dyn Sink + 's> + Sync)) {
        let mut sink = sinks();
        for notice in &self.notices {
            sink.notice(notice.clone());
        }
        sink.count(Counted::Excluded, self.excluded);
    }
}
