//! Which trees lead to what is looked for, and by which entries.

use std::collections::HashMap;
use std::sync::Arc;

use super::Wanted;
use super::gather::Gathered;
use super::numbers::{Marks, NONE};
use super::outline::Held;

/// Entries that are remembered of all lists together.
const MOST: usize = 1 << 26;

/// A list of the entries that lead to what is looked for, by its number; trees
/// that differ in nothing else have the same. The first one is empty.
pub(super) type List = u32;

/// For each tree the entries that lead to what is looked for.
pub(super) struct Holdings {
    /// For each object that is a tree, its number among trees.
    trees: Vec<u32>,
    /// For each tree, its list.
    of_tree: Vec<List>,
    lists: Vec<Arc<[Held]>>,
    /// Whether some lists had to be left out.
    pub(super) cut: bool,
}

impl Holdings {
    pub(super) fn new(gathered: &Gathered, wanted: &Wanted<'_>, objects: usize) -> Self {
        let mut trees = vec![NONE; objects];
        // Of copies of a tree, the first one counts.
        for (tree, node) in (0..).zip(&gathered.nodes) {
            if let Some(known) = trees.get_mut(node.object as usize).filter(|known| **known == NONE)
            {
                *known = tree;
            }
        }
        let mut holdings = Self { trees, of_tree: Vec::new(), lists: Vec::new(), cut: false };
        holdings.list(gathered, &leading(gathered, wanted, objects));
        holdings
    }

    /// Makes the lists of all trees: that of a tree is its base's, but for what
    /// the tree changed.
    fn list(&mut self, gathered: &Gathered, leading: &Marks) {
        let empty: Arc<[Held]> = Arc::from([]);
        let mut known = HashMap::from([(empty.clone(), 0)]);
        self.lists.push(empty);
        let leads = |held: &&Held| leading.has(held.object);
        let mut total = 0;
        for node in &gathered.nodes {
            let base = self.of_tree.get(node.base as usize).copied().unwrap_or(0);
            let (added, removed) = (gathered.added(node), gathered.removed(node));
            if !added.iter().chain(removed).any(|held| leading.has(held.object)) {
                self.of_tree.push(base);
                continue;
            }
            let kept = self.lists[base as usize].iter();
            let kept = kept.filter(|held| removed.binary_search(held).is_err());
            let mut list: Vec<Held> = kept.chain(added.iter().filter(leads)).copied().collect();
            list.sort_unstable();
            if let Some(&known) = known.get(&list[..]) {
                self.of_tree.push(known);
                continue;
            }
            total += list.len();
            if total > MOST {
                self.cut = true;
                self.of_tree.push(0);
                continue;
            }
            let number = u32::try_from(self.lists.len()).unwrap_or(0);
            let list: Arc<[Held]> = list.into();
            known.insert(list.clone(), number);
            self.lists.push(list);
            self.of_tree.push(number);
        }
    }

    /// The list of an object; the empty one if it is no tree.
    pub(super) fn of(&self, object: u32) -> List {
        let tree = self.trees.get(object as usize).copied().unwrap_or(NONE);
        self.of_tree.get(tree as usize).copied().unwrap_or(0)
    }

    /// The entries of a list, in the order of the numbers of their names.
    pub(super) fn entries(&self, list: List) -> &[Held] {
        &self.lists[list as usize]
    }

    pub(super) fn count(&self) -> usize {
        self.lists.len()
    }
}

/// Marks the objects that are looked for and every tree that leads to one.
///
/// From each such object it goes up: to the trees that added it, and on to those
/// built on these, until one removed it. Each tree is met once for each such
/// entry it has.
fn leading(gathered: &Gathered, wanted: &Wanted<'_>, objects: usize) -> Marks {
    let nodes = &gathered.nodes;
    let additions = || {
        (0..).zip(nodes).flat_map(|(tree, node)| {
            gathered.added(node).iter().map(move |held| (held.object, (tree, held.name)))
        })
    };
    let added = Groups::new(objects, &additions);
    let deltas = || {
        let built = (0..).zip(nodes).filter(|(_, node)| node.base != NONE);
        built.map(|(tree, node)| (node.base, tree))
    };
    let deltas = Groups::new(nodes.len(), &deltas);
    let mut leading = Marks::new(objects);
    let mut left = wanted.objects.clone();
    for object in &left {
        leading.set(*object);
    }
    let mut trees: Vec<u32> = Vec::new();
    while let Some(object) = left.pop() {
        for &(tree, name) in added.of(object) {
            let held = Held { name, object };
            trees.push(tree);
            while let Some(tree) = trees.pop() {
                let itself = nodes[tree as usize].object;
                if itself != NONE && leading.set(itself) {
                    left.push(itself);
                }
                let built = deltas.of(tree).iter().copied();
                trees.extend(built.filter(|tree| {
                    gathered.removed(&nodes[*tree as usize]).binary_search(&held).is_err()
                }));
            }
        }
    }
    leading
}

/// Values by a number they belong to.
struct Groups<T> {
    ends: Vec<u32>,
    values: Vec<T>,
}

impl<T: Copy + Default> Groups<T> {
    /// Groups what `all` gives; every number is less than `count`.
    fn new<I: Iterator<Item = (u32, T)>>(count: usize, all: &dyn Fn() -> I) -> Self {
        let mut ends = vec![0_u32; count];
        let mut total = 0;
        for (number, _) in all() {
            ends[number as usize] += 1;
            total += 1;
        }
        // First where each group starts; filling it moves that to its end.
        let mut start = 0;
        for end in &mut ends {
            start += std::mem::replace(end, start);
        }
        let mut values = vec![T::default(); total];
        for (number, value) in all() {
            let end = &mut ends[number as usize];
            values[*end as usize] = value;
            *end += 1;
        }
        Self { ends, values }
    }

    fn of(&self, number: u32) -> &[T] {
        let number = number as usize;
        let start = number.checked_sub(1).map_or(0, |before| self.ends[before]);
        &self.values[start as usize..self.ends[number] as usize]
    }
}
