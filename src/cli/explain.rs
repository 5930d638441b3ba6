//! `redhanded explain`.

use std::io::{self, IsTerminal, Read, Write};
use std::path::Path;

use anyhow::{Context, bail};

use super::args::{Color, ExplainArgs};
use super::exit::ExitStatus;
use super::output::{printed, stdout};
use super::plan::{now, read_config};
use super::selection::rule_set;
use crate::config::{Disk, closest};
use crate::report::Explanation;
use crate::rule::{RuleIndex, RuleSet};
use crate::scan::{Explained, ScanOptions, Scanner};
use crate::suppress::AllowLists;

/// Bytes that a credential has at most.
const LONGEST: u64 = 1 << 20;

/// Reads a credential and says what is known of it.
pub(super) fn run(args: &ExplainArgs, color: Color) -> anyhow::Result<ExitStatus> {
    if !args.arguments.is_empty() {
        // Nor is it repeated here: what was typed could be the credential.
        bail!(
            "explain takes no arguments: there every process can read a credential, and the \
             shell remembers it; give it on standard input"
        );
    }
    let is_json = match args.format.as_str() {
        "human" => false,
        "json" => true,
        _ => bail!("there is no such format; explain knows human and json"),
    };
    let config = read_config(&args.rules, Path::new("."), &Disk)?;
    let rules = rule_set(&args.rules, &config, &Disk)?;
    let rule = args.rule.as_deref().map(|id| find(id, &rules)).transpose()?;
    let now = args.now.or_else(now);
    let options = ScanOptions { explain: true, now, ..ScanOptions::default() };
    let scanner = Scanner::new(rules, AllowLists::default(), options);
    let text = read_one()?;
    let explained = match rule {
        Some(rule) => scanner.explain_as(rule, &text),
        None => scanner.explain(&text),
    };
    if explained.known.is_empty() && explained.form.facts.is_empty() {
        bail!(nothing_known(&explained, &scanner));
    }
    let explanation = Explanation { explained: &explained, rules: scanner.rules() };
    let mut out = stdout(color);
    let written =
        if is_json { explanation.write_json(&mut out) } else { explanation.write_human(&mut out) };
    printed(written)
}

/// The rule with that id. An id that is none is not repeated: it could be the
/// credential, in the wrong place.
fn find(id: &str, rules: &RuleSet) -> anyhow::Result<RuleIndex> {
    if let Some((rule, _)) = rules.find(id) {
        return Ok(rule);
    }
    match closest(id, rules.iter().map(|(_, rule)| rule.id.as_ref())) {
        Some(meant) => bail!("--rule: there is no such rule; did you mean `{meant}`?"),
        None => bail!("--rule: there is no such rule; `redhanded rules list` shows all"),
    }
}

/// Standard input, without the line end behind it.
fn read_one() -> anyhow::Result<Vec<u8>> {
    let stdin = io::stdin();
    if stdin.is_terminal() {
        // A prompt that cannot be shown is no trouble.
        let _ = writeln!(anstream::stderr(), "Give the credential, then end with Ctrl-D:");
    }
    let mut text = Vec::new();
    stdin.lock().take(LONGEST + 1).read_to_end(&mut text).context("cannot read standard input")?;
    if text.len() as u64 > LONGEST {
        bail!("standard input is too long for one credential; `redhanded scan -` scans it");
    }
    let trimmed = text.strip_suffix(b"\n").unwrap_or(&text);
    let trimmed = trimmed.strip_suffix(b"\r").unwrap_or(trimmed);
    if trimmed.is_empty() {
        bail!("there is nothing on standard input");
    }
    Ok(trimmed.to_vec())
}

/// What is said where nothing is known, as far as something is known of that.
fn nothing_known(explained: &Explained, scanner: &Scanner) -> String {
    let Some((rule, reason)) = explained.refused.first() else {
        return "nothing is known of it: no rule recognises it by itself, and its form says \
                nothing; `--rule` says which one it is"
            .to_owned();
    };
    let rule = scanner.rules().rule(*rule);
    format!("it looks like one of `{}` ({}), but: {reason}", rule.id, rule.name)
}
