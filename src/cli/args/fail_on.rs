//! What can be typed behind `--fail-on`.

use std::str::FromStr;

use crate::rule::{Severity, UnknownWord};

/// A condition under which a finding makes the program fail.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(in crate::cli) enum FailOn {
    /// It is of this severity, or above.
    Severity(Severity),
    /// It is not known from before.
    New,
}

impl FromStr for FailOn {
    type Err = UnknownWord;

    fn from_str(word: &str) -> Result<Self, UnknownWord> {
        if word == "new" {
            return Ok(Self::New);
        }
        word.parse().map(Self::Severity).map_err(|mut unknown: UnknownWord| {
            unknown.expected.push("new");
            unknown
        })
    }
}
