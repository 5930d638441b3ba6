//! GitLab and the others, by the variables they set.

use super::{ci, log, zero};
use crate::support::git::Repo;
use crate::support::github_token_of;

/// A repository in which `main` has one leak, which the remote has, and a
/// branch from it two more. Gives the commit of each.
struct Story {
    repo: Repo,
    main: String,
    first: String,
    second: String,
}

impl Story {
    fn new() -> Self {
        let repo = Repo::init();
        let main = repo.commit(&[("main", github_token_of(1))], "main");
        repo.git(["update-ref", "refs/remotes/origin/main", &main]);
        repo.git(["symbolic-ref", "refs/remotes/origin/HEAD", "refs/remotes/origin/main"]);
        repo.branch("work", &main);
        let first = repo.commit(&[("first", github_token_of(2))], "first");
        let second = repo.commit(&[("second", github_token_of(3))], "second");
        Self { repo, main, first, second }
    }

    #[track_caller]
    fn finds(&self, variables: &[(&str, &str)], expected: &[&str]) {
        let run = ci(&self.repo, variables, &[]);
        assert_eq!(run.code, i32::from(!expected.is_empty()), "{variables:?}: {}", run.stderr);
        assert_eq!(run.paths(), expected, "{variables:?}: {}", run.stderr);
    }
}

fn before(name: &str) -> (&str, &str) {
    ("CI_COMMIT_BEFORE_SHA", name)
}

#[test]
fn gitlab_says_what_a_request_and_a_push_bring() {
    let story = Story::new();
    let Story { main, first, second, .. } = &story;
    let zero = zero();
    let gitlab = ("GITLAB_CI", "true");
    let sha = ("CI_COMMIT_SHA", second.as_str());
    let base = ("CI_MERGE_REQUEST_DIFF_BASE_SHA", main.as_str());
    let target = ("CI_MERGE_REQUEST_TARGET_BRANCH_NAME", "main");
    story.finds(&[gitlab, sha, base, target, before(&zero)], &["first", "second"]);
    // For a merged result the request's own head counts.
    let source = ("CI_MERGE_REQUEST_SOURCE_BRANCH_SHA", first.as_str());
    story.finds(&[gitlab, sha, base, target, source], &["first"]);
    let branches = [("CI_COMMIT_BRANCH", "work"), ("CI_DEFAULT_BRANCH", "main")];
    let push = |before| [&[gitlab, sha, before], &branches[..]].concat();
    story.finds(&push(before(first)), &["second"]);
    story.finds(&push(before(&zero)), &["first", "second"]);
    // A push that replaced something: nobody knows what came before.
    story.finds(&push(before(&"12ab".repeat(10))), &["first", "second"]);
    let default = [gitlab, sha, before(&zero), ("CI_COMMIT_BRANCH", "main"), branches[1]];
    story.finds(&default, &["first", "main", "second"]);
    for source in ["schedule", "web"] {
        let run = [gitlab, sha, before(first), ("CI_PIPELINE_SOURCE", source)];
        story.finds(&run, &["first", "main", "second"]);
    }
    let lie = [gitlab, sha, before("--all")];
    assert!(ci(&story.repo, &lie, &[]).exits(2).stderr.contains("CI_COMMIT_BEFORE_SHA names"));
}

#[test]
fn gitlab_gets_its_reports() {
    let story = Story::new();
    let variables = [
        ("GITLAB_CI", "true"),
        ("CI_COMMIT_SHA", story.second.as_str()),
        ("CI_COMMIT_BEFORE_SHA", story.first.as_str()),
    ];
    log(&story.repo, &variables, &[]).exits(1);
    let read = |name: &str| {
        let text = std::fs::read_to_string(story.repo.path().join(name)).expect("it is there");
        serde_json::from_str::<serde_json::Value>(&text).expect("it is JSON")
    };
    let report = read("gl-secret-detection-report.json");
    assert_eq!(report["vulnerabilities"].as_array().expect("a list").len(), 1);
    let quality = read("gl-code-quality-report.json");
    assert_eq!(quality[0]["location"]["path"], "second");
}

