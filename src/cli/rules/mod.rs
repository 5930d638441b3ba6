//! `redhanded rules`.

mod check;
mod docs;
mod list;
mod profile;
mod show;

use std::io::{self, Write};
use std::path::PathBuf;

use super::args::{Color, RulesArgs, RulesCommand};
use super::exit::ExitStatus;
use super::output::{is_closed_pipe, stdout};
use crate::config::load_rules;
use crate::rule::RuleSet;

/// The JSON schema of rule files.
const SCHEMA: &str = include_str!("../../../schemas/rule-file.json");

/// Runs one of the subcommands.
pub(super) fn run(args: &RulesArgs, color: Color) -> anyhow::Result<ExitStatus> {
    let mut out = stdout(color);
    let result = match &args.command {
        RulesCommand::List(args) => list::run(args, &mut out),
        RulesCommand::Show(args) => show::run(args, &mut out),
        RulesCommand::Check { files } => check::check(files, &mut out),
        RulesCommand::Test { files } => check::test(files, &mut out),
        RulesCommand::Docs(args) => docs::run(args, &mut out),
        RulesCommand::Schema => schema(&mut out),
        RulesCommand::Profile(args) => profile::run(args, &mut out),
    };
    match result {
        Err(error) if error.downcast_ref::<io::Error>().is_some_and(is_closed_pipe) => {
            Ok(ExitStatus::Clean)
        }
        result => result,
    }
}

fn schema(out: &mut dyn Write) -> anyhow::Result<ExitStatus> {
    out.write_all(SCHEMA.as_bytes())?;
    out.flush()?;
    Ok(ExitStatus::Clean)
}

/// The built-in rules, and those of the user's files.
fn rules_with(files: &[PathBuf]) -> anyhow::Result<RuleSet> {
    let mut rules = RuleSet::builtin();
    for path in files {
        rules = rules.with(load_rules(path)?);
    }
    Ok(rules)
}
