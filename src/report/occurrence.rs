//! Names for findings where each one needs its own, also those of one
//! credential.

use std::collections::HashMap;

use super::shown::Shown;
use crate::finding::Finding;
use crate::hex::hex;

/// Domain separation of these hashes from everybody else's.
const CONTEXT: &str = "redhanded 2026-11 occurrence v1";

/// Names findings one after the other. A name depends on no line number: of one
/// credential in one file the places are counted.
#[derive(Default)]
pub(super) struct Names {
    seen: HashMap<(String, String), u64>,
}

impl Names {
    /// 32 hexadecimal digits.
    pub(super) fn of(&mut self, finding: &Finding, shown: &Shown<'_>) -> String {
        let path = shown.path(&finding.place.origin);
        let fingerprint = finding.fingerprint.to_string();
        let mut hasher = blake3::Hasher::new_derive_key(CONTEXT);
        for part in [fingerprint.as_bytes(), path.as_bytes()] {
            hasher.update(&(part.len() as u64).to_le_bytes());
            hasher.update(part);
        }
        let count = self.seen.entry((fingerprint, path)).or_default();
        hasher.update(&count.to_le_bytes());
        *count += 1;
        hex(&hasher.finalize().as_bytes()[..16])
    }

    /// The same as a UUID of version 8, which is for names like these (RFC 9562
    /// §5.8).
    pub(super) fn uuid_of(&mut self, finding: &Finding, shown: &Shown<'_>) -> String {
        let name = self.of(finding, shown);
        let digits = |range: std::ops::Range<usize>| &name[range];
        // The digit of the version and that of the variant stand for two of the name.
        format!(
            "{}-{}-8{}-8{}-{}",
            digits(0..8),
            digits(8..12),
            digits(13..16),
            digits(17..20),
            digits(20..32)
        )
    }
}
