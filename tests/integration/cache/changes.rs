//! Repositories that change between scans.

use super::Remembering;
use crate::support::{github_token_of, secret};

/// Numbers that are the same in every run.
struct Dice(u64);

impl Dice {
    /// A number below `sides`.
    fn roll(&mut self, sides: u64) -> u64 {
        // Xorshift: G. Marsaglia, 2003.
        self.0 ^= self.0 << 13;
        self.0 ^= self.0 >> 7;
        self.0 ^= self.0 << 17;
        self.0 % sides
    }
}

/// A text in UTF-16.
fn wide(text: &str) -> Vec<u8> {
    text.encode_utf16().flat_map(u16::to_le_bytes).collect()
}

/// One of some words.
fn choose<'w>(words: &[&'w str], dice: &mut Dice) -> &'w str {
    let at = usize::try_from(dice.roll(words.len() as u64)).expect("they are few");
    words[at]
}

/// Somebody who works in a repository.
struct Worker {
    here: Remembering,
    dice: Dice,
    /// The repository that is fetched from.
    other: Remembering,
    time: u64,
}

impl Worker {
    fn new(seed: u64) -> Self {
        let mut worker = Self {
            here: Remembering::new(),
            dice: Dice(seed.wrapping_mul(0x9e37_79b9_7f4a_7c15) | 1),
            other: Remembering::new(),
            time: 1_700_000_000,
        };
        worker.write();
        worker.commit(&[]);
        worker
    }

    /// Runs git, which may well refuse.
    fn git(&mut self, args: &[&str]) -> String {
        // Clocks are wrong sometimes.
        self.time = self.time + self.dice.roll(500) - 100;
        let mut git = self.here.repository.clean(std::process::Command::new("git"));
        for role in ["AUTHOR", "COMMITTER"] {
            git.env(format!("GIT_{role}_DATE"), format!("{} +0100", self.time));
        }
        let output = git.args(args).output().expect("git starts");
        String::from_utf8_lossy(&output.stdout).trim().to_owned()
    }

    /// A line, mostly with something in it that is found.
    fn line(&mut self) -> String {
        match self.dice.roll(8) {
            0..4 => format!("token = {}", github_token_of(self.dice.roll(6) + 1)),
            4 => format!("password = \"{}\"", secret("${alnum:20}")),
            5 => format!("old = {} # gitleaks:allow", github_token_of(self.dice.roll(6) + 1)),
            _ => format!("line {}", self.dice.roll(1000)),
        }
    }

    fn path(&mut self) -> String {
        let folder = choose(&["", "src/", "src/deep/", "docs/"], &mut self.dice);
        format!("{folder}{}.txt", choose(&["a", "b", "c"], &mut self.dice))
    }

    fn write(&mut self) {
        let path = self.path();
        let known = std::fs::read(self.here.repository.path().join(&path)).unwrap_or_default();
        let mut content = if self.dice.roll(3) == 0 { Vec::new() } else { known };
        for _ in 0..=self.dice.roll(3) {
            content.extend(self.line().as_bytes());
            content.push(b'\n');
        }
        match self.dice.roll(24) {
            0 => content.splice(0..0, *b"\xef\xbb\xbf").for_each(drop),
            1 => content.splice(0..0, *b"\xef\xbb\xbf\0").for_each(drop),
            2 => content.extend(*b"\0caf\xe9"),
            3 => content.extend(wide(&self.line())),
            _ => {}
        }
        if self.dice.roll(12) == 0 {
            let text = String::from_utf8_lossy(&content).into_owned();
            content = [vec![0xff, 0xfe], wide(&text)].concat();
        }
        self.here.repository.file(path, content);
    }

    fn commit(&mut self, how: &[&str]) {
        self.git(&["add", "--all", "."]);
        let message = if self.dice.roll(10) == 0 { self.line() } else { "work".to_owned() };
        self.git(&[&["commit", "--no-verify", "--allow-empty", "-m", &message], how].concat());
    }

    /// Commits something in the other repository, and fetches it from there.
    fn fetch(&mut self) {
        let line = self.line();
        self.other.repository.commit(&line, &[("other.txt", line.as_bytes())]);
        if self.dice.roll(2) == 0 {
            self.other.repository.git(["repack", "-dq"]);
        }
        let from = self.other.repository.path().to_string_lossy().into_owned();
        self.git(&["-c", "fetch.unpackLimit=1", "fetch", &from, "+main:refs/remotes/o/main"]);
    }

