//! Values of a generic rule that are something else than a credential: the
//! hash of a password, a name, a word for "no value".

use super::{Check, Reason, Subject, Verdict};
use crate::rule::Confidence;

/// Recognises what stands where a credential could stand and is none. Rules
/// that know the form of their credential need no such question.
pub(super) struct OtherKind;

impl Check for OtherKind {
    fn check(&self, subject: &Subject<'_>) -> Verdict {
        if !subject.rule.generic {
            return Verdict::Keep;
        }
        let weak = subject.rule.confidence == Confidence::Low;
        let kind = if is_hash(subject.secret) {
            Some("the hash of a password")
        } else if is_known_name(subject.secret) {
            Some("the name of an algorithm or format")
        } else if weak && names_itself(subject.secret) {
            Some("a word for a credential")
        } else {
            None
        };
        kind.map_or(Verdict::Keep, |kind| Verdict::Drop(Reason::OtherKind(kind)))
    }
}

/// Password hashes as they are stored (modular crypt format, LDAP's RFC 2307,
/// PHC strings, Django's).
pub(super) fn is_hash(value: &[u8]) -> bool {
    const BEGINNINGS: [&[u8]; 14] = [
        b"$1$", b"$2a$", b"$2b$", b"$2y$", b"$5$", b"$6$", b"$y$", b"$argon2", b"$pbkdf2",
        b"$scrypt", b"pbkdf2_", b"{ssha", b"{sha", b"{crypt}",
    ];
    begins_with(value, &BEGINNINGS)
}

/// Whether a value begins with one of these, in any letter case.
pub(super) fn begins_with(value: &[u8], beginnings: &[&[u8]]) -> bool {
    beginnings.iter().any(|beginning| {
        value.get(..beginning.len()).is_some_and(|start| start.eq_ignore_ascii_case(beginning))
    })
}

/// Identifiers that owe their digits to a well-known name: `base64EncodedKey`,
/// `TEST_RSA2048_KEY`.
fn is_known_name(value: &[u8]) -> bool {
    const NAMES: [&str; 12] = [
        "base64", "base32", "sha256", "sha512", "sha1", "md5", "ed25519", "rsa2048", "rsa4096",
        "aes256", "aes128", "oauth2",
    ];
    let Ok(text) = std::str::from_utf8(value) else { return false };
    let mut rest = text.to_ascii_lowercase();
    for name in NAMES {
        rest = rest.replace(name, "");
    }
    rest.len() < text.len()
        && rest.bytes().all(|byte| byte.is_ascii_lowercase() || b"_-.".contains(&byte))
}

/// Words that say "a password goes here" rather than being one.
fn names_itself(value: &[u8]) -> bool {
    const WORDS: [&str; 14] = [
        "password",
        "passwd",
        "passwort",
        "passphrase",
        "secret",
        "token",
        "string",
        "null",
        "none",
        "nil",
        "undefined",
        "default",
        "empty",
        "prompt",
    ];
    let Ok(text) = std::str::from_utf8(value) else { return false };
    let lower = text.to_ascii_lowercase();
    WORDS.iter().any(|word| lower.contains(word))
}

#[cfg(test)]
mod tests {
    use super::{is_hash, is_known_name, names_itself};

    #[test]
    fn hashes_are_no_passwords() {
        assert!(is_hash(b"$2b$12$abcdefghijklmnopqrstuu"));
        assert!(is_hash(b"{SSHA}abc"));
        assert!(!is_hash(b"$uper$ecret"));
    }

    #[test]
    fn names_with_a_known_number_are_names() {
        assert!(is_known_name(b"base64EncodedKey"));
        assert!(is_known_name(b"TEST_RSA2048_KEY"));
        assert!(!is_known_name(b"base64x7f2Qq9"));
        assert!(!is_known_name(b"plainname"));
    }

    #[test]
    fn a_word_for_a_password_is_none() {
        assert!(names_itself(b"myPassword"));
        assert!(!names_itself(b"swordfish"));
    }
}
