//! A repository made by the real git, for tests that run it and its hooks.

use std::ffi::OsStr;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};

use super::{Folder, Run, end_of, program};

/// A folder with a repository, and an empty home for whoever works in it.
pub(crate) struct Hooked {
    folder: Folder,
    home: Folder,
}

impl Hooked {
    /// A new repository with nothing in it, its first branch being `main`.
    pub(crate) fn new() -> Self {
        let made = Self { folder: Folder::new(), home: Folder::new() };
        made.git(["init", "--quiet", "--initial-branch=main", "."]);
        made
    }

    /// A new bare repository.
    pub(crate) fn bare() -> Self {
        let made = Self { folder: Folder::new(), home: Folder::new() };
        made.git(["init", "--quiet", "--bare", "--initial-branch=main", "."]);
        made
    }

    pub(crate) fn path(&self) -> &Path {
        self.folder.path()
    }

    pub(crate) fn file(&self, name: impl AsRef<Path>, content: impl AsRef<[u8]>) -> PathBuf {
        self.folder.file(name, content)
    }

    /// Writes files, stages everything and commits it. Gives the commit's name.
    pub(crate) fn commit(&self, message: &str, files: &[(&str, &[u8])]) -> String {
        for (name, content) in files {
            self.file(name, content);
        }
        self.git(["add", "--all", "."]);
        self.git(["commit", "--quiet", "--no-verify", "--allow-empty", "--message", message]);
        self.git(["rev-parse", "HEAD"])
    }

    /// Runs git here; it has to succeed. Gives its standard output, trimmed.
    #[track_caller]
    pub(crate) fn git<S: AsRef<OsStr>>(&self, args: impl IntoIterator<Item = S>) -> String {
        self.try_git(args).exits(0).stdout.trim_end().to_owned()
    }

    /// Runs git here.
    pub(crate) fn try_git<S: AsRef<OsStr>>(&self, args: impl IntoIterator<Item = S>) -> Run {
        let mut git = self.clean(Command::new("git"));
        git.args(args);
        run(git, b"")
    }

    /// Runs git here with something on standard input.
    #[track_caller]
    pub(crate) fn git_with_input<S: AsRef<OsStr>>(
        &self,
        args: impl IntoIterator<Item = S>,
        input: &[u8],
    ) -> String {
        let mut git = self.clean(Command::new("git"));
        git.args(args);
        run(git, input).exits(0).stdout.trim_end().to_owned()
    }

    /// Runs the program here.
    pub(crate) fn run<S: AsRef<OsStr>>(&self, args: impl IntoIterator<Item = S>) -> Run {
        self.run_with(args, &[], b"")
    }

    /// Runs the program here with variables in its environment and something on
    /// standard input.
    pub(crate) fn run_with<S: AsRef<OsStr>>(
        &self,
        args: impl IntoIterator<Item = S>,
        variables: &[(&str, &str)],
        input: &[u8],
    ) -> Run {
        let mut command = self.clean(program());
        command.args(args).envs(variables.iter().copied());
        run(command, input)
    }

    /// A command in this folder with a clean environment: the program stands on
    /// the path under its name.
    pub(crate) fn clean(&self, mut command: Command) -> Command {
        let path = std::env::var_os("PATH").unwrap_or_default();
        let own = Path::new(env!("CARGO_BIN_EXE_redhanded")).parent().expect("it is in a folder");
        let folders = std::iter::once(own.to_owned()).chain(std::env::split_paths(&path));
        command.env_clear().current_dir(self.path());
        command.env("PATH", std::env::join_paths(folders).expect("the folders have plain names"));
        for kept in ["LLVM_PROFILE_FILE", "TMPDIR"] {
            if let Some(value) = std::env::var_os(kept) {
                command.env(kept, value);
            }
        }
        command.env("HOME", self.home.path()).env("GIT_CONFIG_NOSYSTEM", "1");
        for role in ["AUTHOR", "COMMITTER"] {
            command.env(format!("GIT_{role}_NAME"), "Nobody");
            command.env(format!("GIT_{role}_EMAIL"), "nobody@example.org");
            command.env(format!("GIT_{role}_DATE"), "2026-01-02T03:04:05Z");
        }
        command
    }
}

fn run(mut command: Command, input: &[u8]) -> Run {
    command.stdin(Stdio::piped()).stdout(Stdio::piped()).stderr(Stdio::piped());
    let mut child = command.spawn().expect("the command starts");
    let mut stdin = child.stdin.take().expect("standard input is a pipe");
    let input = input.to_vec();
    let writer = std::thread::spawn(move || {
        // Who does not read its input closes the pipe: no failure.
        let _ = std::io::Write::write_all(&mut stdin, &input);
    });
    let run = end_of(child);
    writer.join().expect("the input was written");
    run
}
