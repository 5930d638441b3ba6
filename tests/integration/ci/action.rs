//! The script of the GitHub action, run as the runner runs it, without a
//! network.

use std::collections::BTreeMap;
use std::os::unix::fs::PermissionsExt;
use std::path::Path;
use std::process::{Command, Stdio};

use super::{push, request};
use crate::support::git::Repo;
use crate::support::{Folder, Run, end_of, github_token};

const ROOT: &str = env!("CARGO_MANIFEST_DIR");

/// A runner's folder and the variables that it sets.
struct Runner {
    folder: Folder,
    variables: BTreeMap<String, String>,
}

impl Runner {
    fn new() -> Self {
        let mut runner = Self { folder: Folder::new(), variables: BTreeMap::new() };
        let outputs = runner.folder.file("outputs", "");
        let temporary = runner.folder.path().to_owned();
        runner.set("GITHUB_OUTPUT", &outputs).set("RUNNER_TEMP", &temporary);
        for (name, value) in [
            ("GITHUB_ACTIONS", "true"),
            ("GITHUB_REPOSITORY", "owner/name"),
            ("RUNNER_OS", "Linux"),
            ("RUNNER_ARCH", "X64"),
        ] {
            runner.set(name, value);
        }
        runner
    }

    /// A runner for a pull request of a repository to itself.
    fn for_request(event: &serde_json::Value) -> Self {
        let mut runner = Self::new();
        let path = runner.folder.file("event.json", event.to_string());
        runner
            .set("GITHUB_EVENT_PATH", &path)
            .set("GITHUB_EVENT_NAME", "pull_request")
            .set("HEAD_REPOSITORY", "owner/name")
            .set("INPUT_REDHANDED_PATH", env!("CARGO_BIN_EXE_redhanded"));
        runner
    }

    fn set(&mut self, name: &str, value: impl AsRef<Path>) -> &mut Self {
        let value = value.as_ref().to_str().expect("it is text").to_owned();
        self.variables.insert(name.to_owned(), value);
        self
    }

    #[track_caller]
    fn run(&self, step: &str, folder: &Path) -> Run {
        let mut bash = Command::new("bash");
        bash.arg(format!("{ROOT}/.github/action/redhanded.sh")).arg(step);
        bash.current_dir(folder).env_clear();
        bash.env("PATH", std::env::var_os("PATH").unwrap_or_default()).envs(&self.variables);
        bash.stdin(Stdio::null()).stdout(Stdio::piped()).stderr(Stdio::piped());
        end_of(bash.spawn().expect("there is a bash"))
    }

    fn outputs(&self) -> BTreeMap<String, String> {
        let text = std::fs::read_to_string(self.folder.path().join("outputs")).expect("outputs");
        let pair = |line: &str| {
            let (name, value) = line.split_once('=').expect("a name and a value");
            (name.to_owned(), value.to_owned())
        };
        text.lines().map(pair).collect()
    }
}

/// A pull request with a leak: the repository and the event.
fn leaking() -> (Repo, serde_json::Value) {
    let repo = Repo::init();
    let base = repo.commit(&[("file", "text")], "base");
    let head = repo.commit(&[("leak", github_token())], "leak");
    (repo, request(&base, &head))
}

/// What [`Runner::outputs`] gives.
fn outputs<const N: usize>(expected: [(&str, &str); N]) -> BTreeMap<String, String> {
    expected.map(|(name, value)| (name.to_owned(), value.to_owned())).into()
}

#[test]
fn findings_are_uploaded_before_they_fail_the_job() {
    let (repo, event) = leaking();
    let mut runner = Runner::for_request(&event);
    // What was there before is not what was found.
    repo.write("redhanded.sarif", "stale");
    let run = runner.run("scan", repo.path()).exits(0);
    assert!(run.stdout.contains("::error file=leak"), "{}", run.stdout);
    let sarif = ("sarif-file", "redhanded.sarif");
    let expected = [("exit-code", "1"), ("findings", "1"), sarif, ("upload", "true")];
    assert_eq!(runner.outputs(), outputs(expected));
    let report = std::fs::read_to_string(repo.path().join("redhanded.sarif")).expect("it is there");
    assert!(report.contains("github-pat-classic"), "{report}");
    runner.set("SCAN_EXIT_CODE", "1").run("finish", repo.path()).exits(1);
    runner.set("INPUT_FAIL", "false").run("finish", repo.path()).exits(0);
    // What could not be scanned fails the job whatever is wished.
    runner.set("SCAN_EXIT_CODE", "2").run("finish", repo.path()).exits(2);
    runner.set("SCAN_EXIT_CODE", "").run("finish", repo.path()).exits(2);
}

#[test]
fn what_may_not_upload_is_annotated_all_the_same() {
    let (repo, event) = leaking();
    for (name, value) in [
        ("HEAD_REPOSITORY", "somebody/else"),
        ("HEAD_REPOSITORY", ""),
        ("GITHUB_ACTOR", "dependabot[bot]"),
        ("INPUT_UPLOAD_SARIF", "false"),
    ] {
        let mut runner = Runner::for_request(&event);
        let run = runner.set(name, value).run("scan", repo.path()).exits(0);
        assert!(run.stdout.contains("::error file=leak"), "{}", run.stdout);
        let told = runner.outputs();
        assert!(!told.contains_key("upload"), "{name}: {told:?}");
        assert_eq!((&*told["exit-code"], &*told["findings"]), ("1", "1"));
    }
}

