//! What is remembered from one scan of a repository to the next: that it changes
//! no report, and what happens when it cannot be used.

mod changes;
mod commands;
mod files;

use std::path::{Path, PathBuf};
use std::process::Command;

use crate::support::hooked::Hooked;
use crate::support::{Folder, Run, end_of, program};

/// A repository, and a cache of its own.
struct Remembering {
    repository: Hooked,
    cache: Folder,
}

impl Remembering {
    fn new() -> Self {
        Self { repository: Hooked::new(), cache: Folder::new() }
    }

    /// The program in the repository, not yet started.
    fn command(&self, args: &[&str]) -> Command {
        let mut command = program();
        command.current_dir(self.repository.path()).args(args);
        command.env("XDG_CACHE_HOME", self.cache.path());
        command
    }

    #[track_caller]
    fn run(&self, args: &[&str]) -> Run {
        let mut command = self.command(args);
        command.stdin(std::process::Stdio::null());
        command.stdout(std::process::Stdio::piped()).stderr(std::process::Stdio::piped());
        end_of(command.spawn().expect("the program starts"))
    }

    /// A scan of history as JSON, with these arguments.
    #[track_caller]
    fn scan(&self, args: &[&str]) -> Run {
        self.run(&[&["git", "--format", "json", "--show-secrets"], args].concat())
    }

    /// Makes sure that a scan reports what one reports that knows of no other.
    /// Gives its report.
    #[track_caller]
    fn check(&self, args: &[&str], when: &str) -> Run {
        let warm = self.scan(args);
        let cold = self.scan(&[args, &["--no-cache"]].concat());
        assert_eq!(warm.stdout, cold.stdout, "{when}");
        assert_eq!((warm.code, &warm.stderr), (cold.code, &cold.stderr), "{when}");
        warm
    }

    fn folder(&self) -> PathBuf {
        self.cache.path().join("redhanded")
    }

    /// The files of the cache.
    fn files(&self) -> Vec<PathBuf> {
        let Ok(entries) = std::fs::read_dir(self.folder()) else { return Vec::new() };
        let mut files: Vec<_> = entries.map(|entry| entry.expect("an entry").path()).collect();
        files.sort();
        files
    }

    /// The one file of the cache.
    #[track_caller]
    fn file(&self) -> PathBuf {
        let files = self.files();
        assert_eq!(files.len(), 1, "there is one file");
        files[0].clone()
    }
}

fn bytes(path: &Path) -> Vec<u8> {
    std::fs::read(path).expect("the file can be read")
}
