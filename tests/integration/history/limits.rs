//! Size: chains of many links, large objects, and what grows beyond measure.
//! Time and memory stay within bounds.

use std::fmt::Write;

use super::values;
use crate::support::delta::Op;
use crate::support::git::Repo;
use crate::support::github_token_of;
use crate::support::pack::{Kind, Pack, commit, hex, name_of, tree};

fn token_line(seed: u64) -> Vec<u8> {
    format!("key = {}\n", github_token_of(seed)).into_bytes()
}

/// A repository with this pack, and a commit with one of its blobs.
fn planted(mut pack: Pack, blob: usize) -> Repo {
    let tree = tree(&[("100644", b"large.txt", pack.name(blob))]);
    let tree = pack.whole(Kind::Tree, &tree);
    let commit = pack.whole(Kind::Commit, &commit(&pack.name(tree), &[], "Large"));
    let written = pack.write();
    let repo = Repo::bare();
    repo.plant(&written, &written.index());
    repo.write_ref("refs/heads/main", &hex(&pack.name(commit)));
    repo
}

/// A gigabyte of versions of one file in a chain: they are never all in memory.
#[test]
fn a_chain_of_large_objects_needs_little_memory() {
    const SIZE: usize = 20 << 20;
    let mut pack = Pack::default();
    let line = "all work and no play makes a dull text of many lines\n";
    let mut newest = pack.blob(line.repeat(SIZE / line.len()));
    for number in 0..50 {
        // At another place each time, so that no copy can be thrown away.
        let at = (number + 1) * SIZE / 60;
        let new = if number % 10 == 0 { token_line(number as u64) } else { b"new line\n".to_vec() };
        let ops = vec![
            Op::Copy { from: 0, length: at },
            Op::Insert(new),
            Op::Copy { from: at, length: pack.content(newest).len() - at },
        ];
        let next = pack.delta(newest, ops);
        pack.entries[newest].content = Vec::new();
        newest = next;
    }
    let repo = planted(pack, newest);
    let run = repo.scan_within(700_000, &["--show-secrets"]).exits(1);
    assert_eq!(run.notices(), []);
    assert_eq!(values(&run).len(), 5);
}

/// One object of which many others are made, each as large.
#[test]
fn many_large_children_of_one_object_need_little_memory() {
    const SIZE: usize = 20 << 20;
    let mut pack = Pack::default();
    let line = "all work and no play makes a dull text of many lines\n";
    let base = pack.blob(line.repeat(SIZE / line.len()));
    let length = pack.content(base).len();
    let mut last = base;
    for number in 0..40 {
        let new = if number % 10 == 0 { token_line(number) } else { number.to_string().into() };
        last = pack.delta(base, vec![Op::Copy { from: 0, length }, Op::Insert(new)]);
        pack.entries[last].content = Vec::new();
    }
    let repo = planted(pack, last);
    let run = repo.scan_within(700_000, &["--show-secrets"]).exits(1);
    assert_eq!(run.notices(), []);
    assert_eq!(values(&run).len(), 4);
}

/// A delta of some bytes that makes gigabytes.
#[test]
fn a_delta_that_makes_gigabytes_is_not_followed() {
    let mut pack = Pack::default();
    let base = pack.blob([token_line(1), vec![b'x'; 1 << 20]].concat());
    let length = pack.content(base).len();
    let bomb = crate::support::delta::Delta {
        base_size: length as u64,
        result_size: 4000 * length as u64,
        ops: vec![Op::Copy { from: 0, length }; 4000],
    };
    let name = pack.name(base);
    let large = pack.delta_over(name, b"as if", &bomb);
    let behind = pack.blob(token_line(2));
    assert_ne!(large, behind);
    let repo = Repo::bare();
    let written = pack.write();
    repo.plant(&written, &written.index());
    let run = repo.scan_within(1_500_000, &["--show-secrets"]).exits(1);
    assert_eq!(values(&run).len(), 2);
    let report = run.json();
    assert!(super::list(&report["notices"]).iter().any(|notice| notice["gap"] == true));
}

