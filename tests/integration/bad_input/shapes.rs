//! Files and folders of unusual shape.

use super::{assert_notices, one_leak, scan};
use crate::support::{Folder, github_token, github_token_of};

#[test]
fn empty_files_are_clean() {
    let folder = Folder::new();
    folder.file("a.txt", "");
    folder.file("b.txt", "");
    let run = scan(&folder, &["."]).exits(0);
    assert_eq!((run.coverage("files"), run.coverage("bytes")), (2, 0));
}

#[test]
fn a_file_in_a_deep_folder_is_found() {
    let folder = one_leak(&format!("{}a.txt", "d/".repeat(200)));
    let run = scan(&folder, &["."]).exits(1);
    assert_eq!(run.findings().len(), 1);
}

/// Bytes without any order, the same in every run.
fn garbage(count: usize) -> Vec<u8> {
    let mut state = 0x9e37_79b9_7f4a_7c15_u64;
    let step = || {
        state ^= state << 13;
        state ^= state >> 7;
        state ^= state << 17;
        state.to_be_bytes()[0]
    };
    std::iter::repeat_with(step).take(count).collect()
}

#[test]
fn binary_garbage_is_clean() {
    let folder = Folder::new();
    folder.file("garbage", garbage(1 << 20));
    let run = scan(&folder, &["."]).exits(0);
    assert_eq!(run.coverage("bytes"), 1 << 20);
    assert_notices(&run, &[]);
}

#[test]
fn a_secret_in_binary_garbage_is_found() {
    let folder = Folder::new();
    let (noise, token) = (garbage(5000), github_token());
    folder.file("garbage", [&noise, token.as_bytes(), b"\xff\xfe", &noise].concat());
    let run = scan(&folder, &["."]).exits(1);
    assert_eq!(run.findings()[0]["offset"], 5000);
}

#[test]
fn a_line_of_64_megabytes_is_scanned_to_its_end() {
    const GAP: usize = 32 << 20;
    let folder = Folder::new();
    let [first, second, third] = [1, 2, 3].map(github_token_of);
    let gap = format!(" {} ", ".".repeat(GAP));
    folder.file("line.min.js", [&first, gap.as_str(), &second, gap.as_str(), &third].concat());
    let run = scan(&folder, &["."]).exits(1);
    let places: Vec<_> = run
        .findings()
        .iter()
        .map(|finding| (finding["line"].as_u64(), finding["column"].as_u64()))
        .collect();
    let step = (first.len() + gap.len()) as u64;
    assert_eq!(places, [1, 1 + step, 1 + 2 * step].map(|column| (Some(1), Some(column))));
}

#[test]
fn all_of_4000_findings_in_one_file_are_reported() {
    let folder = Folder::new();
    let lines = (1..=4000).map(|seed| format!("t={} ;;;;;\n", github_token_of(seed)));
    folder.file("a.txt", lines.collect::<String>());
    let run = scan(&folder, &["."]).exits(1);
    let lines: Vec<_> = run.findings().iter().map(|finding| finding["line"].as_u64()).collect();
    assert_eq!(lines, (1..=4000).map(Some).collect::<Vec<_>>());
}
