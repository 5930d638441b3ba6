//! Which reports a platform has a place for.

use std::path::PathBuf;

use super::super::args::{CiArgs, Platform};
use super::super::output::{Destination, Target};
use super::super::targets::{refuse_same, targets};
use super::log::{GitHubLog, PlainLog};
use super::platform::Variables;
use crate::report::{Reporter, format};

/// Test results, where the platform shows such.
const JUNIT: &str = "redhanded-junit.xml";

/// What is written where: what the user asks for, the log, and what the
/// platform has a place for.
pub(super) fn reports(
    args: &CiArgs,
    platform: Platform,
    variables: Variables<'_>,
) -> anyhow::Result<Vec<Target>> {
    let report = &args.scan.report;
    let asked = !report.formats.is_empty() || report.output.is_some();
    let log: &'static dyn Reporter =
        if platform == Platform::GitHub { &GitHubLog } else { &PlainLog };
    let mut all = if asked { targets(report)? } else { Vec::new() };
    for target in &mut all {
        // In a log it is to hold no commands, and on GitHub annotations.
        if target.reporter.name() == "human" && matches!(target.destination, Destination::Stdout) {
            target.reporter = log;
        }
    }
    let mut add = |reporter: &'static dyn Reporter, destination: Destination| {
        // What was asked for goes before.
        if !all.iter().any(|target| target.destination.is_same(&destination)) {
            all.push(Target { reporter, destination });
        }
    };
    add(log, Destination::Stdout);
    for (name, destination) in places(platform, variables) {
        if let Some(reporter) = format(name) {
            add(reporter, destination);
        }
    }
    if let (Some(file), Some(sarif)) = (&args.sarif, format("sarif")) {
        all.push(Target { reporter: sarif, destination: Destination::new(Some(file.clone())) });
    }
    refuse_same(&all)?;
    Ok(all)
}

/// The formats that a platform takes, besides the log, and where.
fn places(platform: Platform, variables: Variables<'_>) -> Vec<(&'static str, Destination)> {
    let file = |name: &str| Destination::File(PathBuf::from(name));
    match platform {
        Platform::GitHub => variables("GITHUB_STEP_SUMMARY")
            .map(|path| ("markdown", Destination::EndOf(PathBuf::from(path))))
            .into_iter()
            .collect(),
        Platform::GitLab => vec![
            ("gitlab", file("gl-secret-detection-report.json")),
            ("codequality", file("gl-code-quality-report.json")),
        ],
        Platform::Azure
        | Platform::Jenkins
        | Platform::CircleCi
        | Platform::TeamCity
        | Platform::AppVeyor => vec![("junit", file(JUNIT))],
        Platform::Bitbucket
        | Platform::Buildkite
        | Platform::Travis
        | Platform::Drone
        | Platform::Git => Vec::new(),
    }
}
