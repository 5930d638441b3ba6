//! What a pull request says of its own leaks is not believed.

use super::{on_github, push, request};
use crate::support::git::Repo;
use crate::support::{Run, github_token_of, rule_entry, secret};

/// The fields of a report that say what was suppressed and what was noted.
fn told(run: &Run) -> (u64, Vec<String>) {
    let report = run.json();
    let notices = report["notices"].as_array().expect("a list").iter();
    let details = notices.map(|it| it["detail"].as_str().expect("text").to_owned());
    (report["summary"]["suppressed"].as_u64().expect("a number"), details.collect())
}

/// Asserts that the notices say so many would have been hidden.
#[track_caller]
fn would_be_hidden(run: &Run, count: &str) {
    let (_, notices) = told(run);
    let said = notices.iter().any(|it| it.starts_with(&format!("{count} would be hidden")));
    assert!(said, "{notices:?}");
}

#[test]
fn a_comment_that_comes_with_its_leak_does_not_count() {
    let repo = Repo::init();
    let base = repo.commit(&[("file", "text")], "base");
    let line = |seed| format!("{} # redhanded:allow\n", github_token_of(seed));
    let before = format!("# redhanded:allow-next-line\n{}\n", github_token_of(2));
    let other = format!("{} # gitleaks:allow\n", github_token_of(3));
    let head = repo.commit(&[("one", line(1)), ("two", before), ("three", other)], "head");
    let run = on_github(&repo, "pull_request", &request(&base, &head), &[]).exits(1);
    assert_eq!(run.paths(), ["one", "three", "two"]);
    would_be_hidden(&run, "3 findings");
    on_github(&repo, "pull_request", &request(&base, &head), &["--trust-head"]).exits(0);
    // Who can push has said what is no leak.
    on_github(&repo, "push", &push(&base, &head, "main"), &[]).exits(0);
}

#[test]
fn a_comment_that_the_base_has_counts_for_the_same_credential() {
    let repo = Repo::init();
    let line = |seed, more: &str| format!("{more}{} # redhanded:allow\n", github_token_of(seed));
    let base = repo.commit(&[("fixture", line(1, ""))], "base");
    // The line moves, the file is renamed, and there is more in it.
    repo.git(["mv", "fixture", "renamed"]);
    let head = repo.commit(&[("renamed", line(1, "x\ny = "))], "head");
    let run = on_github(&repo, "pull_request", &request(&base, &head), &[]).exits(0);
    assert_eq!(told(&run), (1, Vec::new()));
    // Another credential on that line is another matter.
    let head = repo.commit(&[("renamed", line(2, ""))], "head");
    let run = on_github(&repo, "pull_request", &request(&base, &head), &[]).exits(1);
    assert_eq!(told(&run).0, 1);
    would_be_hidden(&run, "1 finding");
    // So is a place that no comment is at.
    let head = repo.commit(&[("renamed", line(1, "")), ("bare", github_token_of(1))], "head");
    let run = on_github(&repo, "pull_request", &request(&base, &head), &[]).exits(1);
    assert_eq!(run.paths(), ["bare", "renamed"]);
}

#[test]
fn a_weak_value_does_not_change_behind_its_comment() {
    let repo = Repo::init();
    let line = |value: &str| format!("password = \"{value}\" # redhanded:allow\n");
    let [old, new] = [secret("${alnum-lower:6}Xw9!"), secret("Zt${alnum-lower:7}4#")];
    let args = ["--min-confidence", "low"];
    let base = repo.commit(&[("app.py", line(&old))], "base");
    let head = repo.commit(&[("app.py", line(&new))], "head");
    let run = on_github(&repo, "pull_request", &request(&base, &head), &args).exits(1);
    assert_eq!(run.findings().len(), 1);
}

