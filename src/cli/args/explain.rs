//! What can be typed behind `redhanded explain`.

use std::ffi::OsString;

use clap::Args;

use super::RuleArgs;

const NOTES: &str = "\
The credential is read from standard input, one at a time. It is not sent anywhere.

Examples:
  redhanded explain < token.txt
  pass show deploy-token | redhanded explain
  redhanded explain --rule twilio-auth-token < token.txt

Exit codes: 0 it is known, 2 nothing is known of it, or trouble.";

#[derive(Debug, Args)]
#[command(after_help = NOTES)]
pub(in crate::cli) struct ExplainArgs {
    /// The rule that the credential is of, where only its surroundings would tell.
    #[arg(long, value_name = "RULE")]
    pub(in crate::cli) rule: Option<String>,
    /// Format: human, json.
    #[arg(long, value_name = "FORMAT", default_value = "human")]
    pub(in crate::cli) format: String,
    /// Taken so that it can be refused without being repeated.
    #[arg(hide = true, allow_hyphen_values = true)]
    pub(in crate::cli) arguments: Vec<OsString>,
    #[command(flatten)]
    pub(in crate::cli) rules: RuleArgs,
    /// The time that the end of credentials is held against, in seconds since 1970 [default: now].
    #[arg(long, hide = true, value_name = "SECONDS", allow_hyphen_values = true)]
    pub(in crate::cli) now: Option<i64>,
}
