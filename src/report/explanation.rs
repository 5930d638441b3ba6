//! The page about one credential: what it is, what it says, what to do.

use std::io::{self, Write};

use anstyle::Style;
use serde::Serialize;

use super::mask::Mask;
use super::record::{AnatomyRecord, KnownRecord, SCHEMA_VERSION, ToolRecord};
use super::sanitize::Safe;
use crate::anatomy::{Anatomy, Fact};
use crate::rule::{Rule, RuleSet};
use crate::scan::{Explained, Known};

const BOLD: Style = Style::new().bold();
/// Columns of the names on the left.
const NAMES: usize = 12;

/// What is said of one credential.
#[derive(Clone, Copy)]
pub struct Explanation<'a> {
    /// What is known of it.
    pub explained: &'a Explained,
    /// The rules in use.
    pub rules: &'a RuleSet,
}

/// `schemas/explanation.json` describes it.
#[derive(Serialize)]
struct Document<'a> {
    schema_version: &'static str,
    tool: ToolRecord,
    known: Vec<KnownRecord<'a>>,
    #[serde(skip_serializing_if = "Option::is_none")]
    form: Option<AnatomyRecord<'a>>,
}

impl Explanation<'_> {
    /// Writes it for people.
    pub fn write_human(&self, out: &mut dyn Write) -> io::Result<()> {
        let mask = self.mask();
        for (number, known) in self.explained.known.iter().enumerate() {
            if number > 0 {
                writeln!(out)?;
            }
            write_known(out, known, self.rules, &mask)?;
        }
        if self.explained.known.is_empty() {
            writeln!(out, "{BOLD}No rule knows it by itself{BOLD:#}, but its form says:")?;
            writeln!(out)?;
            write_facts(out, &self.explained.form, &mask)?;
        }
        out.flush()
    }

    /// Writes it as one JSON document.
    pub fn write_json(&self, out: &mut dyn Write) -> io::Result<()> {
        let mask = self.mask();
        let Explained { known, form, .. } = self.explained;
        let document = Document {
            schema_version: SCHEMA_VERSION,
            tool: ToolRecord::new(),
            known: known.iter().map(|known| KnownRecord::new(known, self.rules, &mask)).collect(),
            form: known.is_empty().then(|| AnatomyRecord::new(form, &mask)),
        };
        serde_json::to_writer_pretty(&mut *out, &document)?;
        out.write_all(b"\n")?;
        out.flush()
    }

    fn mask(&self) -> Mask<'_> {
        Mask::of_secrets(self.explained.known.iter().map(|known| &known.secret))
    }
}

/// One credential with its rule's page.
fn write_known(
    out: &mut dyn Write,
    known: &Known,
    rules: &RuleSet,
    mask: &Mask<'_>,
) -> io::Result<()> {
    let rule = rules.rule(known.rule);
    writeln!(out, "{BOLD}{}{BOLD:#}  [{}]", Safe(&rule.name), rule.id)?;
    writeln!(out, "{}, {} bytes", Safe(&known.secret.masked()), known.secret.len())?;
    if !known.anatomy.facts.is_empty() {
        writeln!(out)?;
        write_facts(out, &known.anatomy, mask)?;
    }
    writeln!(out, "\n{}\n{}\n", Safe(&rule.why), Safe(&rule.fix))?;
    for (name, value) in [
        ("provider", rule.provider.as_ref()),
        ("class", rule.class.as_str()),
        ("principal", rule.principal.as_str()),
        ("lifetime", rule.lifetime.as_str()),
        ("severity", known.severity.as_str()),
        ("confidence", rule.confidence.as_str()),
    ] {
        write_field(out, name, value)?;
    }
    write_remedies(out, rule)
}

/// How it is revoked, how its use shows, and where to read more.
fn write_remedies(out: &mut dyn Write, rule: &Rule) -> io::Result<()> {
    if let Some(revoke) = &rule.revoke {
        match &revoke.method {
            Some(method) => write_field(out, "revoke with", &format!("{method} {}", revoke.url))?,
            None => write_field(out, "revoke at", &revoke.url)?,
        }
        if revoke.by_holder {
            write_field(out, "revoke by", "whoever holds it, with nothing else")?;
        }
    }
    if let Some(usage) = &rule.usage {
        write_field(out, "was it used", usage)?;
    }
    for (name, part) in rule.parts.iter() {
        write_field(out, "needs", &format!("{name} [{part}]"))?;
    }
    for reference in rule.references.iter() {
        write_field(out, "reference", reference)?;
    }
    Ok(())
}

fn write_facts(out: &mut dyn Write, anatomy: &Anatomy, mask: &Mask<'_>) -> io::Result<()> {
    for Fact { name, value } in &anatomy.facts {
        write_field(out, name, &mask.text(value))?;
    }
    Ok(())
}

fn write_field(out: &mut dyn Write, name: &str, value: &str) -> io::Result<()> {
    writeln!(out, "{:<NAMES$} {}", Safe(name).to_string(), Safe(value))
}
