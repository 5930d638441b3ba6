//! The command line: arguments in, exit status out.
//!
//! Nothing outside this module knows of clap, terminals or the environment.

mod args;
mod audit;
mod baseline;
mod cache;
mod carry_out;
mod checkout;
mod ci;
mod completions;
#[cfg(test)]
mod documented;
mod exit;
mod explain;
mod git;
mod hook;
mod known;
mod man;
mod output;
mod plan;
mod progress;
mod rules;
mod scan;
mod selection;
mod targets;

use std::ffi::OsString;
use std::io::Write;
use std::path::Path;

use clap::Parser;

use args::{Cli, Command};
pub use exit::ExitStatus;

/// What the program may know of the process that it is.
#[derive(Clone, Copy)]
pub struct Process<'p> {
    /// The value of a variable of its environment. Git speaks to hooks by
    /// variables, and they say where the user's cache folder is.
    pub variable: &'p dyn Fn(&str) -> Option<OsString>,
    /// The file that it was started from, if that is known: hooks that are
    /// installed name it.
    pub executable: Option<&'p Path>,
}

impl Process<'_> {
    /// The text of a variable that is set and not empty.
    fn text(&self, name: &str) -> Option<String> {
        let text = |value: OsString| value.to_string_lossy().into_owned();
        (self.variable)(name).map(text).filter(|text| !text.is_empty())
    }
}

/// Runs the program with these arguments, the first of which is its name.
pub fn run(arguments: impl Iterator<Item = OsString>, process: &Process<'_>) -> ExitStatus {
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
        Command::Git(args) => git::run(args, cli.color, process),
        Command::Audit(args) => audit::run(args, cli.color, process),
        Command::Ci(args) => ci::run(args, cli.color, process),
        Command::Hook(args) => hook::run(args, cli.color, process),
        Command::Baseline(args) => baseline::run(args, cli.color, process),
        Command::Cache(args) => cache::run(args, cli.color, process),
        Command::Explain(args) => explain::run(args, cli.color),
        Command::Rules(args) => rules::run(args, cli.color),
        Command::Completions(args) => completions::run(args),
        Command::Man(args) => man::run(args),
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
