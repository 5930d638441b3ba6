//! Repositories, made with git itself in a clean environment.

use std::cell::Cell;
use std::ffi::OsStr;
use std::io::Write;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};
use std::rc::Rc;

use super::pack::{Index, Written, hex};
use super::{Folder, Run};

/// A repository in a temporary folder. Clones and worktrees of it are in the
/// same one.
pub(crate) struct Repo {
    folder: Rc<Folder>,
    path: PathBuf,
    /// The time of the next commit: each is a minute behind the one before.
    clock: Rc<Cell<u64>>,
}

/// An object of a repository.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) struct Object {
    pub(crate) id: String,
    pub(crate) kind: String,
}

impl Repo {
    /// An empty repository with a working tree.
    pub(crate) fn init() -> Self {
        Self::start(&["init", "--quiet", "repo"], "repo")
    }

    /// An empty one without.
    pub(crate) fn bare() -> Self {
        Self::start(&["init", "--quiet", "--bare", "repo.git"], "repo.git")
    }

    /// The repository that git makes at `path` when it is run with `args`.
    pub(crate) fn start(args: &[&str], path: &str) -> Self {
        let folder = Rc::new(Folder::new());
        std::fs::create_dir(folder.path().join("home")).expect("a folder");
        let clock = Rc::new(Cell::new(1_700_000_000));
        let outside = Self { path: folder.path().to_owned(), folder, clock };
        outside.beside(args, path)
    }

    /// Another repository, which git makes at `path` beside this one when it is
    /// run with `args`.
    pub(crate) fn beside(&self, args: &[&str], path: &str) -> Self {
        let root = self.folder.path();
        output(self.git_in(root, args), b"");
        Self {
            path: root.join(path),
            folder: Rc::clone(&self.folder),
            clock: Rc::clone(&self.clock),
        }
    }

    /// A clone of this one, which git gets through its protocol.
    pub(crate) fn clone_by_protocol(&self, args: &[&str], path: &str) -> Self {
        self.git(["config", "uploadpack.allowFilter", "true"]);
        let source = format!("file://{}", self.path.display());
        let all = [&["clone", "--quiet"], args, &[source.as_str(), path]].concat();
        self.beside(&all, path)
    }

    pub(crate) fn path(&self) -> &Path {
        &self.path
    }

    /// The folder that this repository and those beside it are in.
    pub(crate) fn around(&self) -> &Folder {
        &self.folder
    }

    /// The folder of the repository itself: `.git`, or all of a bare one.
    pub(crate) fn git_dir(&self) -> PathBuf {
        let inside = self.path.join(".git");
        if inside.exists() { inside } else { self.path.clone() }
    }

    fn git_in<S: AsRef<OsStr>>(&self, folder: &Path, args: &[S]) -> Command {
        let mut command = Command::new("git");
        command.env_clear().current_dir(folder);
        for kept in ["PATH", "TMPDIR"] {
            if let Some(value) = std::env::var_os(kept) {
                command.env(kept, value);
            }
        }
        let date = format!("{} +0000", self.clock.get());
        command
            .env("HOME", self.folder.path().join("home"))
            .env("LC_ALL", "C")
            .env("GIT_CONFIG_NOSYSTEM", "1")
            .env("GIT_CONFIG_GLOBAL", "/dev/null")
            .env("GIT_CEILING_DIRECTORIES", self.folder.path())
            .env("GIT_AUTHOR_NAME", "A U Thor")
            .env("GIT_AUTHOR_EMAIL", "author@example.test")
            .env("GIT_AUTHOR_DATE", &date)
            .env("GIT_COMMITTER_NAME", "C O Mitter")
            .env("GIT_COMMITTER_EMAIL", "committer@example.test")
            .env("GIT_COMMITTER_DATE", &date);
        for setting in [
            "init.defaultBranch=main",
            "gc.auto=0",
            "maintenance.auto=false",
            "commit.gpgSign=false",
            "tag.gpgSign=false",
            "core.fsync=none",
            "protocol.file.allow=always",
            "fastimport.unpackLimit=0",
            "advice.detachedHead=false",
        ] {
            command.args(["-c", setting]);
        }
        command.args(args);
        command
    }

    /// What git prints when it is run with `args`, without the last line end.
    #[track_caller]
    pub(crate) fn git<S: AsRef<OsStr>>(&self, args: impl AsRef<[S]>) -> String {
        self.git_with(args, b"")
    }

    /// The same with something on standard input.
    #[track_caller]
    pub(crate) fn git_with<S: AsRef<OsStr>>(&self, args: impl AsRef<[S]>, input: &[u8]) -> String {
        let bytes = output(self.git_in(&self.path, args.as_ref()), input);
        String::from_utf8_lossy(&bytes).trim_end_matches('\n').to_owned()
    }

