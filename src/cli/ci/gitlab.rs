//! GitLab CI/CD, by its predefined variables.

use super::change::{Before, Change, branch_name};
use super::platform::{self, Variables, commit, known_commit};

/// What the variables say.
pub(super) fn change(variables: Variables<'_>) -> anyhow::Result<Change> {
    if variables("CI_MERGE_REQUEST_IID").is_some()
        || variables("CI_MERGE_REQUEST_DIFF_BASE_SHA").is_some()
    {
        const TARGET: &str = "CI_MERGE_REQUEST_TARGET_BRANCH_NAME";
        let base = known_commit(variables, "CI_MERGE_REQUEST_DIFF_BASE_SHA");
        let base = base.map_or_else(|| platform::target(variables, TARGET), Ok)?;
        // In a pipeline for the merged result CI_COMMIT_SHA is that result.
        let source = known_commit(variables, "CI_MERGE_REQUEST_SOURCE_BRANCH_SHA");
        let head = source.map_or_else(|| commit(variables, "CI_COMMIT_SHA"), Ok)?;
        let target = variables(TARGET).map(|target| branch_name(&target).to_owned());
        return Ok(Change::Proposal { head, base, target });
    }
    if variables("CI_EXTERNAL_PULL_REQUEST_IID").is_some() {
        let head = commit(variables, "CI_EXTERNAL_PULL_REQUEST_SOURCE_BRANCH_SHA")?;
        let base = commit(variables, "CI_EXTERNAL_PULL_REQUEST_TARGET_BRANCH_SHA")?;
        return Ok(Change::Proposal { head, base, target: None });
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
