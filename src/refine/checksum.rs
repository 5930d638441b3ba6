//! Many issuers build a checksum into their tokens: a value whose checksum does
//! not hold was never issued.

use super::{Check, Reason, Subject, Verdict};
use crate::rule::Checksum;

/// Holds a value against the checksums its rule names; one must hold.
pub(super) struct Checksums;

impl Check for Checksums {
    fn check(&self, subject: &Subject<'_>) -> Verdict {
        let names = &subject.rule.checks;
        let holds = |name: &str| {
            Checksum::from_name(name).is_none_or(|checksum| checksum.verify(subject.secret))
        };
        if names.is_empty() || names.iter().any(|name| holds(name)) {
            Verdict::Keep
        } else {
            Verdict::Drop(Reason::Checksum)
        }
    }
}
