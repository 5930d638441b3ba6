//! A folder of objects with one pack in it, scanned in every way.

use std::path::Path;
use std::sync::LazyLock;

use redhanded::rule::RuleSet;
use redhanded::scan::{Outcome, Progress, ScanOptions, Scanner};
use redhanded::source::{History, HistoryOptions, Limits};
use redhanded::suppress::AllowLists;
use tempfile::TempDir;

static SCANNER: LazyLock<Scanner> = LazyLock::new(|| {
    let options = ScanOptions { explain: true, ..ScanOptions::default() };
    Scanner::new(RuleSet::builtin(), AllowLists::default(), options)
});

static FOLDER: LazyLock<TempDir> = LazyLock::new(|| {
    let folder = tempfile::tempdir().expect("a temporary folder");
    std::fs::create_dir(folder.path().join("pack")).expect("a folder");
    folder
});

/// Scans a pack by its deltas and each object whole: the same is found, and
/// nothing fails inside the program.
pub fn assert_exact(pack: &[u8], index: &[u8]) {
    let path = FOLDER.path().join("pack/pack-0.pack");
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
    SCANNER.run(&History::open(&[folder.to_owned()], options), &Progress::default())
}

/// All that an outcome tells, line by line.
fn told(outcome: &Outcome) -> Vec<String> {
    let findings = outcome.findings.iter().map(|finding| format!("{finding:?}"));
    let dropped = outcome.dropped.iter().map(|dropped| format!("{dropped:?}"));
    let notices = outcome.notices.iter().map(|notice| format!("{notice:?}"));
    findings.chain(dropped).chain(notices).collect()
}
