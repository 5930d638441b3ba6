//! What can be typed behind `redhanded cache`.

use std::path::PathBuf;

use clap::{Args, Subcommand};

const NOTES: &str = "\
Scans of history remember what they found where, so that the next scan looks only at what is new.
No credential is remembered: of each it is known where it stands, and there it is read again.
The files are in the user's cache folder: $XDG_CACHE_HOME/redhanded, or ~/.cache/redhanded;
~/Library/Caches/redhanded on macOS; %LOCALAPPDATA%\\redhanded on Windows.";

const INFO_NOTES: &str = "\
Examples:
  redhanded cache info

Exit codes: 0 told, 2 trouble.";

const CLEAR_NOTES: &str = "\
Examples:
  redhanded cache clear                  of all repositories
  redhanded cache clear path/to/repository

Exit codes: 0 forgotten, 2 trouble.";

#[derive(Debug, Args)]
#[command(after_help = NOTES)]
pub(in crate::cli) struct CacheArgs {
    #[command(subcommand)]
    pub(in crate::cli) command: CacheCommand,
}

#[derive(Debug, Subcommand)]
pub(in crate::cli) enum CacheCommand {
    /// Tell what is remembered.
    #[command(after_help = INFO_NOTES)]
    Info,
    /// Forget what is remembered.
    #[command(after_help = CLEAR_NOTES)]
    Clear {
        /// Only of this repository.
        #[arg(value_name = "REPO")]
        repository: Option<PathBuf>,
    },
}
