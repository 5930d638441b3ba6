//! Where and how long each credential can be seen.

use std::collections::HashMap;

use super::ancestry::{Ancestry, Tip};
use super::holdings::{Holdings, List};
use super::numbers::Numbers;
use super::{Tips, Wanted};
use crate::finding::{Exposure, Presence, Time};

/// Words of a set of credentials.
const WORDS: usize = 4;
/// Credentials that are looked at together.
const TOGETHER: u32 = 64 * 4;

/// Which of the credentials that are looked at together: a bit for each.
type Set = [u64; WORDS];

/// How often something was seen, first and last when.
#[derive(Clone, Copy, Default)]
struct Sightings {
    count: u64,
    first: Option<Time>,
    last: Option<Time>,
}

impl Sightings {
    fn of(time: Time) -> Self {
        Self { count: 1, first: Some(time), last: Some(time) }
    }

    fn add(&mut self, other: &Self) {
        self.count += other.count;
        self.first = self.first.into_iter().chain(other.first).min();
        self.last = self.last.max(other.last);
    }
}

/// What the exposure of credentials is worked out from.
pub(super) struct Exposures<'a> {
    wanted: &'a Wanted<'a>,
    holdings: &'a Holdings,
    tips: &'a Tips,
    /// What each ref leads to, and at the end what HEAD does.
    seen: Vec<Tip>,
    /// The staged blobs that hold credentials.
    staged: Vec<u32>,
    /// For each list the reachable commits with such a tree.
    commits: Vec<Sightings>,
    /// Reachable commits whose texts hold credentials.
    texts: Vec<u32>,
    ancestry: &'a Ancestry<'a>,
    /// For each commit the list of its tree.
    roots: &'a [List],
    /// All lists, those before it that an entry of one leads to.
    order: Vec<u32>,
}

impl<'a> Exposures<'a> {
    pub(super) fn new(
        numbers: &Numbers<'_>,
        wanted: &'a Wanted<'a>,
        holdings: &'a Holdings,
        ancestry: &'a Ancestry<'a>,
        roots: &'a [List],
        tips: &'a Tips,
    ) -> Self {
        let ids = tips.refs.iter().map(|(_, id)| id).chain(&tips.head);
        let seen = ids.map(|id| ancestry.tip(id, numbers, wanted, holdings)).collect();
        let staged = tips.index.iter().filter_map(|(_, id)| numbers.find(id));
        let staged = staged.filter(|blob| wanted.holders.contains_key(blob)).collect();
        let mut commits = vec![Sightings::default(); holdings.count()];
        for place in ancestry.places().filter(|place| ancestry.is_reachable(*place)) {
            let list = roots[place as usize];
            if list != 0 {
                let time = ancestry.commit(place).time;
                commits[list as usize].add(&Sightings::of(time));
            }
        }
        let texts = wanted.objects.iter().filter_map(|object| ancestry.place(*object));
        let texts = texts.filter(|place| ancestry.is_reachable(*place)).collect();
        let order = order(holdings);
        Self { wanted, holdings, tips, seen, staged, commits, texts, ancestry, roots, order }
    }

    /// The exposure of each credential.
    pub(super) fn all(&self) -> Vec<Exposure> {
        let starts = (0..self.wanted.count).step_by(TOGETHER as usize);
        starts.flat_map(|start| self.some(start)).collect()
    }

    /// The exposure of the credentials from `start` on that are looked at
    /// together.
    fn some(&self, start: u32) -> Vec<Exposure> {
        let count = (self.wanted.count - start).min(TOGETHER);
        let sets = self.sets(start);
        let mut commits = vec![Sightings::default(); count as usize];
        // Many lists lead to the same credentials.
        let mut by_set: HashMap<Set, Sightings> = HashMap::new();
        for (set, sightings) in sets.iter().zip(&self.commits) {
            if sightings.count > 0 && *set != Set::default() {
                by_set.entry(*set).or_default().add(sightings);
            }
        }
        for (set, sightings) in &by_set {
            for member in members(set) {
                commits[member].add(sightings);
            }
        }
        for &place in &self.texts {
            let commit = self.ancestry.commit(place);
            let held = sets[self.roots[place as usize] as usize];
            for member in members(&without(self.set(commit.object, start), held)) {
                commits[member].add(&Sightings::of(commit.time));
            }
        }
        let mut exposures: Vec<Exposure> = commits.iter().map(exposure).collect();
        self.tell_tips(start, &sets, &mut exposures);
        exposures
    }