#[test]
fn a_push_does_not_close_the_alerts_of_others() {
    let repo = Repo::init();
    let base = repo.commit(&[("file", "text")], "base");
    let head = repo.commit(&[("more", "text")], "head");
    for (args, is_uploaded) in [("", false), ("--verbose\n--full", true)] {
        let mut runner = Runner::for_request(&push(&base, &head, "main"));
        runner.set("GITHUB_EVENT_NAME", "push").set("INPUT_ARGS", args);
        runner.run("scan", repo.path()).exits(0);
        let told = runner.outputs();
        assert_eq!((&*told["exit-code"], &*told["findings"]), ("0", "0"));
        assert_eq!(told.contains_key("upload"), is_uploaded, "{args}");
    }
}

#[test]
fn an_event_that_lies_fails_the_job() {
    let repo = Repo::init();
    let base = repo.commit(&[("file", "text")], "base");
    let runner = Runner::for_request(&request(&base, &"12ab".repeat(10)));
    runner.run("scan", repo.path()).exits(0);
    assert_eq!(runner.outputs(), outputs([("exit-code", "2"), ("findings", "")]));
}

#[test]
fn arguments_are_words_and_no_commands() {
    let (repo, event) = leaking();
    let mut runner = Runner::for_request(&event);
    runner
        .set("INPUT_ARGS", "--min-severity\ncritical\n\n--format\njson=a $(touch evil); b.json\n");
    runner.run("scan", repo.path()).exits(0);
    assert_eq!(runner.outputs()["exit-code"], "1");
    assert!(repo.path().join("a $(touch evil); b.json").is_file());
    assert!(!repo.path().join("evil").exists());
    let mut runner = Runner::for_request(&event);
    runner.set("INPUT_TRUST_HEAD", "true").set("INPUT_SARIF_FILE", "--help");
    let run = runner.run("scan", repo.path()).exits(2);
    assert!(run.stdout.starts_with("::error title=redhanded::sarif-file"), "{}", run.stdout);
}

#[test]
fn a_release_is_fetched_by_version_and_checksum() {
    let releases = Folder::new();
    let name = "redhanded-v1.2.3-x86_64-unknown-linux-musl.tar.gz";
    releases.file("redhanded", "#!/bin/sh\necho \"$@\"\necho 'redhanded: 0 findings'\n");
    let tar = "chmod +x redhanded; mkdir v1.2.3; tar -czf \"v1.2.3/$0\" redhanded; \
               if command -v sha256sum >/dev/null; then sha256sum \"v1.2.3/$0\"; \
               else shasum -a 256 \"v1.2.3/$0\"; fi";
    let made = Command::new("bash")
        .args(["-c", tar, name])
        .current_dir(releases.path())
        .output()
        .expect("there is a bash");
    let sum = String::from_utf8_lossy(&made.stdout)[..64].to_owned();
    let here = Folder::new();
    // What stands for gh knows one archive.
    let signed = "#!/bin/sh\ncase \"$*\" in *'--source-ref refs/tags/v1.2.3 --signer-workflow \
                  redhanded/redhanded/'*) exit \"$SIGNED\" ;; esac\nexit 9\n";
    let gh = releases.file("bin/gh", signed);
    std::fs::set_permissions(&gh, PermissionsExt::from_mode(0o755)).expect("it can be run");
    let path = std::env::var_os("PATH").unwrap_or_default();
    let folders = std::iter::once(releases.path().join("bin")).chain(std::env::split_paths(&path));
    let path = std::env::join_paths(folders).expect("the folders have plain names");
    let fetch = |version: &str, sum: &str, signed: &str| {
        let mut runner = Runner::new();
        let address = format!("file://{}", releases.path().display());
        runner.set("REDHANDED_RELEASES", address).set("INPUT_VERSION", version);
        runner.set("INPUT_SHA256", sum).set("PATH", &path).set("SIGNED", signed);
        (runner.run("scan", here.path()), runner.outputs())
    };
    for (sum, signed) in [(sum.as_str(), "1"), ("", "0")] {
        let (run, told) = fetch("1.2.3", sum, signed);
        assert!(run.exits(0).stdout.starts_with("ci --sarif redhanded.sarif\n"));
        assert_eq!(told, outputs([("exit-code", "0"), ("findings", "0")]));
    }
    for (version, sum, reason) in [
        ("1.2.3", "0".repeat(64).as_str(), "its checksum differs"),
        ("1.2.3", "x", "its checksum differs"),
        ("1.2.3", "", "the release workflow did not sign it"),
        ("1.2.4", &sum, "cannot download"),
        ("latest", &sum, "version must be an exact one"),
        ("1.2.3/../x", &sum, "version must be an exact one"),
    ] {
        // Where a checksum is known no signature makes up for it.
        let signed = if sum.is_empty() { "1" } else { "0" };
        let (run, told) = fetch(version, sum, signed);
        let run = run.exits(2);
        assert!(run.stdout.contains(reason), "{version}: {}", run.stdout);
        assert!(told.is_empty(), "{told:?}");
    }
}

#[test]
fn no_expression_stands_in_a_command() {
    let text = std::fs::read_to_string(format!("{ROOT}/action.yml")).expect("it is there");
    let mut commands = text.lines().filter_map(|line| line.trim().strip_prefix("run:"));
    assert!(commands.clone().count() == 2 && commands.all(|command| !command.contains("${{")));
    let version = format!("default: {}\n", env!("CARGO_PKG_VERSION"));
    assert!(text.contains(&version), "the action fetches the release that it came with");
    // Nobody can move what is named by its digest.
    for line in text.lines().filter_map(|line| line.trim().strip_prefix("uses: ")) {
        let digest = line.split_once('@').map_or("", |(_, rest)| rest).split(' ').next();
        assert_eq!(digest.map(str::len), Some(40), "{line}");
    }
}
