//! SARIF 2.1.0, as code scanning on GitHub takes it.
//!
//! One run a file, written as it goes: there is no copy of a large report.
//! What GitHub uses and what it does not, and its limits, are in its pages on
//! [SARIF support]; everything else follows the [standard].
//!
//! [SARIF support]: https://docs.github.com/en/code-security/code-scanning/integrating-with-code-scanning/sarif-support-for-code-scanning
//! [standard]: https://docs.oasis-open.org/sarif/sarif/v2.1.0/sarif-v2.1.0.html

mod limit;
mod line_hash;
mod log;
mod message;
mod result;
mod rule;
mod uri;

use std::cell::RefCell;
use std::io::{self, Write};

use super::inert::{List, compact};
use super::shown::Shown;
use super::{Provenance, Report, Reporter};
use crate::notice::Notice;
use crate::report::HOME;
use limit::Limit;
use log::{
    Artifact, Bases, Descriptor, Driver, Invocation, Log, Message, Notification, Root, Run, Tool,
    Versions,
};
use message::plain;
use result::Results;
use rule::rule;

/// The format `sarif`.
pub(super) struct Sarif;

const SCHEMA: &str = "https://json.schemastore.org/sarif-2.1.0.json";
/// What relative addresses begin at: the root of the repository.
const ROOT: &str = "%SRCROOT%";

impl Reporter for Sarif {
    fn name(&self) -> &'static str {
        "sarif"
    }

    fn shortcomings(&self, report: &Report<'_>) -> Option<Notice> {
        Limit::new(report).notice()
    }

    fn write(&self, report: &Report<'_>, out: &mut dyn Write) -> io::Result<()> {
        let shown = Shown::new(report);
        let limit = Limit::new(report);
        let results = RefCell::new(Results::new(&shown));
        let findings = || limit.findings().map(|finding| results.borrow_mut().result(finding));
        let run = Run {
            tool: Tool {
                driver: Driver {
                    name: env!("CARGO_PKG_NAME"),
                    semantic_version: env!("CARGO_PKG_VERSION"),
                    information_uri: HOME,
                    rules: List(|| report.rules.iter().map(|(_, it)| rule(it))),
                    notifications: notification_kinds(report),
                },
            },
            invocations: [Invocation {
                // What was found can be used, whatever could not be read; the
                // exit code says whether it is all.
                execution_successful: true,
                notifications: List(|| {
                    report.outcome.notices.iter().map(|notice| notification(notice, &shown))
                }),
            }],
            bases: Bases {
                root: Root { description: Message::new("The root of the repository.") },
            },
            provenance: provenance(&shown).into_iter().collect(),
            column_kind: "utf16CodeUnits",
            results: List(findings),
        };
        compact(&Log { schema: SCHEMA, version: "2.1.0", runs: [run] }, out)?;
        out.write_all(b"\n")
    }
}

/// The kinds of trouble there was, each once, in the order of their names.
fn notification_kinds(report: &Report<'_>) -> Vec<Descriptor> {
    let kinds = report.outcome.notices.iter().map(|notice| notice.kind.as_str());
    let kinds: std::collections::BTreeSet<_> = kinds.collect();
    kinds.into_iter().map(|id| Descriptor { id }).collect()
}

fn notification(notice: &Notice, shown: &Shown<'_>) -> Notification {
    let kind = notice.kind;
    Notification {
        descriptor: Descriptor { id: kind.as_str() },
        level: if kind.leaves_a_gap() { "warning" } else { "note" },
        message: Message::new(plain(&shown.notice(notice))),
    }
}

/// Of which repository the findings of a history are.
fn provenance(shown: &Shown<'_>) -> Option<Versions> {
    let report = shown.report;
    let of_history = |origin: &crate::unit::Origin| origin.object().is_some();
    if !report.outcome.reported().any(|finding| of_history(&finding.place.origin)) {
        return None;
    }
    let Provenance { remote, commit, branch } = report.checkout.provenance()?;
    let text = |text: String| shown.mask.text(&text).into_owned();
    Some(Versions {
        repository_uri: text(remote?),
        revision_id: commit,
        branch: branch.map(text),
        mapped_to: Artifact { uri: None, uri_base_id: ROOT },
    })
}
