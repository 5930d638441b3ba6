//! A path for each object that is looked for.

use std::collections::HashMap;
use std::sync::Arc;

use super::Wanted;
use super::ancestry::Ancestry;
use super::holdings::{Holdings, List};

/// Bytes of a path that are told at most: a tree that holds itself makes longer
/// ones.
const LONGEST: usize = 1 << 16;

/// For each object a path at which some commit has it, by the object's number.
/// Commits that a ref leads to are asked first; folders that hold the same are
/// looked into once.
pub(super) fn paths(
    wanted: &Wanted<'_>,
    holdings: &Holdings,
    ancestry: &Ancestry<'_>,
    names: &[Arc<[u8]>],
) -> HashMap<u32, Vec<u8>> {
    let mut paths = HashMap::new();
    let mut seen = vec![false; holdings.count()];
    let mut left: Vec<(List, Vec<u8>)> = Vec::new();
    let commits = |reachable: bool| {
        ancestry.places().filter(move |place| ancestry.is_reachable(*place) == reachable)
    };
    for commit in commits(true).chain(commits(false)) {
        left.push((holdings.of(ancestry.commit(commit).tree), Vec::new()));
        while let Some((list, above)) = left.pop() {
            if std::mem::replace(&mut seen[list as usize], true) || above.len() > LONGEST {
                continue;
            }
            // The numbers of names differ from run to run; their order does not.
            let mut entries = holdings.entries(list).to_vec();
            entries.sort_unstable_by_key(|held| (&names[held.name as usize], held.object));
            for held in entries {
                let mut path = above.clone();
                if !path.is_empty() {
                    path.push(b'/');
                }
                path.extend_from_slice(&names[held.name as usize]);
                if wanted.marks.has(held.object) {
                    paths.entry(held.object).or_insert(path);
                } else {
                    left.push((holdings.of(held.object), path));
                }
            }
        }
    }
    paths
}
