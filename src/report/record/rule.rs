//! What is published of a rule.

use std::collections::BTreeMap;

use serde::Serialize;

use crate::rule::{Revocation, Rule, Text};

/// A rule: an element of what `rules list --format json` writes.
#[derive(Serialize)]
pub(in crate::report) struct RuleRecord<'a> {
    id: &'a str,
    name: &'a str,
    provider: &'a str,
    class: &'static str,
    principal: &'static str,
    lifetime: &'static str,
    severity: &'static str,
    confidence: &'static str,
    status: &'static str,
    since: &'a str,
    pattern: &'a str,
    /// Bytes of the longest match.
    #[serde(skip_serializing_if = "Option::is_none")]
    longest: Option<u32>,
    #[serde(skip_serializing_if = "slice_is_empty")]
    files: &'a [Text],
    entropy: f32,
    checks: &'a [Text],
    /// Rules by the names of the parts that they find.
    parts: BTreeMap<&'a str, &'a str>,
    /// What the credential's form tells.
    tells: Vec<&'a str>,
    why: &'a str,
    fix: &'a str,
    #[serde(skip_serializing_if = "Option::is_none")]
    revoke: Option<RevocationRecord<'a>>,
    #[serde(skip_serializing_if = "Option::is_none")]
    usage: Option<&'a str>,
    references: &'a [Text],
}

/// Where or how it is revoked.
#[derive(Serialize)]
pub(super) struct RevocationRecord<'a> {
    url: &'a str,
    #[serde(skip_serializing_if = "Option::is_none")]
    method: Option<&'a str>,
    by_holder: bool,
}

impl<'a> RevocationRecord<'a> {
    pub(super) fn new(revocation: &'a Revocation) -> Self {
        let Revocation { url, method, by_holder } = revocation;
        Self { url, method: method.as_deref(), by_holder: *by_holder }
    }
}

fn slice_is_empty(slice: &[Text]) -> bool {
    slice.is_empty()
}

impl<'a> RuleRecord<'a> {
    pub(in crate::report) fn new(rule: &'a Rule) -> Self {
        let mut tells: Vec<&str> = rule.tells.iter().map(|tell| &*tell.what).collect();
        tells.dedup();
        Self {
            id: &rule.id,
            name: &rule.name,
            provider: &rule.provider,
            class: rule.class.as_str(),
            principal: rule.principal.as_str(),
            lifetime: rule.lifetime.as_str(),
            severity: rule.severity.as_str(),
            confidence: rule.confidence.as_str(),
            status: rule.status.as_str(),
            since: &rule.since,
            pattern: &rule.pattern,
            longest: rule.reach,
            files: &rule.files,
            entropy: rule.entropy,
            checks: &rule.checks,
            parts: rule.parts.iter().map(|(name, part)| (&**name, &**part)).collect(),
            tells,
            why: &rule.why,
            fix: &rule.fix,
            revoke: rule.revoke.as_ref().map(RevocationRecord::new),
            usage: rule.usage.as_deref(),
            references: &rule.references,
        }
    }
}
