//! Writing a baseline: the file is there whole or not at all.

use std::io::Write;
use std::path::Path;

use anyhow::Context;

use super::super::output::folder_of;
use crate::baseline::Entries;
use crate::config::check_plain;

/// Writes a baseline beside its place, then renames it. A new one can be read by
/// whoever can read the folder's other files: it is made to be committed.
pub(super) fn write(file: &Path, entries: &Entries) -> anyhow::Result<()> {
    try_write(file, entries)
        .with_context(|| format!("cannot write the baseline {}", file.display()))
}

fn try_write(file: &Path, entries: &Entries) -> anyhow::Result<()> {
    let existing = file.symlink_metadata().ok();
    if existing.is_some() {
        check_plain(file)?;
    }
    let mut builder = tempfile::Builder::new();
    builder.prefix(".redhanded-");
    // The user's mask takes away from it.
    #[cfg(unix)]
    builder.permissions(std::os::unix::fs::PermissionsExt::from_mode(0o666));
    let mut beside = builder.tempfile_in(folder_of(file))?;
    beside.write_all(entries.to_text().as_bytes())?;
    if let Some(existing) = existing {
        beside.as_file().set_permissions(existing.permissions())?;
    }
    beside.as_file().sync_all()?;
    beside.persist(file).map_err(|error| error.error)?;
    Ok(())
}

/// Makes sure that a baseline can be written, before the work of scanning.
pub(super) fn check(file: &Path) -> anyhow::Result<()> {
    let check = || {
        folder_of(file).read_dir()?;
        match file.symlink_metadata() {
            Ok(_) => check_plain(file),
            Err(_) => Ok(()),
        }
    };
    check().with_context(|| format!("cannot write the baseline {}", file.display()))
}
