//! Files of other tools that say which findings are known.
//!
//! They have no fingerprint of ours. A finding is matched by what they have:
//!
//! - The credential in clear (a gitleaks report that was not redacted): the same
//!   credential, wherever it stands if it is strong, else at the same path. One
//!   that is part of the other counts at the same path and line, for tools cut
//!   values differently.
//! - Its SHA-1 (detect-secrets): the same credential at the same path, on
//!   whatever line. Of private keys that tool hashes only what they begin with,
//!   so these go by path and line.
//! - Neither (a redacted report, `.gitleaksignore`): the same path and line, and
//!   the same columns where they are known. This knows nothing of what stands
//!   there, and does not follow when lines move.
//!
//! An entry with a commit is about that commit: without the credential it
//! matches only what history says that commit brought in. Names of rules are
//! not compared: other tools have other ones.

pub(super) mod detect_secrets;
pub(super) mod gitleaks;

use std::ops::RangeInclusive;

use crate::finding::Triage;
use crate::secret::Secret;

/// The file of another tool.
#[derive(Debug)]
pub struct Foreign {
    /// What kind of file it is.
    pub kind: ForeignKind,
    /// Its entries, in its order.
    pub entries: Vec<ForeignEntry>,
}

/// What kind of file another tool wrote.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum ForeignKind {
    /// A JSON report of gitleaks, which it takes as a baseline, too.
    GitleaksReport,
    /// A `.gitleaksignore`.
    GitleaksIgnore,
    /// A baseline of detect-secrets.
    DetectSecrets,
}

impl ForeignKind {
    /// Its name, for people.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::GitleaksReport => "gitleaks report",
            Self::GitleaksIgnore => ".gitleaksignore",
            Self::DetectSecrets => "detect-secrets baseline",
        }
    }
}

/// What another tool knows of one finding.
#[derive(Debug)]
pub struct ForeignEntry {
    /// The path, with `/` between folders and without `./` before it.
    pub path: String,
    /// The lines it stands on.
    pub lines: RangeInclusive<u64>,
    /// The columns it stands in, if it stands on one line.
    pub columns: Option<RangeInclusive<u64>>,
    /// The commit it is about, in full.
    pub commit: Option<String>,
    /// What is known of the credential.
    pub value: Value,
    /// What was decided about it.
    pub triage: Triage,
    /// Its rule or type, in the words of the tool. Not safe for terminals.
    pub kind: String,
}

/// What another tool's file knows of a credential.
#[derive(Debug)]
pub enum Value {
    /// Nothing.
    Unknown,
    /// That it is a private key, and how it begins.
    PrivateKey,
    /// The credential itself.
    Clear(Secret),
    /// Its SHA-1.
    Sha1([u8; 20]),
}

/// A path as ours are compared.
fn plain_path(path: &str) -> String {
    let path = path.replace('\\', "/");
    let mut rest = path.as_str();
    while let Some(behind) = rest.strip_prefix("./") {
        rest = behind;
    }
    rest.to_owned()
}

/// A commit in full, if that is what `text` is.
fn commit(text: &str) -> Option<String> {
    let is_full = text.len() == 40 && text.bytes().all(|byte| byte.is_ascii_hexdigit());
    is_full.then(|| text.to_ascii_lowercase())
}
