//! [`Triage`]: what somebody decided about a finding, and [`Known`]: why it is
//! no news.

use std::fmt;
use std::str::FromStr;

/// What was decided about a finding that a baseline holds.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Triage {
    /// It is there, and nobody has looked at it yet.
    Unreviewed,
    /// It is a leak, and has to be dealt with.
    True,
    /// It is no credential.
    False,
    /// It is one that was made for tests.
    Test,
    /// Whatever it is, it may stay.
    Accepted,
}

impl Triage {
    /// All of them.
    pub const ALL: [Self; 5] =
        [Self::Unreviewed, Self::True, Self::False, Self::Test, Self::Accepted];

    /// Its name in baselines and reports.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Unreviewed => "unreviewed",
            Self::True => "true",
            Self::False => "false",
            Self::Test => "test",
            Self::Accepted => "accepted",
        }
    }

    /// Whether a finding of which this was decided is not reported any more. A
    /// leak that somebody only confirmed is still one, and what nobody has
    /// looked at may be one.
    pub const fn accepts(self) -> bool {
        matches!(self, Self::False | Self::Test | Self::Accepted)
    }
}

impl fmt::Display for Triage {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.as_str())
    }
}

/// A word that is the name of no [`Triage`].
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("expected one of unreviewed, true, false, test, accepted")]
pub struct NoTriage;

impl FromStr for Triage {
    type Err = NoTriage;

    fn from_str(word: &str) -> Result<Self, NoTriage> {
        Self::ALL.into_iter().find(|triage| triage.as_str() == word).ok_or(NoTriage)
    }
}

/// Why a finding is no news, whether it is reported or not.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
#[non_exhaustive]
pub enum Known {
    /// A baseline holds it, and this was decided.
    Baseline(Triage),
    /// What a change starts from holds the same credential.
    Base,
}

impl Known {
    /// Where it is known from, in machine-readable reports.
    pub const fn source(self) -> &'static str {
        match self {
            Self::Baseline(_) => "baseline",
            Self::Base => "base",
        }
    }

    /// What was decided about it, if anything was.
    pub const fn triage(self) -> Option<Triage> {
        match self {
            Self::Baseline(triage) => Some(triage),
            Self::Base => None,
        }
    }
}
