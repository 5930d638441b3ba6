//! Where reports go: standard output, or a file that is complete or not there.

use std::fmt;
use std::fs::{File, Metadata};
use std::io::{self, BufWriter, Write};
use std::path::{Path, PathBuf};

use anstream::{AutoStream, ColorChoice};
use anyhow::{Context, bail};

use super::args::Color;
use super::exit::ExitStatus;
use crate::paths::normal;
use crate::report::{Report, Reporter};

/// Bytes that GitHub takes for the summary of a step; of a longer one it shows
/// nothing. Some are left for others.
const ROOM_BEHIND: u64 = 1_000_000;

/// A format and where it goes.
pub(super) struct Target {
    pub(super) reporter: &'static dyn Reporter,
    pub(super) destination: Destination,
}

/// Where a report goes.
#[derive(Clone, Debug)]
pub(super) enum Destination {
    Stdout,
    File(PathBuf),
    /// Behind what others have written into a file.
    EndOf(PathBuf),
}

impl Destination {
    /// A file, or standard output for none and for its names.
    pub(super) fn new(file: Option<PathBuf>) -> Self {
        // Where standard output is a file, `/dev/stdout` is a link to it, and
        // links to files are refused.
        let is_stdout = |file: &Path| file == Path::new("-") || file == Path::new("/dev/stdout");
        match file {
            Some(file) if !is_stdout(&file) => Self::File(file),
            _ => Self::Stdout,
        }
    }

    /// Whether one report would overwrite the other.
    pub(super) fn is_same(&self, other: &Self) -> bool {
        match (self, other) {
            (Self::Stdout, Self::Stdout) => true,
            (Self::File(one) | Self::EndOf(one), Self::File(other) | Self::EndOf(other)) => {
                normal(one) == normal(other)
            }
            _ => false,
        }
    }
}

impl fmt::Display for Destination {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Stdout => f.write_str("standard output"),
            Self::File(path) => write!(f, "{}", path.display()),
            Self::EndOf(path) => write!(f, "the end of {}", path.display()),
        }
    }
}

impl Color {
    fn choice(self) -> ColorChoice {
        match self {
            Self::Auto => ColorChoice::Auto,
            Self::Always => ColorChoice::Always,
            Self::Never => ColorChoice::Never,
        }
    }
}

impl Target {
    /// Makes sure that the report can be written, before the work of scanning.
    pub(super) fn check(&self) -> anyhow::Result<()> {
        let path = match &self.destination {
            Destination::Stdout => return Ok(()),
            Destination::File(path) => path,
            // A link is no harm here: nothing is replaced.
            Destination::EndOf(path) => {
                // Opening a pipe could take for ever.
                if path.metadata().is_ok_and(|metadata| !metadata.is_file()) {
                    bail!("cannot write to {}: it is no file", path.display());
                }
                let open = File::options().append(true).create(true).open(path);
                return open
                    .map(drop)
                    .with_context(|| format!("cannot write to {}", path.display()));
            }
        };
        check_file(path).with_context(|| format!("cannot write the report {}", path.display()))
    }

    /// Writes the report. A reader that has gone away is no error: it has seen
    /// what it wanted.
    pub(super) fn write(&self, report: &Report<'_>, color: Color) -> anyhow::Result<()> {
        let result = match &self.destination {
            Destination::Stdout => self.write_stdout(report, color),
            Destination::File(path) => self.write_file(path, report),
            Destination::EndOf(path) => self.write_behind(path, report),
        };
        match result {
            Err(error) if is_closed_pipe(&error) => Ok(()),
            result => {
                result.with_context(|| format!("cannot write the report to {}", self.destination))
            }
        }
    }

    fn write_stdout(&self, report: &Report<'_>, color: Color) -> io::Result<()> {
        let mut out = stdout(color);
        self.reporter.write(report, &mut out)?;
        out.flush()
    }