    /// Whether git succeeds when it is run with `args`.
    pub(crate) fn succeeds<S: AsRef<OsStr>>(&self, args: impl AsRef<[S]>) -> bool {
        let run = self.git_in(&self.path, args.as_ref()).output();
        run.expect("git starts").status.success()
    }

    /// Runs the program in the working tree.
    pub(crate) fn run<S: AsRef<OsStr>>(&self, args: impl IntoIterator<Item = S>) -> Run {
        self.run_with_input(args, b"")
    }

    /// The same with something on standard input.
    pub(crate) fn run_with_input<S: AsRef<OsStr>>(
        &self,
        args: impl IntoIterator<Item = S>,
        input: &[u8],
    ) -> Run {
        let mut command = self.folder.command(args);
        command.current_dir(&self.path);
        super::run(command, input)
    }

    /// Writes a file of the working tree.
    pub(crate) fn write(&self, name: &str, content: impl AsRef<[u8]>) {
        self.folder.file(self.path.join(name), content);
    }

    /// Writes files and commits all there is; gives the commit.
    #[track_caller]
    pub(crate) fn commit<C: AsRef<[u8]>>(&self, files: &[(&str, C)], message: &str) -> String {
        for (name, content) in files {
            self.write(name, content);
        }
        self.commit_all(message)
    }

    /// Commits all there is; gives the commit.
    #[track_caller]
    pub(crate) fn commit_all(&self, message: &str) -> String {
        self.git(["add", "--all", "--force"]);
        self.git(["commit", "--quiet", "--allow-empty", "--message", message]);
        self.clock.set(self.clock.get() + 60);
        self.git(["rev-parse", "HEAD"])
    }

    /// Makes a branch at `start` and goes there.
    #[track_caller]
    pub(crate) fn branch(&self, name: &str, start: &str) {
        self.git(["checkout", "--quiet", "-b", name, start]);
    }

    #[track_caller]
    pub(crate) fn checkout(&self, what: &str) {
        self.git(["checkout", "--quiet", what]);
    }

    /// Merges branches so that the result is `files` on top of what is here;
    /// gives the commit.
    #[track_caller]
    pub(crate) fn merge(&self, branches: &[&str], files: &[(&str, &str)]) -> String {
        let args = ["merge", "--quiet", "--no-ff", "--no-commit", "--strategy", "ours"];
        self.git([&args, branches].concat());
        self.commit(files, "Merge")
    }

    /// Deletes the logs of refs: what only they lead to becomes unreachable.
    pub(crate) fn forget(&self) {
        self.git(["reflog", "expire", "--expire=now", "--all"]);
    }

    /// Packs everything into one pack of chains as long as git makes them,
    /// objects that nothing leads to with it.
    #[track_caller]
    pub(crate) fn repack(&self, depth: usize) {
        let depth = format!("--depth={depth}");
        let args = ["repack", "-a", "-d", "-f", "-q", "--keep-unreachable", "--window=60"];
        self.git([&args[..], &[depth.as_str()]].concat());
        self.git(["prune-packed", "--quiet"]);
    }

    /// Puts every object into a file of its own.
    #[track_caller]
    pub(crate) fn unpack(&self) {
        for pack in self.packs() {
            let aside = self.folder.path().join("aside.pack");
            std::fs::rename(&pack, &aside).expect("the pack can be moved");
            std::fs::remove_file(pack.with_extension("idx")).expect("it has an index");
            let bytes = std::fs::read(&aside).expect("the pack can be read");
            self.git_with(["unpack-objects", "-q"], &bytes);
        }
    }

    /// Stores an object, right or wrong; gives its name.
    #[track_caller]
    pub(crate) fn store(&self, kind: &str, content: &[u8]) -> String {
        self.git_with(["hash-object", "-w", "-t", kind, "--stdin", "--literally"], content)
    }

    /// The name of what `revision` means.
    #[track_caller]
    pub(crate) fn id(&self, revision: &str) -> String {
        self.git(["rev-parse", "--verify", revision])
    }

    /// All objects, reachable or not, by name.
    #[track_caller]
    pub(crate) fn objects(&self) -> Vec<Object> {
        let format = "--batch-check=%(objectname) %(objecttype)";
        let list = self.git(["cat-file", "--batch-all-objects", format]);
        let object = |line: &str| {
            let (id, kind) = line.split_once(' ').expect("a name and a kind");
            Object { id: id.to_owned(), kind: kind.to_owned() }
        };
        list.lines().map(object).collect()
    }

