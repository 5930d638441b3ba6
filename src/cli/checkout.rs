//! The folder that was scanned, as reports ask about it.

use std::fs::File;
use std::io::Read;
use std::path::{Path, PathBuf};

use crate::report::{Checkout, Provenance};
use crate::source::{Environment, Repository};

/// The folder with what is read of it.
pub(super) struct Folder {
    base: PathBuf,
    /// Bytes of the largest file that is read.
    largest: u64,
}

impl Folder {
    pub(super) fn new(base: &Path, largest: u64) -> Self {
        Self { base: base.to_owned(), largest }
    }
}

impl Checkout for Folder {
    fn text(&self, path: &Path) -> Option<Vec<u8>> {
        let file = File::open(path).ok()?;
        // A pipe could have taken the file's place, and would never end.
        let metadata = file.metadata().ok()?;
        if !metadata.is_file() || metadata.len() > self.largest {
            return None;
        }
        let mut text = Vec::new();
        file.take(self.largest).read_to_end(&mut text).ok()?;
        Some(text)
    }

    fn provenance(&self) -> Option<Provenance> {
        let repository = Repository::open(&self.base, &Environment::default()).ok()?;
        let git = repository.git();
        let head = git.head().ok();
        let remote = git.find_remote("origin").ok();
        Some(Provenance {
            remote: remote.and_then(|remote| remote.url().and_then(public_address)),
            commit: head.as_ref().and_then(git2_target),
            branch: head
                .as_ref()
                .filter(|head| head.is_branch())
                .and_then(|head| head.shorthand().map(str::to_owned)),
        })
    }
}

fn git2_target(head: &git2::Reference<'_>) -> Option<String> {
    head.peel_to_commit().ok().map(|commit| commit.id().to_string())
}

/// The address of a remote as a URI that anybody may see: without user,
/// password and parameters. A folder of this machine is nobody's business.
fn public_address(url: &str) -> Option<String> {
    let (scheme, rest) = match url.split_once("://") {
        Some((scheme @ ("https" | "http" | "ssh" | "git"), rest)) => (scheme, rest),
        Some(_) => return None,
        // `git@host:path`, as ssh writes it. One letter is a drive.
        None => {
            let (host, path) = url.split_once(':')?;
            if host.contains(['/', '\\']) || host.len() < 2 {
                return None;
            }
            return public_address(&format!("ssh://{host}/{}", path.trim_start_matches('/')));
        }
    };
    let rest = rest.split(['?', '#']).next()?;
    let (authority, path) = rest.split_once('/').unwrap_or((rest, ""));
    let host = authority.rsplit('@').next()?;
    let is_plain = |c: char| c.is_ascii_alphanumeric() || "-._~/:[]".contains(c);
    let plain = |text: &str| text.chars().all(is_plain);
    // Whoever writes a password with an `@` or `/` in it has it in the path.
    (!host.is_empty() && plain(host) && plain(path)).then(|| format!("{scheme}://{host}/{path}"))
}

#[cfg(test)]
mod tests {
    use super::public_address;

    #[test]
    fn an_address_loses_all_that_is_not_public() {
        for (url, expected) in [
            ("https://host.test/a/b.git", Some("https://host.test/a/b.git")),
            ("https://user:pass@host.test/a.git?token=x#y", Some("https://host.test/a.git")),
            ("https://user:p@ss@host.test/a", Some("https://host.test/a")),
            ("https://user:p/a@ss@host.test/a", None),
            ("git@host.test:a/b.git", Some("ssh://host.test/a/b.git")),
            ("ssh://git@host.test:22/a.git", Some("ssh://host.test:22/a.git")),
            ("/home/jane/a.git", None),
            ("../a:b", None),
            ("C:/a", None),
            ("file:///home/jane/a.git", None),
            ("https:///a", None),
            ("", None),
        ] {
            assert_eq!(public_address(url).as_deref(), expected, "{url}");
        }
    }
}