    /// Writes beside the file, then renames: the report is there whole or not
    /// at all. What is no file, `/dev/stderr` say, is written to directly.
    ///
    /// A new file is for its owner alone, for a report says where credentials
    /// are; one that was there is as open as somebody made it.
    fn write_file(&self, path: &Path, report: &Report<'_>) -> io::Result<()> {
        let existing = path.metadata().ok();
        if existing.as_ref().is_some_and(|metadata| !metadata.is_file()) {
            let file = File::options().write(true).open(path)?;
            return self.write_plain(file, report).map(drop);
        }
        let beside = tempfile::Builder::new().prefix(".redhanded-").tempfile_in(folder_of(path))?;
        let (file, temporary) = beside.into_parts();
        let file = self.write_plain(file, report)?;
        if let Some(existing) = existing {
            file.set_permissions(existing.permissions())?;
        }
        file.sync_all()?;
        temporary.persist(path).map_err(|error| error.error)
    }

    /// Writes behind what is in a file, if there is room.
    fn write_behind(&self, path: &Path, report: &Report<'_>) -> io::Result<()> {
        let mut text = AutoStream::never(Vec::new());
        self.reporter.write(report, &mut text)?;
        let text = text.into_inner();
        let mut file = File::options().append(true).open(path)?;
        if file.metadata()?.len() + text.len() as u64 > ROOM_BEHIND {
            // Nobody is left to tell if this cannot be printed.
            let path = path.display();
            let _ = writeln!(anstream::stderr(), "redhanded: there is no room in {path}");
            return Ok(());
        }
        file.write_all(&text)
    }

    fn write_plain(&self, file: File, report: &Report<'_>) -> io::Result<File> {
        let mut out = BufWriter::new(AutoStream::never(file));
        self.reporter.write(report, &mut out)?;
        let stream = out.into_inner().map_err(io::IntoInnerError::into_error)?;
        Ok(stream.into_inner())
    }
}

/// Standard output, with colours or without.
pub(super) fn stdout(color: Color) -> impl Write {
    BufWriter::new(AutoStream::new(io::stdout(), color.choice()).lock())
}

/// Standard error, likewise.
pub(super) fn stderr(color: Color) -> impl Write {
    BufWriter::new(AutoStream::new(io::stderr(), color.choice()).lock())
}

/// Whether a report can be written to `path`.
fn check_file(path: &Path) -> anyhow::Result<()> {
    if !folder_of(path).metadata()?.is_dir() {
        return Err(io::Error::from(io::ErrorKind::NotADirectory).into());
    }
    let target = path.metadata();
    if target.as_ref().is_ok_and(Metadata::is_dir) {
        bail!("it is a folder");
    }
    // The report is renamed into place, which would replace the link and leave
    // the file that was meant as it is.
    let is_link = path.symlink_metadata().is_ok_and(|metadata| metadata.is_symlink());
    if is_link && target.map_or(true, |target| target.is_file()) {
        bail!("it is a symbolic link; name the file that it leads to");
    }
    Ok(())
}

pub(super) fn folder_of(path: &Path) -> &Path {
    match path.parent() {
        Some(folder) if folder != Path::new("") => folder,
        _ => Path::new("."),
    }
}

/// Prints a text whole.
pub(super) fn print(text: &[u8], color: Color) -> anyhow::Result<ExitStatus> {
    let mut out = stdout(color);
    printed(out.write_all(text).and_then(|()| out.flush()))
}

/// How the program ends when something was printed. A reader that has gone away
/// is no error.
pub(super) fn printed(result: io::Result<()>) -> anyhow::Result<ExitStatus> {
    match result {
        Err(error) if !is_closed_pipe(&error) => Err(error.into()),
        _ => Ok(ExitStatus::Clean),
    }
}

/// Whether an error says that nobody reads any more.
pub(super) fn is_closed_pipe(error: &io::Error) -> bool {
    error.kind() == io::ErrorKind::BrokenPipe
}
