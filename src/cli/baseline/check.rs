//! `redhanded baseline check`.

use std::io::Write;
use std::time::Instant;

use anyhow::bail;

use super::super::Process;
use super::super::args::{CheckArgs, Color};
use super::super::carry_out::carry_out;
use super::super::exit::ExitStatus;
use super::super::output::stderr;
use super::super::plan::{ScanPlan, Trust};
use super::gone::{Scanned, unseen};
use super::look::{Scope, Seen, Sources, repository};
use super::{NAME, base_of, plural};
use crate::baseline::Entries;
use crate::report::sanitize::Safe;
use crate::rule::Confidence;

/// Scans, reports what the baseline does not know, and lists what is stale in it.
pub(super) fn run(
    args: &CheckArgs,
    color: Color,
    process: &Process<'_>,
) -> anyhow::Result<ExitStatus> {
    let started = Instant::now();
    super::super::scan::check_paths(std::slice::from_ref(&args.path))?;
    let base = base_of(&args.path);
    // Less sure findings are looked at only to see that they are there.
    let mut plan =
        ScanPlan::looking_at(&Trust::all(), &args.scan, &args.path, Some(Confidence::Low))?;
    if plan.known.is_empty() {
        bail!("there is no {NAME} here; `redhanded baseline create` makes one");
    }
    plan.known.accepts = |_| true;
    let repository = repository(&args.path, args.history)?;
    let scope = Scope { path: &args.path, base: &base, walk: &args.walk, no_cache: args.no_cache };
    let sources = Sources::new(scope, &plan, repository.as_ref(), process)?;
    let mut seen = Seen::default();
    let outcome = carry_out(&plan, color, started, |progress| {
        let (outcome, all) = sources.look(&plan, &mut |_| {}, progress);
        seen = all;
        outcome
    })?;
    let scanned =
        Scanned { plan: &plan, path: &args.path, base: &base, outcome: &outcome, seen: &seen };
    for (_, entries) in plan.known.own() {
        tell_stale(entries, scanned, color);
    }
    Ok(plan.exit.status(&outcome))
}

/// Lists the entries whose findings are gone, on standard error, where it
/// disturbs no report.
fn tell_stale(entries: &Entries, scanned: Scanned<'_>, color: Color) {
    let gone = unseen(entries, scanned).gone;
    if gone.is_empty() || scanned.plan.quiet {
        return;
    }
    let mut out = stderr(color);
    // Nobody is left to tell if this cannot be printed.
    let mut tell = || {
        for entry in gone.iter().filter_map(|fingerprint| entries.get(*fingerprint)) {
            let (print, path) = (entry.fingerprint, Safe(&entry.path));
            writeln!(out, "stale: {print} {} {} {path}", entry.rule, entry.triage)?;
        }
        let are = plural(gone.len(), "entry is about what is", "entries are about what is");
        writeln!(out, "{are} gone; `redhanded baseline update` takes them out.")?;
        out.flush()
    };
    let _ = tell();
}
