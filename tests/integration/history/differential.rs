//! Repositories that git made, with renames, merges, reverts and deep chains of
//! deltas: in each object exactly that is found which is found in its content.

use std::collections::BTreeMap;

use super::reading::Reading;
use super::texts::Stock;
use super::{assert_exact, seeds};
use crate::support::git::Repo;
use crate::support::random::Random;

/// The files of a commit.
type Files = BTreeMap<String, Vec<u8>>;

/// Writes a history for `git fast-import`.
struct Writer<'a> {
    stock: &'a Stock,
    random: &'a mut Random,
    stream: Vec<u8>,
    /// The files of each commit so far; its mark is one more than its place.
    commits: Vec<Files>,
    /// The commit at the end of each branch.
    tips: Vec<usize>,
}

impl Writer<'_> {
    /// Adds a commit to a branch.
    fn commit(&mut self, branch: usize, merged: &[usize], files: Files, message: &str) {
        let mark = self.commits.len() + 1;
        let time = 1_700_000_000 + 60 * mark;
        let parent = self.tips.get(branch).map(|parent| format!("from :{}\n", parent + 1));
        let merged: Vec<_> = merged.iter().map(|other| format!("merge :{}\n", other + 1)).collect();
        let head = format!(
            "commit refs/heads/branch{branch}\nmark :{mark}\n\
             author A U Thor <author@example.test> {time} +0000\n\
             committer C O Mitter <committer@example.test> {time} +0000\n\
             data {}\n{message}\n{}{}",
            message.len(),
            parent.unwrap_or_default(),
            merged.concat(),
        );
        self.stream.extend_from_slice(head.as_bytes());
        self.stream.extend_from_slice(b"deleteall\n");
        for (path, content) in &files {
            let line = format!("M 100644 inline {path}\ndata {}\n", content.len());
            self.stream.extend_from_slice(line.as_bytes());
            self.stream.extend_from_slice(content);
            self.stream.push(b'\n');
        }
        self.commits.push(files);
        if branch == self.tips.len() {
            self.tips.push(mark - 1);
        } else {
            self.tips[branch] = mark - 1;
        }
    }

    /// Adds some commit.
    fn step(&mut self) {
        let branch = self.random.below(self.tips.len());
        let tip = self.tips[branch];
        let mut files = self.commits[tip].clone();
        let message = self.message();
        match self.random.below(12) {
            0 if self.tips.len() < 6 => {
                let start = self.random.below(self.commits.len());
                let files = self.commits[start].clone();
                // A branch begins without a parent of its own: `merge` gives it.
                self.commit(self.tips.len(), &[start], files, &message);
                return;
            }
            1 => return self.merge(branch, files, &message),
            // A revert: all as it once was.
            2 => files = self.commits[self.random.below(self.commits.len())].clone(),
            3 => self.rename(&mut files),
            4 if files.len() > 2 => {
                let name = self.some_name(&files);
                files.remove(&name);
            }
            5 | 6 => {
                let name = format!("{}/new{}.txt", self.random.below(3), self.commits.len());
                files.insert(name, self.stock.text(self.random));
            }
            _ => {
                for _ in 0..self.random.within(1, 3) {
                    let name = self.some_name(&files);
                    let edited = self.edit(&files[&name]);
                    files.insert(name, edited);
                }
            }
        }
        self.commit(branch, &[], files, &message);
    }

    fn message(&mut self) -> String {
        if self.random.chance(10) {
            String::from_utf8_lossy(&self.stock.text(self.random)).replace('\0', "")
        } else {
            format!("Commit {}", self.commits.len())
        }
    }

    fn some_name(&mut self, files: &Files) -> String {
        let names: Vec<_> = files.keys().cloned().collect();
        self.random.pick(&names).clone()
    }

    /// A file gets another name, and often another line as well.
    fn rename(&mut self, files: &mut Files) {
        let name = self.some_name(files);
        let content = files.remove(&name).expect("it is there");
        let content = if self.random.chance(60) { self.edit(&content) } else { content };
        files.insert(format!("{}/moved{}.txt", self.random.below(3), self.commits.len()), content);
    }

    /// Merges one to three other branches; files of them come along, and some
    /// are resolved in a way of their own.
    fn merge(&mut self, branch: usize, mut files: Files, message: &str) {
        let mut others: Vec<usize> =
            (0..self.tips.len()).filter(|other| *other != branch).map(|b| self.tips[b]).collect();
        others.truncate(self.random.within(1, 3));
        others.retain(|other| *other != self.tips[branch]);
        others.dedup();
        for other in &others {
            for (name, content) in self.commits[*other].clone() {
                if self.random.chance(50) {
                    files.insert(name, content);
                }
            }
        }
        let name = self.some_name(&files);
        let resolved = self.edit(&files[&name]);
        files.insert(name, resolved);
        self.commit(branch, &others, files, message);
    }

    /// A text with a few edits.
    fn edit(&mut self, text: &[u8]) -> Vec<u8> {
        let snippets = self.stock.snippets(self.random);
        let mut text = text.to_vec();
        for _ in 0..self.random.within(1, 3) {
            let at = self.random.below(text.len() + 1);
            let end = (at + self.random.below(60)).min(text.len());
            let new = match self.random.below(4) {
                0 => Vec::new(),
                1 => {
                    let from = self.random.below(text.len() + 1);
                    text[from..(from + 300).min(text.len())].to_vec()
                }
                _ => self.random.pick(&snippets).clone(),
            };
            text.splice(at..end, new);
        }
        text
    }
}