/// Variables of a pipeline for all that `work` has and `main` has not: `$` and
/// a word stands for a commit of the story.
const OF_REQUESTS: [&str; 16] = [
    "GITLAB_CI=true CI_MERGE_REQUEST_IID=7 CI_COMMIT_SHA=$second \
     CI_MERGE_REQUEST_TARGET_BRANCH_NAME=main",
    "GITLAB_CI=true CI_EXTERNAL_PULL_REQUEST_IID=7 CI_COMMIT_SHA=$first \
     CI_EXTERNAL_PULL_REQUEST_SOURCE_BRANCH_SHA=$second \
     CI_EXTERNAL_PULL_REQUEST_TARGET_BRANCH_SHA=$main",
    "CIRCLECI=true CIRCLE_PR_NUMBER=7 CIRCLE_SHA1=$second CIRCLE_BRANCH=pull/7",
    "BITBUCKET_BUILD_NUMBER=1 BITBUCKET_COMMIT=$second BITBUCKET_PR_DESTINATION_COMMIT=$short_main",
    "BITBUCKET_BUILD_NUMBER=1 BITBUCKET_COMMIT=$second BITBUCKET_BRANCH=work",
    "TF_BUILD=True SYSTEM_PULLREQUEST_TARGETBRANCH=refs/heads/main BUILD_SOURCEVERSION=$first \
     SYSTEM_PULLREQUEST_SOURCECOMMITID=$second",
    "TF_BUILD=True BUILD_REASON=IndividualCI BUILD_SOURCEVERSION=$second \
     BUILD_SOURCEBRANCH=refs/heads/work",
    "CIRCLECI=true CIRCLE_SHA1=$second CIRCLE_BRANCH=work",
    "BUILDKITE=true BUILDKITE_COMMIT=$second BUILDKITE_PULL_REQUEST_BASE_BRANCH=main",
    "BUILDKITE=true BUILDKITE_COMMIT=HEAD BUILDKITE_BRANCH=work \
     BUILDKITE_PIPELINE_DEFAULT_BRANCH=main",
    "TRAVIS=true TRAVIS_COMMIT=$first TRAVIS_PULL_REQUEST=7 TRAVIS_PULL_REQUEST_SHA=$second \
     TRAVIS_BRANCH=main",
    "DRONE=true DRONE_BUILD_EVENT=pull_request DRONE_COMMIT=$second DRONE_TARGET_BRANCH=main",
    "APPVEYOR=True APPVEYOR_PULL_REQUEST_NUMBER=7 APPVEYOR_REPO_BRANCH=main \
     APPVEYOR_PULL_REQUEST_HEAD_COMMIT=$second",
    "APPVEYOR=True APPVEYOR_REPO_COMMIT=$second APPVEYOR_REPO_BRANCH=work",
    "JENKINS_URL=http://j GIT_COMMIT=$second CHANGE_TARGET=main",
    // No platform, on a branch that is not the remote's default one.
    "CI=true",
];

/// The same for what came with the last commit.
const OF_PUSHES: [&str; 5] = [
    "CIRCLECI=true CIRCLE_SHA1=$second CIRCLE_RANGE=$range",
    "CIRCLECI=true CIRCLE_SHA1=$second CIRCLE_COMPARE_URL=https://github.com/o/r/compare/$range",
    "TRAVIS=true TRAVIS_COMMIT=$second TRAVIS_PULL_REQUEST=false TRAVIS_COMMIT_RANGE=$range",
    "DRONE=true DRONE_BUILD_EVENT=push DRONE_COMMIT_AFTER=$second DRONE_COMMIT_BEFORE=$first",
    "JENKINS_URL=http://j GIT_COMMIT=$second GIT_BRANCH=origin/work \
     GIT_PREVIOUS_SUCCESSFUL_COMMIT=$first",
];

/// The same for everything there is.
const OF_EVERYTHING: [&str; 7] = [
    "BITBUCKET_BUILD_NUMBER=1 BITBUCKET_COMMIT=$second BITBUCKET_BRANCH=main",
    "TF_BUILD=True BUILD_REASON=Schedule BUILD_SOURCEVERSION=$second",
    "BUILDKITE=true BUILDKITE_COMMIT=$second BUILDKITE_SOURCE=schedule",
    "TRAVIS=true TRAVIS_COMMIT=$second TRAVIS_EVENT_TYPE=cron",
    "DRONE=true DRONE_BUILD_EVENT=cron DRONE_COMMIT=$second",
    "TEAMCITY_VERSION=2026.1 BUILD_VCS_NUMBER=$second",
    // The build before may have failed by the very leak.
    "JENKINS_URL=http://j GIT_COMMIT=$second GIT_PREVIOUS_COMMIT=$second",
];

#[test]
fn the_others_say_it_in_their_own_words() {
    let story = Story::new();
    let Story { main, first, second, .. } = &story;
    let range = format!("{}...{}", &first[..12], &second[..12]);
    let finds = |written: &str, expected: &[&str]| {
        let text = written.replace("$short_main", &main[..12]).replace("$range", &range);
        let text = text.replace("$main", main).replace("$first", first).replace("$second", second);
        let pair = |word| str::split_once(word, '=').expect("a name and a value");
        let variables: Vec<(&str, &str)> = text.split_whitespace().map(pair).collect();
        story.finds(&variables, expected);
    };
    for written in OF_REQUESTS {
        finds(written, &["first", "second"]);
    }
    for written in OF_PUSHES {
        finds(written, &["second"]);
    }
    for written in OF_EVERYTHING {
        finds(written, &["first", "main", "second"]);
    }
}

