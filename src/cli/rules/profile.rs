//! `redhanded rules profile`.

use std::io::{self, Write};
use std::path::Path;
use std::time::Instant;

use super::super::args::ProfileArgs;
use super::super::exit::ExitStatus;
use super::super::plan::ScanPlan;
use super::super::scan::{check_paths, tree};
use crate::report::sanitize::Safe;
use crate::rule::{Rule, RuleSet};
use crate::scan::Profile;

/// Runs the rules on the paths and tells what each one cost, the costliest
/// first. Trouble on the way is told; it is no trouble of the rules.
pub(super) fn run(args: &ProfileArgs, out: &mut dyn Write) -> anyhow::Result<ExitStatus> {
    check_paths(&args.paths)?;
    let root = args.paths.first().map_or(Path::new("."), |path| path);
    let plan = ScanPlan::new(&args.scan, root)?;
    let source = tree(args.paths.clone(), &args.walk, &plan);
    let started = Instant::now();
    let profile = plan.scanner.profile(&source, &|| started.elapsed());
    write_profile(&profile, plan.scanner.rules(), args.top, out)?;
    for notice in &profile.notices {
        writeln!(out, "{}", Safe(&format!("{}: {}", notice.place, notice.detail)))?;
    }
    out.flush()?;
    Ok(ExitStatus::Clean)
}

fn write_profile(
    profile: &Profile,
    rules: &RuleSet,
    top: usize,
    out: &mut dyn Write,
) -> io::Result<()> {
    let mut costly: Vec<(usize, &Rule)> =
        rules.iter().map(|(index, rule)| (index.get(), rule)).collect();
    costly.retain(|(at, _)| profile.costs[*at].windows > 0);
    // Rules that cost the same stay in the order of their ids.
    costly.sort_by_key(|(at, _)| std::cmp::Reverse(profile.costs[*at].time));
    let shown = if top == 0 { costly.len() } else { top.min(costly.len()) };
    let widest = costly[..shown].iter().map(|(_, rule)| rule.id.len()).max().unwrap_or(0).max(4);
    writeln!(
        out,
        "{:widest$}  {:>10}  {:>8}  {:>8}  {:>10}",
        "rule", "windows", "matches", "dropped", "time"
    )?;
    for (at, rule) in &costly[..shown] {
        let (cost, dropped) = (&profile.costs[*at], profile.dropped[*at]);
        let time = format!("{:.3} ms", cost.time.as_secs_f64() * 1e3);
        let (windows, matches) = (cost.windows, cost.matches);
        let id = &rule.id;
        writeln!(out, "{id:widest$}  {windows:>10}  {matches:>8}  {dropped:>8}  {time:>10}")?;
    }
    let total: f64 = profile.costs.iter().map(|cost| cost.time.as_secs_f64()).sum();
    writeln!(
        out,
        "{} of {} rules were needed for {:.1} MB: {:.3} ms in all.",
        costly.len(),
        rules.len(),
        profile.bytes as f64 / 1e6,
        total * 1e3,
    )
}
