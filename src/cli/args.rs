//! What can be typed. Parsing does nothing but check the form of a value.

mod baseline;
mod cache;
mod ci;
mod explain;
mod fail_on;
mod hook;
mod rules;
mod shell;

use std::path::PathBuf;

pub(super) use baseline::{
    BaselineArgs, BaselineCommand, CheckArgs, CreateArgs, LookArgs, TriageArgs, UpdateArgs,
};
pub(super) use cache::{CacheArgs, CacheCommand};
pub(super) use ci::{ChangeArgs, CiArgs, Platform};
pub(super) use explain::ExplainArgs;
pub(super) use fail_on::FailOn;
pub(super) use hook::{
    AgentArgs, AgentName, HookArgs, HookCommand, HookType, InstallArgs, PreCommitArgs, PrePushArgs,
    PreReceiveArgs,
};
pub(super) use rules::{
    DocsArgs, ListArgs, ProfileArgs, RuleFormat, RulesArgs, RulesCommand, ShowArgs,
};
pub(super) use shell::{CompletionsArgs, ManArgs};

use clap::{Args, Parser, Subcommand, ValueEnum};

use crate::config::parse_size;
use crate::rule::{Confidence, Severity};

const EXAMPLES: &str = "\
Examples:
  redhanded scan                         the current folder
  redhanded git                          all of this repository's history
  redhanded audit path/to/repository     files and history together
  redhanded hook install                 scan what is staged before each commit
  redhanded explain < token.txt          one credential: what it is, how to revoke it
  redhanded rules list aws               what is looked for

Exit codes: 0 clean and everything covered, 1 findings, 2 trouble.";

/// Finds leaked credentials, and never says clean when it could not look.
#[derive(Debug, Parser)]
#[command(name = "redhanded", version, about, max_term_width = 100)]
#[command(after_help = EXAMPLES)]
pub(super) struct Cli {
    #[command(subcommand)]
    pub(super) command: Command,
    /// When to use colours.
    #[arg(long, global = true, value_name = "WHEN", default_value = "auto")]
    pub(super) color: Color,
}

/// When to use colours.
#[derive(Clone, Copy, Debug, ValueEnum)]
pub(super) enum Color {
    /// On terminals, unless `NO_COLOR` is set.
    Auto,
    /// Always.
    Always,
    /// Never.
    Never,
}

#[derive(Debug, Subcommand)]
pub(super) enum Command {
    /// Scan files, folders or standard input.
    Scan(Box<ScanArgs>),
    /// Scan the history of a git repository.
    Git(Box<GitArgs>),
    /// Scan a folder and its history together: one finding for each credential.
    Audit(Box<AuditArgs>),
    /// Scan what a change brings, in a pipeline of whatever kind.
    Ci(Box<CiArgs>),
    /// Scan what is about to be committed, pushed or given to a coding agent, and install hooks.
    Hook(HookArgs),
    /// Write down which findings are known, decide about them, and look for new ones.
    Baseline(BaselineArgs),
    /// Tell what scans of history remember, and forget it.
    Cache(CacheArgs),
    /// Say what a credential is, what it says about itself and how to revoke it.
    Explain(Box<ExplainArgs>),
    /// List, show, check, document and measure rules.
    Rules(RulesArgs),
    /// Print the script with which a shell completes commands and options.
    Completions(CompletionsArgs),
    /// Print the manual page, or write those of all commands into a folder.
    Man(ManArgs),
}

const SCAN_EXAMPLES: &str = "\
Examples:
  redhanded scan                         the current folder
  redhanded scan src config.yaml         several files and folders
  git diff | redhanded scan -            standard input
  redhanded scan --format human --format json=report.json .
  redhanded scan --only github-pat-classic --explain .

Exit codes: 0 clean and everything covered, 1 findings, 2 trouble.";

#[derive(Debug, Args)]
#[command(after_help = SCAN_EXAMPLES)]
pub(super) struct ScanArgs {
    /// Files and folders; `-` is standard input.
    #[arg(value_name = "PATH", default_value = ".")]
    pub(super) paths: Vec<PathBuf>,
    #[command(flatten)]
    pub(super) walk: WalkArgs,
    #[command(flatten)]
    pub(super) scan: AnyScanArgs,
}

const GIT_EXAMPLES: &str = "\
Examples:
  redhanded git                          all of this repository's history
  redhanded git --range main..HEAD       what a branch brings
  redhanded git --staged                 what would be committed
  redhanded git --unpushed               what would be pushed
  redhanded git --all-places path/to/repository

Exit codes: 0 clean and everything covered, 1 findings, 2 trouble.";