/// Each object twice as large as the one before, forty times.
#[test]
fn growth_without_end_is_not_followed() {
    let mut pack = Pack::default();
    let mut name = name_of(Kind::Blob, &token_line(1));
    pack.blob(token_line(1));
    let mut size = token_line(1).len() as u64;
    for number in 0..40_u32 {
        let part = usize::try_from(size.min(0xff_ffff)).expect("it is small");
        let copy = Op::Copy { from: 0, length: part };
        let doubled = size * 2;
        let delta = crate::support::delta::Delta {
            base_size: size,
            result_size: doubled,
            ops: vec![copy; usize::try_from(doubled.div_ceil(part as u64).min(9)).expect("few")],
        };
        let next = pack.delta_over(name, number.to_string().as_bytes(), &delta);
        name = pack.name(next);
        size = doubled;
    }
    pack.blob(token_line(2));
    let repo = Repo::bare();
    let written = pack.write();
    repo.plant(&written, &written.index());
    let run = repo.scan_within(1_500_000, &["--show-secrets"]).exits(1);
    assert_eq!(values(&run).len(), 2);
    assert!(!run.notices().is_empty());
}

/// A chain so long that a function for each link would need a stack of its own.
#[test]
fn a_chain_of_fifty_thousand_links_is_walked() {
    let mut pack = Pack::default();
    let mut newest = pack.blob("x\n");
    for number in 0..50_000_u64 {
        let new = if number % 10_000 == 0 { token_line(number) } else { Vec::new() };
        let content = [&new[..], format!("{number}\n").as_bytes()].concat();
        newest = pack.delta(newest, vec![Op::Insert(content), Op::Copy { from: 0, length: 1 }]);
    }
    let repo = Repo::bare();
    let written = pack.write();
    repo.plant(&written, &written.index());
    let run = repo.scan_within(1_500_000, &["--show-secrets"]).exits(1);
    assert_eq!(run.notices(), []);
    assert_eq!(values(&run).len(), 5);
}

/// As many refs as large projects have.
#[test]
fn a_hundred_thousand_refs_take_seconds() {
    let repo = Repo::init();
    let first = repo.commit(&[("a.txt", token_line(1))], "First");
    let second = repo.commit(&[("a.txt", "gone\n")], "Second");
    let mut refs = "# pack-refs with: peeled fully-peeled sorted \n".to_owned();
    for number in 0..100_000 {
        let id = if number % 2 == 0 { &first } else { &second };
        writeln!(refs, "{id} refs/pull/{number:06}/head").expect("text");
    }
    repo.around().file(repo.git_dir().join("packed-refs"), refs);
    let run = repo.scan(&["--show-secrets"]).exits(1);
    let finding = super::only(&run);
    assert_eq!(super::presence(&finding), "tip");
}

/// Folders in folders, two thousand deep.
#[test]
fn deep_folders_are_walked() {
    const DEPTH: usize = 2000;
    let repo = Repo::bare();
    let mut pack = Pack::default();
    let blob = pack.blob(token_line(1));
    let mut name = pack.name(blob);
    let mut mode = "100644";
    for _ in 0..DEPTH {
        let tree = pack.whole(Kind::Tree, &tree(&[(mode, b"d", name)]));
        name = pack.name(tree);
        mode = "40000";
    }
    let commit = pack.whole(Kind::Commit, &commit(&name, &[], "Deep"));
    let written = pack.write();
    repo.plant(&written, &written.index());
    repo.write_ref("refs/heads/main", &hex(&pack.name(commit)));
    let run = repo.scan(&["--show-secrets"]).exits(1);
    assert_eq!(run.notices(), []);
    let finding = super::only(&run);
    assert_eq!(finding["path"], "d/".repeat(DEPTH - 1) + "d");
    assert_eq!(super::presence(&finding), "head");
}

/// A few trees that have the same trees in them again and again: written out,
/// more paths than anybody can count.
#[test]
fn trees_that_multiply_are_not_written_out() {
    let repo = Repo::bare();
    let mut pack = Pack::default();
    let blob = pack.blob(token_line(1));
    let mut name = pack.name(blob);
    let mut mode = "100644";
    for _ in 0..20 {
        let names: Vec<_> = (0..10).map(|number: u8| vec![b'a' + number]).collect();
        let rows: Vec<_> = names.iter().map(|path| (mode, path.as_slice(), name)).collect();
        let tree = pack.whole(Kind::Tree, &tree(&rows));
        name = pack.name(tree);
        mode = "40000";
    }
    let commit = pack.whole(Kind::Commit, &commit(&name, &[], "Many"));
    let written = pack.write();
    repo.plant(&written, &written.index());
    repo.write_ref("refs/heads/main", &hex(&pack.name(commit)));
    let run = repo.scan_within(1_500_000, &["--show-secrets"]).exits(1);
    assert_eq!(values(&run).len(), 1);
}
