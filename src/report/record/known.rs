//! A credential that a rule recognises, with the rule's page.

use serde::Serialize;

use super::kind::KindRecord;
use super::rule::RevocationRecord;
use super::{AnatomyRecord, SecretRecord};
use crate::report::mask::Mask;
use crate::rule::{RuleSet, Text};
use crate::scan::Known;

/// What it is, what it says and what to do.
#[derive(Serialize)]
pub(in crate::report) struct KnownRecord<'a> {
    #[serde(flatten)]
    kind: KindRecord<'a>,
    secret: SecretRecord,
    anatomy: AnatomyRecord<'a>,
    why: &'a str,
    fix: &'a str,
    #[serde(skip_serializing_if = "Option::is_none")]
    revoke: Option<RevocationRecord<'a>>,
    #[serde(skip_serializing_if = "Option::is_none")]
    usage: Option<&'a str>,
    parts: Vec<PartRecord<'a>>,
    references: Vec<&'a str>,
}

#[derive(Serialize)]
struct PartRecord<'a> {
    name: &'a str,
    rule: &'a str,
}

impl<'a> KnownRecord<'a> {
    pub(in crate::report) fn new(known: &'a Known, rules: &'a RuleSet, mask: &Mask<'_>) -> Self {
        let rule = rules.rule(known.rule);
        let parts = rule.parts.iter();
        Self {
            kind: KindRecord::new(rule, known.severity, rule.confidence),
            secret: SecretRecord::new(&known.secret, false),
            anatomy: AnatomyRecord::new(&known.anatomy, mask),
            why: &rule.why,
            fix: &rule.fix,
            revoke: rule.revoke.as_ref().map(RevocationRecord::new),
            usage: rule.usage.as_deref(),
            parts: parts.map(|(name, rule)| PartRecord { name, rule }).collect(),
            references: rule.references.iter().map(Text::as_ref).collect(),
        }
    }
}
