//! The files of gitleaks: its JSON report, and `.gitleaksignore`.

use serde::Deserialize;

use super::{Foreign, ForeignEntry, ForeignKind, Value, commit, plain_path};
use crate::baseline::Fault;
use crate::finding::Triage;
use crate::secret::Secret;

#[derive(Deserialize)]
struct Leak {
    #[serde(rename = "RuleID", default)]
    rule: String,
    #[serde(rename = "File")]
    file: String,
    #[serde(rename = "StartLine")]
    start_line: u64,
    #[serde(rename = "EndLine", default)]
    end_line: u64,
    #[serde(rename = "StartColumn", default)]
    start_column: u64,
    #[serde(rename = "EndColumn", default)]
    end_column: u64,
    #[serde(rename = "Commit", default)]
    commit: String,
    #[serde(rename = "Secret", default)]
    secret: String,
}

/// Reads a report.
pub(in crate::baseline) fn report(text: &str) -> Result<Foreign, Fault> {
    let leaks: Vec<Leak> = serde_json::from_str(text).map_err(|error| {
        let message = if error.is_data() {
            "it is no gitleaks report: an entry has no File or StartLine, or a value of a wrong type"
        } else {
            "it begins like a gitleaks report and is not valid JSON"
        };
        Fault::at(error.line(), message)
    })?;
    let entries = leaks.into_iter().map(entry).collect();
    Ok(Foreign { kind: ForeignKind::GitleaksReport, entries })
}

fn entry(leak: Leak) -> ForeignEntry {
    let last = leak.end_line.max(leak.start_line);
    let is_one_line = last == leak.start_line && leak.start_column > 0;
    let has_columns = is_one_line && leak.end_column >= leak.start_column;
    ForeignEntry {
        path: plain_path(&leak.file),
        lines: leak.start_line..=last,
        columns: has_columns.then_some(leak.start_column..=leak.end_column),
        commit: commit(&leak.commit),
        value: if is_masked(&leak.secret) {
            Value::Unknown
        } else {
            Value::Clear(Secret::new(leak.secret.as_bytes()))
        },
        triage: Triage::Accepted,
        kind: leak.rule,
    }
}

/// Whether a report does not tell the credential: `--redact` writes a word, or
/// its beginning and dots; other tools write stars.
fn is_masked(secret: &str) -> bool {
    secret.is_empty() || secret == "REDACTED" || secret.ends_with("...") || secret.contains("****")
}

/// Reads a `.gitleaksignore`: `path:rule:line` or `commit:path:rule:line`.
pub(in crate::baseline) fn ignore_file(text: &str) -> Result<Foreign, Fault> {
    let mut entries = Vec::new();
    for (number, line) in (1..).zip(text.lines()) {
        let line = line.trim();
        if line.is_empty() || line.starts_with('#') {
            continue;
        }
        entries.push(ignored(line).ok_or_else(|| {
            let message = "it is no baseline that is known: it begins neither like one of ours, \
                           nor as JSON, and this line is none of a .gitleaksignore \
                           (commit:path:rule:line)";
            Fault::at(number, message)
        })?);
    }
    Ok(Foreign { kind: ForeignKind::GitleaksIgnore, entries })
}

fn ignored(line: &str) -> Option<ForeignEntry> {
    // A path may hold colons; what stands behind it does not.
    let mut from_end = line.rsplitn(3, ':');
    let (number, rule) = (from_end.next()?.parse().ok()?, from_end.next()?);
    let rest = from_end.next()?;
    let (commit, path) = match rest.split_once(':') {
        Some((id, path)) => match commit(id) {
            Some(id) => (Some(id), path),
            None => (None, rest),
        },
        None => (None, rest),
    };
    if path.is_empty() || rule.is_empty() || rule.contains(char::is_whitespace) {
        return None;
    }
    Some(ForeignEntry {
        path: plain_path(path),
        lines: number..=number,
        columns: None,
        commit,
        value: Value::Unknown,
        triage: Triage::Accepted,
        kind: rule.to_owned(),
    })
}

#[cfg(test)]
mod tests {
    use super::{ignore_file, is_masked, report};
    use crate::baseline::foreign::Value;

    #[test]
    fn a_line_may_name_a_commit_and_a_path_with_colons() {
        let id = "0123456789abcdef0123456789abcdef01234567";
        let text = format!("# known\n\n{id}:src/a.py:aws:7\nC:/b.py:jwt:8\n./c.py:jwt:9\r\n");
        let entries = ignore_file(&text).expect("it is right").entries;
        let told: Vec<_> = entries
            .iter()
            .map(|it| (it.path.as_str(), *it.lines.start(), it.commit.as_deref()))
            .collect();
        let expected = [("src/a.py", 7, Some(id)), ("C:/b.py", 8, None), ("c.py", 9, None)];
        assert_eq!(told, expected);
    }

    #[test]
    fn other_lines_are_refused_by_their_number() {
        for wrong in ["hello", "a:b", "a:b:c", "a::1", ":rule:1", "a:two words:1", "a:b:-1"] {
            let fault = ignore_file(&format!("a:b:1\n{wrong}\n")).expect_err("it is refused");
            assert_eq!(fault.line, Some(2), "{wrong}");
        }
    }

    #[test]
    fn a_masked_secret_is_none() {
        for masked in ["", "REDACTED", "ghp_...", "ghp_********"] {
            assert!(is_masked(masked), "{masked}");
        }
        assert!(!is_masked("hunter2"));
    }

    #[test]
    fn a_report_tells_what_it_has() {
        let text = r#"[{"RuleID": "x", "File": ".\\src\\a.py", "StartLine": 3, "EndLine": 3,
            "StartColumn": 5, "EndColumn": 9, "Commit": "", "Secret": "hunter2", "Tags": []},
            {"File": "b.py", "StartLine": 4}]"#;
        let entries = report(text).expect("it is right").entries;
        assert_eq!(
            (entries[0].path.as_str(), entries[0].columns.clone()),
            ("src/a.py", Some(5..=9))
        );
        assert!(matches!(&entries[0].value, Value::Clear(secret) if secret.expose() == b"hunter2"));
        assert_eq!((entries[1].lines.clone(), entries[1].columns.clone()), (4..=4, None));
        assert!(matches!(entries[1].value, Value::Unknown));
        assert_eq!(report("[]").expect("it is right").entries.len(), 0);
    }
}
