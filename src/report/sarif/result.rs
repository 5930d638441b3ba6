//! A finding as a result.

use std::collections::HashMap;
use std::fmt::Write;

use super::line_hash::LineHashes;
use super::log::{
    Artifact, Fingerprints, Location, Message, PhysicalLocation, Region, ResultObject,
    ResultProperties, Suppression,
};
use super::message::plain;
use super::rule::level;
use super::{ROOT, uri};
use crate::anatomy::Fact;
use crate::finding::{By, Disposition, Finding, Part};
use crate::report::columns::{Counted, TextAtHand, columns};
use crate::report::sanitize::clipped;
use crate::report::shown::{Shown, story};

/// Columns that the value of a fact may take in a message.
const FACT: usize = 80;

/// Makes results, one finding after the other.
pub(super) struct Results<'a> {
    shown: &'a Shown<'a>,
    text: TextAtHand<'a>,
    /// Of the file at hand.
    hashes: LineHashes,
    /// How often a finding was told that is known by nothing but itself.
    seen: HashMap<String, u64>,
}

impl<'a> Results<'a> {
    pub(super) fn new(shown: &'a Shown<'a>) -> Self {
        let text = TextAtHand::new(shown.report);
        Self { shown, text, hashes: LineHashes::default(), seen: HashMap::new() }
    }

    pub(super) fn result(&mut self, finding: &'a Finding) -> ResultObject<'a> {
        let rule = self.shown.rule(finding);
        let own = finding.fingerprint.to_string();
        let (text, is_new) = self.text.of(finding);
        if is_new {
            self.hashes = LineHashes::default();
        }
        let hash = text.and_then(|text| self.hashes.of_line(text, finding.place.start.line));
        let (start, end) = columns(finding, text, Counted::Utf16).unwrap_or((1, 2));
        ResultObject {
            rule_id: &rule.id,
            rule_index: finding.rule.get(),
            level: level(finding.severity),
            message: Message::new(self.message(finding)),
            locations: [Location {
                id: None,
                physical: PhysicalLocation {
                    artifact_location: self.artifact(finding),
                    region: Region {
                        start_line: finding.place.start.line,
                        start_column: start,
                        end_line: Some(finding.place.end.line),
                        end_column: Some(end),
                    },
                },
                message: None,
            }],
            related_locations: self.parts(finding),
            partial_fingerprints: Fingerprints {
                line: hash.unwrap_or_else(|| self.hash_of_itself(&own)),
                own,
            },
            suppressions: self.suppressions(finding),
            properties: properties(finding),
        }
    }

    /// In the place of a line's hash, where there is no line in the checkout: it
    /// has the same form, and is the same wherever the credential moves.
    fn hash_of_itself(&mut self, own: &str) -> String {
        let short = own.get(..16).unwrap_or(own).trim_start_matches('0').to_owned();
        let count = self.seen.entry(short.clone()).or_default();
        *count += 1;
        format!("{short}:{count}")
    }

    /// What is found, what it says of itself and what history tells.
    fn message(&self, finding: &Finding) -> String {
        let name = &self.shown.rule(finding).name;
        let secret = self.shown.secret(&finding.secret);
        let mut message = format!("{}: {}", plain(name), plain(&secret));
        for (number, part) in finding.parts.iter().enumerate() {
            let secret = plain(&self.shown.secret(&part.secret));
            // Writing into a string cannot fail.
            let _ = write!(message, ", with [{}]({}) {secret}", plain(&part.name), number + 1);
        }
        let fact = |fact: &Fact| {
            let value = self.shown.mask.text(&fact.value);
            format!("{} {}", plain(&fact.name), plain(&clipped(&value, FACT)))
        };
        let facts: Vec<String> = finding.anatomy.facts.iter().map(fact).collect();
        if !facts.is_empty() {
            let _ = write!(message, " ({})", facts.join(", "));
        }
        message.push('.');
        let told = story(finding);
        if !told.is_empty() {
            let _ = write!(message, " {told}");
        }
        message
    }

    fn artifact(&self, finding: &Finding) -> Artifact {
        let (uri, is_whole) = uri::uri(&self.shown.path(&finding.place.origin));
        Artifact { uri: Some(uri), uri_base_id: if is_whole { "" } else { ROOT } }
    }

    /// Where what belongs to it stands; the message refers to it.
    fn parts(&self, finding: &Finding) -> Vec<Location> {
        let location = |(number, part): (usize, &Part)| Location {
            id: Some(number + 1),
            physical: PhysicalLocation {
                artifact_location: self.artifact(finding),
                region: Region {
                    start_line: part.place.start.line,
                    start_column: part.place.start.column,
                    end_line: None,
                    end_column: None,
                },
            },
            message: Some(Message::new(plain(&part.name))),
        };
        finding.parts.iter().enumerate().map(location).collect()
    }

    fn suppressions(&self, finding: &Finding) -> Vec<Suppression> {
        let Disposition::Suppressed(by) = &finding.disposition else { return Vec::new() };
        let kind = match by {
            By::Comment(_) => "inSource",
            By::AllowList { .. } | By::Baseline { .. } => "external",
        };
        let why = self.shown.mask.text(&by.to_string()).into_owned();
        vec![Suppression { kind, status: "accepted", justification: plain(&why) }]
    }
}

fn properties(finding: &Finding) -> ResultProperties {
    let history = finding.history.as_deref();
    let commit = history.and_then(|history| history.introduced_by.as_deref());
    ResultProperties {
        severity: finding.severity.as_str(),
        confidence: finding.confidence.as_str(),
        expired: finding.anatomy.expired,
        commit: commit.map(|commit| commit.id.to_string()),
        presence: history.map(|history| history.exposure.presence.as_str()),
    }
}
