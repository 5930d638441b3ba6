//! `redhanded rules check` and `redhanded rules test`.

use std::io::Write;
use std::path::PathBuf;

use anyhow::bail;

use super::super::exit::ExitStatus;
use crate::lint;

/// Lints rule files. A problem is what this command finds: exit code 1.
pub(super) fn check(files: &[PathBuf], out: &mut dyn Write) -> anyhow::Result<ExitStatus> {
    let mut rules = 0;
    let mut problems = 0;
    for checked in lint::check(files)? {
        for problem in &checked.problems {
            writeln!(out, "{}: {problem}", checked.path.display())?;
        }
        rules += checked.rules;
        problems += checked.problems.len();
    }
    if rules == 0 {
        bail!("nothing to check: there is no rule in it");
    }
    writeln!(out, "{} checked, {}.", many(rules, "rule"), many(problems, "problem"))?;
    out.flush()?;
    Ok(if problems == 0 { ExitStatus::Clean } else { ExitStatus::Findings(1) })
}

/// Tries each example. One that does not give what it should is what this
/// command finds: exit code 1.
pub(super) fn test(files: &[PathBuf], out: &mut dyn Write) -> anyhow::Result<ExitStatus> {
    let mut tried = 0;
    let mut failed = 0;
    for test in lint::test(files)? {
        let kind = if test.is_near_miss { "near miss" } else { "example" };
        let result = if test.failure.is_none() { "ok  " } else { "FAIL" };
        writeln!(out, "{result} {}  {kind}  {}", test.rule, one_line(&test.template))?;
        if let Some(failure) = &test.failure {
            writeln!(out, "     {failure}")?;
        }
        tried += 1;
        failed += usize::from(test.failure.is_some());
    }
    if tried == 0 {
        bail!("nothing to try: there is no example in it");
    }
    writeln!(out, "{} tried, {failed} failed.", many(tried, "template"))?;
    out.flush()?;
    Ok(if failed == 0 { ExitStatus::Clean } else { ExitStatus::Findings(1) })
}

/// A template on one line.
fn one_line(template: &str) -> String {
    template.replace('\r', "\\r").replace('\n', "\\n")
}

fn many(count: usize, what: &str) -> String {
    format!("{count} {what}{}", if count == 1 { "" } else { "s" })
}