    /// Tells of refs, HEAD and the index.
    fn tell_tips(&self, start: u32, sets: &[Set], exposures: &mut [Exposure]) {
        let all = |objects: &[u32], set: Set| {
            objects.iter().fold(set, |set, object| with(set, self.set(*object, start)))
        };
        for member in members(&all(&self.staged, Set::default())) {
            let presence = &mut exposures[member].presence;
            *presence = (*presence).min(Presence::Staged);
        }
        for (at, tip) in self.seen.iter().enumerate() {
            for member in members(&all(&tip.texts, sets[tip.list as usize])) {
                let Exposure { presence, refs, .. } = &mut exposures[member];
                let name = self.tips.refs.get(at).map(|(name, _)| name);
                let now = if name.is_some() { Presence::Tip } else { Presence::Head };
                *presence = (*presence).min(now);
                refs.extend(name.cloned());
            }
        }
        for exposure in exposures {
            exposure.refs.sort_unstable();
            exposure.refs.dedup();
        }
    }

    /// For each list the credentials it leads to, of those from `start` on.
    fn sets(&self, start: u32) -> Vec<Set> {
        let mut sets = vec![Set::default(); self.holdings.count()];
        for &list in &self.order {
            let entries = self.holdings.entries(list).iter();
            sets[list as usize] = entries.fold(Set::default(), |set, held| {
                let below = sets[self.holdings.of(held.object) as usize];
                with(with(set, below), self.set(held.object, start))
            });
        }
        sets
    }

    /// The credentials that an object itself holds.
    fn set(&self, object: u32, start: u32) -> Set {
        let mut set = Set::default();
        if !self.wanted.marks.has(object) {
            return set;
        }
        for number in self.wanted.holders.get(&object).copied().unwrap_or_default() {
            if let Some(at) = number.checked_sub(start).filter(|at| *at < TOGETHER) {
                set[at as usize / 64] |= 1 << (at % 64);
            }
        }
        set
    }
}

/// The exposure of what was seen nowhere.
pub(super) fn none() -> Exposure {
    exposure(&Sightings::default())
}

fn exposure(sightings: &Sightings) -> Exposure {
    let Sightings { count, first, last } = *sightings;
    let presence = if count > 0 { Presence::Past } else { Presence::Unreachable };
    Exposure { presence, first_seen: first, last_seen: last, commits: count, refs: Vec::new() }
}

fn with(set: Set, other: Set) -> Set {
    std::array::from_fn(|at| set[at] | other[at])
}

fn without(set: Set, other: Set) -> Set {
    std::array::from_fn(|at| set[at] & !other[at])
}

fn members(set: &Set) -> impl Iterator<Item = usize> {
    let words = set.iter().enumerate();
    words.flat_map(|(at, word)| {
        let rest = std::iter::successors(Some(*word), |word| Some(word & word.wrapping_sub(1)));
        let rest = rest.take_while(|word| *word != 0);
        rest.map(move |word| 64 * at + word.trailing_zeros() as usize)
    })
}

/// All lists, those first that others lead to. Where they lead in a circle,
/// which no real trees do, one way is passed over.
fn order(holdings: &Holdings) -> Vec<u32> {
    let count = u32::try_from(holdings.count()).unwrap_or(u32::MAX);
    let mut met = vec![false; holdings.count()];
    let mut order = Vec::with_capacity(met.len());
    let mut left: Vec<(u32, bool)> = Vec::new();
    for start in 0..count {
        left.push((start, false));
        while let Some((list, done)) = left.pop() {
            if done {
                order.push(list);
            } else if !std::mem::replace(&mut met[list as usize], true) {
                left.push((list, true));
                let below = holdings.entries(list).iter().map(|held| holdings.of(held.object));
                left.extend(below.filter(|list| !met[*list as usize]).map(|list| (list, false)));
            }
        }
    }
    order
}
