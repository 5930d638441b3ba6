//! Reading objects of a repository with several threads.

use std::sync::atomic::{AtomicUsize, Ordering};

use super::Sink;
use super::pieces::Pieces;
use super::repository::{Location, RepositoryError};
use super::stored::Store;
use crate::notice::{Notice, NoticeKind};

/// Texts from which on another thread is worth its start.
const PER_THREAD: usize = 64;

/// What one thread works with.
pub(super) struct Hands<'h> {
    pub(super) store: &'h Store<'h>,
    pub(super) pieces: &'h mut Pieces,
    pub(super) sink: &'h mut dyn Sink,
}

/// Does `work` with each of `items`, in so many threads; 0 for one for each
/// processor. A repository belongs to one thread, so each opens its own.
pub(super) fn for_each<'s, T: Sync>(
    items: &[T],
    threads: usize,
    location: &Location,
    sinks: &(dyn Fn() -> Box<dyn Sink + 's> + Sync),
    work: &(dyn Fn(&T, &mut Hands<'_>) + Sync),
) {
    let next = AtomicUsize::new(0);
    let run = || {
        let mut sink = sinks();
        let ended = with_store(location, |store| {
            let mut pieces = Pieces::default();
            while let Some(item) = items.get(next.fetch_add(1, Ordering::Relaxed)) {
                if sink.is_cancelled() {
                    break;
                }
                let sink = sink.as_mut();
                work(item, &mut Hands { store, pieces: &mut pieces, sink });
            }
        });
        if let Err(error) = ended {
            sink.notice(Notice::new(NoticeKind::DamagedRepository, "", error));
        }
    };
    std::thread::scope(|scope| {
        for _ in 1..threads_for(items.len(), threads) {
            scope.spawn(run);
        }
        run();
    });
}

/// Opens a repository for one thread.
fn with_store(location: &Location, work: impl FnOnce(&Store<'_>)) -> Result<(), RepositoryError> {
    let repository = location.open()?;
    work(&Store::new(&repository)?);
    Ok(())
}

/// How many threads so many texts are worth.
fn threads_for(texts: usize, asked: usize) -> usize {
    let processors = || std::thread::available_parallelism().map_or(1, usize::from);
    let asked = if asked == 0 { processors() } else { asked };
    asked.min(texts.div_ceil(PER_THREAD)).max(1)
}
