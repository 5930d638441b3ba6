//! What can be typed behind `redhanded completions` and `redhanded man`.

use std::path::PathBuf;

use clap::Args;
use clap_complete::Shell;

const COMPLETIONS_NOTES: &str = "\
Examples:
  redhanded completions bash > ~/.local/share/bash-completion/completions/redhanded
  redhanded completions zsh > \"${fpath[1]}/_redhanded\"
  redhanded completions fish > ~/.config/fish/completions/redhanded.fish
  redhanded completions powershell >> $PROFILE
  redhanded completions elvish >> ~/.config/elvish/rc.elv

Exit codes: 0 printed, 2 trouble.";

#[derive(Debug, Args)]
#[command(after_help = COMPLETIONS_NOTES)]
pub(in crate::cli) struct CompletionsArgs {
    /// The shell.
    #[arg(value_name = "SHELL")]
    pub(in crate::cli) shell: Shell,
}

const MAN_NOTES: &str = "\
Examples:
  redhanded man | man -l -               read it
  redhanded man ~/.local/share/man/man1  install all pages

Exit codes: 0 printed or written, 2 trouble.";

#[derive(Debug, Args)]
#[command(after_help = MAN_NOTES)]
pub(in crate::cli) struct ManArgs {
    /// The folder for a page of each command; without it the program's own is printed.
    #[arg(value_name = "DIR")]
    pub(in crate::cli) folder: Option<PathBuf>,
}
