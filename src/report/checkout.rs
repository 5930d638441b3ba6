//! [`Checkout`]: what formats may know of the folder that was scanned, beyond
//! what was found in it.

use std::path::Path;

/// The folder that was scanned, for formats that tell places as a forge counts
/// them, and whose text a finding stands in.
///
/// Nothing is asked of it unless a format needs it.
pub trait Checkout {
    /// The bytes of a file, if it can still be read.
    fn text(&self, path: &Path) -> Option<Vec<u8>>;

    /// The repository that the folder is in, if it is in one.
    fn provenance(&self) -> Option<Provenance>;
}

/// Which repository at which commit.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Provenance {
    /// Address of the remote, without user name and password.
    pub remote: Option<String>,
    /// Name of the commit that is checked out.
    pub commit: Option<String>,
    /// Name of the branch that is checked out.
    pub branch: Option<String>,
}

/// A folder of which nothing more is known.
#[derive(Clone, Copy, Debug)]
pub struct NoCheckout;

impl Checkout for NoCheckout {
    fn text(&self, _: &Path) -> Option<Vec<u8>> {
        None
    }

    fn provenance(&self) -> Option<Provenance> {
        None
    }
}
