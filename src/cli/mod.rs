//! The command line: arguments in, exit status out.
//!
//! Nothing outside this module knows of clap, terminals or the environment.

mod args;
mod audit;
mod exit;
mod git;
mod output;
mod plan;
mod progress;
mod rules;
mod scan;
mod selection;
mod targets;

use std::ffi::OsString;
use std::io::Write;

use clap::Parser;

use args::{Cli, Command};
pub use exit::ExitStatus;

/// Runs the program with these arguments, the first of which is its name.
pub fn run(arguments: impl Iterator<Item = OsString>) -> ExitStatus {
    let cli = match Cli::try_parse_from(arguments) {
        Ok(cli) => cli,
        Err(error) => {
            // Nobody is left to tell if this cannot be printed.
            let _ = error.print();
            return if error.use_stderr() { ExitStatus::Trouble } else { ExitStatus::Clean };
        }
    };
    let result = match &cli.command {
        Command::Scan(args) => scan::run(args, cli.color),
        Command::Git(args) => git::run(args, cli.color),
        Command::Audit(args) => audit::run(args, cli.color),
        Command::Rules(args) => rules::run(args, cli.color),
    };
    result.unwrap_or_else(|error| {
        let _ = writeln!(anstream::stderr(), "redhanded: {}", shown(&error));
        ExitStatus::Trouble
    })
}

/// An error with its causes, safe for a terminal.
fn shown(error: &anyhow::Error) -> String {
    crate::report::sanitize::Safe(&format!("{error:#}")).to_string()
}
