//! Why an agent is told no, in words for people and for the model.

use std::collections::HashSet;
use std::fmt::Write;

use super::event::Moment;
use super::passage::Passage;
use crate::paths::path_text;
use crate::report::sanitize::Safe;
use crate::rule::RuleSet;
use crate::scan::Outcome;

/// Credentials that are listed; a longer list tells nobody more.
const LISTED: usize = 10;
/// Shortest credential that is looked for in what is said.
const SHORTEST: usize = 8;

/// What speaks against going on.
pub(super) struct Reason {
    /// Whether a credential does. Else it is trouble.
    pub(super) is_found: bool,
    pub(super) text: String,
}

impl Reason {
    /// That something went wrong.
    pub(super) fn trouble(error: &anyhow::Error) -> Self {
        let error = format!("{error:#}");
        Self { is_found: false, text: format!("redhanded: {}", Safe(&error)) }
    }
}

/// What scans found, each with the passage that was scanned, if it was no file.
#[derive(Default)]
pub(super) struct Found(Vec<(Outcome, Option<Passage>)>);

impl Found {
    /// Adds what was found in a passage, or in files.
    pub(super) fn add(&mut self, outcome: Outcome, passage: Option<Passage>) {
        self.0.push((outcome, passage));
    }

    /// What speaks against going on, if anything does.
    pub(super) fn reason(&self, moment: Moment, rules: &RuleSet) -> Option<Reason> {
        let (findings, troubles) = (self.findings(rules), self.troubles());
        if findings.is_empty() && troubles.is_empty() {
            return None;
        }
        let mut text = String::new();
        if !findings.is_empty() {
            text.push_str(&list(&findings, moment));
        }
        for trouble in &troubles {
            let line = if text.is_empty() { "redhanded: " } else { "\n" };
            // Writing into a string cannot fail.
            let _ = write!(text, "{line}{}", Safe(trouble));
        }
        Some(Reason { is_found: !findings.is_empty(), text: self.masked(text) })
    }

    /// A line for each credential, however often it stands there; nothing for
    /// those that are not listed.
    fn findings(&self, rules: &RuleSet) -> Vec<String> {
        let mut seen: HashSet<&[u8]> = HashSet::new();
        let mut lines = Vec::new();
        for (outcome, passage) in &self.0 {
            for finding in outcome.reported() {
                if !seen.insert(finding.secret.expose()) {
                    continue;
                }
                if lines.len() >= LISTED {
                    lines.push(String::new());
                    continue;
                }
                let place = &finding.place;
                let in_file =
                    || format!("{}, line {}", path_text(place.origin.path()), place.start.line);
                let in_passage = |passage| place_in(passage, place.span.start);
                let place = passage.as_ref().map_or_else(in_file, in_passage);
                let rule = rules.rule(finding.rule);
                let masked = finding.secret.masked();
                lines.push(format!("{} [{}] {masked} in {place}", rule.name, rule.id));
            }
        }
        lines
    }

    /// What could not be scanned.
    fn troubles(&self) -> Vec<String> {
        let notices = self.0.iter().flat_map(|(outcome, _)| &outcome.notices);
        let gaps = notices.filter(|notice| notice.kind.leaves_a_gap());
        gaps.map(|notice| format!("{} could not be scanned: {}", notice.place, notice.detail))
            .collect()
    }

    /// A text without the credentials that stand in the names of what they were
    /// found in.
    fn masked(&self, mut text: String) -> String {
        for finding in self.0.iter().flat_map(|(outcome, _)| &outcome.findings) {
            let Ok(secret) = str::from_utf8(finding.secret.expose()) else { continue };
            if secret.len() >= SHORTEST && text.contains(secret) {
                text = text.replace(secret, &finding.secret.masked());
            }
        }
        text
    }
}

/// Where in the question something stands.
fn place_in(passage: &Passage, at: u64) -> String {
    let (pointer, line) = passage.place(at);
    let pointer = if pointer.is_empty() { "the question" } else { pointer };
    format!("{pointer}, line {line}")
}

/// The list, with what it means and what to do.
fn list(findings: &[String], moment: Moment) -> String {
    let count = match findings.len() {
        1 => "a credential".to_owned(),
        count => format!("{count} credentials"),
    };
    let (meaning, advice) = match moment {
        Moment::Prompt => (
            format!("the prompt holds {count}, so it is not sent."),
            "Take the value out and send it again: what needs it can read it from the environment \
             or a secret store. Revoke it if anybody could have seen it.",
        ),
        Moment::Tool | Moment::Permission | Moment::Unknown => (
            format!("this would hand on {count}, so it is not done."),
            "Leave the value out: have it read at run time, from the environment or a secret \
             store. Do not write it in another form.",
        ),
        Moment::Result | Moment::Past => (
            format!("this holds {count}."),
            "Do not repeat the value, and tell the user, who has to judge whether it must be \
             revoked.",
        ),
    };
    let mut text = format!("redhanded: {meaning}\n");
    for line in findings.iter().take(LISTED) {
        // Writing into a string cannot fail.
        let _ = writeln!(text, "- {}", Safe(line));
    }
    if findings.len() > LISTED {
        let _ = writeln!(text, "- and {} more", findings.len() - LISTED);
    }
    text + advice
}
