//! Which platform runs the pipeline, and what is known of each.

use anyhow::Context;

use super::super::args::Platform;
use super::change::{Change, Named};
use super::{azure, github, gitlab, others};

/// A variable of the environment that is set and not empty.
pub(super) type Variables<'v> = &'v dyn Fn(&str) -> Option<String>;

/// What tells a platform: a variable, and its value if any will not do.
const SIGNS: [(Platform, &str, Option<&str>); 11] = [
    (Platform::GitHub, "GITHUB_ACTIONS", Some("true")),
    (Platform::GitLab, "GITLAB_CI", Some("true")),
    (Platform::Bitbucket, "BITBUCKET_BUILD_NUMBER", None),
    (Platform::Azure, "TF_BUILD", Some("true")),
    (Platform::CircleCi, "CIRCLECI", Some("true")),
    (Platform::Buildkite, "BUILDKITE", Some("true")),
    (Platform::Travis, "TRAVIS", Some("true")),
    (Platform::Drone, "DRONE", Some("true")),
    (Platform::AppVeyor, "APPVEYOR", Some("true")),
    (Platform::TeamCity, "TEAMCITY_VERSION", None),
    (Platform::Jenkins, "JENKINS_URL", None),
];

impl Platform {
    /// The platform that set these variables.
    pub(super) fn of(variables: Variables<'_>) -> Self {
        let is_there = |(_, name, value): &&(Self, &str, Option<&str>)| {
            variables(name)
                .is_some_and(|found| value.is_none_or(|value| found.eq_ignore_ascii_case(value)))
        };
        SIGNS.iter().find(is_there).map_or(Self::Git, |(platform, ..)| *platform)
    }

    /// Its name for people.
    pub(super) const fn title(self) -> &'static str {
        match self {
            Self::GitHub => "GitHub Actions",
            Self::GitLab => "GitLab CI/CD",
            Self::Bitbucket => "Bitbucket Pipelines",
            Self::Azure => "Azure Pipelines",
            Self::CircleCi => "CircleCI",
            Self::Buildkite => "Buildkite",
            Self::Travis => "Travis CI",
            Self::Drone => "Drone",
            Self::AppVeyor => "AppVeyor",
            Self::TeamCity => "TeamCity",
            Self::Jenkins => "Jenkins",
            Self::Git => "git alone",
        }
    }

    /// How to get the whole history there.
    pub(super) const fn how_to_clone_all(self) -> &'static str {
        match self {
            Self::GitHub => {
                "give actions/checkout `with: { fetch-depth: 0 }`; in a workflow on \
                 pull_request_target also run `git fetch origin refs/pull/N/head`, and check \
                 nothing of it out"
            }
            Self::GitLab => "set the variable `GIT_DEPTH: \"0\"` in the job",
            Self::Bitbucket => "set `clone: { depth: full }` in the pipeline or its step",
            Self::Azure => "write `- checkout: self` with `fetchDepth: 0` as the first step",
            Self::CircleCi => {
                "use the `checkout` step as it is, without `method: blobless` and without a \
                 shallow clone of your own"
            }
            Self::Buildkite => {
                "take `--depth` out of BUILDKITE_GIT_CLONE_FLAGS and BUILDKITE_GIT_FETCH_FLAGS, \
                 and run `git fetch origin` before, which also gets the branch a pull request \
                 goes to"
            }
            Self::Travis => "set `git: { depth: false }` in .travis.yml",
            Self::Drone => "take `depth` out of `clone` in .drone.yml",
            Self::AppVeyor => "take `clone_depth` and `shallow_clone` out of appveyor.yml",
            Self::TeamCity => {
                "set the parameter `teamcity.git.shallowClone` to false, and let the VCS root \
                 fetch the branch that a request goes to"
            }
            Self::Jenkins => {
                "switch the shallow clone off in the job's git settings, and let its refspec \
                 fetch the branch that a change goes to \
                 (+refs/heads/*:refs/remotes/origin/*)"
            }
            Self::Git => "run `git fetch --unshallow`, and `git fetch` for a branch",
        }
    }

    /// What it says of the change. `read` reads a file that it wrote.
    ///
    /// # Errors
    ///
    /// If it says less than it should, or what makes no sense.
    pub(super) fn change(
        self,
        variables: Variables<'_>,
        read: &dyn Fn(&str) -> anyhow::Result<String>,
    ) -> anyhow::Result<Change> {
        match self {
            Self::GitHub => github::change(variables, read),
            Self::GitLab => gitlab::change(variables),
            Self::Azure => azure::change(variables),
            Self::Bitbucket => others::bitbucket(variables),
            Self::CircleCi => others::circleci(variables),
            Self::Buildkite => others::buildkite(variables),
            Self::Travis => others::travis(variables),
            Self::Drone => others::drone(variables),
            Self::AppVeyor => others::appveyor(variables),
            Self::TeamCity => others::teamcity(variables),
            Self::Jenkins => others::jenkins(variables),
            Self::Git => Ok(Change::Push {
                head: Named::revision("HEAD", "the repository"),
                before: None,
                branch: None,
                default: None,
            }),
        }
    }
}

/// The commit that a variable names, which has to be set.
pub(super) fn commit(variables: Variables<'_>, name: &str) -> anyhow::Result<Named> {
    Ok(Named::commit(required(variables, name)?, name))
}

/// The tip of the branch that a variable names, which has to be set: a request
/// that goes nowhere is not to be taken for a push, which is believed.
pub(super) fn target(variables: Variables<'_>, name: &str) -> anyhow::Result<Named> {
    Ok(Named::branch(&required(variables, name)?, name))
}

fn required(variables: Variables<'_>, name: &str) -> anyhow::Result<String> {
    variables(name).with_context(|| format!("{name} is not set, so {UNCLEAR}"))
}

/// The commit that a variable names, if it names one.
pub(super) fn known_commit(variables: Variables<'_>, name: &str) -> Option<Named> {
    variables(name)
        .filter(|value| !super::change::is_zero(value))
        .map(|value| Named::commit(value, name))
}

/// What follows from a variable that is missing.
pub(super) const UNCLEAR: &str = "what the pipeline runs for is not clear; \
                                  --base and --head say it, --full scans everything";
