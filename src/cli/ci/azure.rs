//! Azure Pipelines, by its predefined variables.

use super::change::{Change, branch_name};
use super::platform::{Variables, commit, known_commit, target};

/// What the variables say.
pub(super) fn change(variables: Variables<'_>) -> anyhow::Result<Change> {
    const TARGET: &str = "SYSTEM_PULLREQUEST_TARGETBRANCH";
    let reason = variables("BUILD_REASON");
    if variables(TARGET).is_some() || reason.as_deref() == Some("PullRequest") {
        // BUILD_SOURCEVERSION is the merge that was made for the build.
        let source = known_commit(variables, "SYSTEM_PULLREQUEST_SOURCECOMMITID");
        let head = source.map_or_else(|| commit(variables, "BUILD_SOURCEVERSION"), Ok)?;
        return Ok(Change::Proposal { head, base: target(variables, TARGET)?, target: None });
    }
    let why = match reason.as_deref() {
        Some("Schedule") => Some("the pipeline runs by schedule"),
        Some("Manual") => Some("the pipeline was started by hand"),
        _ => None,
    };
    if let Some(why) = why {
        return Ok(Change::Everything { why: why.to_owned() });
    }
    let branch = variables("BUILD_SOURCEBRANCH");
    Ok(Change::Push {
        head: commit(variables, "BUILD_SOURCEVERSION")?,
        // What was there before, no variable says.
        before: None,
        branch: branch.map(|branch| branch_name(&branch).to_owned()),
        default: None,
    })
}
