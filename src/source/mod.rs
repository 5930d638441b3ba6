//! Sources push what is to be scanned into sinks, one for each thread.

mod bytes;
mod decode;
mod exclude;
mod history;
mod ignores;
mod index;
mod introduced;
mod open;
mod parallel;
mod pieces;
mod repository;
mod staged;
mod stdin;
mod stored;
mod text;
mod tree;

pub use exclude::Excludes;
pub use history::{
    Age, Before, History, HistoryOptions, IntroducedAt, Kind, LeakBefore, Located, LocatedLeak,
    ObjectReader, Objects, PackStamp, Part, Stamps, Targets, Tips,
};
pub use introduced::Introduced;
pub use pieces::Limits;
pub use repository::{
    Environment, Held, Location, ObjectDirs, Range, Refs, Repository, RepositoryError,
};
pub use staged::Staged;
pub use stdin::Stdin;
pub use text::Text;
pub use tree::{Tree, TreeOptions};

use std::any::Any;
use std::sync::Arc;

use crate::notice::Notice;
use crate::unit::{Copied, Origin, Unit};

/// Where what is to be scanned comes from.
pub trait Source: Sync {
    /// Pushes everything into sinks, one of which `sinks` makes for each
    /// thread.
    fn push<'s>(&self, sinks: &(dyn Fn() -> Box<dyn Sink + 's> + Sync));
}

/// What a source pushes into. A text's pieces come one after the other.
pub trait Sink: Send {
    /// Takes a piece of text.
    fn unit(&mut self, unit: &Unit<'_>);

    /// Takes a whole text that may share parts with one taken before: what was
    /// remembered of that one, and the shared parts, ascending in this text and
    /// disjoint there. Gives what to remember of this text for others like it.
    ///
    /// The outcome is that of [`unit`](Self::unit), and so is the default way
    /// to it; a sink may save itself the work on the shared parts.
    fn text(
        &mut self,
        origin: &Origin,
        bytes: &[u8],
        like: Option<(&Memory, &[Copied])>,
    ) -> Option<Memory> {
        let _ = like;
        self.unit(&Unit::without_mark(origin, bytes));
        None
    }

    /// Takes note of trouble.
    fn notice(&mut self, notice: Notice);

    /// Counts what was covered or left out.
    fn count(&mut self, what: Counted, number: u64);

    /// Whether the source should stop.
    fn is_cancelled(&self) -> bool;
}

/// What a sink remembers of a text.
pub type Memory = Arc<dyn Any + Send + Sync>;

/// What is counted on the way.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Counted {
    /// Files read, at least in part.
    Files,
    /// Bytes read.
    Bytes,
    /// Entries that an ignore file left out; a folder counts once.
    Ignored,
    /// Entries that the user excluded; a folder counts once.
    Excluded,
    /// Symbolic links that were not followed.
    Links,
    /// Pipes, sockets and devices.
    Special,
    /// Blobs of a repository, or of its index.
    Blobs,
    /// Commits and annotated tags, for their messages.
    Messages,
    /// Bytes that the rules' literals were looked for in.
    Searched,
}
