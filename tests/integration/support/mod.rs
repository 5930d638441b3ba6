//! What the tests share: a folder to scan and a way to run the program on it.

pub(crate) mod delta;
pub(crate) mod git;
pub(crate) mod hooked;
pub(crate) mod pack;
pub(crate) mod random;

use std::ffi::OsStr;
use std::io::Read;
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Output, Stdio};
use std::thread::JoinHandle;
use std::time::{Duration, Instant};

use redhanded::rule::sample;
use tempfile::TempDir;

/// A temporary folder with the files of a test. It is no repository unless the
/// test makes it one.
pub(crate) struct Folder(TempDir);

impl Folder {
    pub(crate) fn new() -> Self {
        Self(tempfile::Builder::new().prefix("case").tempdir().expect("a temporary folder"))
    }

    pub(crate) fn path(&self) -> &Path {
        self.0.path()
    }

    /// Writes a file, with the folders it is in.
    pub(crate) fn file(&self, name: impl AsRef<Path>, content: impl AsRef<[u8]>) -> PathBuf {
        let path = self.path().join(name);
        std::fs::create_dir_all(path.parent().expect("a file is in a folder")).expect("a folder");
        std::fs::write(&path, content).expect("the file can be written");
        path
    }

    /// Makes the folder a repository as far as ignore files are concerned.
    pub(crate) fn repository(&self) -> &Self {
        std::fs::create_dir_all(self.path().join(".git")).expect("a folder");
        self
    }

    /// The program, to be run in this folder.
    pub(crate) fn run<S: AsRef<OsStr>>(&self, args: impl IntoIterator<Item = S>) -> Run {
        run(self.command(args), b"")
    }

    /// The same with something on standard input.
    pub(crate) fn run_with_input<S: AsRef<OsStr>>(
        &self,
        args: impl IntoIterator<Item = S>,
        input: &[u8],
    ) -> Run {
        run(self.command(args), input)
    }

    /// The program in this folder, not yet started.
    pub(crate) fn command<S: AsRef<OsStr>>(&self, args: impl IntoIterator<Item = S>) -> Command {
        let mut command = program();
        command.current_dir(self.path()).args(args);
        command
    }
}

/// The program with a clean environment: nothing of the machine that runs the
/// tests changes what it does.
pub(crate) fn program() -> Command {
    let mut command = Command::new(env!("CARGO_BIN_EXE_redhanded"));
    command.env_clear();
    for kept in ["PATH", "LLVM_PROFILE_FILE", "TMPDIR"] {
        if let Some(value) = std::env::var_os(kept) {
            command.env(kept, value);
        }
    }
    command
}

/// What a run gave.
pub(crate) struct Run {
    pub(crate) code: i32,
    pub(crate) stdout: String,
    pub(crate) stderr: String,
}

impl Run {
    /// Asserts the exit code; shows all output if it is another.
    #[track_caller]
    pub(crate) fn exits(self, code: i32) -> Self {
        assert_eq!(self.code, code, "stdout:\n{}\nstderr:\n{}", self.stdout, self.stderr);
        self
    }

    /// Standard output as JSON.
    #[track_caller]
    pub(crate) fn json(&self) -> serde_json::Value {
        serde_json::from_str(&self.stdout).expect("standard output is JSON")
    }

    /// Kind and place of the notices of a JSON report, in order.
    #[track_caller]
    pub(crate) fn notices(&self) -> Vec<(String, String)> {
        let report = self.json();
        let notices = report["notices"].as_array().expect("the notices are a list");
        let text = |value: &serde_json::Value| value.as_str().expect("it is text").to_owned();
        notices.iter().map(|notice| (text(&notice["kind"]), text(&notice["place"]))).collect()
    }

    /// The findings of a JSON report.
    #[track_caller]
    pub(crate) fn findings(&self) -> Vec<serde_json::Value> {
        self.json()["findings"].as_array().expect("the findings are a list").clone()
    }

    /// The paths of the findings of a JSON report, in order.
    #[track_caller]
    pub(crate) fn paths(&self) -> Vec<String> {
        let path = |finding: &serde_json::Value| {
            finding["path"].as_str().expect("a path is text").to_owned()
        };
        self.findings().iter().map(path).collect()
    }

    /// A number of a JSON report's `summary.coverage`.
    #[track_caller]
    pub(crate) fn coverage(&self, what: &str) -> u64 {
        self.json()["summary"]["coverage"][what].as_u64().expect("it is a number")
    }
}

/// Longest that any run may take. Only a program that hangs takes that long.
const PATIENCE: Duration = Duration::from_secs(60);

/// What a started program gives, if it ends in good time; else it is killed,
/// and the test fails.
#[track_caller]
pub(crate) fn end_of(mut child: Child) -> Run {
    let stdout = read_aside(child.stdout.take());
    let stderr = read_aside(child.stderr.take());
    let started = Instant::now();
    let status = loop {
        if let Some(status) = child.try_wait().expect("the program can be waited for") {
            break status;
        }
        if started.elapsed() > PATIENCE {
            child.kill().expect("the program can be killed");
            child.wait().expect("a killed program ends");
            panic!("the program hangs");
        }
        std::thread::sleep(Duration::from_millis(10));
    };
    let read = |thread: JoinHandle<Vec<u8>>| thread.join().expect("the output was read");
    Run::from(Output { status, stdout: read(stdout), stderr: read(stderr) })
}

