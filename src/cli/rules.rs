//! `redhanded rules`.

use std::io::{self, Write};
use std::path::PathBuf;

use anstyle::Style;
use anyhow::bail;

use super::args::{Color, RulesArgs, RulesCommand};
use super::exit::ExitStatus;
use super::output::{is_closed_pipe, stdout};
use super::selection::unknown_rule;
use crate::lint;
use crate::rule::{Rule, RuleSet};

const BOLD: Style = Style::new().bold();

/// Runs one of the subcommands.
pub(super) fn run(args: &RulesArgs, color: Color) -> anyhow::Result<ExitStatus> {
    let mut out = stdout(color);
    let result = match &args.command {
        RulesCommand::List => list(&mut out).map(|()| ExitStatus::Clean).map_err(Into::into),
        RulesCommand::Show { id } => show(id, &mut out),
        RulesCommand::Check { files } => check(files, &mut out),
    };
    match result {
        Err(error) if error.downcast_ref::<io::Error>().is_some_and(is_closed_pipe) => {
            Ok(ExitStatus::Clean)
        }
        result => result,
    }
}

fn list(out: &mut dyn Write) -> io::Result<()> {
    let rules = RuleSet::builtin();
    let widest = rules.iter().map(|(_, rule)| rule.id.len()).max().unwrap_or(0);
    for (_, rule) in rules.iter() {
        writeln!(
            out,
            "{:widest$}  {:8}  {:6}  {}",
            rule.id, rule.severity, rule.confidence, rule.name
        )?;
    }
    out.flush()
}

fn show(id: &str, out: &mut dyn Write) -> anyhow::Result<ExitStatus> {
    let rules = RuleSet::builtin();
    let Some((_, rule)) = rules.find(id) else {
        bail!(unknown_rule(id, &rules));
    };
    write_rule(rule, out)?;
    Ok(ExitStatus::Clean)
}

fn write_rule(rule: &Rule, out: &mut dyn Write) -> io::Result<()> {
    writeln!(out, "{BOLD}{}{BOLD:#}  [{}]", rule.name, rule.id)?;
    writeln!(out)?;
    writeln!(out, "{}", rule.why)?;
    writeln!(out, "{}", rule.fix)?;
    writeln!(out)?;
    let reach = rule.reach.map_or("unbounded".to_owned(), |reach| format!("{reach} bytes"));
    let entropy =
        if rule.entropy > 0.0 { format!("{} bits per byte", rule.entropy) } else { "any".into() };
    let checks = if rule.checks.is_empty() { "none".into() } else { rule.checks.join(", ") };
    for (field, value) in [
        ("provider", rule.provider.as_ref()),
        ("class", rule.class.as_str()),
        ("principal", rule.principal.as_str()),
        ("lifetime", rule.lifetime.as_str()),
        ("severity", rule.severity.as_str()),
        ("confidence", rule.confidence.as_str()),
        ("status", rule.status.as_str()),
        ("since", rule.since.as_ref()),
        ("longest", &reach),
        ("entropy", &entropy),
        ("checksum", &checks),
        ("pattern", rule.pattern.as_ref()),
    ] {
        writeln!(out, "{field:<11} {value}")?;
    }
    for reference in rule.references.iter() {
        writeln!(out, "{:<11} {reference}", "reference")?;
    }
    out.flush()
}

/// Lints rule files. A problem is what this command finds: exit code 1.
fn check(files: &[PathBuf], out: &mut dyn Write) -> anyhow::Result<ExitStatus> {
    let mut rules = 0;
    let mut problems = 0;
    for checked in lint::check(files)? {
        for problem in &checked.problems {
            writeln!(out, "{}: {problem}", checked.path.display())?;
        }
        rules += checked.rules;
        problems += checked.problems.len();
    }
    if rules == 0 {
        bail!("nothing to check: there is no rule in it");
    }
    let s = |count| if count == 1 { "" } else { "s" };
    writeln!(out, "{rules} rule{} checked, {problems} problem{}.", s(rules), s(problems))?;
    out.flush()?;
    Ok(if problems == 0 { ExitStatus::Clean } else { ExitStatus::Findings(1) })
}
