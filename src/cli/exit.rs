//! Exit codes. They are an interface: scripts and pipelines go by them.

use std::process::ExitCode;

use crate::finding::Finding;
use crate::rule::Severity;
use crate::scan::Outcome;

/// How the program ends.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum ExitStatus {
    /// 0: nothing found, and everything that was asked for was covered.
    Clean,
    /// 1, or the code asked for: there are findings.
    Findings(u8),
    /// 2: wrong usage, or something could not be scanned and no finding makes
    /// the program fail anyway.
    Trouble,
}

impl From<ExitStatus> for ExitCode {
    fn from(status: ExitStatus) -> Self {
        match status {
            ExitStatus::Clean => Self::SUCCESS,
            ExitStatus::Findings(code) => Self::from(code),
            ExitStatus::Trouble => Self::from(2),
        }
    }
}

/// What decides about the exit code besides what was found.
#[derive(Clone, Copy, Debug)]
pub(super) struct ExitPolicy {
    /// Least severity that counts.
    pub(super) fail_on: Severity,
    /// Whether only what is not known counts.
    pub(super) only_new: bool,
    /// The code for findings.
    pub(super) findings: u8,
    /// Whether a gap in the coverage is acceptable.
    pub(super) allow_partial: bool,
}

impl ExitPolicy {
    /// How a scan with this outcome ends.
    pub(super) fn status(self, outcome: &Outcome) -> ExitStatus {
        let covered = outcome.is_complete() || self.allow_partial;
        let counts = |finding: &Finding| {
            finding.severity >= self.fail_on && !(self.only_new && finding.known.is_some())
        };
        let found = outcome.reported().any(counts);
        // Who asks for 0 makes light of findings, not of what was not looked at.
        if found && (covered || self.findings != 0) {
            ExitStatus::Findings(self.findings)
        } else if covered {
            ExitStatus::Clean
        } else {
            ExitStatus::Trouble
        }
    }
}
