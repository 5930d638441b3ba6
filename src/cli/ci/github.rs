//! GitHub Actions: the event that set a workflow off, as the runner writes it
//! into a file.
//!
//! The list of commits in the event of a push is cut off at some length, so it
//! is never looked at.

use anyhow::{Context, bail};
use serde_json::Value;

use super::change::{Before, Change, Named, branch_name, is_zero};
use super::platform::{UNCLEAR, Variables};

const EVENT: &str = "GITHUB_EVENT_PATH";

/// What the event says.
pub(super) fn change(
    variables: Variables<'_>,
    read: &dyn Fn(&str) -> anyhow::Result<String>,
) -> anyhow::Result<Change> {
    let set =
        |name: &str| variables(name).with_context(|| format!("{name} is not set, so {UNCLEAR}"));
    let (name, path) = (set("GITHUB_EVENT_NAME")?, set(EVENT)?);
    let text = read(&path).with_context(|| format!("cannot read {EVENT}, {path}"))?;
    let content: Value =
        serde_json::from_str(&text).with_context(|| format!("{EVENT}, {path}, is no JSON"))?;
    let event = Event { path: &path, content: &content };
    match name.as_str() {
        "push" => event.push(),
        "merge_group" => event.proposal("merge_group.head_sha", "merge_group.base_sha", None),
        name if name.starts_with("pull_request") => event.proposal(
            "pull_request.head.sha",
            "pull_request.base.sha",
            event.text("pull_request.base.ref"),
        ),
        "delete" => Ok(Change::Nothing { why: "a branch or tag was deleted".to_owned() }),
        other => Ok(Change::Everything { why: format!("the event `{other}` is about no change") }),
    }
}

struct Event<'e> {
    path: &'e str,
    content: &'e Value,
}

impl Event<'_> {
    fn proposal(&self, head: &str, base: &str, target: Option<&str>) -> anyhow::Result<Change> {
        Ok(Change::Proposal {
            head: self.commit(head)?,
            base: self.commit(base)?,
            target: target.map(|target| branch_name(target).to_owned()),
        })
    }

    fn push(&self) -> anyhow::Result<Change> {
        let (head, before) = (self.commit("after")?, self.commit("before")?);
        if is_zero(head.text()) {
            return Ok(Change::Nothing { why: "a branch or tag was deleted".to_owned() });
        }
        let forced = self.value("forced").and_then(Value::as_bool);
        let is_new = is_zero(before.text());
        let before = Before { named: before, may_be_gone: forced.unwrap_or(false) };
        let branch = self.text("ref").and_then(|name| name.strip_prefix("refs/heads/"));
        Ok(Change::Push {
            head,
            before: (!is_new).then_some(before),
            branch: branch.map(str::to_owned),
            default: self.text("repository.default_branch").map(str::to_owned),
        })
    }

    fn value(&self, key: &str) -> Option<&Value> {
        key.split('.').try_fold(self.content, |value, part| value.get(part))
    }

    fn text(&self, key: &str) -> Option<&str> {
        self.value(key).and_then(Value::as_str)
    }

    /// The commit under a key: its full name.
    fn commit(&self, key: &str) -> anyhow::Result<Named> {
        let source = format!("{key} in {}", self.path);
        let Some(name) = self.text(key) else { bail!("there is no {source}") };
        if name.len() != 40 || !name.bytes().all(|digit| digit.is_ascii_hexdigit()) {
            bail!("{source} is no commit: `{name}`");
        }
        Ok(Named::commit(name.to_owned(), source))
    }
}

#[cfg(test)]
mod tests {
    use super::super::change::{Before, Change, Named};
    use super::change;

    /// What is said of an event.
    fn told(name: &str, event: &str) -> Result<Change, String> {
        let variables = |variable: &str| match variable {
            "GITHUB_EVENT_NAME" => Some(name.to_owned()),
            "GITHUB_EVENT_PATH" => Some("e.json".to_owned()),
            _ => None,
        };
        let read = |_: &str| Ok(event.to_owned());
        change(&variables, &read).map_err(|error| format!("{error:#}"))
    }

    fn sha(digit: char) -> String {
        digit.to_string().repeat(40)
    }

    #[test]
    fn a_request_has_two_ends() {
        let (a, b) = (sha('a'), sha('b'));
        let event = format!(
            r#"{{"pull_request":{{"base":{{"sha":"{a}","ref":"main"}},"head":{{"sha":"{b}"}}}}}}"#
        );
        let expected = Change::Proposal {
            head: Named::commit(b.clone(), "pull_request.head.sha in e.json"),
            base: Named::commit(a.clone(), "pull_request.base.sha in e.json"),
            target: Some("main".to_owned()),
        };
        for name in ["pull_request", "pull_request_target", "pull_request_review"] {
            assert_eq!(told(name, &event), Ok(expected.clone()));
        }
        let event = format!(r#"{{"merge_group":{{"base_sha":"{a}","head_sha":"{b}"}}}}"#);
        assert!(matches!(told("merge_group", &event), Ok(Change::Proposal { .. })));
    }

    #[test]
    fn a_push_may_make_or_delete_a_branch() {
        let (a, b, zero) = (sha('a'), sha('b'), sha('0'));
        let push = |before: &str, after: &str, more: &str| {
            let event = format!(
                r#"{{"before":"{before}","after":"{after}","ref":"refs/heads/x",
                    "repository":{{"default_branch":"main"}}{more}}}"#
            );
            told("push", &event)
        };
        let gone = |forced| Before {
            named: Named::commit(a.clone(), "before in e.json"),
            may_be_gone: forced,
        };
        let expected = |before| Change::Push {
            head: Named::commit(b.clone(), "after in e.json"),
            before,
            branch: Some("x".to_owned()),
            default: Some("main".to_owned()),
        };
        assert_eq!(push(&a, &b, ""), Ok(expected(Some(gone(false)))));
        assert_eq!(push(&a, &b, r#","forced":true"#), Ok(expected(Some(gone(true)))));
        assert_eq!(push(&zero, &b, ""), Ok(expected(None)));
        assert!(matches!(push(&a, &zero, ""), Ok(Change::Nothing { .. })));
    }

    #[test]
    fn what_is_no_change_is_everything() {
        for name in ["schedule", "workflow_dispatch", "repository_dispatch", "workflow_run"] {
            assert!(matches!(told(name, "{}"), Ok(Change::Everything { .. })), "{name}");
        }
    }

    #[test]
    fn an_event_that_makes_no_sense_is_an_error() {
        for (event, reason) in [
            ("", "no JSON"),
            ("{}", "there is no pull_request.head.sha in e.json"),
            (r#"{"pull_request":{"head":{"sha":"--all"}}}"#, "is no commit: `--all`"),
            (r#"{"pull_request":{"head":{"sha":7}}}"#, "there is no pull_request.head.sha"),
            (r#"{"pull_request":{"head":{"sha":"abc"}}}"#, "is no commit"),
        ] {
            let error = told("pull_request", event).expect_err(event);
            assert!(error.contains(reason), "{error}");
        }
    }
}
