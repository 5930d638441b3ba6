//! GitLab CI/CD, by its predefined variables.

use super::change::{Before, Change, branch_name};
use super::platform::{Variables, commit, known_commit};

/// What the variables say.
pub(super) fn change(variables: Variables<'_>) -> anyhow::Result<Change> {
    let base = known_commit(variables, "CI_MERGE_REQUEST_DIFF_BASE_SHA");
    if let Some(base) = base {
        // In a pipeline for the merged result CI_COMMIT_SHA is that result.
        let source = known_commit(variables, "CI_MERGE_REQUEST_SOURCE_BRANCH_SHA");
        let head = source.map_or_else(|| commit(variables, "CI_COMMIT_SHA"), Ok)?;
        let target = variables("CI_MERGE_REQUEST_TARGET_BRANCH_NAME");
        let target = target.map(|target| branch_name(&target).to_owned());
        return Ok(Change::Proposal { head, base, target });
    }
    let why = match variables("CI_PIPELINE_SOURCE").as_deref() {
        Some("schedule") => Some("the pipeline runs by schedule"),
        Some("web" | "api" | "trigger" | "chat") => Some("the pipeline was started by hand"),
        _ => None,
    };
    if let Some(why) = why {
        return Ok(Change::Everything { why: why.to_owned() });
    }
    let before = known_commit(variables, "CI_COMMIT_BEFORE_SHA");
    Ok(Change::Push {
        head: commit(variables, "CI_COMMIT_SHA")?,
        // Nothing says whether a push was forced.
        before: before.map(|named| Before { named, may_be_gone: true }),
        branch: variables("CI_COMMIT_BRANCH"),
        default: variables("CI_DEFAULT_BRANCH"),
    })
}