#[derive(Debug, Args)]
#[command(after_help = GIT_EXAMPLES)]
pub(super) struct GitArgs {
    /// The repository: its work tree or a folder of it, or a bare repository.
    #[arg(value_name = "REPO", default_value = ".")]
    pub(super) repository: PathBuf,
    #[command(flatten)]
    pub(super) part: PartArgs,
    #[command(flatten)]
    pub(super) history: HistoryArgs,
    #[command(flatten)]
    pub(super) scan: AnyScanArgs,
}

/// Which part of a history is scanned.
#[derive(Debug, Args)]
#[command(next_help_heading = "What is scanned")]
#[group(multiple = false)]
pub(super) struct PartArgs {
    /// Every object that the commits of a range brought in: A..B, A...B, A.. or ..B.
    #[arg(long, value_name = "A..B")]
    pub(super) range: Option<String>,
    /// Every object that came in since a commit.
    #[arg(long, value_name = "COMMIT")]
    pub(super) since_commit: Option<String>,
    /// All that a branch, tag or commit leads to.
    #[arg(long, value_name = "REVISION")]
    pub(super) branch: Option<String>,
    /// What is staged, on added lines.
    #[arg(long)]
    pub(super) staged: bool,
    /// Every object of local branches that no remote has yet.
    #[arg(long)]
    pub(super) unpushed: bool,
    /// Leave out what no ref leads to any more.
    #[arg(long)]
    pub(super) reachable_only: bool,
}

/// How history is read and told.
#[derive(Debug, Default, Args)]
#[command(next_help_heading = "History")]
#[expect(clippy::struct_excessive_bools, reason = "each is a switch of its own")]
pub(super) struct HistoryArgs {
    /// List every commit and path that brought a credential in.
    #[arg(long)]
    pub(super) all_places: bool,
    /// List every line of every version that holds it.
    #[arg(long)]
    pub(super) every_place: bool,
    /// Scan everything, and neither use nor keep what is remembered of it.
    #[arg(long)]
    pub(super) no_cache: bool,
    /// Scan every version of a file whole.
    #[arg(long, hide = true)]
    pub(super) whole: bool,
    /// Only read and rebuild every object, and say how long that took.
    #[arg(long, hide = true)]
    pub(super) rebuild_only: bool,
}

const AUDIT_EXAMPLES: &str = "\
Examples:
  redhanded audit                        the repository around the current folder
  redhanded audit --all-places --format html=report.html path/to/repository
  redhanded audit --min-confidence low --explain

Exit codes: 0 clean and everything covered, 1 findings, 2 trouble.";

#[derive(Debug, Args)]
#[command(after_help = AUDIT_EXAMPLES)]
pub(super) struct AuditArgs {
    /// A folder in a repository.
    #[arg(value_name = "PATH", default_value = ".")]
    pub(super) path: PathBuf,
    #[command(flatten)]
    pub(super) walk: WalkArgs,
    #[command(flatten)]
    pub(super) history: HistoryArgs,
    #[command(flatten)]
    pub(super) scan: AnyScanArgs,
}

/// What is read.
#[derive(Clone, Debug, Default, Args)]
#[command(next_help_heading = "What is scanned")]
pub(super) struct WalkArgs {
    /// Scan what git ignores, too.
    #[arg(long)]
    pub(super) no_ignore: bool,
    /// Follow symbolic links.
    #[arg(long)]
    pub(super) follow: bool,
}

/// What every kind of scan understands.
#[derive(Debug, Args)]
pub(super) struct AnyScanArgs {
    #[command(flatten)]
    pub(super) read: ReadArgs,
    #[command(flatten)]
    pub(super) rules: RuleArgs,
    #[command(flatten)]
    pub(super) known: KnownArgs,
    #[command(flatten)]
    pub(super) report: ReportArgs,
    #[command(flatten)]
    pub(super) run: RunArgs,
}

/// What is known before a scan.
#[derive(Debug, Default, Args)]
#[command(next_help_heading = "Baseline")]
pub(super) struct KnownArgs {
    /// Take what this baseline holds as known (repeatable): one of redhanded, a gitleaks report, a
    /// .gitleaksignore or a baseline of detect-secrets [default: .redhanded-baseline in the root of
    /// the repository, or in the scanned folder].
    #[arg(long, value_name = "FILE")]
    pub(super) baseline: Vec<PathBuf>,
    /// Use no baseline.
    #[arg(long, conflicts_with = "baseline")]
    pub(super) no_baseline: bool,
}

