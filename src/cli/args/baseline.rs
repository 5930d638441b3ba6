//! What can be typed behind `redhanded baseline`.

use std::path::PathBuf;

use clap::{Args, Subcommand};

use super::{AnyScanArgs, ReadArgs, RuleArgs, WalkArgs};
use crate::finding::Triage;
use crate::rule::{Confidence, Severity};

const NOTES: &str = "\
A baseline says which findings are known, and what was decided about each: accepted, false, test,
true or unreviewed. The first three are not reported any more. It is a text with an entry a line,
made to be committed: it holds no credential, and entries survive when lines and files move.

Examples:
  redhanded baseline create              accept what is there today
  redhanded baseline create --as unreviewed && redhanded baseline audit
  redhanded baseline check               fail on what is new
  redhanded baseline update              add what is new, take out what is gone
  redhanded scan --fail-on new           report everything, fail on what is new";

#[derive(Debug, Args)]
#[command(after_help = NOTES)]
pub(in crate::cli) struct BaselineArgs {
    #[command(subcommand)]
    pub(in crate::cli) command: BaselineCommand,
}

#[derive(Debug, Subcommand)]
pub(in crate::cli) enum BaselineCommand {
    /// Scan, and write down what is found.
    Create(Box<CreateArgs>),
    /// Scan again: add what is new, and take out what is gone.
    Update(Box<UpdateArgs>),
    /// Scan, and fail on what is not in the baseline.
    Check(Box<CheckArgs>),
    /// Go through the findings and decide about each.
    Audit(Box<TriageArgs>),
}

/// What is looked at, and by which rules.
#[derive(Debug, Args)]
pub(in crate::cli) struct LookArgs {
    /// A folder: the root of the repository, usually.
    #[arg(value_name = "PATH", default_value = ".")]
    pub(in crate::cli) path: PathBuf,
    /// The baseline [default: .redhanded-baseline in the root of the repository, or in the folder].
    #[arg(long, value_name = "FILE")]
    pub(in crate::cli) baseline: Option<PathBuf>,
    /// Scan the history of the repository, too.
    #[arg(long, help_heading = "What is scanned")]
    pub(in crate::cli) history: bool,
    #[command(flatten)]
    pub(in crate::cli) walk: WalkArgs,
    #[command(flatten)]
    pub(in crate::cli) read: ReadArgs,
    #[command(flatten)]
    pub(in crate::cli) rules: RuleArgs,
    /// Take findings from this severity on: info, low, medium, high, critical.
    #[arg(long, value_name = "SEVERITY", help_heading = "What is scanned")]
    pub(in crate::cli) min_severity: Option<Severity>,
    /// Take findings from this confidence on: low, medium, high.
    #[arg(long, value_name = "CONFIDENCE", help_heading = "What is scanned")]
    pub(in crate::cli) min_confidence: Option<Confidence>,
    /// Neither use nor keep what is remembered of the history.
    #[arg(long, help_heading = "Run")]
    pub(in crate::cli) no_cache: bool,
    /// Exit with 0 although something could not be scanned.
    #[arg(long, help_heading = "Run")]
    pub(in crate::cli) allow_partial: bool,
    /// Threads; 0 for one for each processor.
    #[arg(long, value_name = "N", default_value_t = 0, help_heading = "Run")]
    pub(in crate::cli) threads: usize,
}

const CREATE_NOTES: &str = "\
Examples:
  redhanded baseline create                       accept what is there today
  redhanded baseline create --history             that of all history, too
  redhanded baseline create --as unreviewed       to be decided about later
  redhanded baseline create --from .gitleaksignore

Exit codes: 0 written, 2 trouble.";

#[derive(Debug, Args)]
#[command(after_help = CREATE_NOTES)]
pub(in crate::cli) struct CreateArgs {
    #[command(flatten)]
    pub(in crate::cli) look: LookArgs,
    /// Replace a baseline that is there.
    #[arg(long)]
    pub(in crate::cli) force: bool,
    /// What is decided about the findings: unreviewed, true, false, test, accepted.
    #[arg(long = "as", value_name = "STATE", default_value = "accepted")]
    pub(in crate::cli) triage: Triage,
    /// Take only what this file of another tool knows, and what was decided there: a gitleaks
    /// report, a .gitleaksignore or a baseline of detect-secrets (repeatable).
    #[arg(long, value_name = "FILE", conflicts_with = "triage")]
    pub(in crate::cli) from: Vec<PathBuf>,
}

const UPDATE_NOTES: &str = "\
Examples:
  redhanded baseline update                 add what is new, take out what is gone
  redhanded baseline update --as accepted   and accept what is new
  redhanded baseline update --keep-gone

Exit codes: 0 written, 2 trouble.";

#[derive(Debug, Args)]
#[command(after_help = UPDATE_NOTES)]
pub(in crate::cli) struct UpdateArgs {
    #[command(flatten)]
    pub(in crate::cli) look: LookArgs,
    /// What is decided about what is new: unreviewed, true, false, test, accepted.
    #[arg(long = "as", value_name = "STATE", default_value = "unreviewed")]
    pub(in crate::cli) triage: Triage,
    /// Keep entries of what is gone.
    #[arg(long)]
    pub(in crate::cli) keep_gone: bool,
}

const CHECK_NOTES: &str = "\
Examples:
  redhanded baseline check                  fail on what is new
  redhanded baseline check --history        also in all of history

Exit codes: 0 nothing new and everything covered, 1 findings that are new, 2 trouble.";

#[derive(Debug, Args)]
#[command(after_help = CHECK_NOTES)]
pub(in crate::cli) struct CheckArgs {
    /// A folder: the root of the repository, usually.
    #[arg(value_name = "PATH", default_value = ".")]
    pub(in crate::cli) path: PathBuf,
    /// Scan the history of the repository, too.
    #[arg(long, help_heading = "What is scanned")]
    pub(in crate::cli) history: bool,
    /// Neither use nor keep what is remembered of the history.
    #[arg(long, help_heading = "Run")]
    pub(in crate::cli) no_cache: bool,
    #[command(flatten)]
    pub(in crate::cli) walk: WalkArgs,
    #[command(flatten)]
    pub(in crate::cli) scan: AnyScanArgs,
}

const TRIAGE_NOTES: &str = "\
Each finding that nobody has looked at is shown, and a line is read from standard input:
  t  a true leak: it stays reported, until it is gone
  f  no credential
  x  made for tests
  a  accepted: whatever it is, it may stay
  s  skip it
  n TEXT  note something about it
  u  undo what was done last
  q  stop here
Every decision is saved at once.

Examples:
  redhanded baseline audit                  decide about what nobody has looked at
  redhanded baseline audit --all            decide anew about everything

Exit codes: 0 gone through, 2 trouble.";

#[derive(Debug, Args)]
#[command(after_help = TRIAGE_NOTES)]
pub(in crate::cli) struct TriageArgs {
    #[command(flatten)]
    pub(in crate::cli) look: LookArgs,
    /// Go through what was decided already, too.
    #[arg(long)]
    pub(in crate::cli) all: bool,
    /// Show credentials in clear.
    #[arg(long)]
    pub(in crate::cli) show_secrets: bool,
}
