//! What is said of a run beside its reports.

use std::fs::OpenOptions;
use std::io::Write;
use std::path::Path;

use anyhow::Context;

use super::super::args::{Color, Platform};
use super::super::exit::ExitStatus;
use super::super::output::{Target, print};
use super::log::inert;
use super::resolve::Resolved;
use crate::report::sanitize::Safe;

/// What is scanned, and by whose word, in a line each.
fn lines(platform: Platform, resolved: &Resolved) -> [(&'static str, String); 3] {
    let believed = match (&resolved.scope, resolved.proposal) {
        (super::Scope::Nothing, _) => "nothing is to be allowed".to_owned(),
        (_, Some(proposal)) => {
            let base = proposal.believed.short();
            format!("the configuration of {base}, and comments on what {base} allows already")
        }
        (_, None) => "the configuration of the checkout, and comments".to_owned(),
    };
    let platform = platform.title().to_owned();
    [("runs on", platform), ("scans", resolved.what.clone()), ("allows by", believed)]
}

/// Prints what would be done.
pub(super) fn plan(
    platform: Platform,
    resolved: &Resolved,
    targets: &[Target],
    color: Color,
) -> anyhow::Result<ExitStatus> {
    let mut text = String::new();
    let reports = targets
        .iter()
        .map(|target| ("reports", format!("{} to {}", target.reporter.name(), target.destination)));
    for (name, value) in lines(platform, resolved).into_iter().chain(reports) {
        let line = format!("{name:<10}{}", Safe(&value));
        text.push_str(&inert(&line));
        text.push('\n');
    }
    print(text.as_bytes(), color)
}

/// Says in the log what is scanned.
pub(super) fn told(platform: Platform, resolved: &Resolved) {
    let [(_, platform), (_, what), _] = lines(platform, resolved);
    let line = inert(&Safe(&format!("{platform}: scans {what}")).to_string());
    // Nobody is left to tell if this cannot be printed.
    let _ = writeln!(anstream::stderr(), "redhanded: {line}");
}

/// Says in the summary of a step what was scanned.
pub(super) fn add_to_summary(
    path: &Path,
    platform: Platform,
    resolved: &Resolved,
) -> anyhow::Result<()> {
    let failed = || format!("cannot write to the summary {}", path.display());
    let [(_, platform), (_, what), (_, believed)] = lines(platform, resolved);
    let text = format!("\nredhanded on {platform} scanned {what}. Allowed by: {believed}.\n\n");
    let mut file = OpenOptions::new().append(true).open(path).with_context(failed)?;
    file.write_all(text.as_bytes()).with_context(failed)
}

/// Shows an error where GitHub shows annotations.
pub(super) fn annotate(error: &anyhow::Error) {
    let message = Safe(&format!("{error:#}")).to_string();
    let message = message.replace('%', "%25");
    // Nobody is left to tell if this cannot be printed.
    let _ = writeln!(std::io::stdout(), "::error title=redhanded could not scan::{message}");
}
