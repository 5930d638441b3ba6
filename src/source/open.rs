//! Opening what is on disk without being held up by it.

use std::fs::File;
use std::io::{self, Read};
use std::path::Path;

/// Opens a file for reading and tells its size. Never waits: what is not, or no
/// longer, a file is an error.
pub(super) fn open(path: &Path) -> io::Result<(File, u64)> {
    let mut options = File::options();
    options.read(true);
    #[cfg(unix)]
    std::os::unix::fs::OpenOptionsExt::custom_flags(&mut options, libc::O_NONBLOCK);
    let file = options.open(path)?;
    let metadata = file.metadata()?;
    if !metadata.is_file() {
        return Err(io::Error::other("it is not a file"));
    }
    Ok((file, metadata.len()))
}

/// Reads all of a file that has at most `largest` bytes.
pub(super) fn read_small(path: &Path, largest: u64) -> io::Result<Vec<u8>> {
    let (file, _) = open(path)?;
    let mut bytes = Vec::new();
    file.take(largest + 1).read_to_end(&mut bytes)?;
    if bytes.len() as u64 > largest {
        return Err(io::ErrorKind::FileTooLarge.into());
    }
    Ok(bytes)
}
