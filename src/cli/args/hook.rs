//! What can be typed behind `redhanded hook`.

use std::path::PathBuf;

use clap::{Args, Subcommand, ValueEnum};

use super::{AnyScanArgs, RuleArgs};
use crate::config::parse_size;
use crate::rule::{Confidence, Severity};

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
    /// Answer a coding agent that asks, in JSON on standard input, whether it may go on.
    Agent(Box<AgentArgs>),
    /// Install hooks that run this program in the repository around the current folder.
    Install(InstallArgs),
}

const PRE_COMMIT_NOTES: &str = "\
Without FILE all that is staged is scanned, and of it the lines that are added. A FILE that is
staged is scanned like that, any other whole and from disk. If PRE_COMMIT_FROM_REF and
PRE_COMMIT_TO_REF are set, every object that the commits between them bring is scanned instead.

Examples:
  redhanded hook pre-commit              what is staged
  redhanded hook pre-commit --whole      the same, with lines that were there before
  redhanded hook pre-commit src/*.py     these files

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

Examples:
  redhanded hook install --type pre-push
  redhanded hook pre-push origin https://host.example/repository.git < refs.txt

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

Examples:
  redhanded hook install --type pre-receive
  redhanded hook pre-receive < refs.txt

Exit codes: 0 clean and everything covered, 1 findings, 2 trouble.";

#[derive(Debug, Args)]
#[command(after_help = PRE_RECEIVE_NOTES)]
pub(in crate::cli) struct PreReceiveArgs {
    #[command(flatten)]
    pub(in crate::cli) scan: AnyScanArgs,
}

const AGENT_NOTES: &str = "\
The agent's settings name this command for what it is to ask about: prompts, tools that are about to
run, their results. What they hold is scanned, and the files that are about to be read. The answer
on standard output is in the agent's own form; the reason for a no has credentials masked.
What cannot be scanned is not let through, but with --fail-open.

Examples:
  redhanded hook agent                   the agent shows by its words
  redhanded hook agent --agent cursor --min-confidence high
  echo '{\"hook_event_name\": \"UserPromptSubmit\", \"prompt\": \"hello\"}' | redhanded hook agent

Exit codes: 0 it is answered, be it yes or no; 2 no, to an agent or a question that is not known, or
trouble: agents take it for a no.";

#[derive(Debug, Args)]
#[command(after_help = AGENT_NOTES)]
pub(in crate::cli) struct AgentArgs {
    /// The agent that asks, if that does not show by itself.
    #[arg(long, value_name = "NAME")]
    pub(in crate::cli) agent: Option<AgentName>,
    /// Say yes where something went wrong and nothing was found.
    #[arg(long)]
    pub(in crate::cli) fail_open: bool,
    /// Read at most so much of a file [default: 64M].
    #[arg(long, value_name = "SIZE", value_parser = parse_size)]
    pub(in crate::cli) max_file_size: Option<u64>,
    /// Say no to findings from this severity on: info, low, medium, high, critical.
    #[arg(long, value_name = "SEVERITY")]
    pub(in crate::cli) min_severity: Option<Severity>,
    /// Say no to findings from this confidence on: low, medium, high [default: medium].
    #[arg(long, value_name = "CONFIDENCE")]
    pub(in crate::cli) min_confidence: Option<Confidence>,
    #[command(flatten)]
    pub(in crate::cli) rules: RuleArgs,
}

/// A coding agent.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub(in crate::cli) enum AgentName {
    /// Claude Code.
    ClaudeCode,
    /// Codex.
    Codex,
    /// The Copilot command line and cloud agent.
    Copilot,
    /// Cursor.
    Cursor,
    /// Gemini CLI.
    Gemini,
    /// VS Code's own agent.
    Vscode,
}

const INSTALL_NOTES: &str = "\
An existing hook is kept and runs first. core.hooksPath is honoured.

Examples:
  redhanded hook install
  redhanded hook install --type pre-commit --type pre-push
  redhanded hook install --type pre-receive   in a bare repository that others push to

Exit codes: 0 installed, or installed already; 2 trouble.";

#[derive(Debug, Args)]
#[command(after_help = INSTALL_NOTES)]
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
