//! GitHub Actions: events as the runner writes them.

use serde_json::json;

use super::{ci, github_variables, log, on_github, push, request, zero};
use crate::support::git::Repo;
use crate::support::{github_token, github_token_of};

/// A repository with one clean commit; gives that.
fn clean() -> (Repo, String) {
    let repo = Repo::init();
    let base = repo.commit(&[("file", "text")], "base");
    (repo, base)
}

/// Lets the remote have a branch there.
fn remote_has(repo: &Repo, branch: &str, commit: &str) {
    repo.git(["update-ref", &format!("refs/remotes/origin/{branch}"), commit]);
}

#[test]
fn a_request_brings_what_its_head_has_and_its_base_has_not() {
    let repo = Repo::init();
    let base = repo.commit(&[("old", github_token_of(1))], "base");
    repo.branch("side", &base);
    let head = repo.commit(&[("new", github_token_of(2))], "head");
    for event in ["pull_request", "pull_request_target"] {
        let run = on_github(&repo, event, &request(&base, &head), &[]).exits(1);
        assert_eq!(run.paths(), ["new"]);
    }
    let group = json!({"merge_group": {"base_sha": base, "head_sha": head}});
    assert_eq!(on_github(&repo, "merge_group", &group, &[]).exits(1).paths(), ["new"]);
}

#[test]
fn what_a_request_adds_and_takes_away_is_found() {
    let (repo, base) = clean();
    repo.commit(&[("file", github_token())], "add");
    let head = repo.commit(&[("file", "text")], "remove");
    assert_eq!(repo.git(["diff", "--name-only", &base, &head]), "");
    let run = on_github(&repo, "pull_request", &request(&base, &head), &[]).exits(1);
    assert_eq!(run.paths(), ["file"]);
}

#[test]
fn every_commit_of_a_long_request_is_scanned() {
    let (repo, base) = clean();
    repo.commit(&[("file", github_token())], "leak");
    let mut head = String::new();
    for at in 0..40 {
        head = repo.commit(&[("file", format!("text {at}"))], "more");
    }
    let run = on_github(&repo, "pull_request", &request(&base, &head), &[]).exits(1);
    assert_eq!(run.paths(), ["file"]);
    assert_eq!(run.coverage("messages"), 41);
}

#[test]
fn the_second_parent_of_a_merge_and_the_merge_itself_are_scanned() {
    let (repo, base) = clean();
    repo.branch("side", &base);
    repo.commit(&[("side", github_token_of(1))], "side");
    repo.commit(&[("side", "taken out")], "side");
    repo.branch("work", &base);
    repo.commit(&[("work", "text")], "work");
    let merged = repo.merge(&["side"], &[("merge", &github_token_of(2))]);
    let head = repo.commit(&[("merge", "taken out")], "head");
    assert_eq!(repo.git(["rev-list", "--count", &format!("{merged}^1..{merged}")]), "3");
    let run = on_github(&repo, "pull_request", &request(&base, &head), &[]).exits(1);
    assert_eq!(run.paths(), ["merge", "side"]);
}

#[test]
fn a_push_brings_what_came_since_the_one_before() {
    let (repo, base) = clean();
    let leak = repo.commit(&[("leak", github_token())], "leak");
    let after = repo.commit(&[("leak", "taken out")], "after");
    let run = on_github(&repo, "push", &push(&base, &after, "main"), &[]).exits(1);
    assert_eq!(run.paths(), ["leak"]);
    on_github(&repo, "push", &push(&leak, &after, "main"), &[]).exits(0);
}

#[test]
fn a_new_branch_brings_what_the_default_branch_has_not() {
    let repo = Repo::init();
    let main = repo.commit(&[("old", github_token_of(1))], "base");
    remote_has(&repo, "main", &main);
    repo.branch("new", &main);
    let after = repo.commit(&[("new", github_token_of(2))], "new");
    // That another branch has it is no reason not to look at it: both may be new.
    remote_has(&repo, "new", &after);
    remote_has(&repo, "twin", &after);
    let run = on_github(&repo, "push", &push(&zero(), &after, "new"), &[]).exits(1);
    assert_eq!(run.paths(), ["new"]);
    // Of the default branch itself all is new, and so it is where nobody has it.
    let run = on_github(&repo, "push", &push(&zero(), &after, "main"), &[]).exits(1);
    assert_eq!(run.paths(), ["new", "old"]);
    repo.git(["update-ref", "-d", "refs/remotes/origin/main"]);
    let run = on_github(&repo, "push", &push(&zero(), &after, "new"), &[]).exits(1);
    assert_eq!(run.paths(), ["new", "old"]);
}

