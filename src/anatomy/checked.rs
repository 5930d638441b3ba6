//! Whether the checksum that an issuer builds in holds.

use super::facts::Facts;
use crate::rule::{Checksum, Rule};

/// Tells which of the rule's checksums holds.
pub(super) fn read(rule: &Rule, secret: &[u8], facts: &mut Facts) {
    let holds = |name: &str| Checksum::from_name(name).is_some_and(|it| it.verify(secret));
    if let Some(name) = rule.checks.iter().find(|name| holds(name)) {
        facts.tell("checksum", format!("valid ({name})"));
    }
}
