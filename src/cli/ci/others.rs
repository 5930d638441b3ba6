//! Platforms that say little more than which commit is built.
//!
//! What a variable does not say is no reason to scan less: where nothing is
//! known to have been there before, everything counts as new.

use super::change::{Before, Change, Named, is_zero};
use super::platform::{Variables, commit, known_commit, target};

/// A push of which only the commit and the branch are known.
fn push(head: Named, branch: Option<String>) -> Change {
    Change::Push { head, before: None, branch, default: None }
}

/// A request to the branch of the remote that a variable names.
fn proposal(variables: Variables<'_>, head: Named, name: &str) -> anyhow::Result<Change> {
    Ok(Change::Proposal { head, base: target(variables, name)?, target: None })
}

fn by_schedule() -> Change {
    Change::Everything { why: "the pipeline runs by schedule".to_owned() }
}

pub(super) fn bitbucket(variables: Variables<'_>) -> anyhow::Result<Change> {
    const TARGET: &str = "BITBUCKET_PR_DESTINATION_BRANCH";
    let head = commit(variables, "BITBUCKET_COMMIT")?;
    if let Some(base) = known_commit(variables, "BITBUCKET_PR_DESTINATION_COMMIT") {
        return Ok(Change::Proposal { head, base, target: variables(TARGET) });
    }
    if variables("BITBUCKET_PR_ID").is_some() {
        return proposal(variables, head, TARGET);
    }
    Ok(push(head, variables("BITBUCKET_BRANCH")))
}

/// There is a commit to compare with in `pipeline.git.base_revision`, which
/// is no variable: `--base` takes it. Some give one of these two.
pub(super) fn circleci(variables: Variables<'_>) -> anyhow::Result<Change> {
    let head = commit(variables, "CIRCLE_SHA1")?;
    let branch = variables("CIRCLE_BRANCH");
    if variables("CIRCLE_PR_NUMBER").is_some() {
        // It comes from a fork, and nothing says where it goes to.
        let base = Named::branch("HEAD", "the remote, as CIRCLE_PR_NUMBER is set,");
        return Ok(Change::Proposal { head, base, target: None });
    }
    let before = ["CIRCLE_RANGE", "CIRCLE_COMPARE_URL"].into_iter().find_map(|name| {
        let value = variables(name)?;
        let (_, range) = value.rsplit_once('/').unwrap_or(("", &value));
        first_of_range(range, name)
    });
    Ok(Change::Push { head, before, branch, default: None })
}

pub(super) fn buildkite(variables: Variables<'_>) -> anyhow::Result<Change> {
    const TARGET: &str = "BUILDKITE_PULL_REQUEST_BASE_BRANCH";
    // A build that was started by hand has `HEAD` here.
    let head = match variables("BUILDKITE_COMMIT").as_deref() {
        Some("HEAD") => Named::revision("HEAD", "BUILDKITE_COMMIT"),
        _ => commit(variables, "BUILDKITE_COMMIT")?,
    };
    let is_request = variables("BUILDKITE_PULL_REQUEST").is_some_and(|number| number != "false");
    if is_request || variables(TARGET).is_some() {
        return proposal(variables, head, TARGET);
    }
    if variables("BUILDKITE_SOURCE").as_deref() == Some("schedule") {
        return Ok(by_schedule());
    }
    let default = variables("BUILDKITE_PIPELINE_DEFAULT_BRANCH");
    Ok(Change::Push { head, before: None, branch: variables("BUILDKITE_BRANCH"), default })
}

pub(super) fn travis(variables: Variables<'_>) -> anyhow::Result<Change> {
    if variables("TRAVIS_EVENT_TYPE").as_deref() == Some("cron") {
        return Ok(by_schedule());
    }
    let head = commit(variables, "TRAVIS_COMMIT")?;
    let branch = variables("TRAVIS_BRANCH");
    if variables("TRAVIS_PULL_REQUEST").is_some_and(|number| number != "false") {
        // TRAVIS_COMMIT is the merge that was made for the build.
        let head = known_commit(variables, "TRAVIS_PULL_REQUEST_SHA").unwrap_or(head);
        return proposal(variables, head, "TRAVIS_BRANCH");
    }
    let range = variables("TRAVIS_COMMIT_RANGE");
    let before = range.and_then(|range| first_of_range(&range, "TRAVIS_COMMIT_RANGE"));
    Ok(Change::Push { head, before, branch, default: None })
}

pub(super) fn drone(variables: Variables<'_>) -> anyhow::Result<Change> {
    const TARGET: &str = "DRONE_TARGET_BRANCH";
    let event = variables("DRONE_BUILD_EVENT");
    if event.as_deref() == Some("cron") {
        return Ok(by_schedule());
    }
    let after = known_commit(variables, "DRONE_COMMIT_AFTER");
    let head = after.map_or_else(|| commit(variables, "DRONE_COMMIT"), Ok)?;
    if event.as_deref() == Some("pull_request") {
        return proposal(variables, head, TARGET);
    }
    let before = known_commit(variables, "DRONE_COMMIT_BEFORE");
    Ok(Change::Push {
        head,
        before: before.map(|named| Before { named, may_be_gone: true }),
        branch: variables("DRONE_BRANCH").filter(|_| event.as_deref() != Some("tag")),
        default: variables("DRONE_REPO_BRANCH"),
    })
}

pub(super) fn appveyor(variables: Variables<'_>) -> anyhow::Result<Change> {
    const TARGET: &str = "APPVEYOR_REPO_BRANCH";
    if variables("APPVEYOR_SCHEDULED_BUILD").is_some_and(|it| it.eq_ignore_ascii_case("true")) {
        return Ok(by_schedule());
    }
    let branch = variables(TARGET);
    if variables("APPVEYOR_PULL_REQUEST_NUMBER").is_some() {
        let head = commit(variables, "APPVEYOR_PULL_REQUEST_HEAD_COMMIT")?;
        return proposal(variables, head, TARGET);
    }
    Ok(push(commit(variables, "APPVEYOR_REPO_COMMIT")?, branch))
}

/// What a request goes to is a parameter of the build, which only a variable of
/// the user's can bring here: `--base` takes it.
pub(super) fn teamcity(variables: Variables<'_>) -> anyhow::Result<Change> {
    Ok(push(commit(variables, "BUILD_VCS_NUMBER")?, None))
}

/// `GIT_PREVIOUS_COMMIT`, which was built before, is not looked at: that build
/// may have failed, by a leak for one.
pub(super) fn jenkins(variables: Variables<'_>) -> anyhow::Result<Change> {
    let head = commit(variables, "GIT_COMMIT")?;
    if variables("CHANGE_ID").is_some() || variables("CHANGE_TARGET").is_some() {
        return proposal(variables, head, "CHANGE_TARGET");
    }
    let before = known_commit(variables, "GIT_PREVIOUS_SUCCESSFUL_COMMIT");
    let branch = variables("GIT_BRANCH");
    Ok(Change::Push {
        head,
        before: before.map(|named| Before { named, may_be_gone: true }),
        branch: branch.map(|branch| branch.trim_start_matches("origin/").to_owned()),
        default: None,
    })
}

/// The commit before the dots of `A...B` or `A..B`.
fn first_of_range(range: &str, source: &str) -> Option<Before> {
    let (first, _) = range.split_once("..")?;
    let named = Named::commit(first.to_owned(), source);
    (!is_zero(first)).then_some(Before { named, may_be_gone: true })
}