#[test]
fn the_text_of_a_new_tag_is_scanned() {
    let (repo, base) = clean();
    remote_has(&repo, "main", &base);
    repo.git(["tag", "--annotate", "v1", "--message", &github_token()]);
    let mut event = push(&zero(), &repo.id("v1"), "");
    event["ref"] = json!("refs/tags/v1");
    let run = on_github(&repo, "push", &event, &[]).exits(1);
    assert_eq!(run.paths(), ["<tag>"]);
    // One that is only a name brings nothing.
    event["after"] = json!(base);
    on_github(&repo, "push", &event, &[]).exits(0);
}

#[test]
fn a_push_that_replaces_commits_is_scanned_by_what_is_known() {
    let (repo, base) = clean();
    remote_has(&repo, "main", &base);
    repo.branch("work", &base);
    let after = repo.commit(&[("leak", github_token())], "new");
    let gone = "1234".repeat(10);
    let mut event = push(&gone, &after, "work");
    let run = on_github(&repo, "push", &event, &[]).exits(2);
    assert!(run.stderr.contains(&gone), "{}", run.stderr);
    event["forced"] = json!(true);
    let run = on_github(&repo, "push", &event, &[]).exits(1);
    assert_eq!(run.paths(), ["leak"]);
    assert_eq!(run.coverage("messages"), 1, "what the default branch has is not new");
}

#[test]
fn what_is_no_change_is_scanned_whole() {
    let repo = Repo::init();
    repo.commit(&[("past", github_token_of(1))], "past");
    repo.commit(&[("past", "taken out")], "now");
    repo.write("checkout", github_token_of(2));
    for event in ["schedule", "workflow_dispatch"] {
        let run = on_github(&repo, event, &json!({}), &[]).exits(1);
        assert_eq!(run.paths(), ["checkout", "past"]);
    }
    let full = ci(&repo, &[], &["--full"]).exits(1);
    assert_eq!(full.findings().len(), 2);
}

#[test]
fn nothing_is_scanned_only_where_nothing_can_have_come_in() {
    let (repo, base) = clean();
    let head = repo.commit(&[("file", github_token())], "head");
    let run = on_github(&repo, "pull_request", &request(&head, &base), &[]).exits(0);
    assert!(run.stderr.contains("the change introduces no objects"), "{}", run.stderr);
    let run = on_github(&repo, "push", &push(&base, &zero(), "gone"), &[]).exits(0);
    assert!(run.stderr.contains("a branch or tag was deleted"), "{}", run.stderr);
}

#[test]
fn an_event_that_cannot_be_believed_is_an_error() {
    let (repo, base) = clean();
    let blob = repo.id("HEAD:file");
    let absent = "12ab".repeat(10);
    for (event, reason) in [
        (request(&base, &absent), absent.as_str()),
        (request(&absent, &base), absent.as_str()),
        (request(&base, &blob), "names"),
        (request(&base, "--output=x"), "is no commit: `--output=x`"),
        (request(&base, "HEAD"), "is no commit"),
        (request(&base, &base[..12]), "is no commit"),
        (json!({"pull_request": {}}), "there is no pull_request.head.sha"),
        (json!([]), "there is no pull_request.head.sha"),
    ] {
        let run = on_github(&repo, "pull_request", &event, &[]).exits(2);
        assert!(run.stderr.contains(reason), "{event}: {}", run.stderr);
    }
    let file = |name: &str, content: &str| {
        let path = repo.around().file(name, content);
        path.to_str().expect("it is text").to_owned()
    };
    let folder = repo.around().path().to_str().expect("it is text").to_owned();
    let gone = format!("{folder}/no-such-file");
    let event_file = file("fine", "{}");
    for path in [file("damaged", "{\"pull_request\":"), file("empty", ""), folder, gone] {
        let run = ci(&repo, &github_variables("pull_request", &path), &[]).exits(2);
        assert!(run.stderr.contains(&path), "{}", run.stderr);
    }
    #[cfg(unix)]
    {
        let pipe = repo.around().path().join("pipe");
        let made = std::process::Command::new("mkfifo").arg(&pipe).status();
        assert!(made.expect("there is a mkfifo").success());
        let pipe = pipe.to_str().expect("it is text");
        let run = ci(&repo, &github_variables("pull_request", pipe), &[]).exits(2);
        assert!(run.stderr.contains("it is no file"), "{}", run.stderr);
        let mut variables = github_variables("schedule", &event_file).to_vec();
        variables.push(("GITHUB_STEP_SUMMARY", pipe));
        ci(&repo, &variables, &[]).exits(2);
    }
    let run = ci(&repo, &[("GITHUB_ACTIONS", "true")], &[]).exits(2);
    assert!(run.stderr.contains("GITHUB_EVENT_NAME is not set"), "{}", run.stderr);
    // Who says what is to be scanned needs no event.
    ci(&repo, &[("GITHUB_ACTIONS", "true")], &["--base", "HEAD", "--head", "HEAD"]).exits(0);
}

