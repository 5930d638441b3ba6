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

    fn branch(&mut self) -> String {
        choose(&["main", "one", "two", "three"], &mut self.dice).to_owned()
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
    fn work(&mut self) -> String {
        let branch = self.branch();
        let number = self.dice.roll(4).to_string();
        match self.dice.roll(24) {
            0..6 => {
                self.write();
                self.commit(&[]);
            }
            6 => self.write(),
            7 => {
                self.write();
                self.git(&["add", "--all", "."]);
            }
            8 => {
                self.write();
                self.commit(&["--amend"]);
                return "amend".to_owned();
            }
            9 => {
                let (from, to) = (self.path(), self.path());
                self.git(&["mv", "-f", &from, &to]);
                self.commit(&[]);
                return "move".to_owned();
            }
            10 => {
                let path = self.path();
                self.git(&["rm", "-q", "-f", &path]);
                self.commit(&[]);
                return "remove".to_owned();
            }
            11 | 12 => {
                self.git(&["switch", "-f", "-C", &branch]);
                return format!("make {branch}");
            }
            13 => {
                self.git(&["switch", "-f", &branch]);
                return format!("switch to {branch}");
            }
            14 => {
                self.git(&["branch", "-D", &branch]);
                return format!("delete {branch}");
            }
            15 | 16 => {
                self.git(&["merge", "--no-edit", "-X", "ours", "--no-ff", &branch]);
                self.commit(&[]);
                return format!("merge {branch}");
            }
            17 => {
                let line = self.line();
                self.git(&["tag", "-f", "-a", "-m", &line, &format!("v{number}")]);
                return "tag".to_owned();
            }
            18 => {
                self.git(&["tag", "-d", &format!("v{number}")]);
                return "delete a tag".to_owned();
            }
            19 => {
                self.write();
                self.git(&["stash", "-u"]);
                return "stash".to_owned();
            }
            20 => {
                self.git(&["stash", "drop"]);
                return "drop a stash".to_owned();
            }
            21 => {
                self.fetch();
                return "fetch".to_owned();
            }
            22 => {
                let how = choose(&["-d", "-ad", "-Ad", "-adk"], &mut self.dice);
                self.git(&["repack", "-q", how]);
                return format!("repack {how}");
            }
            _ => {
                self.git(&["reset", "-q", "--hard", "HEAD~1"]);
                if self.dice.roll(3) == 0 {
                    self.git(&["reflog", "expire", "--expire=now", "--all"]);
                    self.git(&["prune", "--expire=now"]);
                }
                return "reset".to_owned();
            }
        }
        "write".to_owned()
    }
}

/// Works in a repository, scanning it now and then.
fn work(seed: u64, steps: usize) {
    let mut worker = Worker::new(seed);
    let mut done = vec!["make".to_owned()];
    for step in 0..steps {
        let what = worker.work();
        done.push(what);
        let args: &[&str] = match step % 4 {
            0 => &["--all-places", "--every-place"],
            1 => &["--reachable-only"],
            _ => &[],
        };
        worker.here.check(args, &format!("seed {seed}: {done:#?}"));
    }
    let report = worker.here.check(&[], "at the end");
    assert!(!report.findings().is_empty(), "there was something to be found");
}

// Several, so that they run at the same time.

#[test]
fn a_scan_that_remembers_reports_what_others_report() {
    work(1, 40);
}

#[test]
fn a_scan_that_remembers_reports_what_others_report_elsewhere() {
    work(2, 40);
}

#[test]
#[ignore = "it takes minutes"]
fn a_scan_that_remembers_reports_what_others_report_always() {
    for seed in 3..43 {
        work(seed, 40);
    }
}
