//! [`Finding`]: a credential that was found, what is known of it and where it
//! stands.

mod triage;

use std::fmt;
use std::str::FromStr;
use std::sync::Arc;

use crate::anatomy::Anatomy;
use crate::hex::{hex, unhex};
use crate::object::ObjectId;
use crate::rule::{Confidence, RuleIndex, Severity, Text};
use crate::secret::Secret;
use crate::span::{Position, Span};
use crate::unit::{Encoding, Origin};
pub use triage::{Known, NoTriage, Triage};

/// A credential at a place.
#[derive(Clone, Debug)]
pub struct Finding {
    /// The rule that found it.
    pub rule: RuleIndex,
    /// What it gives, if live, and little if it has ended.
    pub severity: Severity,
    /// How sure it is.
    pub confidence: Confidence,
    /// The credential itself.
    pub secret: Secret,
    /// What belongs to it and stands beside it, in the order of the names.
    pub parts: Vec<Part>,
    /// What it says about itself.
    pub anatomy: Anatomy,
    /// Where it was found.
    pub place: Place,
    /// The line around it, credentials masked.
    pub excerpt: Excerpt,
    /// How likely it is a credential, if its rule weighs that.
    pub likelihood: Option<Likelihood>,
    /// Who it is across scans.
    pub fingerprint: Fingerprint,
    /// Whether it is reported, or what speaks against it.
    pub disposition: Disposition,
    /// Why it is no news, if it is none.
    pub known: Option<Known>,
    /// What history tells of it, if history was scanned.
    pub history: Option<Box<History>>,
}

/// How likely a value is a credential that only its name and its look speak for.
#[derive(Clone, Debug, PartialEq)]
pub struct Likelihood {
    /// From 0 to 1.
    pub value: f64,
    /// What its text says.
    pub score: Score,
    /// What decided, the most telling first; empty unless that was asked for.
    pub shares: Vec<Share>,
}

/// What the text in which a value is assigned to a name says for it.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Score {
    /// Logarithm of the odds that it is a credential, in thousandths.
    pub text: i32,
    /// Whether the value stands without quotes, which says more in some files
    /// than in others.
    pub bare: bool,
}

/// What one feature of a value and its surroundings says.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Share {
    /// Group and feature: `name: password`.
    pub feature: String,
    /// What it adds to the logarithm of the odds, in thousandths.
    pub weight: i32,
}

/// What belongs to a credential: the id of a key, the account of a token.
#[derive(Clone, Debug)]
pub struct Part {
    /// What it is, in the words of the credential's rule.
    pub name: Text,
    /// The rule that found it.
    pub rule: RuleIndex,
    /// The part itself.
    pub secret: Secret,
    /// Where it stands.
    pub place: Place,
}

/// What git history tells of a credential.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct History {
    /// The commit that brought the credential to the finding's place, the
    /// earliest of all that brought it anywhere. None if no commit that a ref
    /// leads to holds it.
    pub introduced_by: Option<Arc<Commit>>,
    /// Number of commits and paths that brought it in, the finding's own among
    /// them.
    pub introductions: u64,
    /// Those other than the finding's own, the earliest first, if that was asked
    /// for.
    pub others: Vec<Introduction>,
    /// Number of places: each line of each version, wherever that version stands,
    /// and each line of a message.
    pub places: u64,
    /// All of them in the order of paths, if that was asked for.
    pub every_place: Vec<Place>,
    /// Where and how long it can be seen.
    pub exposure: Exposure,
}

/// A commit that brought a credential to a path where its parents had none.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Introduction {
    /// The commit.
    pub commit: Arc<Commit>,
    /// Where it stands in that commit.
    pub place: Place,
}

/// A commit, as far as it is named in reports.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Commit {
    /// Its name.
    pub id: ObjectId,
    /// Name of its author, as it is written.
    pub author: String,
    /// Address of its author.
    pub email: String,
    /// When its author wrote it.
    pub time: Time,
    /// First line of its message.
    pub subject: String,
}

