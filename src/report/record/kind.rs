//! What every record of a credential begins with.

use serde::Serialize;

use crate::rule::{Confidence, Rule, Severity};

/// What a credential is, in the words of its rule, and how grave and how sure it
/// is itself.
#[derive(Serialize)]
pub(in crate::report) struct KindRecord<'a> {
    rule: &'a str,
    name: &'a str,
    provider: &'a str,
    class: &'static str,
    principal: &'static str,
    lifetime: &'static str,
    severity: &'static str,
    confidence: &'static str,
}

impl<'a> KindRecord<'a> {
    pub(in crate::report) fn new(
        rule: &'a Rule,
        severity: Severity,
        confidence: Confidence,
    ) -> Self {
        Self {
            rule: &rule.id,
            name: &rule.name,
            provider: &rule.provider,
            class: rule.class.as_str(),
            principal: rule.principal.as_str(),
            lifetime: rule.lifetime.as_str(),
            severity: severity.as_str(),
            confidence: confidence.as_str(),
        }
    }
}