/// Reads a stream to its end in a thread of its own.
fn read_aside(stream: Option<impl Read + Send + 'static>) -> JoinHandle<Vec<u8>> {
    std::thread::spawn(move || {
        let mut bytes = Vec::new();
        if let Some(mut stream) = stream {
            // A stream that breaks off ends there; the test sees what is missing.
            let _ = stream.read_to_end(&mut bytes);
        }
        bytes
    })
}

fn run(mut command: Command, input: &[u8]) -> Run {
    command.stdin(Stdio::piped()).stdout(Stdio::piped()).stderr(Stdio::piped());
    let mut child = command.spawn().expect("the program starts");
    let mut stdin = child.stdin.take().expect("standard input is a pipe");
    let input = input.to_vec();
    // In a thread of its own, so that neither side waits for the other. A
    // program that does not read its input closes the pipe: no failure.
    let writer = std::thread::spawn(move || {
        let _ = std::io::Write::write_all(&mut stdin, &input);
    });
    let output = child.wait_with_output().expect("the program ends");
    writer.join().expect("the input was written");
    Run::from(output)
}

impl From<Output> for Run {
    fn from(output: Output) -> Self {
        Self {
            code: output.status.code().unwrap_or(-1),
            stdout: String::from_utf8_lossy(&output.stdout).into_owned(),
            stderr: String::from_utf8_lossy(&output.stderr).into_owned(),
        }
    }
}

/// The names of all formats of reports.
pub(crate) fn formats() -> impl Iterator<Item = &'static str> {
    redhanded::report::FORMATS.into_iter().map(redhanded::report::Reporter::name)
}

/// What one run with these arguments writes in every format, each to a file of
/// its own. The run itself is given, too.
pub(crate) fn every_report(folder: &Folder, args: &[&str]) -> (Run, Vec<(&'static str, String)>) {
    // Not in the folder, where the next run would scan them.
    let reports = Folder::new();
    let path = |format: &str| reports.path().join(format);
    let options = formats().map(|format| format!("--format={format}={}", path(format).display()));
    let args = args.iter().map(|&arg| arg.to_owned()).chain(options);
    let run = folder.run(args);
    let read = |format| std::fs::read_to_string(path(format)).expect("the report is there");
    (run, formats().map(|format| (format, read(format))).collect())
}

/// A made-up credential: a template of the language of rule examples, expanded.
pub(crate) fn secret(template: &str) -> String {
    sample::expand(template, 1).expect("the template is right")
}

/// A GitHub token that no one ever held; its checksum is right.
pub(crate) fn github_token() -> String {
    secret("${seal:crc32-base62-body:ghp_${base62:36}}")
}

/// Another such token for every `seed`; 1 gives that of [`github_token`].
pub(crate) fn github_token_of(seed: u64) -> String {
    sample::expand("${seal:crc32-base62-body:ghp_${base62:36}}", seed)
        .expect("the template is right")
}

/// A rule as it is written in rule files. It finds its id, `_` and 32 lower-case
/// letters and digits.
pub(crate) fn rule_entry(id: &str, severity: &str, confidence: &str) -> String {
    format!(
        r#"
[[rule]]
id = "{id}"
name = "Acme {id}"
class = "api-key"
principal = "user"
lifetime = "until-revoked"
severity = "{severity}"
confidence = "{confidence}"
pattern = '(?<secret>{id}_[a-z0-9]{{32}})\b'
why = "Orders anvils."
fix = "Tell the coyote."
references = ["https://acme.example/keys"]
since = "0.1.0"

[rule.examples]
match = ["a = {id}_${{alnum-lower:32}}", "b: {id}_${{alnum-lower:32}};"]
near_miss = ["a = {id}_${{alnum-lower:31}}"]
"#
    )
}

/// A built-in rule, as far as tests read it from its file.
#[derive(serde::Deserialize)]
pub(crate) struct WrittenRule {
    /// What files it is for, if not for all.
    #[serde(default)]
    pub(crate) files: Vec<String>,
    /// Name of its file without the ending.
    #[serde(skip)]
    pub(crate) stem: String,
    pub(crate) id: String,
    #[serde(default)]
    pub(crate) checks: Vec<String>,
    pub(crate) examples: WrittenExamples,
}

/// The templates of its examples.
#[derive(serde::Deserialize)]
pub(crate) struct WrittenExamples {
    #[serde(rename = "match")]
    pub(crate) matching: Vec<String>,
    pub(crate) near_miss: Vec<String>,
}

/// All built-in rules as they stand in their files.
pub(crate) fn written_rules() -> Vec<WrittenRule> {
    #[derive(serde::Deserialize)]
    struct File {
        rule: Vec<WrittenRule>,
    }
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("rules");
    let mut rules = Vec::new();
    for entry in std::fs::read_dir(folder).expect("the rules are there") {
        let path = entry.expect("the folder can be read").path();
        let text = std::fs::read_to_string(&path).expect("a rule file can be read");
        let file: File = toml::from_str(&text).expect("a rule file is TOML");
        let stem = path.file_stem().expect("it has a name").to_string_lossy();
        rules.extend(
            file.rule.into_iter().map(|rule| WrittenRule { stem: stem.clone().into(), ..rule }),
        );
    }
    rules.sort_by(|a, b| a.id.cmp(&b.id));
    rules
}

/// The time in a report for people, replaced: it differs from run to run.
pub(crate) fn without_time(report: &str) -> String {
    let Some(end) = report.rfind(" s with ") else { return report.to_owned() };
    let start = report[..end].rfind(" in ").expect("the time stands behind `in`");
    format!("{} in <time>{}", &report[..start], &report[end..])
}
