//! A random value has a certain entropy; a word or a repeated pattern has less.

use super::{Check, Reason, Subject, Verdict};
use crate::secret::entropy;

/// Holds a value against the least entropy its rule asks for.
pub(super) struct Entropy;

impl Check for Entropy {
    fn check(&self, subject: &Subject<'_>) -> Verdict {
        let least = f64::from(subject.rule.entropy);
        if least <= 0.0 {
            return Verdict::Keep;
        }
        let found = entropy(subject.secret);
        if found < least { Verdict::Drop(Reason::Entropy { found, least }) } else { Verdict::Keep }
    }
}
