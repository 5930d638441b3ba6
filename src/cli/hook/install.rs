//! `redhanded hook install`.

use std::fs::File;
use std::io::{self, Write};
use std::path::{Path, PathBuf};

use anyhow::{Context, bail};

use super::super::Process;
use super::super::args::{Color, HookType, InstallArgs};
use super::super::exit::ExitStatus;
use super::super::output::stdout;
use crate::paths::normal;
use crate::report::sanitize::Safe;
use crate::source::{Environment, Repository};

/// Behind the name of a hook that was there before ours.
const BEFORE: &str = ".before-redhanded";
/// The line by which our hooks are known.
const MARK: &str = "# Installed by `redhanded hook install`.";
/// Longest file that is looked at for that line.
const LARGEST: u64 = 1 << 20;

impl HookType {
    fn name(self) -> &'static str {
        match self {
            Self::Commit => "pre-commit",
            Self::Push => "pre-push",
            Self::Receive => "pre-receive",
        }
    }

    /// Whether git gives it something on standard input.
    fn has_input(self) -> bool {
        self != Self::Commit
    }
}

/// Installs the hooks and says what was done.
pub(super) fn run(args: &InstallArgs, process: &Process<'_>) -> anyhow::Result<ExitStatus> {
    let repository = Repository::open(Path::new("."), &Environment::default())?;
    let folder = hooks_folder(&repository)?;
    std::fs::create_dir_all(&folder)
        .with_context(|| format!("cannot make the folder {}", folder.display()))?;
    let mut out = stdout(Color::Never);
    for hook in &args.types {
        let path = folder.join(hook.name());
        let done = install(*hook, &path, process.executable)
            .with_context(|| format!("cannot install {}", path.display()))?;
        let shown = path.display().to_string();
        let shown = Safe(&shown);
        match done {
            Done::Nothing => writeln!(out, "{shown} is installed already."),
            Done::Renewed => writeln!(out, "Renewed {shown}."),
            Done::Installed => writeln!(out, "Installed {shown}."),
            Done::Chained => writeln!(
                out,
                "Installed {shown}. The hook that was there is kept as {}{BEFORE} and runs first.",
                hook.name()
            ),
        }?;
    }
    out.flush()?;
    Ok(ExitStatus::Clean)
}

/// Where git looks for hooks.
fn hooks_folder(repository: &Repository) -> anyhow::Result<PathBuf> {
    Ok(match repository.hooks_path()? {
        Some(path) => {
            let top = repository.work_tree().unwrap_or(repository.git_dir());
            normal(&top.join(path))
        }
        None => repository.common_dir().join("hooks"),
    })
}

/// What installing came to.
enum Done {
    /// The hook was there as it should be.
    Nothing,
    /// An older one of ours was replaced.
    Renewed,
    /// There was none.
    Installed,
    /// Somebody else's was there and is kept.
    Chained,
}

fn install(hook: HookType, path: &Path, program: Option<&Path>) -> anyhow::Result<Done> {
    let script = script(hook, program);
    let there = match path.symlink_metadata() {
        Ok(_) => Some(read_hook(path)),
        Err(error) if error.kind() == io::ErrorKind::NotFound => None,
        Err(error) => return Err(error.into()),
    };
    let done = match &there {
        None => Done::Installed,
        Some(Ok(text)) if *text == script && is_executable(path) => return Ok(Done::Nothing),
        Some(Ok(text)) if is_ours(text) => Done::Renewed,
        Some(_) => Done::Chained,
    };
    let written = write_beside(path, &script)?;
    if let Done::Chained = done {
        let kept = kept_path(path);
        if kept.symlink_metadata().is_ok() {
            bail!("there is a hook already, and also one that was kept before: {}", kept.display());
        }
        std::fs::rename(path, kept)?;
    }
    written.persist(path).map_err(|error| error.error)?;
    Ok(done)
}

/// Where a hook of somebody else is kept.
fn kept_path(path: &Path) -> PathBuf {
    let mut name = path.as_os_str().to_owned();
    name.push(BEFORE);
    PathBuf::from(name)
}

fn read_hook(path: &Path) -> io::Result<Vec<u8>> {
    let mut bytes = Vec::new();
    io::Read::read_to_end(&mut io::Read::take(File::open(path)?, LARGEST), &mut bytes)?;
    Ok(bytes)
}

/// Whether a hook is one that was installed by this program.
fn is_ours(text: &[u8]) -> bool {
    text.split(|byte| *byte == b'\n').any(|line| line == MARK.as_bytes())
}

/// Writes a script that can be run into a new file beside `path`.
fn write_beside(path: &Path, script: &[u8]) -> io::Result<tempfile::NamedTempFile> {
    let folder = path.parent().unwrap_or(Path::new("."));
    let mut file = tempfile::Builder::new().prefix(".redhanded-").tempfile_in(folder)?;
    file.write_all(script)?;
    make_executable(file.as_file())?;
    Ok(file)
}

#[cfg(unix)]
fn make_executable(file: &File) -> io::Result<()> {
    file.set_permissions(std::os::unix::fs::PermissionsExt::from_mode(0o755))
}

#[cfg(not(unix))]
fn make_executable(_: &File) -> io::Result<()> {
    Ok(())
}

#[cfg(unix)]
fn is_executable(path: &Path) -> bool {
    let mode = |metadata| {
        std::os::unix::fs::PermissionsExt::mode(&std::fs::Metadata::permissions(&metadata))
    };
    path.metadata().map(mode).is_ok_and(|mode| mode & 0o100 != 0)
}

#[cfg(not(unix))]
fn is_executable(_: &Path) -> bool {
    true
}

/// The hook's script. What it finds on the path comes first, so that a program
/// that is replaced or moved is found; if there is none it fails.
fn script(hook: HookType, program: Option<&Path>) -> Vec<u8> {
    let name = hook.name();
    // What stands behind the last line end would be lost without the dot.
    let (take, give) = if hook.has_input() {
        ("input=$(cat && echo .)\ninput=${input%.}\n", "printf '%s' \"$input\" | ")
    } else {
        ("", "")
    };
    let head = format!(
        "#!/bin/sh\n{MARK}\n# A hook that was here before is kept beside it and runs first.\n\
         {take}before=\"$0{BEFORE}\"\n\
         if [ -x \"$before\" ]; then\n    {give}\"$before\" \"$@\" || exit $?\nfi\n\
         if command -v redhanded >/dev/null 2>&1; then\n    program=redhanded\n"
    );
    let tail = format!(
        "else\n    echo \"redhanded is not to be found, so nothing was scanned.\" >&2\n    \
         echo \"Install it, or remove this hook: $0\" >&2\n    exit 2\nfi\n\
         {give}\"$program\" hook {name} -- \"$@\"\n"
    );
    let mut script = head.into_bytes();
    if let Some(program) = program {
        let quoted = quoted(program);
        for part in [b"elif [ -x ".as_slice(), &quoted, b" ]; then\n    program=", &quoted, b"\n"] {
            script.extend_from_slice(part);
        }
    }
    script.extend(tail.into_bytes());
    script
}

/// A path as one word of the shell.
fn quoted(path: &Path) -> Vec<u8> {
    let mut word = vec![b'\''];
    for &byte in path.as_os_str().as_encoded_bytes() {
        match byte {
            b'\'' => word.extend_from_slice(b"'\\''"),
            other => word.push(other),
        }
    }
    word.push(b'\'');
    word
}
