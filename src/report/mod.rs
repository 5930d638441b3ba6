//! Reports: what a scan found, for people and for machines, one format a file.

mod checkout;
mod codequality;
mod columns;
mod csv;
mod date;
mod explanation;
mod github;
mod gitlab;
mod gitleaks;
mod html;
mod human;
mod inert;
mod json;
mod jsonl;
mod junit;
mod markdown;
mod mask;
mod occurrence;
mod rdjsonl;
mod record;
mod rules;
pub mod sanitize;
mod sarif;
mod shown;

pub use checkout::{Checkout, NoCheckout, Provenance};
pub use explanation::Explanation;
pub use human::{notices, one_finding};
pub use mask::masked;
pub use rules::{one_rule, rule_list};

use std::io::{self, Write};
use std::path::Path;
use std::time::Duration;

use crate::baseline::Applied;
use crate::notice::Notice;
use crate::rule::RuleSet;
use crate::scan::Outcome;

/// What a report is made of.
#[derive(Clone, Copy)]
#[expect(clippy::struct_excessive_bools, reason = "each is a flag of the command line")]
pub struct Report<'a> {
    /// What the scan found.
    pub outcome: &'a Outcome,
    /// The rules it used.
    pub rules: &'a RuleSet,
    /// How long it took. Only reports for people show it: the others are the
    /// same bytes for the same input.
    pub elapsed: Duration,
    /// Show credentials in clear.
    pub show_secrets: bool,
    /// Show only findings and trouble, without the summary and advice.
    pub quiet: bool,
    /// Say more of how the scan went, in reports for people.
    pub verbose: bool,
    /// List what was suppressed in formats that can mark it as such and leave it
    /// out otherwise.
    pub suppressed: bool,
    /// List what baselines suppressed in reports for people, who may have
    /// decided about hundreds of findings.
    pub explain: bool,
    /// What baselines did in the scan.
    pub baselines: &'a [Applied],
    /// The folder that a forge counts paths from: the repository, or what was
    /// scanned.
    pub base: &'a Path,
    /// When the scan began, in seconds since 1970, for formats that must say so.
    pub began: Option<i64>,
    /// What else is known of that folder.
    pub checkout: &'a dyn Checkout,
}

/// Writes a report in one format.
pub trait Reporter: Sync {
    /// The format's name on the command line.
    fn name(&self) -> &'static str;

    /// What the format cannot tell of this report, and all formats are to say.
    fn shortcomings(&self, _: &Report<'_>) -> Option<Notice> {
        None
    }

    /// Whether the format has a place for trouble on the way.
    fn tells_notices(&self) -> bool {
        true
    }

    /// Writes the whole report.
    fn write(&self, report: &Report<'_>, out: &mut dyn Write) -> io::Result<()>;
}

/// Where the program is at home.
const HOME: &str = "https://github.com/redhanded/redhanded";

/// Every format there is.
pub static FORMATS: [&dyn Reporter; 13] = [
    &human::Human,
    &json::Json,
    &jsonl::JsonLines,
    &sarif::Sarif,
    &github::GitHub,
    &gitlab::GitLab,
    &codequality::CodeQuality,
    &junit::JUnit,
    &csv::Csv,
    &markdown::Markdown,
    &gitleaks::Gitleaks,
    &rdjsonl::ReviewDog,
    &html::Html,
];

/// The format of that name.
pub fn format(name: &str) -> Option<&'static dyn Reporter> {
    FORMATS.into_iter().find(|format| format.name() == name)
}