    /// The contents of objects.
    #[track_caller]
    pub(crate) fn contents(&self, objects: &[Object]) -> Vec<Vec<u8>> {
        let ids: Vec<_> = objects.iter().map(|object| object.id.as_str()).collect();
        let ids = ids.join("\n");
        let all = output(self.git_in(&self.path, &["cat-file", "--batch"]), ids.as_bytes());
        let mut rest = all.as_slice();
        let mut contents = Vec::new();
        for _ in objects {
            let end = rest.iter().position(|byte| *byte == b'\n').expect("a line for each object");
            let head = std::str::from_utf8(&rest[..end]).expect("the line is text");
            let size = head.rsplit(' ').next().and_then(|size| size.parse::<usize>().ok());
            let size = size.unwrap_or_else(|| panic!("git does not know an object: {head}"));
            contents.push(rest[end + 1..=end + size].to_vec());
            rest = &rest[end + size + 2..];
        }
        contents
    }

    /// The packs, in the order of their names.
    pub(crate) fn packs(&self) -> Vec<PathBuf> {
        let Ok(entries) = std::fs::read_dir(self.git_dir().join("objects/pack")) else {
            return Vec::new();
        };
        let paths = entries.map(|entry| entry.expect("the folder can be read").path());
        let mut packs: Vec<_> =
            paths.filter(|path| path.extension().is_some_and(|end| end == "pack")).collect();
        packs.sort();
        packs
    }

    /// Puts a pack into the repository, with an index; gives the pack's path.
    pub(crate) fn plant(&self, pack: &Written, index: &Index) -> PathBuf {
        self.plant_bytes(&pack.bytes, &index.bytes(), &hex(&pack.checksum()))
    }

    /// The same with any bytes, and the name without its beginning and ending.
    pub(crate) fn plant_bytes(&self, pack: &[u8], index: &[u8], name: &str) -> PathBuf {
        let folder = self.git_dir().join("objects/pack");
        self.folder.file(folder.join(format!("pack-{name}.idx")), index);
        self.folder.file(folder.join(format!("pack-{name}.pack")), pack)
    }

    /// Writes a ref without asking git, which might not like what it says.
    pub(crate) fn write_ref(&self, name: &str, content: &str) {
        self.folder.file(self.git_dir().join(name), format!("{content}\n"));
    }

    /// The program, to scan the history of this repository with a JSON report.
    pub(crate) fn command(&self, args: &[&str]) -> Command {
        self.program("git", args)
    }

    /// The program, to be run here with one of its commands and a JSON report.
    pub(crate) fn program(&self, name: &str, args: &[&str]) -> Command {
        let mut command = self.folder.command([name, "--format", "json"]);
        command.args(args).current_dir(&self.path);
        command.stdin(Stdio::null()).stdout(Stdio::piped()).stderr(Stdio::piped());
        command
    }

    /// Scans the history with a JSON report; the test fails if that hangs.
    #[track_caller]
    pub(crate) fn scan(&self, args: &[&str]) -> Run {
        super::end_of(self.command(args).spawn().expect("the program starts"))
    }

    /// The same with so many kilobytes of address space and no more.
    #[track_caller]
    pub(crate) fn scan_within(&self, kilobytes: u64, args: &[&str]) -> Run {
        let plain = self.command(args);
        let mut command = Command::new("sh");
        command
            .args(["-c", &format!("ulimit -v {kilobytes}; exec \"$0\" \"$@\"")])
            .arg(plain.get_program())
            .args(plain.get_args())
            .current_dir(&self.path)
            .env_clear()
            .envs(plain.get_envs().filter_map(|(name, value)| Some((name, value?))))
            .stdin(Stdio::null())
            .stdout(Stdio::piped())
            .stderr(Stdio::piped());
        super::end_of(command.spawn().expect("there is a shell"))
    }
}

/// What a command prints; the test fails if the command does.
#[track_caller]
fn output(mut command: Command, input: &[u8]) -> Vec<u8> {
    command.stdin(Stdio::piped()).stdout(Stdio::piped()).stderr(Stdio::piped());
    let mut child = command.spawn().expect("git starts");
    let mut stdin = child.stdin.take().expect("standard input is a pipe");
    let input = input.to_vec();
    // In a thread of its own, so that neither side waits for the other.
    let writer = std::thread::spawn(move || {
        let _ = stdin.write_all(&input);
    });
    let output = child.wait_with_output().expect("git ends");
    writer.join().expect("the input was written");
    let message = String::from_utf8_lossy(&output.stderr);
    assert!(output.status.success(), "{command:?}: {message}");
    output.stdout
}
