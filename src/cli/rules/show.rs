//! `redhanded rules show`.

use std::io::{self, Write};

use anstyle::Style;
use anyhow::bail;

use super::super::args::{RuleFormat, ShowArgs};
use super::super::exit::ExitStatus;
use super::super::selection::unknown_rule;
use super::rules_with;
use crate::report::one_rule;
use crate::rule::{Revocation, Rule};

const BOLD: Style = Style::new().bold();

pub(super) fn run(args: &ShowArgs, out: &mut dyn Write) -> anyhow::Result<ExitStatus> {
    let rules = rules_with(&args.files)?;
    let Some((_, rule)) = rules.find(&args.id) else {
        bail!(unknown_rule(&args.id, &rules));
    };
    match args.format {
        RuleFormat::Json => one_rule(rule, out)?,
        RuleFormat::Human => write_rule(rule, out)?,
    }
    out.flush()?;
    Ok(ExitStatus::Clean)
}

fn write_rule(rule: &Rule, out: &mut dyn Write) -> io::Result<()> {
    writeln!(out, "{BOLD}{}{BOLD:#}  [{}]", rule.name, rule.id)?;
    writeln!(out)?;
    writeln!(out, "{}", rule.why)?;
    writeln!(out, "{}", rule.fix)?;
    if let Some(usage) = &rule.usage {
        writeln!(out, "{usage}")?;
    }
    writeln!(out)?;
    write_fields(rule, out)?;
    for (name, part) in rule.parts.iter() {
        writeln!(out, "{:<11} {name} [{part}]", "part")?;
    }
    for tell in rule.tells.iter() {
        let told = tell.value.as_deref().unwrap_or("what its pattern's group holds");
        writeln!(out, "{:<11} {}: {told}", "tells", tell.what)?;
    }
    if let Some(Revocation { url, method, by_holder }) = &rule.revoke {
        let method = method.as_deref().map_or(String::new(), |method| format!("{method} "));
        let anyone = if *by_holder { " (whoever holds it can)" } else { "" };
        writeln!(out, "{:<11} {method}{url}{anyone}", "revoke")?;
    }
    for reference in rule.references.iter() {
        writeln!(out, "{:<11} {reference}", "reference")?;
    }
    Ok(())
}

fn write_fields(rule: &Rule, out: &mut dyn Write) -> io::Result<()> {
    let reach = rule.reach.map_or("unbounded".to_owned(), |reach| format!("{reach} bytes"));
    let entropy =
        if rule.entropy > 0.0 { format!("{} bits per byte", rule.entropy) } else { "any".into() };
    let checks = if rule.checks.is_empty() { "none".into() } else { rule.checks.join(", ") };
    let files = if rule.files.is_empty() { "any".into() } else { rule.files.join(", ") };
    for (field, value) in [
        ("provider", rule.provider.as_ref()),
        ("class", rule.class.as_str()),
        ("principal", rule.principal.as_str()),
        ("lifetime", rule.lifetime.as_str()),
        ("severity", rule.severity.as_str()),
        ("confidence", rule.confidence.as_str()),
        ("status", rule.status.as_str()),
        ("since", rule.since.as_ref()),
        ("files", &files),
        ("longest", &reach),
        ("entropy", &entropy),
        ("checksum", &checks),
        ("pattern", rule.pattern.as_ref()),
    ] {
        writeln!(out, "{field:<11} {value}")?;
    }
    Ok(())
}