#[test]
fn configuration_that_comes_with_its_leak_does_not_count() {
    let token = github_token_of(1);
    for config in [
        "[allow]\npaths = [\"leak\"]\n".to_owned(),
        format!("[allow]\nstopwords = [\"{}\"]\n", &token[8..14]),
        "[rules]\nskip = [\"github-pat-classic\"]\n".to_owned(),
        "[rules]\nonly = [\"github-oauth-token\"]\n".to_owned(),
        "[scan]\nexclude = [\"leak\"]\n".to_owned(),
    ] {
        let repo = Repo::init();
        let base = repo.commit(&[("file", "text")], "base");
        let head = repo.commit(&[("leak", &token), (".redhanded.toml", &config)], "head");
        let run = on_github(&repo, "pull_request", &request(&base, &head), &[]).exits(1);
        assert_eq!(run.paths(), ["leak"], "{config}");
        would_be_hidden(&run, "1 finding");
        on_github(&repo, "pull_request", &request(&base, &head), &["--trust-head"]).exits(0);
    }
}

#[test]
fn configuration_of_the_base_counts_whatever_becomes_of_it() {
    let token = github_token_of(1);
    let repo = Repo::init();
    let allow = "[allow]\npaths = [\"fixtures/\"]\n";
    let base = repo.commit(&[(".redhanded.toml", allow)], "base");
    repo.git(["rm", "--quiet", ".redhanded.toml"]);
    let head = repo.commit(&[("fixtures/leak", &token)], "head");
    let run = on_github(&repo, "pull_request", &request(&base, &head), &[]).exits(0);
    assert_eq!(told(&run).0, 1);
    // An entry counts by where the file is, and no further.
    let head = repo.commit(&[("elsewhere", github_token_of(2))], "head");
    let run = on_github(&repo, "pull_request", &request(&base, &head), &[]).exits(1);
    assert_eq!(run.paths(), ["elsewhere"]);
}

#[test]
fn what_the_base_allows_at_one_place_is_not_allowed_at_another_by_a_comment() {
    let token = github_token_of(1);
    let repo = Repo::init();
    let base = repo.commit(&[(".redhanded.toml", "[allow]\npaths = [\"fixtures/\"]\n")], "base");
    let files = [("fixtures/a", token.clone()), ("src", format!("{token} # redhanded:allow\n"))];
    let head = repo.commit(&files, "head");
    let run = on_github(&repo, "pull_request", &request(&base, &head), &[]).exits(1);
    assert_eq!(run.paths(), ["src"]);
}

#[test]
fn rules_are_those_of_the_base() {
    let repo = Repo::init();
    let acme = format!("provider = \"Acme\"\n{}", rule_entry("acme-key", "high", "high"));
    let config = "[rules]\nfiles = [\"own\"]\n";
    let base = repo.commit(&[(".redhanded.toml", config), ("own/acme.toml", &acme)], "base");
    let leak = secret("acme-key_${alnum-lower:32}");
    let weak = acme.replace("{32}", "{64}").replace(":32}", ":64}").replace(":31}", ":63}");
    let head = repo.commit(&[("leak", &leak), ("own/acme.toml", &weak)], "head");
    let run = on_github(&repo, "pull_request", &request(&base, &head), &[]).exits(1);
    assert_eq!(run.paths(), ["leak"]);
    would_be_hidden(&run, "1 finding");
    // A file that is named by hand is the base's, too.
    repo.git(["checkout", "--quiet", &base]);
    let named = ["--no-config", "--rules", "own/acme.toml"];
    repo.git(["checkout", "--quiet", &head]);
    on_github(&repo, "pull_request", &request(&base, &head), &named).exits(1);
    repo.git(["checkout", "--quiet", "-b", "later", &head]);
    let head = repo.commit(&[("new.toml", &acme)], "new");
    let named = ["--no-config", "--rules", "new.toml"];
    let run = on_github(&repo, "pull_request", &request(&base, &head), &named).exits(2);
    assert!(run.stderr.contains("which alone is believed"), "{}", run.stderr);
}

#[test]
fn broken_configuration_is_told_wherever_it_is() {
    let repo = Repo::init();
    let base = repo.commit(&[("file", "text")], "base");
    let files = [("leak", github_token_of(1)), (".redhanded.toml", "[allow".to_owned())];
    let head = repo.commit(&files, "head");
    let run = on_github(&repo, "pull_request", &request(&base, &head), &[]).exits(1);
    let (_, notices) = told(&run);
    assert!(notices.iter().any(|it| it.contains("cannot be used")), "{notices:?}");
    let later = repo.commit(&[("more", "text")], "later");
    let run = on_github(&repo, "pull_request", &request(&head, &later), &[]).exits(2);
    assert!(run.stderr.contains("cannot use the configuration of the base"), "{}", run.stderr);
}

