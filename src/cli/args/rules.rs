//! What can be typed after `redhanded rules`.

use std::path::PathBuf;

use clap::{Args, Subcommand, ValueEnum};

use super::{AnyScanArgs, WalkArgs};
use crate::rule::{Class, Confidence, Severity, Status};

const CHECK_NOTES: &str = "\
Examples:
  redhanded rules check own-rules.toml
  redhanded rules check rules/

Exit codes: 0 nothing is wrong, 1 problems, 2 trouble.";

const TEST_NOTES: &str = "\
Examples:
  redhanded rules test own-rules.toml

Exit codes: 0 all are as they should be, 1 some are not, 2 trouble.";

const SCHEMA_NOTES: &str = "\
Examples:
  redhanded rules schema > rule-file.json

Exit codes: 0 printed, 2 trouble.";

#[derive(Debug, Args)]
pub(in crate::cli) struct RulesArgs {
    #[command(subcommand)]
    pub(in crate::cli) command: RulesCommand,
}

#[derive(Debug, Subcommand)]
pub(in crate::cli) enum RulesCommand {
    /// List rules.
    List(ListArgs),
    /// Show all of one rule.
    Show(ShowArgs),
    /// Check rule files: their form, their examples and near misses.
    #[command(after_help = CHECK_NOTES)]
    Check {
        /// Rule files, or folders of them.
        #[arg(value_name = "FILE", required = true)]
        files: Vec<PathBuf>,
    },
    /// Try rules on their own examples and near misses, one by one.
    #[command(after_help = TEST_NOTES)]
    Test {
        /// Rule files, or folders of them.
        #[arg(value_name = "FILE", required = true)]
        files: Vec<PathBuf>,
    },
    /// Write a page for each provider.
    Docs(DocsArgs),
    /// Print the JSON schema of rule files, with which editors complete them.
    #[command(after_help = SCHEMA_NOTES)]
    Schema,
    /// Measure what each rule costs.
    Profile(Box<ProfileArgs>),
}

/// How rules are written out.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub(in crate::cli) enum RuleFormat {
    /// For people.
    Human,
    /// For programs.
    Json,
}

const LIST_NOTES: &str = "\
Examples:
  redhanded rules list
  redhanded rules list aws key           with both words
  redhanded rules list --provider GitHub --min-severity high --format json

Exit codes: 0 listed, 2 trouble.";

#[derive(Debug, Args)]
#[command(after_help = LIST_NOTES)]
pub(in crate::cli) struct ListArgs {
    /// Only rules with all of these words in their id, name or provider.
    #[arg(value_name = "WORD")]
    pub(in crate::cli) words: Vec<String>,
    /// Only rules of this provider.
    #[arg(long, value_name = "NAME")]
    pub(in crate::cli) provider: Option<String>,
    /// Only rules of this class: api-key, private-key, webhook-url, ….
    #[arg(long, value_name = "CLASS")]
    pub(in crate::cli) class: Option<Class>,
    /// Only rules of this severity or above.
    #[arg(long, value_name = "SEVERITY")]
    pub(in crate::cli) min_severity: Option<Severity>,
    /// Only rules of this confidence or above.
    #[arg(long, value_name = "CONFIDENCE")]
    pub(in crate::cli) min_confidence: Option<Confidence>,
    /// Only rules of this status: preview, stable, deprecated.
    #[arg(long, value_name = "STATUS")]
    pub(in crate::cli) status: Option<Status>,
    /// Add the rules of a file or folder (repeatable).
    #[arg(long = "rules", value_name = "FILE|DIR")]
    pub(in crate::cli) files: Vec<PathBuf>,
    /// How to write them.
    #[arg(long, value_name = "FORMAT", default_value = "human")]
    pub(in crate::cli) format: RuleFormat,
}

const SHOW_NOTES: &str = "\
Examples:
  redhanded rules show github-pat-classic
  redhanded rules show acme-key --rules own-rules.toml --format json

Exit codes: 0 shown, 2 there is no such rule, or trouble.";

#[derive(Debug, Args)]
#[command(after_help = SHOW_NOTES)]
pub(in crate::cli) struct ShowArgs {
    /// The rule's id.
    pub(in crate::cli) id: String,
    /// Add the rules of a file or folder (repeatable).
    #[arg(long = "rules", value_name = "FILE|DIR")]
    pub(in crate::cli) files: Vec<PathBuf>,
    /// How to write it.
    #[arg(long, value_name = "FORMAT", default_value = "human")]
    pub(in crate::cli) format: RuleFormat,
}

const DOCS_NOTES: &str = "\
Examples:
  redhanded rules docs                   into docs/rules
  redhanded rules docs --check           for continuous integration

Exit codes: 0 written, or as they would be; 1 they are not, with --check; 2 trouble.";

#[derive(Debug, Args)]
#[command(after_help = DOCS_NOTES)]
pub(in crate::cli) struct DocsArgs {
    /// The folder of the pages.
    #[arg(value_name = "DIR", default_value = "docs/rules")]
    pub(in crate::cli) folder: PathBuf,
    /// Only tell whether the pages are what they would be.
    #[arg(long)]
    pub(in crate::cli) check: bool,
}

const PROFILE_NOTES: &str = "\
`windows` are the places that a rule's literals led to, `matches` those where its pattern matched,
`dropped` the matches that turned out to be no credentials.

Examples:
  redhanded rules profile
  redhanded rules profile --top 5 --only aws-access-key-id,github-pat-classic src

Exit codes: 0 measured, 2 trouble.";

#[derive(Debug, Args)]
#[command(after_help = PROFILE_NOTES)]
pub(in crate::cli) struct ProfileArgs {
    /// Files and folders.
    #[arg(value_name = "PATH", default_value = ".")]
    pub(in crate::cli) paths: Vec<PathBuf>,
    /// Rules to tell of, the costliest first; 0 for all.
    #[arg(long, value_name = "N", default_value_t = 30)]
    pub(in crate::cli) top: usize,
    #[command(flatten)]
    pub(in crate::cli) walk: WalkArgs,
    #[command(flatten)]
    pub(in crate::cli) scan: AnyScanArgs,
}