#[test]
fn a_request_that_goes_nowhere_is_not_taken_for_a_push() {
    let story = Story::new();
    for (variables, missing) in [
        ([("GITLAB_CI", "true"), ("CI_MERGE_REQUEST_IID", "7")], "CI_MERGE_REQUEST_TARGET"),
        ([("BITBUCKET_BUILD_NUMBER", "1"), ("BITBUCKET_PR_ID", "7")], "BITBUCKET_PR_DESTINATION"),
        ([("TF_BUILD", "True"), ("BUILD_REASON", "PullRequest")], "SYSTEM_PULLREQUEST_TARGET"),
        ([("BUILDKITE", "true"), ("BUILDKITE_PULL_REQUEST", "7")], "BUILDKITE_PULL_REQUEST_BASE"),
        ([("TRAVIS", "true"), ("TRAVIS_PULL_REQUEST", "7")], "TRAVIS_BRANCH"),
        ([("DRONE", "true"), ("DRONE_BUILD_EVENT", "pull_request")], "DRONE_TARGET_BRANCH"),
        ([("JENKINS_URL", "http://j"), ("CHANGE_ID", "7")], "CHANGE_TARGET"),
    ] {
        let commits = [
            "CI_COMMIT_SHA",
            "BITBUCKET_COMMIT",
            "BUILD_SOURCEVERSION",
            "BUILDKITE_COMMIT",
            "TRAVIS_COMMIT",
            "DRONE_COMMIT",
            "GIT_COMMIT",
        ];
        let mut variables = variables.to_vec();
        variables.extend(commits.map(|name| (name, story.second.as_str())));
        let run = ci(&story.repo, &variables, &[]).exits(2);
        assert!(run.stderr.contains(missing), "{}", run.stderr);
        assert!(run.stderr.contains("is not set"), "{}", run.stderr);
    }
}

#[test]
fn a_branch_that_is_shadowed_is_not_taken_for_a_commit() {
    let story = Story::new();
    let short = &story.main[..12];
    // A branch that is called as the base's name begins leads to the head.
    story.repo.git(["update-ref", &format!("refs/heads/{short}"), &story.second]);
    let variables = [
        ("BITBUCKET_BUILD_NUMBER", "1"),
        ("BITBUCKET_COMMIT", story.second.as_str()),
        ("BITBUCKET_PR_DESTINATION_COMMIT", short),
    ];
    story.finds(&variables, &["first", "second"]);
}

#[test]
fn the_user_knows_better() {
    let story = Story::new();
    let Story { repo, main, first, second } = &story;
    let jenkins = [("JENKINS_URL", "http://j"), ("GIT_COMMIT", second.as_str())];
    let of = |args: &[&str]| ci(repo, &jenkins, args).exits(1).paths();
    assert_eq!(of(&["--base", "main"]), ["first", "second"]);
    assert_eq!(of(&["--base", first]), ["second"]);
    assert_eq!(of(&["--base", main, "--head", "work~1"]), ["first"]);
    assert_eq!(of(&["--head", "work~1"]), ["first", "main"]);
    // Where there is nothing to compare with all is new.
    for none in ["", &zero()] {
        assert_eq!(of(&["--base", none]), ["first", "main", "second"]);
    }
    let run = ci(repo, &jenkins, &["--base", "--upload-pack=x"]).exits(2);
    assert!(run.stderr.contains("there is no revision `--upload-pack=x`"), "{}", run.stderr);
    // One platform may run within another.
    let variables = [("GITHUB_ACTIONS", "true"), jenkins[0], jenkins[1]];
    let run = ci(repo, &variables, &["--platform", "jenkins"]).exits(1);
    assert_eq!(run.findings().len(), 3);
}

#[test]
fn the_plan_is_told_and_nothing_is_scanned() {
    let story = Story::new();
    let variables = [
        ("GITLAB_CI", "true"),
        ("CI_COMMIT_SHA", story.second.as_str()),
        ("CI_MERGE_REQUEST_DIFF_BASE_SHA", story.main.as_str()),
    ];
    for option in ["--print-plan", "--dry-run"] {
        let run = log(&story.repo, &variables, &[option]).exits(0);
        for told in ["GitLab CI/CD", "every object of 2 commits", "gl-code-quality-report.json"] {
            assert!(run.stdout.contains(told), "{}", run.stdout);
        }
        assert!(!story.repo.path().join("gl-code-quality-report.json").exists());
    }
    let missing = [("GITLAB_CI", "true")];
    let run = log(&story.repo, &missing, &["--print-plan"]).exits(2);
    assert!(run.stderr.contains("CI_COMMIT_SHA is not set"), "{}", run.stderr);
}