#[cfg(unix)]
#[test]
fn a_link_does_not_lead_to_configuration_elsewhere() {
    let repo = Repo::init();
    repo.write("conf/redhanded.toml", "[report]\nmin-severity = \"low\"\n");
    let base = repo.commit_all("base");
    let allow = repo.around().file("evil/redhanded.toml", "[allow]\npaths = [\"leak\"]\n");
    repo.git(["rm", "--quiet", "-r", "conf"]);
    let evil = allow.parent().expect("it is in a folder");
    std::os::unix::fs::symlink(evil, repo.path().join("conf")).expect("a link can be made");
    let head = repo.commit(&[("leak", github_token_of(1))], "head");
    let args = ["--config", "conf/redhanded.toml"];
    let run = on_github(&repo, "pull_request", &request(&base, &head), &args).exits(1);
    assert_eq!(run.paths(), ["leak"]);
}

#[test]
fn the_tip_of_the_target_is_believed_rather_than_an_old_base() {
    let repo = Repo::init();
    let old = repo.commit(&[(".redhanded.toml", "[allow]\npaths = [\"leak\"]\n")], "old");
    let tip = repo.commit(&[(".redhanded.toml", "")], "tip");
    repo.git(["update-ref", "refs/remotes/origin/main", &tip]);
    repo.branch("work", &old);
    let head = repo.commit(&[("leak", github_token_of(1))], "head");
    let run = on_github(&repo, "pull_request", &request(&old, &head), &[]).exits(1);
    assert_eq!(run.paths(), ["leak"]);
}

/// What `baseline create` writes of a repository as it is.
fn baseline_of(repo: &Repo) {
    repo.run(["baseline", "create", "--force"]).exits(0);
}

#[test]
fn a_baseline_that_comes_with_its_leak_does_not_count() {
    let repo = Repo::init();
    let base = repo.commit(&[("file", "text")], "base");
    repo.write("leak", github_token_of(1));
    baseline_of(&repo);
    let head = repo.commit_all("head");
    let run = on_github(&repo, "pull_request", &request(&base, &head), &[]).exits(1);
    assert_eq!(run.paths(), ["leak"]);
    would_be_hidden(&run, "1 finding");
    on_github(&repo, "pull_request", &request(&base, &head), &["--trust-head"]).exits(0);
}

#[test]
fn the_baseline_of_the_base_counts_whatever_becomes_of_it() {
    let repo = Repo::init();
    repo.write("leak", github_token_of(1));
    baseline_of(&repo);
    let base = repo.commit_all("base");
    repo.git(["rm", "--quiet", ".redhanded-baseline"]);
    repo.git(["mv", "leak", "moved"]);
    let head = repo.commit(&[("moved", format!("one more line\n{}", github_token_of(1)))], "head");
    let run = on_github(&repo, "pull_request", &request(&base, &head), &[]).exits(0);
    assert_eq!(told(&run), (1, Vec::new()));
    let head = repo.commit(&[("moved", github_token_of(2))], "head");
    let run = on_github(&repo, "pull_request", &request(&base, &head), &[]).exits(1);
    assert_eq!(run.paths(), ["moved"]);
    assert_eq!(told(&run), (1, Vec::new()));
}

#[test]
fn what_the_base_has_is_no_news() {
    let repo = Repo::init();
    let base = repo.commit(&[("leak", github_token_of(1))], "base");
    let more = |seed| format!("{}\n{}\n", github_token_of(1), github_token_of(seed));
    let head = repo.commit(&[("leak", format!("one more line\n{}", github_token_of(1)))], "head");
    let event = request(&base, &head);
    on_github(&repo, "pull_request", &event, &[]).exits(1);
    let run = on_github(&repo, "pull_request", &event, &["--fail-on", "new"]).exits(0);
    assert_eq!(run.findings()[0]["known"], serde_json::json!({ "by": "base" }));
    let head = repo.commit(&[("leak", more(2))], "head");
    let event = request(&base, &head);
    let run = on_github(&repo, "pull_request", &event, &["--fail-on", "new"]).exits(1);
    let new = run.findings().iter().filter(|it| it["known"].is_null()).count();
    assert_eq!((run.findings().len(), new), (2, 1));
}
