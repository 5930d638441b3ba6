//! `redhanded cache`, and where scans remember things.

use std::io::{self, Write};
use std::path::{Path, PathBuf};
use std::time::Duration;

use anyhow::Context;

use super::Process;
use super::args::{CacheArgs, CacheCommand, Color};
use super::exit::ExitStatus;
use super::output::{is_closed_pipe, stdout};
use crate::cache::{Cache, Kept};
use crate::paths::path_text;
use crate::report::sanitize::Safe;
use crate::source::{Environment, Repository};

/// Our folder among the cache folders of all programs.
const NAME: &str = "redhanded";

/// The user's cache; none if nothing says where that would be.
pub(super) fn cache(process: &Process<'_>) -> Option<Cache> {
    let folder = |name: &str| {
        let path = PathBuf::from((process.variable)(name)?);
        // A relative one would be another folder in every folder.
        path.is_absolute().then_some(path)
    };
    let folder = if cfg!(windows) {
        folder("LOCALAPPDATA")?
    } else if cfg!(target_os = "macos") {
        folder("HOME")?.join("Library/Caches")
    } else {
        folder("XDG_CACHE_HOME").or_else(|| Some(folder("HOME")?.join(".cache")))?
    };
    Some(Cache::new(folder.join(NAME)))
}

/// Tells of the cache, or clears it.
pub(super) fn run(
    args: &CacheArgs,
    color: Color,
    process: &Process<'_>,
) -> anyhow::Result<ExitStatus> {
    let cache = cache(process).context("no variable says where the user's cache folder is")?;
    let mut out = stdout(color);
    let result = match &args.command {
        CacheCommand::Info => info(&cache, &mut out),
        CacheCommand::Clear { repository } => clear(&cache, repository.as_deref(), &mut out),
    };
    match result {
        Err(error) if error.downcast_ref::<io::Error>().is_some_and(is_closed_pipe) => {
            Ok(ExitStatus::Clean)
        }
        result => result.map(|()| ExitStatus::Clean),
    }
}

fn info(cache: &Cache, out: &mut dyn Write) -> anyhow::Result<()> {
    let kept = cache.list().with_context(|| format!("cannot list {}", cache.folder().display()))?;
    let sum: u64 = kept.iter().map(|kept| kept.size).sum();
    writeln!(out, "{}", Safe(&path_text(cache.folder())))?;
    writeln!(out, "{}, {}", files(kept.len()), size(sum))?;
    for Kept { repository, size: bytes, age } in &kept {
        let repository = repository.as_deref().map(path_text);
        let repository = repository.unwrap_or_else(|| "(damaged)".to_owned());
        let (size, age) = (size(*bytes), since(*age));
        writeln!(out, "{size:>10}  {age:>14}  {}", Safe(&repository))?;
    }
    Ok(out.flush()?)
}

fn clear(cache: &Cache, path: Option<&Path>, out: &mut dyn Write) -> anyhow::Result<()> {
    let identity = |path| Repository::open(path, &Environment::default()).map(|r| r.identity());
    let repository = path.map(identity).transpose()?;
    let count = cache
        .clear(repository.as_deref())
        .with_context(|| format!("cannot clear {}", cache.folder().display()))?;
    writeln!(out, "{} removed", files(count))?;
    Ok(out.flush()?)
}

fn files(count: usize) -> String {
    if count == 1 { "1 file".to_owned() } else { format!("{count} files") }
}

/// A number of bytes with a decimal unit.
fn size(bytes: u64) -> String {
    match bytes {
        0..1_000 => format!("{bytes} B"),
        1_000..1_000_000 => format!("{:.1} kB", bytes as f64 / 1e3),
        _ => format!("{:.1} MB", bytes as f64 / 1e6),
    }
}

/// How long ago something was, roughly.
fn since(age: Duration) -> String {
    let minutes = age.as_secs() / 60;
    let (count, unit) = match minutes {
        0 => return "just now".to_owned(),
        1..60 => (minutes, "minute"),
        60..1_440 => (minutes / 60, "hour"),
        _ => (minutes / 1_440, "day"),
    };
    format!("{count} {unit}{} ago", if count == 1 { "" } else { "s" })
}

#[cfg(test)]
mod tests {
    use std::time::Duration;

    use super::{since, size};

    #[test]
    fn sizes_and_ages_read_well() {
        assert_eq!([5, 1_500, 2_000_000].map(size), ["5 B", "1.5 kB", "2.0 MB"]);
        let ages = [3, 60, 7_200, 100_000].map(|seconds| since(Duration::from_secs(seconds)));
        assert_eq!(ages, ["just now", "1 minute ago", "2 hours ago", "1 day ago"]);
    }
}
