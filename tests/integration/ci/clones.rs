//! Clones that have not all of the history: an error that says what to do.

use super::{ci, on_github, push, request, zero};
use crate::support::git::Repo;
use crate::support::github_token;

/// A repository with three commits on a branch, and one before them.
fn source() -> (Repo, String, String) {
    let repo = Repo::init();
    let base = repo.commit(&[("file", "text")], "base");
    repo.branch("work", &base);
    repo.commit(&[("leak", github_token())], "leak");
    repo.commit(&[("leak", "taken out")], "out");
    let head = repo.commit(&[("more", "text")], "head");
    (repo, base, head)
}

#[test]
fn a_shallow_clone_is_an_error_and_never_an_empty_scan() {
    let (source, base, head) = source();
    for depth in ["1", "2", "3"] {
        let path = format!("shallow-{depth}");
        let clone = source.clone_by_protocol(&["--depth", depth, "--branch", "work"], &path);
        for (name, event) in [
            ("pull_request", request(&base, &head)),
            ("push", push(&base, &head, "work")),
            ("push", push(&zero(), &head, "work")),
            ("schedule", serde_json::json!({})),
        ] {
            let run = on_github(&clone, name, &event, &[]).exits(2);
            assert!(run.stderr.contains("fetch-depth: 0"), "{depth} {name}: {}", run.stderr);
            assert!(run.stdout.starts_with("::error title="), "{}", run.stdout);
        }
    }
}

#[test]
fn what_the_user_names_beyond_the_cut_is_an_error_with_advice() {
    let (source, ..) = source();
    let clone = source.clone_by_protocol(&["--depth", "1", "--branch", "work"], "shallow");
    let run = ci(&clone, &[("GITLAB_CI", "true")], &["--base", "HEAD~1", "--head", "HEAD"]);
    let run = run.exits(2);
    assert!(run.stderr.contains("there is no revision `HEAD~1`"), "{}", run.stderr);
    assert!(run.stderr.contains("GIT_DEPTH"), "{}", run.stderr);
}

#[test]
fn a_shallow_clone_that_has_the_range_will_do() {
    let (source, base, head) = source();
    let clone = source.clone_by_protocol(&["--depth", "4", "--branch", "work"], "enough");
    let run = on_github(&clone, "pull_request", &request(&base, &head), &[]).exits(1);
    assert_eq!((run.paths(), run.coverage("messages")), (vec!["leak".to_owned()], 3));
    // The base is there and what lies between is not.
    let clone = source.clone_by_protocol(&["--depth", "2", "--branch", "work"], "gap");
    clone.git(["fetch", "--quiet", "--depth", "1", "origin", &base]);
    let run = on_github(&clone, "pull_request", &request(&base, &head), &[]).exits(2);
    assert!(run.stderr.contains("fetch-depth: 0"), "{}", run.stderr);
}

#[test]
fn each_platform_has_advice_of_its_own() {
    let (source, _, head) = source();
    let clone = source.clone_by_protocol(&["--depth", "1", "--branch", "work"], "shallow");
    for (variables, advice) in [
        ([("GITLAB_CI", "true"), ("CI_COMMIT_SHA", &*head)], "GIT_DEPTH: \"0\""),
        ([("BITBUCKET_BUILD_NUMBER", "1"), ("BITBUCKET_COMMIT", &head)], "depth: full"),
        ([("TF_BUILD", "True"), ("BUILD_SOURCEVERSION", &head)], "fetchDepth: 0"),
        ([("CIRCLECI", "true"), ("CIRCLE_SHA1", &head)], "`checkout` step"),
        ([("BUILDKITE", "true"), ("BUILDKITE_COMMIT", &head)], "BUILDKITE_GIT_CLONE_FLAGS"),
        ([("TRAVIS", "true"), ("TRAVIS_COMMIT", &head)], "depth: false"),
        ([("DRONE", "true"), ("DRONE_COMMIT", &head)], ".drone.yml"),
        ([("APPVEYOR", "True"), ("APPVEYOR_REPO_COMMIT", &head)], "clone_depth"),
        ([("TEAMCITY_VERSION", "2026.1"), ("BUILD_VCS_NUMBER", &head)], "shallowClone"),
        ([("JENKINS_URL", "http://j"), ("GIT_COMMIT", &head)], "git settings"),
        ([("CI", "true"), ("NOTHING", "more")], "git fetch --unshallow"),
    ] {
        let run = ci(&clone, &variables, &[]).exits(2);
        assert!(run.stderr.contains(advice), "{variables:?}: {}", run.stderr);
        assert!(run.stderr.contains("shallow"), "{}", run.stderr);
    }
}

#[test]
fn a_branch_that_was_not_fetched_is_an_error() {
    let (repo, _, head) = source();
    let variables = [
        ("JENKINS_URL", "http://j"),
        ("GIT_COMMIT", &*head),
        // There is a local branch of that name, which is anybody's.
        ("CHANGE_TARGET", "main"),
    ];
    let run = ci(&repo, &variables, &[]).exits(2);
    assert!(run.stderr.contains("CHANGE_TARGET names the branch `main`"), "{}", run.stderr);
    assert!(run.stderr.contains("refs/remotes/origin/*"), "{}", run.stderr);
}
