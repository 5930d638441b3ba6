//! Which commits and paths hold what: compared with a slow way to find out.

mod damage;
mod generated;
mod oracle;
mod stories;

use std::collections::HashSet;

use redhanded::notice::Notice;
use redhanded::source::{
    Counted, History, HistoryOptions, Limits, Located, Sink, Source, Targets, Tips,
};
use redhanded::unit::Unit;

use crate::support::hooked::Hooked;
use oracle::Oracle;

/// Hears everything and does nothing.
struct Deaf;

impl Sink for Deaf {
    fn unit(&mut self, _: &Unit<'_>) {}

    fn notice(&mut self, _: Notice) {}

    fn count(&mut self, _: Counted, _: u64) {}

    fn is_cancelled(&self) -> bool {
        false
    }
}

/// Locates something in a repository as it is now.
fn locate(repo: &Hooked, targets: &Targets, tips: &Tips, threads: usize) -> Located {
    let limits = Limits { max_size: 1 << 20, piece: 1 << 20, reach: 64 };
    let options = HistoryOptions { threads, limits, whole: false };
    let own = repo.path().join(".git/objects");
    let dir = if own.is_dir() { own } else { repo.path().join("objects") };
    let history = History::open(&[dir], options);
    let located = history.locate(targets, tips, &|| false);
    // What a scan leaves for locating changes nothing.
    history.push(&|| Box::new(Deaf));
    assert!(history.locate(targets, tips, &|| false) == located, "a scan changes nothing");
    located
}

/// Locates all keys in a repository, and asserts that all is told as it is.
#[track_caller]
fn assert_located(repo: &Hooked) -> Located {
    assert_located_with(repo, &HashSet::new(), |_| {})
}

/// The same with other tips, and with commits that are cut off.
#[track_caller]
fn assert_located_with(
    repo: &Hooked,
    shallow: &HashSet<redhanded::object::ObjectId>,
    change: impl Fn(&mut Tips),
) -> Located {
    let oracle = Oracle::new(repo.path(), shallow);
    let mut tips = Tips { shallow: shallow.clone(), ..oracle.tips() };
    change(&mut tips);
    let targets = oracle.targets();
    let located = locate(repo, &targets, &tips, 1);
    oracle.assert_right(&tips, &located);
    let again = locate(repo, &targets, &tips, 4);
    assert!(again == located, "another number of threads gives the same");
    located
}
