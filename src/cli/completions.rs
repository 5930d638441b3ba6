//! `redhanded completions`.

use std::io::Write;

use clap::CommandFactory;

use super::args::{Cli, Color, CompletionsArgs};
use super::exit::ExitStatus;
use super::output::{is_closed_pipe, stdout};

/// Prints the script with which a shell completes what is typed.
pub(super) fn run(args: &CompletionsArgs) -> anyhow::Result<ExitStatus> {
    let mut script = Vec::new();
    // It panics where it cannot write, so not straight to standard output.
    clap_complete::generate(args.shell, &mut Cli::command(), "redhanded", &mut script);
    let mut out = stdout(Color::Never);
    match out.write_all(&script).and_then(|()| out.flush()) {
        Err(error) if !is_closed_pipe(&error) => Err(error.into()),
        _ => Ok(ExitStatus::Clean),
    }
}
