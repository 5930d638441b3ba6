//! What can be typed behind `redhanded hook`.

use std::path::PathBuf;

use clap::{Args, Subcommand, ValueEnum};

use super::AnyScanArgs;

#[derive(Debug, Args)]
pub(in crate::cli) struct HookArgs {
    #[command(subcommand)]
    pub(in crate::cli) command: HookCommand,
}

#[derive(Debug, Subcommand)]
pub(in crate::cli) enum HookCommand {
    /// Scan what is staged, or the files that are named.
    PreCommit(Box<PreCommitArgs>),
    /// Scan every object that a push would bring to a remote.
    PrePush(Box<PrePushArgs>),
    /// Scan every object that was pushed, before it is accepted.
    PreReceive(Box<PreReceiveArgs>),
    /// Install hooks that run this program in the repository around the current folder.
    Install(InstallArgs),
}

const PRE_COMMIT_NOTES: &str = "\
Without FILE all that is staged is scanned, and of it the lines that are added. A FILE that is
staged is scanned like that, any other whole and from disk. If PRE_COMMIT_FROM_REF and
PRE_COMMIT_TO_REF are set, every object that the commits between them bring is scanned instead.

Exit codes: 0 clean and everything covered, 1 findings, 2 trouble.";

#[derive(Debug, Args)]
#[command(after_help = PRE_COMMIT_NOTES)]
pub(in crate::cli) struct PreCommitArgs {
    /// Files, as the pre-commit framework names them.
    #[arg(value_name = "FILE")]
    pub(in crate::cli) paths: Vec<PathBuf>,
    /// Scan all of what is staged, not only the lines that are added.
    #[arg(long, alias = "all-files")]
    pub(in crate::cli) whole: bool,
    #[command(flatten)]
    pub(in crate::cli) scan: AnyScanArgs,
}

const PRE_PUSH_NOTES: &str = "\
Git gives a line for each ref on standard input:
  <local ref> <local object> <remote ref> <remote object>
The pre-commit framework gives none, but PRE_COMMIT_FROM_REF and PRE_COMMIT_TO_REF, or
PRE_COMMIT_REMOTE_NAME.

Exit codes: 0 clean and everything covered, 1 findings, 2 trouble.";

#[derive(Debug, Args)]
#[command(after_help = PRE_PUSH_NOTES)]
pub(in crate::cli) struct PrePushArgs {
    /// Name of the remote, or its URL if it has no name.
    pub(in crate::cli) remote: Option<String>,
    /// URL of the remote.
    pub(in crate::cli) url: Option<String>,
    #[command(flatten)]
    pub(in crate::cli) scan: AnyScanArgs,
}

const PRE_RECEIVE_NOTES: &str = "\
Git gives a line for each ref on standard input:
  <old object> <new object> <ref>

Exit codes: 0 clean and everything covered, 1 findings, 2 trouble.";

#[derive(Debug, Args)]
#[command(after_help = PRE_RECEIVE_NOTES)]
pub(in crate::cli) struct PreReceiveArgs {
    #[command(flatten)]
    pub(in crate::cli) scan: AnyScanArgs,
}

#[derive(Debug, Args)]
pub(in crate::cli) struct InstallArgs {
    /// The hook (repeatable).
    #[arg(long = "type", value_name = "HOOK", default_value = "pre-commit")]
    pub(in crate::cli) types: Vec<HookType>,
}

/// A hook of git.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub(in crate::cli) enum HookType {
    /// Before a commit is made.
    #[value(name = "pre-commit")]
    Commit,
    /// Before anything is sent to a remote.
    #[value(name = "pre-push")]
    Push,
    /// Before what was sent is accepted.
    #[value(name = "pre-receive")]
    Receive,
}