    /// Does something, and tells what.
    fn work(&mut self) -> &'static str {
        match self.dice.roll(28) {
            0..6 => {
                self.write();
                self.commit(&[]);
                "commit"
            }
            6 => {
                self.write();
                "write"
            }
            7 => {
                self.write();
                self.git(&["add", "--all", "."]);
                "add"
            }
            8 => {
                self.write();
                self.commit(&["--amend"]);
                "amend"
            }
            9 => {
                let (from, to) = (self.path(), self.path());
                self.git(&["mv", "-f", &from, &to]);
                self.commit(&[]);
                "move"
            }
            10 => {
                let path = self.path();
                self.git(&["rm", "-q", "-f", &path]);
                self.commit(&[]);
                "remove"
            }
            11 => {
                self.write();
                self.git(&["stash", "-u"]);
                "stash"
            }
            12 => {
                self.git(&["stash", "drop"]);
                "drop a stash"
            }
            13 => {
                let id = self.git(&["rev-parse", "HEAD"]);
                let entry = format!("160000,{id},docs/sub");
                self.git(&["update-index", "--add", "--cacheinfo", &entry]);
                self.git(&["commit", "--no-verify", "-m", "submodule"]);
                "submodule"
            }
            14..24 => self.work_on_refs(),
            _ => self.clean_up(),
        }
    }

    /// Does something to branches and tags.
    fn work_on_refs(&mut self) -> &'static str {
        let branch = choose(&["main", "one", "two", "three"], &mut self.dice);
        let tag = choose(&["v0", "v1", "v2", "v3"], &mut self.dice);
        match self.dice.roll(12) {
            0 | 1 => {
                self.git(&["switch", "-f", "-C", branch]);
                "make a branch"
            }
            2 => {
                self.git(&["switch", "-f", branch]);
                "switch"
            }
            3 => {
                self.git(&["switch", "-f", "--detach", branch]);
                self.git(&["pack-refs", "--all"]);
                "detach"
            }
            4 => {
                self.git(&["branch", "-D", branch]);
                "delete a branch"
            }
            5 | 6 => {
                self.git(&["merge", "--no-edit", "-X", "ours", "--no-ff", branch]);
                self.commit(&[]);
                "merge"
            }
            7 => {
                let line = self.line();
                self.git(&["tag", "-f", "-a", "-m", &line, tag]);
                "tag"
            }
            8 => {
                let path = self.path();
                self.git(&["tag", "-f", tag, &format!("HEAD:{path}")]);
                "tag a file"
            }
            9 => {
                self.git(&["tag", "-d", tag]);
                "delete a tag"
            }
            10 => {
                let line = self.line();
                self.git(&["notes", "add", "-f", "-m", &line]);
                "note"
            }
            _ => {
                self.fetch();
                "fetch"
            }
        }
    }

    /// Packs objects, or throws some away.
    fn clean_up(&mut self) -> &'static str {
        if self.dice.roll(2) == 0 {
            let how = choose(&["-d", "-ad", "-Ad", "-adk"], &mut self.dice);
            self.git(&["repack", "-q", how]);
            return "repack";
        }
        self.git(&["reset", "-q", "--hard", "HEAD~1"]);
        if self.dice.roll(3) == 0 {
            self.git(&["reflog", "expire", "--expire=now", "--all"]);
            self.git(&["prune", "--expire=now"]);
        }
        "reset"
    }
}

/// Works in a repository, scanning it now and then.
fn work(seed: u64, steps: usize) {
    let mut worker = Worker::new(seed);
    let mut done = vec!["make"];
    for step in 0..steps {
        done.push(worker.work());
        let args: &[&str] = match step % 4 {
            0 => &["--all-places", "--every-place"],
            1 => &["--reachable-only"],
            _ => &[],
        };
        worker.here.check(args, &format!("seed {seed}: {}", done.join(", ")));
    }
    let report = worker.here.check(&[], "at the end");
    assert!(!report.findings().is_empty(), "there was something to be found");
}

// Several, so that they run at the same time.

#[test]
fn random_work_changes_no_report() {
    work(1, 40);
}

#[test]
fn other_random_work_changes_no_report() {
    work(2, 40);
}

#[test]
#[ignore = "it takes minutes"]
fn much_random_work_changes_no_report() {
    for seed in 3..43 {
        work(seed, 40);
    }
}
