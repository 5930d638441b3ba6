//! `redhanded completions`.

use clap::CommandFactory;

use super::args::{Cli, Color, CompletionsArgs};
use super::exit::ExitStatus;
use super::output::print;

/// Prints the script with which a shell completes what is typed.
pub(super) fn run(args: &CompletionsArgs) -> anyhow::Result<ExitStatus> {
    let mut script = Vec::new();
    // It panics where it cannot write, so not straight to standard output.
    clap_complete::generate(args.shell, &mut Cli::command(), "redhanded", &mut script);
    print(&script, Color::Never)
}