#[test]
fn the_log_has_annotations_and_the_summary_is_added_to() {
    let (repo, base) = clean();
    let token = github_token();
    let head = repo.commit(&[("leak", &token)], "leak");
    let event = repo.around().file("event.json", request(&base, &head).to_string());
    let summary = repo.around().file("summary", "before\n");
    let sarif = repo.around().path().join("out.sarif");
    let text = |path: &std::path::Path| path.to_str().expect("it is text").to_owned();
    let (event, summary, sarif) = (text(&event), text(&summary), text(&sarif));
    let mut variables = github_variables("pull_request", &event).to_vec();
    variables.push(("GITHUB_STEP_SUMMARY", &summary));
    let run = log(&repo, &variables, &["--sarif", &sarif]).exits(1);
    assert!(run.stdout.contains("\n::error file=leak,line=1,"), "{}", run.stdout);
    let told = std::fs::read_to_string(&summary).expect("it is there");
    assert!(told.starts_with("before\n## 1 leaked credential"), "{told}");
    assert!(told.contains("every object of 1 commit"), "{told}");
    let sarif = std::fs::read_to_string(&sarif).expect("it is there");
    assert!(sarif.contains("github-pat-classic"), "{sarif}");
    for text in [&run.stdout, &told, &sarif] {
        assert!(!text.contains(&token), "it is masked");
    }
    // GitHub shows nothing of a summary that is too long.
    std::fs::write(&summary, "x".repeat(999_999)).expect("it can be written");
    let run = log(&repo, &variables, &[]).exits(1);
    assert!(run.stderr.contains("there is no room"), "{}", run.stderr);
    let length = std::fs::metadata(&summary).expect("it is there").len();
    assert!(length < 1 << 20, "{length}");
    // An error is to be seen where annotations are.
    let run = log(&repo, &variables, &["--base", "no-such-thing"]).exits(2);
    assert!(run.stdout.starts_with("::error title="), "{}", run.stdout);
}

#[cfg(unix)]
#[test]
fn a_file_name_is_no_command() {
    let (repo, base) = clean();
    let names = [
        "::error::first",
        "a ##[error]second",
        "##vso[task.setvariable variable=x]third",
        "##teamcity[buildProblem]",
        "b\n::warning::fourth",
    ];
    let files: Vec<_> = (2..).zip(names).map(|(at, name)| (name, github_token_of(at))).collect();
    let head = repo.commit(&files, "names");
    let event = repo.around().file("event.json", request(&base, &head).to_string());
    let event = event.to_str().expect("it is text");
    let run = log(&repo, &github_variables("pull_request", event), &[]).exits(1);
    let mut paused = None;
    for line in run.stdout.lines() {
        if let Some(word) = &paused {
            if line == format!("::{word}::") {
                paused = None;
            }
            assert!(!line.contains("##["), "{line}");
        } else if let Some(word) = line.strip_prefix("::stop-commands::") {
            paused = Some(word.to_owned());
        } else {
            // Ours, and nothing in them ends them.
            let ours = ["::error file=", "::notice title=Note", "redhanded: "];
            assert!(ours.iter().any(|start| line.starts_with(start)), "{line}");
        }
    }
    assert!(paused.is_none() && run.stdout.contains("::error file="), "{}", run.stdout);
    for sign in ["TF_BUILD", "TEAMCITY_VERSION"] {
        let variables =
            [(sign, "true"), ("BUILD_SOURCEVERSION", &*head), ("BUILD_VCS_NUMBER", &head)];
        let run = log(&repo, &variables, &[]).exits(1);
        for command in ["##[", "##vso[", "##teamcity["] {
            assert!(!run.stdout.contains(command), "{}", run.stdout);
        }
    }
}