/// A point in time, with the place on earth where a clock showed it.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Time {
    /// Seconds since 1970-01-01T00:00:00Z.
    pub seconds: i64,
    /// Minutes east of Greenwich.
    pub offset: i16,
}

/// Where and how long a credential can be seen in a repository.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Exposure {
    /// Where it is now.
    pub presence: Presence,
    /// The earliest time of a commit that holds it.
    pub first_seen: Option<Time>,
    /// The latest one.
    pub last_seen: Option<Time>,
    /// Number of commits that hold it.
    pub commits: u64,
    /// Full names of the refs whose tips hold it, sorted.
    pub refs: Vec<String>,
}

impl Exposure {
    /// That of a credential that is in no commit, as far as is known.
    pub fn in_no_commit(presence: Presence) -> Self {
        Self { presence, first_seen: None, last_seen: None, commits: 0, refs: Vec::new() }
    }

    /// Whether a ref leads to what holds the credential, or the index does.
    pub fn is_reachable(&self) -> bool {
        self.presence != Presence::Unreachable
    }
}

/// How near a credential is to somebody who clones the repository.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Presence {
    /// In what HEAD points to.
    Head,
    /// In the tip of another ref.
    Tip,
    /// In the past of a ref only.
    Past,
    /// In the index only: staged, and not committed.
    Staged,
    /// In objects that no ref leads to any more.
    Unreachable,
    /// In a file of the work tree only, and in no object.
    File,
    /// The scan was stopped before that was found out.
    Unknown,
}

impl Presence {
    /// Name in machine-readable reports.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Head => "head",
            Self::Tip => "tip",
            Self::Past => "past",
            Self::Staged => "staged",
            Self::Unreachable => "unreachable",
            Self::File => "file",
            Self::Unknown => "unknown",
        }
    }
}

/// Where in which text something stands.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Place {
    /// The text.
    pub origin: Origin,
    /// Byte range of the credential in the text, after decoding to UTF-8.
    pub span: Span,
    /// Its first character.
    pub start: Position,
    /// One past its last character.
    pub end: Position,
    /// How the text was encoded.
    pub encoding: Encoding,
}

/// A line, or the part of a long line around a credential.
///
/// The text holds no credential in clear: neither the finding's own, which
/// stands between `before` and `after`, nor its neighbours.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Excerpt {
    /// What stands before the credential on its first line.
    pub before: String,
    /// What stands behind it on its last line.
    pub after: String,
    /// Whether the line begins before `before`.
    pub cut_before: bool,
    /// Whether the line goes on behind `after`.
    pub cut_after: bool,
}

/// What becomes of a finding.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Disposition {
    /// It is reported.
    Report,
    /// Something the user wrote speaks against reporting it.
    Suppressed(By),
}

/// What suppressed a finding.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
#[non_exhaustive]
pub enum By {
    /// A comment in the scanned text, as it is written.
    Comment(String),
    /// An allow list of the configuration: which one, and its entry.
    AllowList {
        /// Name of the list: `paths`, `regexes`, `stopwords` or `fingerprints`.
        list: &'static str,
        /// The entry that matched.
        entry: String,
    },
    /// A baseline in which it was decided that this may stay.
    Baseline {
        /// The baseline, by the path it was read from.
        file: String,
        /// What was decided.
        triage: Triage,
        /// What somebody noted about it.
        note: Option<String>,
    },
}

impl By {
    /// Name of the kind in machine-readable reports.
    pub const fn kind(&self) -> &'static str {
        match self {
            Self::Comment(_) => "comment",
            Self::AllowList { .. } => "allow-list",
            Self::Baseline { .. } => "baseline",
        }
    }
}

impl fmt::Display for By {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Comment(comment) => write!(f, "the comment `{comment}`"),
            Self::AllowList { list, entry } => write!(f, "`{entry}` in allow.{list}"),
            Self::Baseline { file, triage, note } => {
                write!(f, "the baseline {file} as {triage}")?;
                note.as_ref().map_or(Ok(()), |note| write!(f, " ({note})"))
            }
        }
    }
}

