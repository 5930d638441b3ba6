//! Histories made by dice: merges of everything with everything, clocks that
//! lie, refs to anything.

use std::collections::{BTreeMap, HashSet};
use std::fmt::Write;

use super::{assert_located, assert_located_with};
use crate::support::hooked::Hooked;

const PATHS: [&str; 9] =
    ["a", "a.b", "a0", "d/a", "d/e/a", "d/e/f/g/a", "d.e/a", "key", "x y/\u{fc}"];

/// A die that always falls alike.
struct Die(u64);

impl Die {
    /// A number less than `sides`.
    fn roll(&mut self, sides: u64) -> u64 {
        self.0 =
            self.0.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        (self.0 >> 33) % sides
    }

    fn one_of<'a, T>(&mut self, all: &'a [T]) -> &'a T {
        let count = u64::try_from(all.len()).expect("few");
        &all[usize::try_from(self.roll(count)).expect("it is less")]
    }
}

/// A stream for `git fast-import` and what it makes.
struct Story {
    die: Die,
    stream: String,
    /// The files of each commit.
    commits: Vec<BTreeMap<String, String>>,
    keys: u64,
}

impl Story {
    fn new(seed: u64, keys: u64) -> Self {
        Self { die: Die(seed), stream: String::new(), commits: Vec::new(), keys }
    }

    /// A text with some keys or none; of few keys there are few texts.
    fn text(&mut self) -> String {
        let mut text = format!("text {}\n", self.die.roll(3));
        for _ in 0..self.die.roll(3) {
            let _ = writeln!(text, "key-{}", self.die.roll(self.keys));
        }
        text
    }

    fn data(&mut self, text: &str) {
        let _ = writeln!(self.stream, "data {}\n{text}", text.len());
    }

    fn commit(&mut self) {
        let number = self.commits.len();
        let mut parents: Vec<usize> = Vec::new();
        let wanted = *self.die.one_of(&[0, 1, 1, 1, 1, 1, 1, 1, 1, 2, 2, 3]);
        for _ in 0..wanted.min(number) {
            let back = usize::try_from(self.die.roll(8)).expect("few");
            let parent = number - 1 - back.min(number - 1);
            if !parents.contains(&parent) {
                parents.push(parent);
            }
        }
        let mut files = parents.first().map_or_else(BTreeMap::new, |p| self.commits[*p].clone());
        // Enough files that change little for trees to be deltas.
        for filler in 0..40 {
            files.entry(format!("d/filler {filler}")).or_insert_with(|| "same\n".to_owned());
        }
        for parent in parents.iter().skip(1) {
            for (path, text) in self.commits[*parent].clone() {
                if self.die.roll(2) == 0 {
                    files.insert(path, text);
                }
            }
        }
        for _ in 0..self.die.roll(4) {
            self.change(&mut files);
        }
        let time = 1_700_000_000 + 1000 * i64::try_from(number).expect("few")
            - *self.die.one_of(&[0, 0, 0, 0, 20_000, 3_000_000_000]);
        let zone = *self.die.one_of(&["+0000", "+0530", "-0800"]);
        let _ = writeln!(self.stream, "commit refs/heads/b{number}\nmark :{}", number + 1);
        let _ = writeln!(self.stream, "author A \u{fc} <a@x> {} -0130", time - 5);
        let _ = writeln!(self.stream, "committer C <c@x> {time} {zone}");
        let key = self.die.roll(self.keys * 4);
        let suffix = if key < self.keys { format!(" key-{key}") } else { String::new() };
        self.data(&format!("subject {number}{suffix}\n\nbody\n"));
        for (at, parent) in parents.iter().enumerate() {
            let _ = writeln!(self.stream, "{} :{}", ["from", "merge"][at.min(1)], parent + 1);
        }
        self.stream.push_str("deleteall\n");
        for (path, text) in &files {
            let _ = writeln!(self.stream, "M 644 inline \"{path}\"\ndata {}\n{text}", text.len());
        }
        self.commits.push(files);
    }

