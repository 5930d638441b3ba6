//! Scans in pipelines, each by the environment that its platform gives.

#[cfg(unix)]
mod action;
mod clones;
mod github;
mod others;
mod proposals;

use crate::support::git::Repo;
use crate::support::{Run, end_of};

/// Runs `redhanded ci` in a repository, with nothing in the environment but
/// these variables, for a JSON report.
#[track_caller]
fn ci(repo: &Repo, variables: &[(&str, &str)], args: &[&str]) -> Run {
    let mut command = repo.program("ci", args);
    command.envs(variables.iter().copied());
    end_of(command.spawn().expect("the program starts"))
}

/// The same for people, as a pipeline's log has it.
#[track_caller]
fn log(repo: &Repo, variables: &[(&str, &str)], args: &[&str]) -> Run {
    let mut command = crate::support::program();
    command.arg("ci").args(args).current_dir(repo.path()).envs(variables.iter().copied());
    command.stdin(std::process::Stdio::null());
    command.stdout(std::process::Stdio::piped()).stderr(std::process::Stdio::piped());
    end_of(command.spawn().expect("the program starts"))
}

/// Writes the event of GitHub beside a repository and runs `redhanded ci` for
/// it.
#[track_caller]
fn on_github(repo: &Repo, name: &str, event: &serde_json::Value, args: &[&str]) -> Run {
    let path = repo.around().file("event.json", event.to_string());
    let path = path.to_str().expect("it is text");
    ci(repo, &github_variables(name, path), args)
}

fn github_variables<'v>(name: &'v str, path: &'v str) -> [(&'v str, &'v str); 3] {
    [("GITHUB_ACTIONS", "true"), ("GITHUB_EVENT_NAME", name), ("GITHUB_EVENT_PATH", path)]
}

/// The event of a pull request.
fn request(base: &str, head: &str) -> serde_json::Value {
    let (base, head) =
        (serde_json::json!({"sha": base, "ref": "main"}), serde_json::json!({"sha": head}));
    serde_json::json!({"number": 7, "pull_request": {"base": base, "head": head}})
}

/// The event of a push to a branch.
fn push(before: &str, after: &str, branch: &str) -> serde_json::Value {
    serde_json::json!({
        "before": before,
        "after": after,
        "ref": format!("refs/heads/{branch}"),
        "repository": {"default_branch": "main"},
        // Cut off, as GitHub does; what is in it must not matter.
        "commits": [],
    })
}

/// The name of no object.
fn zero() -> String {
    "0".repeat(40)
}
