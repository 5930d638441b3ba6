//! From candidates to findings: what looks like a credential and is none?
//!
//! Each [`Check`] looks at one candidate and keeps it or drops it with a
//! [`Reason`]; nothing is dropped without one. [`overlap`] then settles which
//! of several candidates at one place is the finding.

mod checksum;
mod entropy;
mod other_kind;
pub mod overlap;
mod placeholder;
mod published;
pub mod score;

use std::fmt;

use crate::engine::Candidate;
use crate::engine::assignment::Assignment;
use crate::finding::Score;
use crate::rule::Rule;
use crate::span::Span;

/// A candidate with what the checks may look at.
#[derive(Clone, Copy)]
pub struct Subject<'a> {
    /// The rule that matched.
    pub rule: &'a Rule,
    /// The credential.
    pub secret: &'a [u8],
    /// The text the match stands in.
    pub text: &'a [u8],
    /// Where in `text` the credential starts.
    pub start: usize,
    /// Where in `text` the match starts.
    pub matched: usize,
}

impl<'a> Subject<'a> {
    /// What was found by `rule` in `text`, which begins at `base` of the whole
    /// text.
    pub fn new(rule: &'a Rule, text: &'a [u8], base: u64, candidate: &Candidate) -> Self {
        let at = |offset: u64| usize::try_from(offset - base).unwrap_or(usize::MAX);
        let Span { start, end } = candidate.secret;
        let secret = &text[at(start)..at(end)];
        Self { rule, secret, text, start: at(start), matched: at(candidate.span.start) }
    }

    /// Where in `text` the credential ends.
    pub fn end(&self) -> usize {
        self.start + self.secret.len()
    }

    /// The assignment that was matched, if the rule goes by names.
    fn assignment(&self) -> Option<Assignment> {
        self.rule.is_by_name().then(|| Assignment::at(self.text, self.matched)).flatten()
    }
}

/// What a check says.
#[derive(Clone, Debug, PartialEq)]
pub enum Verdict {
    /// Nothing speaks against it.
    Keep,
    /// It is no credential, and why.
    Drop(Reason),
}

/// Why a candidate was dropped.
#[derive(Clone, Debug, PartialEq)]
#[non_exhaustive]
pub enum Reason {
    /// Too regular to be random; entropy found and needed, in bits per byte.
    Entropy {
        /// What the value has.
        found: f64,
        /// What the rule asks for.
        least: f64,
    },
    /// The check characters do not belong to the rest.
    Checksum,
    /// It stands for a value that somebody is to put there, and how that shows.
    Placeholder(&'static str),
    /// It is something else, and what.
    OtherKind(&'static str),
    /// Too little speaks for it: how likely it is a credential, from 0 to 1.
    Unlikely(f64),
    /// The rule is for files of other names.
    OtherFile,
    /// Another rule says more about the same place.
    Overlap {
        /// That rule's id.
        by: String,
    },
}

impl Reason {
    /// Name in machine-readable reports.
    pub const fn as_str(&self) -> &'static str {
        match self {
            Self::Entropy { .. } => "entropy",
            Self::Checksum => "checksum",
            Self::Placeholder(_) => "placeholder",
            Self::OtherKind(_) => "other-kind",
            Self::Unlikely(_) => "unlikely",
            Self::OtherFile => "other-file",
            Self::Overlap { .. } => "overlap",
        }
    }
}

impl fmt::Display for Reason {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Entropy { found, least } => {
                write!(f, "entropy {found:.2} bits per byte, the rule needs {least:.2}")
            }
            Self::Checksum => f.write_str("its checksum does not hold"),
            Self::Placeholder(how) => write!(f, "a placeholder: {how}"),
            Self::OtherKind(kind) => write!(f, "it is {kind}"),
            Self::Unlikely(likelihood) => {
                write!(f, "not likely a credential ({:.0} %)", likelihood * 100.0)
            }
            Self::OtherFile => f.write_str("the rule is for files of other names"),
            Self::Overlap { by } => write!(f, "`{by}` says more about the same place"),
        }
    }
}

/// One way to tell that a candidate is no credential.
pub trait Check: Sync {
    /// Looks at one candidate.
    fn check(&self, subject: &Subject<'_>) -> Verdict;
}

/// All checks, cheapest first.
static CHECKS: [&dyn Check; 4] =
    [&entropy::Entropy, &placeholder::Placeholder, &other_kind::OtherKind, &checksum::Checksums];

/// The first reason against a candidate, or [`Verdict::Keep`].
pub fn refine(subject: &Subject<'_>) -> Verdict {
    judge(subject).0
}

/// The same, and what the text says for the candidate if its rule goes by names:
/// what the checks of other rules ask is among what is weighed then.
pub fn judge(subject: &Subject<'_>) -> (Verdict, Option<Score>) {
    if subject.rule.is_by_name() {
        return score::judge(subject);
    }
    let verdict = CHECKS
        .iter()
        .map(|check| check.check(subject))
        .find(|verdict| *verdict != Verdict::Keep)
        .unwrap_or(Verdict::Keep);
    (verdict, None)
}