    /// Writes, removes or moves a file. Where a folder was there may be a file.
    fn change(&mut self, files: &mut BTreeMap<String, String>) {
        let path = (*self.die.one_of(&PATHS)).to_owned();
        match self.die.roll(6) {
            0 => {
                files.remove(&path);
            }
            1 => {
                if let Some(text) = files.remove(&path) {
                    files.insert((*self.die.one_of(&PATHS)).to_owned(), text);
                }
            }
            _ => {
                let text = self.text();
                files.insert(path, text);
            }
        }
    }

    /// A repository with so many commits, some of them unreachable, and refs to
    /// commits, tags, tags of tags, a tree and a blob.
    fn tell(mut self, commits: usize) -> Hooked {
        let repo = Hooked::new();
        for _ in 0..commits {
            self.commit();
        }
        for tag in 0..4 {
            let commit = self.die.roll(u64::try_from(commits).expect("few")) + 1;
            let key = self.die.roll(self.keys);
            let _ =
                writeln!(self.stream, "tag t{tag}\nmark :{}\nfrom :{commit}", commits + 1 + tag);
            let _ = writeln!(self.stream, "tagger T <t@x> 1 +0000");
            self.data(&format!("tag with key-{key}"));
        }
        repo.git_with_input(["fast-import", "--quiet", "--force"], self.stream.as_bytes());
        for commit in 0..commits {
            // Most branches are forgotten, and what only they led to with them.
            if self.die.roll(5) != 0 {
                repo.git(["update-ref", "-d", &format!("refs/heads/b{commit}")]);
            }
        }
        let inner = repo.git(["rev-parse", "refs/tags/t0"]);
        repo.git(["tag", "--annotate", "--message=outer key-0", "outer", &inner]);
        repo.git(["update-ref", "-d", "refs/tags/t0"]);
        repo.git(["update-ref", "-d", "refs/tags/t1"]);
        let tree = repo.git(["rev-parse", "refs/tags/t2^{tree}"]);
        repo.git(["update-ref", "refs/odd/tree", &tree]);
        let blob = repo.git_with_input(["hash-object", "-w", "--stdin"], b"a blob with key-1\n");
        repo.git(["update-ref", "refs/odd/blob", &blob]);
        let head = repo.git(["rev-parse", "refs/tags/t3^{commit}"]);
        repo.git(["update-ref", "refs/heads/main", &head]);
        repo.git(["read-tree", &tree]);
        repo
    }
}

#[test]
fn whatever_dice_make_is_told_as_it_is() {
    for seed in 0..6 {
        let repo = Story::new(seed, 12).tell(40);
        let first = assert_located(&repo);
        assert!(first.notices.is_empty());
        repo.git(["repack", "-adfkq", "--depth=50", "--window=50"]);
        assert!(assert_located(&repo) == first, "packs change nothing");
        repo.git(["prune-packed"]);
        repo.commit("loose key-3", &[("d/e/a", b"key-1 key-2"), ("other", b"key-5")]);
        assert_located(&repo);
    }
}

#[test]
fn many_keys_are_told_apart() {
    let repo = Story::new(77, 700).tell(60);
    repo.git(["repack", "-adfkq", "--depth=50"]);
    let located = assert_located(&repo);
    assert!(located.leaks.len() > 600);
}

#[test]
fn only_some_commits_count_and_some_are_cut_off() {
    for seed in 10..13 {
        let repo = Story::new(seed, 12).tell(40);
        let all = repo.git(["rev-list", "--all"]);
        let ids = all.lines().map(|id| id.parse().expect("it is a name"));
        let some: HashSet<_> = ids.step_by(3).collect();
        assert_located_with(&repo, &HashSet::new(), |tips| tips.commits = Some(some.clone()));
        assert_located_with(&repo, &some, |_| {});
        assert_located_with(&repo, &HashSet::new(), |tips| {
            tips.refs.truncate(2);
            tips.head = None;
        });
    }
}
