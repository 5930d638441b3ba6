//! Repositories that change while they are scanned.

use std::sync::atomic::{AtomicBool, Ordering};

use super::layouts::line;
use super::values;
use crate::support::git::Repo;
use crate::support::github_token_of;

/// Sets what tells the other thread to stop, also when the test fails.
struct Stop<'a>(&'a AtomicBool);

impl Drop for Stop<'_> {
    fn drop(&mut self) {
        self.0.store(true, Ordering::Relaxed);
    }
}

/// Objects move from files of their own into packs, and from pack to pack. A
/// scan finds them, or tells of those that it could not.
#[test]
fn a_repack_during_a_scan_hides_nothing_silently() {
    let repo = Repo::init();
    let seeds: Vec<u64> = (1..=30).collect();
    let mut content = String::new();
    for seed in &seeds {
        content += &line(*seed);
        repo.commit(&[("a.txt", &content)], "One more");
    }
    let all = seeds.iter().map(|seed| github_token_of(*seed)).collect();
    let stop = AtomicBool::new(false);
    let path = repo.path();
    std::thread::scope(|scope| {
        scope.spawn(|| {
            let script = "git repack -adfq && for pack in .git/objects/pack/*.pack; do \
                          mv \"$pack\" x.pack && rm -f .git/objects/pack/* && \
                          git unpack-objects -q < x.pack; rm x.pack; done";
            while !stop.load(Ordering::Relaxed) {
                let mut shell = std::process::Command::new("sh");
                shell.args(["-c", script]).current_dir(path);
                shell.stderr(std::process::Stdio::null());
                shell.status().expect("there is a shell");
            }
        });
        let _stop = Stop(&stop);
        for _ in 0..15 {
            let run = repo.scan(&["--show-secrets"]);
            let is_told = run.code != 0 && !run.notices().is_empty();
            assert!(values(&run) == all || is_told, "{}{}", run.stdout, run.stderr);
        }
    });
}