/// What is read, wherever it comes from.
#[derive(Clone, Debug, Default, Args)]
#[command(next_help_heading = "What is scanned")]
pub(super) struct ReadArgs {
    /// Leave out what matches, in the language of a .gitignore in the current folder (repeatable).
    #[arg(long, value_name = "GLOB")]
    pub(super) exclude: Vec<String>,
    /// Read at most so much of a file, and no larger object of a repository [default: 256M].
    #[arg(long, value_name = "SIZE", value_parser = parse_size)]
    pub(super) max_file_size: Option<u64>,
}

/// Which rules run.
#[derive(Clone, Debug, Default, Args)]
#[command(next_help_heading = "Rules")]
pub(super) struct RuleArgs {
    /// Run only these rules (repeatable, comma-separated).
    #[arg(long, value_name = "RULE", value_delimiter = ',')]
    pub(super) only: Vec<String>,
    /// Do not run these rules (repeatable, comma-separated).
    #[arg(long, value_name = "RULE", value_delimiter = ',')]
    pub(super) skip: Vec<String>,
    /// Add the rules of a file or folder (repeatable).
    #[arg(long = "rules", value_name = "FILE|DIR")]
    pub(super) files: Vec<PathBuf>,
    /// Read this configuration instead of .redhanded.toml.
    #[arg(long, value_name = "FILE", conflicts_with = "no_config")]
    pub(super) config: Option<PathBuf>,
    /// Read no configuration.
    #[arg(long)]
    pub(super) no_config: bool,
}

/// What is reported, how and where.
#[derive(Debug, Default, Args)]
#[command(next_help_heading = "Report")]
#[expect(clippy::struct_excessive_bools, reason = "each is a flag of the command line")]
pub(super) struct ReportArgs {
    /// Format, or format and file (repeatable): human, json, jsonl, sarif, github, gitlab,
    /// codequality, junit, csv, markdown, gitleaks, rdjsonl, html.
    #[arg(long = "format", value_name = "FORMAT[=FILE]")]
    pub(super) formats: Vec<String>,
    /// Write the report to a file. A new one can be read by its owner only (mode 0600); one that is
    /// replaced keeps its permissions.
    #[arg(long, short, value_name = "FILE")]
    pub(super) output: Option<PathBuf>,
    /// Only findings and trouble: no advice, no summary, no progress.
    #[arg(long, short)]
    pub(super) quiet: bool,
    /// Say more of how the scan went: what was read, what was searched.
    #[arg(long, short, conflicts_with = "quiet")]
    pub(super) verbose: bool,
    /// Show credentials in clear.
    #[arg(long)]
    pub(super) show_secrets: bool,
    /// List what was suppressed in SARIF, too, and mark it so.
    #[arg(long = "sarif-suppressed")]
    pub(super) suppressed: bool,
    /// Show what was dropped, and why.
    #[arg(long)]
    pub(super) explain: bool,
    /// Report findings from this severity on: info, low, medium, high, critical.
    #[arg(long, value_name = "SEVERITY")]
    pub(super) min_severity: Option<Severity>,
    /// Report findings from this confidence on: low, medium, high.
    #[arg(long, value_name = "CONFIDENCE")]
    pub(super) min_confidence: Option<Confidence>,
}

/// How the program runs and ends.
#[derive(Debug, Default, Args)]
#[command(next_help_heading = "Run")]
pub(super) struct RunArgs {
    /// Fail only on findings from this severity on, or with `new` only on those that no baseline
    /// knows. Both must hold if both are given (repeatable, comma-separated).
    #[arg(long, value_name = "SEVERITY|new", value_delimiter = ',')]
    pub(super) fail_on: Vec<FailOn>,
    /// Exit with this code instead of 1 when there are findings. With 0 a gap in the coverage still
    /// gives 2.
    #[arg(long, value_name = "N")]
    pub(super) exit_code: Option<u8>,
    /// Exit with 0 although something could not be scanned.
    #[arg(long)]
    pub(super) allow_partial: bool,
    /// Threads; 0 for one for each processor.
    #[arg(long, value_name = "N", default_value_t = 0)]
    pub(super) threads: usize,
    /// Run every pattern on all text, without the prefilter.
    #[arg(long, hide = true)]
    pub(super) plainly: bool,
    /// The time that the end of credentials is held against, in seconds since 1970 [default: now].
    #[arg(long, hide = true, value_name = "SECONDS", allow_hyphen_values = true)]
    pub(super) now: Option<i64>,
    /// Bytes of new text in a piece of a large file.
    #[arg(long, hide = true, value_parser = parse_size)]
    pub(super) piece_size: Option<u64>,
}
