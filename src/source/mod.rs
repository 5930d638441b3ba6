//! Sources push what is to be scanned into sinks, one for each thread.

mod decode;
mod ignores;
mod open;
mod pieces;
mod stdin;
mod tree;

pub use pieces::Limits;
pub use stdin::Stdin;
pub use tree::{Tree, TreeOptions};

use crate::notice::Notice;
use crate::unit::Unit;

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

    /// Takes note of trouble.
    fn notice(&mut self, notice: Notice);

    /// Counts what was covered or left out.
    fn count(&mut self, what: Counted, number: u64);

    /// Whether the source should stop.
    fn is_cancelled(&self) -> bool;
}

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
}
