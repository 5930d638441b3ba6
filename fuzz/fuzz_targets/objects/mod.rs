//! A repository with one pack in it, scanned in every way.
//!
//! To be run with `-detect_leaks=0`: what threads leave to be done at their end
//! is taken for a leak.

use std::path::Path;
use std::sync::LazyLock;

use redhanded::rule::RuleSet;
use redhanded::scan::{Outcome, Progress, ScanOptions, Scanner, Telling};
use redhanded::source::{Environment, HistoryOptions, Limits, Objects, Repository};
use redhanded::suppress::AllowLists;
use tempfile::TempDir;

static SCANNER: LazyLock<Scanner> = LazyLock::new(|| {
    Scanner::new(RuleSet::builtin(), AllowLists::default(), ScanOptions::default())
});

static FOLDER: LazyLock<TempDir> = LazyLock::new(|| {
    let folder = tempfile::tempdir().expect("a temporary folder");
    for inside in ["objects/pack", "refs"] {
        std::fs::create_dir_all(folder.path().join(inside)).expect("a folder");
    }
    let settings = "[core]\n\trepositoryFormatVersion = 0\n\tbare = true\n";
    for (name, content) in [("HEAD", "ref: refs/heads/main\n"), ("config", settings)] {
        std::fs::write(folder.path().join(name), content).expect("a file");
    }
    folder
});

/// Scans a pack by its deltas and each object whole: the same is found, and
/// nothing fails inside the program.
pub fn assert_exact(pack: &[u8], index: &[u8]) {
    let path = FOLDER.path().join("objects/pack/pack-0.pack");
    std::fs::write(&path, pack).expect("the pack can be written");
    std::fs::write(path.with_extension("idx"), index).expect("the index can be written");
    let one = told(&scan(FOLDER.path(), 1, false));
    for (threads, whole) in [(1, true), (3, false)] {
        assert_eq!(one, told(&scan(FOLDER.path(), threads, whole)), "{threads}, {whole}");
    }
    assert!(!one.iter().any(|line| line.contains("kind: Panicked")), "{one:#?}");
}

fn scan(folder: &Path, threads: usize, whole: bool) -> Outcome {
    let limits = Limits { max_size: 1 << 20, piece: 1 << 16, reach: SCANNER.reach() };
    let options = HistoryOptions { threads, limits, whole };
    let repository = Repository::open(folder, &Environment::default()).expect("it is one");
    let objects = Objects::of(&repository, options).expect("it has no refs");
    let telling = Telling { introductions: true, every_place: true, unreachable: true };
    SCANNER.run_history(objects.history(), &objects, telling, &Progress::default())
}

/// All that an outcome tells, line by line.
fn told(outcome: &Outcome) -> Vec<String> {
    let findings = outcome.findings.iter().map(|finding| format!("{finding:?}"));
    let notices = outcome.notices.iter().map(|notice| format!("{notice:?}"));
    findings.chain(notices).collect()
}
