//! What can be typed behind `redhanded ci`.

use std::path::PathBuf;

use clap::{Args, ValueEnum};

use super::AnyScanArgs;

const NOTES: &str = "\
Finds out by the environment which pipeline runs it and what set that off, and scans every object
that the change brings: for a pull or merge request what its head has and its base has not, for a
push what came since the one before. What runs by schedule or by hand scans all of history and the
checkout. Of a request, what allows a credential counts only if the base has it: configuration is
read from the base, and a comment allows only what a comment on the base allows already.

Reports: the log, for people; on GitHub also annotations and the summary of the step; on GitLab
gl-secret-detection-report.json and gl-code-quality-report.json; on Azure Pipelines, Jenkins,
CircleCI, TeamCity and AppVeyor redhanded-junit.xml. --format adds others.

Examples:
  redhanded ci                           what this push or request brings
  redhanded ci --print-plan              what would be scanned, and why
  redhanded ci --sarif redhanded.sarif   with a report for code scanning
  redhanded ci --fail-on new             fail on what neither the base nor a baseline has
  redhanded ci --base origin/main        against a base of your own

Exit codes: 0 clean and everything covered, 1 findings, 2 trouble.";

#[derive(Debug, Args)]
#[command(after_help = NOTES)]
pub(in crate::cli) struct CiArgs {
    #[command(flatten)]
    pub(in crate::cli) change: ChangeArgs,
    /// Write a report for code scanning to a file, too.
    #[arg(long, value_name = "FILE", help_heading = "Report")]
    pub(in crate::cli) sarif: Option<PathBuf>,
    #[command(flatten)]
    pub(in crate::cli) scan: AnyScanArgs,
}

/// What the change is, where the environment does not tell it right.
#[derive(Debug, Args)]
#[command(next_help_heading = "What is scanned")]
pub(in crate::cli) struct ChangeArgs {
    /// Scan what the head has and this revision has not, and believe what this one allows. Nothing,
    /// or a name of zeros, stands for no such revision.
    #[arg(long, value_name = "REVISION", allow_hyphen_values = true)]
    pub(in crate::cli) base: Option<String>,
    /// The revision that is scanned, instead of the one that the environment names.
    #[arg(long, value_name = "REVISION", allow_hyphen_values = true)]
    pub(in crate::cli) head: Option<String>,
    /// Scan all of history and the checkout, and believe what the checkout allows.
    #[arg(long, conflicts_with_all = ["base", "head"])]
    pub(in crate::cli) full: bool,
    /// Believe what a pull or merge request itself allows.
    #[arg(long)]
    pub(in crate::cli) trust_head: bool,
    /// Take this for the pipeline that runs the program.
    #[arg(long, value_name = "NAME")]
    pub(in crate::cli) platform: Option<Platform>,
    /// Only say what would be scanned, and why.
    #[arg(long, alias = "dry-run")]
    pub(in crate::cli) print_plan: bool,
}

/// What runs pipelines.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
#[value(rename_all = "lower")]
pub(in crate::cli) enum Platform {
    /// GitHub Actions, and what speaks its language: Gitea, Forgejo.
    GitHub,
    /// GitLab CI/CD.
    GitLab,
    /// Bitbucket Pipelines.
    Bitbucket,
    /// Azure Pipelines.
    Azure,
    #[value(help = "CircleCI")]
    CircleCi,
    /// Buildkite.
    Buildkite,
    /// Travis CI.
    Travis,
    /// Drone.
    Drone,
    #[value(help = "AppVeyor")]
    AppVeyor,
    #[value(help = "TeamCity")]
    TeamCity,
    /// Jenkins.
    Jenkins,
    /// None of these: the repository alone tells.
    Git,
}
