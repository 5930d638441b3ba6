//! Rules as JSON.

use std::io::{self, Write};

use super::record::RuleRecord;
use crate::rule::Rule;

/// Writes rules as an array.
pub fn rule_list(rules: &[&Rule], out: &mut dyn Write) -> io::Result<()> {
    let records: Vec<RuleRecord<'_>> = rules.iter().map(|rule| RuleRecord::new(rule)).collect();
    serde_json::to_writer_pretty(&mut *out, &records)?;
    out.write_all(b"\n")
}

/// Writes one rule as an object.
pub fn one_rule(rule: &Rule, out: &mut dyn Write) -> io::Result<()> {
    serde_json::to_writer_pretty(&mut *out, &RuleRecord::new(rule))?;
    out.write_all(b"\n")
}
