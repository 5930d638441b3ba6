//! `JUnit`'s XML: each finding is a test that failed.

use std::fmt;
use std::io::{self, Write};

use super::sanitize::Safe;
use super::shown::{Shown, story};
use super::{Report, Reporter};
use crate::finding::Finding;
use crate::notice::Notice;

/// The format `junit`.
pub(super) struct JUnit;

/// Displays text as XML does: no markup, and no character that XML forbids.
struct Xml<'a>(&'a str);

impl fmt::Display for Xml<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        for character in Safe(self.0).to_string().chars() {
            match character {
                '&' => f.write_str("&amp;")?,
                '<' => f.write_str("&lt;")?,
                '>' => f.write_str("&gt;")?,
                '"' => f.write_str("&quot;")?,
                '\'' => f.write_str("&apos;")?,
                // These two are none, and all other such characters are escaped.
                '\u{fffe}' | '\u{ffff}' => write!(f, "\\u{{{:x}}}", u32::from(character))?,
                other => write!(f, "{other}")?,
            }
        }
        Ok(())
    }
}

impl Reporter for JUnit {
    fn name(&self) -> &'static str {
        "junit"
    }

    fn write(&self, report: &Report<'_>, out: &mut dyn Write) -> io::Result<()> {
        let shown = Shown::new(report);
        let failures = report.outcome.reported().count();
        let gaps = || report.outcome.notices.iter().filter(|notice| notice.kind.leaves_a_gap());
        let errors = gaps().count();
        // A suite without a test would count as one that did not run.
        let tests = (failures + errors).max(1);
        let counts = format!("tests=\"{tests}\" failures=\"{failures}\" errors=\"{errors}\"");
        writeln!(out, "<?xml version=\"1.0\" encoding=\"UTF-8\"?>")?;
        writeln!(out, "<testsuites name=\"redhanded\" {counts}>")?;
        writeln!(out, "  <testsuite name=\"redhanded\" {counts}>")?;
        if failures + errors == 0 {
            writeln!(out, "    <testcase classname=\"redhanded\" name=\"no credentials\"/>")?;
        }
        for finding in report.outcome.reported() {
            write_finding(out, finding, &shown)?;
        }
        for notice in gaps() {
            write_gap(out, notice, &shown)?;
        }
        writeln!(out, "  </testsuite>\n</testsuites>")
    }
}

fn write_finding(out: &mut dyn Write, finding: &Finding, shown: &Shown<'_>) -> io::Result<()> {
    let rule = shown.rule(finding);
    let path = shown.path(&finding.place.origin);
    let (path, name, id) = (Xml(&path), Xml(&rule.name), Xml(&rule.id));
    let line = finding.place.start.line;
    let secret = shown.secret(&finding.secret);
    let told = story(finding);
    writeln!(
        out,
        "    <testcase classname=\"{path}\" name=\"{name} (line {line})\" file=\"{path}\" line=\"{line}\">"
    )?;
    writeln!(
        out,
        "      <failure type=\"{id}\" message=\"{name}: {}\">{}: {path}:{line}:{}",
        Xml(&secret),
        finding.severity,
        finding.place.start.column,
    )?;
    if !told.is_empty() {
        writeln!(out, "{}", Xml(&told))?;
    }
    writeln!(out, "{} {}</failure>\n    </testcase>", Xml(&rule.why), Xml(&rule.fix))
}

fn write_gap(out: &mut dyn Write, notice: &Notice, shown: &Shown<'_>) -> io::Result<()> {
    let (place, detail) = (shown.mask.text(&notice.place), shown.mask.text(&notice.detail));
    let place = if place.is_empty() { "the scan".into() } else { place };
    let (place, kind) = (Xml(&place), notice.kind.as_str());
    writeln!(out, "    <testcase classname=\"redhanded\" name=\"covered: {place}\">")?;
    writeln!(out, "      <error type=\"{kind}\" message=\"{place}: {}\"/>", Xml(&detail))?;
    writeln!(out, "    </testcase>")
}

#[cfg(test)]
mod tests {
    use super::Xml;

    #[test]
    fn text_is_no_markup_and_no_forbidden_character() {
        let text = "<a b=\"c\">&'\u{0}\u{b}\u{ffff}\n]]>";
        let expected = "&lt;a b=&quot;c&quot;&gt;&amp;&apos;\\x00\\x0b\\u{ffff}\\n]]&gt;";
        assert_eq!(Xml(text).to_string(), expected);
    }
}