/// The identity of a finding, the same in every scan that finds it.
///
/// A strong credential is known by a keyed hash of itself and its rule: it
/// keeps its fingerprint wherever it moves. A weak one, a password say, could
/// be found by trying passwords against such a hash; it is known by its rule,
/// its path and the masked line around it instead. Either way the fingerprint
/// can stand in a public file.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Fingerprint([u8; 16]);

/// Domain separation of our hashes from everybody else's; changing it changes
/// every fingerprint.
const CONTEXT: &str = "redhanded 2026-11 finding fingerprint v1";

impl Fingerprint {
    /// The fingerprint of `secret`, found by the rule `id` in `excerpt` of
    /// the text at `path`.
    pub fn new(id: &str, secret: &Secret, path: &str, excerpt: &Excerpt) -> Self {
        let mut hasher = blake3::Hasher::new_derive_key(CONTEXT);
        let mut part = |bytes: &[u8]| {
            hasher.update(&(bytes.len() as u64).to_le_bytes());
            hasher.update(bytes);
        };
        part(id.as_bytes());
        if secret.is_strong() {
            part(b"secret");
            part(secret.expose());
        } else {
            part(b"line");
            part(path.as_bytes());
            part(excerpt.before.trim_start().as_bytes());
            part(excerpt.after.trim_end().as_bytes());
        }
        let mut short = [0; 16];
        hasher.finalize_xof().fill(&mut short);
        Self(short)
    }
}

/// A text that is no fingerprint.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("a fingerprint is 32 hexadecimal digits in lower case")]
pub struct NoFingerprint;

impl FromStr for Fingerprint {
    type Err = NoFingerprint;

    fn from_str(text: &str) -> Result<Self, NoFingerprint> {
        let is_lower = !text.bytes().any(|byte| byte.is_ascii_uppercase());
        unhex(text.as_bytes()).filter(|_| is_lower).map(Self).ok_or(NoFingerprint)
    }
}

impl fmt::Display for Fingerprint {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&hex(&self.0))
    }
}

#[cfg(test)]
mod tests {
    use super::{Excerpt, Fingerprint};
    use crate::secret::Secret;

    fn excerpt(before: &str) -> Excerpt {
        Excerpt { before: before.into(), ..Excerpt::default() }
    }

    #[test]
    fn a_strong_secret_keeps_its_fingerprint_when_it_moves() {
        let strong = Secret::new(b"0123456789abcdefghijklmnopqrstuv");
        let here = Fingerprint::new("rule", &strong, "a.txt", &excerpt("x = "));
        let there = Fingerprint::new("rule", &strong, "b.txt", &excerpt("y = "));
        assert_eq!(here, there);
        assert_ne!(here, Fingerprint::new("other", &strong, "a.txt", &excerpt("x = ")));
    }

    #[test]
    fn a_fingerprint_is_read_as_it_is_written() {
        let print = Fingerprint::new("rule", &Secret::new(b"x"), "a.txt", &excerpt("x = "));
        assert_eq!(print.to_string().parse(), Ok(print));
        let of = |text: &str| text.parse::<Fingerprint>();
        for wrong in ["", "0", &"0af9".repeat(9), &"0AF9".repeat(8), &"0ag9".repeat(8), "é"] {
            assert!(of(wrong).is_err(), "{wrong}");
        }
    }

    #[test]
    fn a_weak_secret_leaves_no_trace_in_its_fingerprint() {
        let of = |value: &[u8], line| {
            Fingerprint::new("rule", &Secret::new(value), "a.txt", &excerpt(line))
        };
        assert_eq!(of(b"hunter2", "password = "), of(b"swordfish", "  password = "));
        assert_ne!(of(b"hunter2", "password = "), of(b"hunter2", "passwd = "));
    }
}
