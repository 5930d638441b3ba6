//! `redhanded baseline create`.

use std::collections::BTreeSet;
use std::io::{self, Write};
use std::path::{Path, PathBuf};

use anyhow::bail;

use super::super::Process;
use super::super::args::{Color, CreateArgs};
use super::super::exit::ExitStatus;
use super::super::known::read_baseline;
use super::super::output::stdout;
use super::look::{Seen, repository};
use super::{Job, plural, store};
use crate::baseline::{Baseline, Entries, Foreign, Scene};
use crate::config::Disk;
use crate::finding::{Finding, Triage};
use crate::report::sanitize::Safe;

/// Scans and writes a new baseline.
pub(super) fn run(
    args: &CreateArgs,
    color: Color,
    process: &Process<'_>,
) -> anyhow::Result<ExitStatus> {
    let job = Job::new(&args.look, false)?;
    if job.file.symlink_metadata().is_ok() && !args.force {
        bail!(
            "{} is there already; `redhanded baseline update` brings it up to date, --force \
             replaces it",
            job.file.display()
        );
    }
    store::check(&job.file)?;
    let mut others =
        args.from.iter().map(|file| Other::read(file)).collect::<Result<Vec<_>, _>>()?;
    let wants_history = args.look.history || others.iter().any(Other::knows_commits);
    let repository = repository(&args.look.path, wants_history)?;
    let mut mark = |findings: &mut [Finding]| {
        for other in &mut others {
            other.mark(findings, &job);
        }
    };
    let (outcome, seen) = job.look(&args.look, repository.as_ref(), process, &mut mark)?;
    let entries = entries(&seen, args);
    store::write(&job.file, &entries)?;
    let mut out = stdout(color);
    writeln!(out, "Wrote {}: {}.", Safe(&job.file.display().to_string()), counted(&entries))?;
    if !others.is_empty() {
        tell_of_others(&mut out, &seen, &entries, &others)?;
    }
    out.flush()?;
    drop(out);
    Ok(job.end(&outcome, color))
}

/// The entries of what was seen; where other tools' files are given, only of what
/// they know.
fn entries(seen: &Seen, args: &CreateArgs) -> Entries {
    let mut entries = Entries::default();
    for (fingerprint, finding) in seen.findings.iter().filter(|(_, finding)| finding.wanted) {
        let triage = if args.from.is_empty() { Some(args.triage) } else { finding.told };
        if let Some(triage) = triage {
            entries.insert(finding.entry(*fingerprint, triage));
        }
    }
    entries
}

/// How many entries there are of which state: `3 entries, 2 accepted and 1 false`.
pub(super) fn counted(entries: &Entries) -> String {
    let of = |triage| entries.iter().filter(|entry| entry.triage == triage).count();
    let states = Triage::ALL.into_iter().rev().filter(|triage| of(*triage) > 0);
    let mut states: Vec<String> = states.map(|triage| format!("{} {triage}", of(triage))).collect();
    let all = plural(entries.len(), "entry", "entries");
    match states.pop() {
        None => all,
        Some(only) if states.is_empty() => format!("{all}, {only}"),
        Some(last) => format!("{all}, {} and {last}", states.join(", ")),
    }
}

/// A file of another tool, and which of its entries match a finding.
struct Other {
    file: PathBuf,
    baseline: Baseline,
    used: BTreeSet<usize>,
}

impl Other {
    fn read(file: &Path) -> anyhow::Result<Self> {
        let baseline = read_baseline(file, &Disk)?;
        if matches!(baseline, Baseline::Own(_)) {
            bail!("{} is a baseline of redhanded already", file.display());
        }
        Ok(Self { file: file.to_owned(), baseline, used: BTreeSet::new() })
    }

    fn foreign(&self) -> Option<&Foreign> {
        match &self.baseline {
            Baseline::Own(_) => None,
            Baseline::Foreign(foreign) => Some(foreign),
        }
    }

    /// Whether entries are about commits, which a scan of files cannot find.
    fn knows_commits(&self) -> bool {
        let foreign = self.foreign();
        foreign.is_some_and(|foreign| foreign.entries.iter().any(|it| it.commit.is_some()))
    }

    fn mark(&mut self, findings: &mut [Finding], job: &Job) {
        let rules = job.plan.scanner.rules();
        let scene = Scene { rules, base: &job.base, file: "", accepts: |_| false };
        self.used.append(&mut self.baseline.mark(findings, &scene).used);
    }
}

/// Says what of other tools' files is not here, and what they do not know.
fn tell_of_others(
    out: &mut impl Write,
    seen: &Seen,
    entries: &Entries,
    others: &[Other],
) -> io::Result<()> {
    for other in others {
        let Some(foreign) = other.foreign() else { continue };
        let file = other.file.display().to_string();
        writeln!(
            out,
            "{} ({}): {} of {} found here.",
            Safe(&file),
            foreign.kind.as_str(),
            other.used.len(),
            plural(foreign.entries.len(), "entry", "entries"),
        )?;
        let unused = (0..).zip(&foreign.entries).filter(|(at, _)| !other.used.contains(at));
        for (_, entry) in unused {
            let place = format!("{}:{}", entry.path, entry.lines.start());
            writeln!(out, "  not found: {} [{}]", Safe(&place), Safe(&entry.kind))?;
        }
    }
    let left = seen.findings.iter().filter(|(_, it)| it.wanted).count() - entries.len();
    if left > 0 {
        let findings = plural(left, "finding is", "findings are");
        writeln!(out, "{findings} in none of them, and will be reported.")?;
    }
    Ok(())
}
