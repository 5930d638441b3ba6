//! Annotations of a workflow run on GitHub: commands in its log.
//!
//! A file name is the attacker's to choose, so what could end a command or
//! begin another one is escaped, as the runner undoes it.

use std::io::{self, Write};

use super::sanitize::Safe;
use super::shown::{Shown, cut, story};
use super::{Report, Reporter};
use crate::finding::Finding;
use crate::notice::Notice;
use crate::rule::Severity;

/// The format `github`.
pub(super) struct GitHub;

/// Annotations of each level that a step may have; what goes beyond is dropped
/// without a word.
const MOST: usize = 10;
/// Characters of a title that are shown.
const TITLE: usize = 200;

/// How grave an annotation is.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Level {
    Error,
    Warning,
    Notice,
}

impl Level {
    const ALL: [Self; 3] = [Self::Error, Self::Warning, Self::Notice];

    const fn of(severity: Severity) -> Self {
        match severity {
            Severity::Critical | Severity::High => Self::Error,
            Severity::Medium => Self::Warning,
            Severity::Low | Severity::Info => Self::Notice,
        }
    }

    const fn word(self) -> &'static str {
        match self {
            Self::Error => "error",
            Self::Warning => "warning",
            Self::Notice => "notice",
        }
    }
}

/// A command, and what the log says where there is no room for it.
struct Annotation {
    level: Level,
    /// `file=…,line=…`, escaped.
    properties: String,
    message: String,
    plainly: String,
}

impl Reporter for GitHub {
    fn name(&self) -> &'static str {
        "github"
    }

    fn write(&self, report: &Report<'_>, out: &mut dyn Write) -> io::Result<()> {
        let shown = Shown::new(report);
        let findings = shown.gravest_first();
        let trouble = report.outcome.notices.iter().map(|notice| of_notice(notice, &shown));
        let annotations = trouble.chain(findings.iter().map(|it| of_finding(it, &shown)));
        let annotations: Vec<Annotation> = annotations.collect();
        for level in Level::ALL {
            let of_level: Vec<_> = annotations.iter().filter(|it| it.level == level).collect();
            write_level(out, level, &of_level)?;
        }
        let (count, noun) = (findings.len(), if findings.len() == 1 { "" } else { "s" });
        let complete = if report.outcome.is_complete() { "" } else { "; not all was covered" };
        writeln!(out, "redhanded: {count} finding{noun}{complete}")
    }
}

/// The commands of one level: if there are too many, the last one says how many
/// more there are, and the log has them.
fn write_level(out: &mut dyn Write, level: Level, annotations: &[&Annotation]) -> io::Result<()> {
    let room = if annotations.len() > MOST { MOST - 1 } else { MOST };
    let (first, rest) = annotations.split_at(room.min(annotations.len()));
    let word = level.word();
    for Annotation { properties, message, .. } in first {
        writeln!(out, "::{word} {properties}::{message}")?;
    }
    if rest.is_empty() {
        return Ok(());
    }
    let count = rest.len();
    writeln!(out, "::{word} title=redhanded::and {count} more of this level; the log has them")?;
    for Annotation { plainly, .. } in rest {
        writeln!(out, "{word}: {plainly}")?;
    }
    Ok(())
}

fn of_finding(finding: &Finding, shown: &Shown<'_>) -> Annotation {
    let rule = shown.rule(finding);
    let place = &finding.place;
    let path = Safe(&shown.path(&place.origin)).to_string();
    let name = Safe(&rule.name).to_string();
    let secret = Safe(&shown.secret(&finding.secret)).to_string();
    let (line, column) = (place.start.line, place.start.column);
    let end = if place.end.line == line {
        format!(",col={column},endColumn={}", place.end.column)
    } else {
        // With columns the lines must be the same.
        String::new()
    };
    let title = property(&cut(&name, TITLE));
    let properties = format!(
        "file={},line={line},endLine={}{end},title={title}",
        property(&path),
        place.end.line
    );
    let told = story(finding);
    let told = if told.is_empty() { told } else { format!("\n{told}") };
    let fix = Safe(&rule.fix);
    Annotation {
        level: Level::of(finding.severity),
        properties,
        message: data(&format!("{secret} [{}]{told}\n{fix}", rule.id)),
        plainly: plainly(&format!("{path}:{line}:{column} {name} {secret} [{}]", rule.id)),
    }
}

fn of_notice(notice: &Notice, shown: &Shown<'_>) -> Annotation {
    let Notice { place, kind, detail } = notice;
    let colon = if place.is_empty() { "" } else { ": " };
    let text = shown.mask.text(&format!("{place}{colon}{detail}")).into_owned();
    let text = Safe(&text).to_string();
    let (level, title) =
        if kind.leaves_a_gap() { (Level::Warning, "Not covered") } else { (Level::Notice, "Note") };
    Annotation {
        level,
        properties: format!("title={title}"),
        message: data(&text),
        plainly: plainly(&format!("{title}: {text} [{}]", notice.kind.as_str())),
    }
}

/// A message as the runner reads it.
fn data(text: &str) -> String {
    text.replace('%', "%25").replace('\r', "%0D").replace('\n', "%0A")
}

/// Text for the log: the runner knows commands of an older kind, too, which may
/// begin anywhere in a line.
fn plainly(text: &str) -> String {
    text.replace("##[", "# #[")
}

/// The value of a property as the runner reads it.
fn property(text: &str) -> String {
    data(text).replace(':', "%3A").replace(',', "%2C")
}

#[cfg(test)]
mod tests {
    use super::{data, plainly, property};

    #[test]
    fn nothing_ends_a_command() {
        assert_eq!(data("100%\r\n::error::x"), "100%25%0D%0A::error::x");
        assert_eq!(plainly("a ##[error]b # c"), "a # #[error]b # c");
        assert_eq!(property("a,line=9::b%0A"), "a%2Cline=9%3A%3Ab%250A");
    }
}
