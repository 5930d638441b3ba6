//! What is told of a rule: enough to understand an alert and end it.

use super::log::{Configuration, Help, Message, RuleObject, RuleProperties};
use crate::report::shown::{cut, pages};
use crate::rule::{Confidence, Rule, Severity, page};

/// Characters of a description that GitHub takes.
const LONGEST: usize = 1024;
/// Characters of a name that it takes.
const LONGEST_NAME: usize = 255;

pub(super) fn rule(rule: &Rule) -> RuleObject<'_> {
    RuleObject {
        id: &rule.id,
        name: cut(&pascal_case(&rule.id), LONGEST_NAME).into_owned(),
        short_description: Message::new(cut(&rule.name, LONGEST)),
        full_description: Message::new(cut(&rule.why, LONGEST)),
        help: Help {
            text: format!("{}\n\n{}", rule.why, rule.fix),
            markdown: page::markdown(rule, 1),
        },
        help_uri: pages(rule).next(),
        default_configuration: Configuration { level: level(rule.severity) },
        properties: RuleProperties {
            tags: ["security", "secret", rule.class.as_str(), "external/cwe/cwe-798"],
            precision: precision(rule),
            security_severity: security_severity(rule.severity),
        },
    }
}

/// `GithubPatClassic` for `github-pat-classic`.
fn pascal_case(id: &str) -> String {
    let word = |word: &str| {
        let mut letters = word.chars();
        let first = letters.next().map(|letter| letter.to_ascii_uppercase());
        first.into_iter().chain(letters).collect::<String>()
    };
    id.split('-').map(word).collect()
}

/// How a finding is shown: as an error, a warning or a note.
pub(super) const fn level(severity: Severity) -> &'static str {
    match severity {
        Severity::Critical | Severity::High => "error",
        Severity::Medium => "warning",
        Severity::Low | Severity::Info => "note",
    }
}

/// A number from which GitHub makes a word again: over 9 is critical, from 7 on
/// high, from 4 on medium.
const fn security_severity(severity: Severity) -> &'static str {
    match severity {
        Severity::Critical => "9.5",
        Severity::High => "8.0",
        Severity::Medium => "5.5",
        Severity::Low => "2.5",
        Severity::Info => "0.5",
    }
}

const fn precision(rule: &Rule) -> &'static str {
    match rule.confidence {
        Confidence::High => "very-high",
        Confidence::Medium => "high",
        Confidence::Low => "medium",
    }
}
