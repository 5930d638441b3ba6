//! `redhanded baseline update`.

use std::io::Write;

use super::super::Process;
use super::super::args::{Color, UpdateArgs};
use super::super::exit::ExitStatus;
use super::super::known::read_own;
use super::super::output::stdout;
use super::create::counted;
use super::gone::{Scanned, Unseen, unseen};
use super::look::{Seen, repository};
use super::{Job, plural, store};
use crate::baseline::Entries;
use crate::config::Disk;
use crate::finding::Triage;
use crate::report::sanitize::Safe;
use crate::source::{Environment, Repository};

/// What an update did.
#[derive(Default)]
struct Changes {
    added: usize,
    grown: usize,
    gone: usize,
}

/// Scans again and brings the baseline up to date.
pub(super) fn run(
    args: &UpdateArgs,
    color: Color,
    process: &Process<'_>,
) -> anyhow::Result<ExitStatus> {
    let job = Job::new(&args.look, false)?;
    let mut entries = read_own(&job.file, &Disk)?;
    store::check(&job.file)?;
    // Who had history scanned has entries that files cannot confirm.
    let is_of_history = entries.iter().any(|entry| entry.history);
    let is_repository = || Repository::open(&args.look.path, &Environment::default()).is_ok();
    let wants_history = args.look.history || is_of_history && is_repository();
    let repository = repository(&args.look.path, wants_history)?;
    let (outcome, seen) = job.look(&args.look, repository.as_ref(), process, &mut |_| {})?;
    let scanned = Scanned {
        plan: &job.plan,
        path: &args.look.path,
        base: &job.base,
        outcome: &outcome,
        seen: &seen,
    };
    let mut missing = unseen(&entries, scanned);
    let mut changes = add(&mut entries, &seen, args.triage);
    if args.keep_gone {
        let kept = std::mem::take(&mut missing.gone).len();
        missing.open.extend((kept > 0).then_some((kept, "are about what is gone")));
    }
    for fingerprint in &missing.gone {
        changes.gone += usize::from(entries.remove(*fingerprint).is_some());
    }
    store::write(&job.file, &entries)?;
    let mut out = stdout(color);
    writeln!(out, "Updated {}: {}.", Safe(&job.file.display().to_string()), counted(&entries))?;
    tell(&mut out, &changes, &missing, args.triage)?;
    out.flush()?;
    drop(out);
    Ok(job.end(&outcome, color))
}

/// Adds what is new, and writes down where the rest is now.
fn add(entries: &mut Entries, seen: &Seen, triage: Triage) -> Changes {
    let mut changes = Changes::default();
    for (fingerprint, finding) in &seen.findings {
        match entries.get_mut(*fingerprint) {
            Some(entry) => {
                finding.refresh(entry);
                // One more that looks the same was not decided about.
                if finding.count > entry.count {
                    entry.triage = triage;
                    changes.grown += 1;
                }
                // Those that are not sure enough were not counted.
                if finding.wanted {
                    entry.count = finding.count;
                }
            }
            None if finding.wanted => {
                entries.insert(finding.entry(*fingerprint, triage));
                changes.added += 1;
            }
            None => {}
        }
    }
    changes
}

fn tell(
    out: &mut impl Write,
    changes: &Changes,
    missing: &Unseen,
    triage: Triage,
) -> std::io::Result<()> {
    let Changes { added, grown, gone } = changes;
    writeln!(out, "{added} new, added as {triage}; {gone} gone, taken out.")?;
    if *grown > 0 {
        let entries = plural(*grown, "entry has", "entries have");
        writeln!(out, "{entries} more credentials that look alike, and became {triage}.")?;
    }
    for reason in missing.reasons() {
        writeln!(out, "{reason}")?;
    }
    Ok(())
}