/// A repository with a generated history, packed in one of several ways.
fn generated(stock: &Stock, seed: u64) -> Repo {
    let mut random = Random::new(seed);
    let (stream, commits, tips) = (Vec::new(), Vec::new(), Vec::new());
    let mut writer = Writer { stock, random: &mut random, stream, commits, tips };
    let files: Files = (0..4)
        .map(|number| (format!("{}/file{number}.txt", number % 3), stock.text(writer.random)))
        .collect();
    writer.commit(0, &[], files, "First");
    for _ in 0..40 {
        writer.step();
    }
    let stream = writer.stream;
    let repo = Repo::bare();
    repo.git_with(["fast-import", "--quiet"], &stream);
    repo.git(["symbolic-ref", "HEAD", "refs/heads/branch0"]);
    match seed % 4 {
        0 => repo.repack(250),
        1 => repo.repack(10),
        // As `fast-import` left it.
        2 => {}
        // Every object in a file of its own.
        _ => repo.unpack(),
    }
    if seed.is_multiple_of(3) {
        // Part of the history is left to nothing.
        repo.git(["update-ref", "-d", "refs/heads/branch1"]);
    }
    repo
}

#[test]
fn generated_histories_hide_nothing_from_the_reader() {
    let (stock, reading) = (Stock::new(), Reading::new());
    let mut found = 0;
    for seed in seeds(12) {
        found += reading.assert_exact(&generated(&stock, seed), &format!("seed {seed}"));
    }
    assert!(found > 1000, "{found} credentials to be found");
}

#[test]
fn generated_histories_give_what_their_objects_hold() {
    let stock = Stock::new();
    for seed in seeds(4) {
        assert_exact(&generated(&stock, seed), &format!("seed {seed}"));
    }
}

/// Growth by a line at each commit: the deepest chains that git makes.
#[test]
fn chains_of_thousands_give_what_their_objects_hold() {
    use crate::support::github_token_of;
    use std::fmt::Write;

    let mut stream = String::new();
    let mut text = String::new();
    for number in 0..1500_u64 {
        if number % 30 == 0 {
            writeln!(text, "token{number} = {}", github_token_of(number)).expect("text");
        } else {
            writeln!(text, "line {number} is no credential").expect("text");
        }
        if number % 100 == 99 {
            // Half of it goes, in the midst of a line.
            text.drain(..text.len() / 2);
        }
        write!(
            stream,
            "commit refs/heads/main\ncommitter A <a@example.test> {} +0000\ndata 1\nx\n\
             M 100644 inline log.txt\ndata {}\n{text}\n",
            1_700_000_000 + number,
            text.len(),
        )
        .expect("text");
    }
    let repo = Repo::bare();
    repo.git_with(["fast-import", "--quiet", "--depth=4000"], stream.as_bytes());
    assert!(assert_exact(&repo, "a chain") > 1500);
}
