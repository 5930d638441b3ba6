//! Commits and their parents: which are reachable, and which came first.

use std::collections::HashSet;

use super::gather::{CommitNode, Gathered};
use super::holdings::{Holdings, List};
use super::numbers::{NONE, Numbers};
use super::{Tips, Wanted};
use crate::object::ObjectId;

/// All commits, by their places in the list of them.
pub(super) struct Ancestry<'a> {
    gathered: &'a Gathered,
    /// For each object that is a commit, its place.
    places: Vec<u32>,
    /// The places of all parents, in the order they were gathered in; none for
    /// those that are cut off or no commits.
    parents: Vec<u32>,
    /// The commits whose parents are cut off.
    cut_off: HashSet<u32>,
    reachable: Vec<bool>,
}

/// When a commit was made, as far as clocks can be trusted: never before its
/// parents.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord)]
pub struct Age {
    /// The latest time of the commit and all before it, in seconds.
    pub seconds: i64,
    /// Length of the longest way to a first commit.
    pub generation: u32,
}

impl Age {
    /// The age of a commit of that time whose parents have these ages.
    pub(super) fn of(seconds: i64, parents: impl Iterator<Item = Self>) -> Self {
        parents.fold(Self { seconds, generation: 1 }, |age, parent| Self {
            seconds: age.seconds.max(parent.seconds),
            generation: age.generation.max(parent.generation.saturating_add(1)),
        })
    }
}

/// What a ref leads to.
#[derive(Default)]
pub(super) struct Tip {
    /// List of its tree.
    pub(super) list: List,
    /// What of it holds text that is looked for: the commit, tags on the way to
    /// it, or a blob.
    pub(super) texts: Vec<u32>,
}

impl<'a> Ancestry<'a> {
    /// All commits; those that `tips` lead to are reachable.
    pub(super) fn new(gathered: &'a Gathered, numbers: &Numbers<'_>, tips: &Tips) -> Self {
        let mut places = vec![NONE; numbers.count()];
        for (place, commit) in (0..).zip(&gathered.commits) {
            places[commit.object as usize] = place;
        }
        let cut_off: HashSet<u32> = tips.shallow.iter().filter_map(|id| numbers.find(id)).collect();
        let parents = gathered.parents.iter().map(|parent| places[*parent as usize]);
        let mut parents: Vec<u32> = parents.collect();
        for commit in cut_off.iter().filter_map(|object| places.get(*object as usize)) {
            if let Some(commit) = gathered.commits.get(*commit as usize) {
                parents[commit.parents()].fill(NONE);
            }
        }
        let reachable = vec![false; gathered.commits.len()];
        let mut ancestry = Self { gathered, places, parents, cut_off, reachable };
        let ids = tips.refs.iter().map(|(_, id)| id).chain(&tips.head);
        let numbers = ids.filter_map(|id| numbers.find(id));
        let commits = numbers.filter_map(|number| ancestry.place(ancestry.peel(number, |_| {})));
        ancestry.reach(commits.collect());
        ancestry
    }

    /// The object that a tag leads to, over other tags perhaps. Each object on
    /// the way is shown to `passed`, the last one, too.
    pub(super) fn peel(&self, object: u32, mut passed: impl FnMut(u32)) -> u32 {
        let mut object = object;
        // Tags that lead in a circle lead nowhere.
        for _ in 0..=self.gathered.tags.len() {
            passed(object);
            match self.gathered.tags.get(&object) {
                Some(target) => object = *target,
                None => break,
            }
        }
        object
    }

    /// What an object named by a ref leads to.
    pub(super) fn tip(
        &self,
        id: &ObjectId,
        numbers: &Numbers<'_>,
        wanted: &Wanted<'_>,
        holdings: &Holdings,
    ) -> Tip {
        let Some(object) = numbers.find(id) else { return Tip::default() };
        let mut texts = Vec::new();
        let object = self.peel(object, |passed| {
            if wanted.holders.contains_key(&passed) {
                texts.push(passed);
            }
        });
        let tree = self.place(object).map_or(object, |place| self.commit(place).tree);
        Tip { list: holdings.of(tree), texts }
    }

    fn reach(&mut self, tips: Vec<u32>) {
        let mut left = tips;
        while let Some(place) = left.pop() {
            if !std::mem::replace(&mut self.reachable[place as usize], true) {
                left.extend(self.parents(place).filter(|parent| !self.reachable[*parent as usize]));
            }
        }
    }

    /// The place of an object that is a commit.
    pub(super) fn place(&self, object: u32) -> Option<u32> {
        let place = self.places.get(object as usize).copied()?;
        (place != NONE).then_some(place)
    }

    pub(super) fn commit(&self, place: u32) -> &'a CommitNode {
        &self.gathered.commits[place as usize]
    }

    pub(super) fn is_reachable(&self, place: u32) -> bool {
        self.reachable[place as usize]
    }

    /// Whether the parents of a commit are cut off.
    pub(super) fn is_cut_off(&self, commit: &CommitNode) -> bool {
        self.cut_off.contains(&commit.object)
    }

    /// All places.
    pub(super) fn places(&self) -> std::ops::Range<u32> {
        0..u32::try_from(self.gathered.commits.len()).unwrap_or(NONE)
    }

    /// The parents of a commit that are there.
    pub(super) fn parents(&self, place: u32) -> impl Iterator<Item = u32> + '_ {
        let parents = &self.parents[self.commit(place).parents()];
        parents.iter().copied().filter(|parent| *parent != NONE)
    }

    /// The ages of all commits.
    pub(super) fn ages(&self) -> Vec<Age> {
        let mut ages = vec![Age::default(); self.reachable.len()];
        let mut met = vec![false; ages.len()];
        let mut left: Vec<(u32, bool)> = Vec::new();
        for start in self.places() {
            left.push((start, false));
            while let Some((place, done)) = left.pop() {
                if done {
                    ages[place as usize] = self.age(place, &ages);
                } else if !std::mem::replace(&mut met[place as usize], true) {
                    left.push((place, true));
                    let parents = self.parents(place).filter(|parent| !met[*parent as usize]);
                    left.extend(parents.map(|parent| (parent, false)));
                }
            }
        }
        ages
    }

    fn age(&self, place: u32, ages: &[Age]) -> Age {
        let parents = self.parents(place).map(|parent| ages[parent as usize]);
        Age::of(self.commit(place).time.seconds, parents)
    }
}
