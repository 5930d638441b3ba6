//! Which credentials of a text belong together: a key id and its secret, an
//! account and its token.
//!
//! A rule names its parts and the rules that find them. Parts pair by nearness,
//! one with one: the nearest first, by lines and, on one line, by bytes. Where
//! two are equally near, nobody can tell which one is meant, and both stay
//! alone.

use std::collections::{HashMap, HashSet};
use std::ops::RangeInclusive;

use crate::finding::Finding;
use crate::rule::{RuleIndex, RuleSet};
use crate::secret::Secret;
use crate::span::Span;

/// Lines between a credential and its part, at most.
const LINES: u64 = 20;
/// Bytes between them, at most.
const BYTES: u64 = 4096;

/// A credential of a text.
pub(super) struct Member {
    /// The rule that found it.
    pub(super) rule: RuleIndex,
    /// Where it stands.
    pub(super) span: Span,
    /// The lines it stands on.
    pub(super) lines: RangeInclusive<u64>,
}

/// A part that was found beside a credential. Both are numbers of members.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Pair {
    /// The credential.
    pub(super) whole: usize,
    /// Which of its rule's parts it is.
    pub(super) name: usize,
    /// The part.
    pub(super) part: usize,
}

/// How far two members are from one another: lines, then bytes on one line.
type Distance = (u64, u64);

/// Pairs the members of a text, which are in the order of their places, by the
/// parts of their rules.
pub(super) fn pair(members: &[Member], rules: &RuleSet) -> Vec<Pair> {
    let mut by_rule: HashMap<RuleIndex, Vec<usize>> = HashMap::new();
    for (number, member) in members.iter().enumerate() {
        by_rule.entry(member.rule).or_default().push(number);
    }
    let mut pairs = Vec::new();
    for (&rule, wholes) in &by_rule {
        for (name, (_, part)) in rules.rule(rule).parts.iter().enumerate() {
            let parts = rules.find(part).and_then(|(part, _)| by_rule.get(&part));
            let Some(parts) = parts else { continue };
            let near = nearest(members, wholes, parts);
            pairs.extend(near.into_iter().map(|(whole, part)| Pair { whole, name, part }));
        }
    }
    pairs.sort_unstable_by_key(|pair| (pair.whole, pair.name));
    pairs
}

/// Leaves out what is told of as a part of another finding.
pub(super) fn absorb_parts(findings: &mut Vec<Finding>, rules: &RuleSet) {
    let key = |rule: RuleIndex, secret: &Secret| (rule, secret.clone());
    let of_others = findings.iter().flat_map(|finding| &finding.parts);
    let told: HashSet<(RuleIndex, Secret)> = of_others
        .filter(|part| rules.rule(part.rule).parts.is_empty())
        .map(|part| key(part.rule, &part.secret))
        .collect();
    if !told.is_empty() {
        findings.retain(|finding| !told.contains(&key(finding.rule, &finding.secret)));
    }
}

/// Pairs each of `wholes` with one of `parts`, the nearest two first.
fn nearest(members: &[Member], wholes: &[usize], parts: &[usize]) -> Vec<(usize, usize)> {
    let mut near: Vec<(Distance, usize, usize)> = Vec::new();
    for &whole in wholes {
        let reach = |part: &usize| distance(&members[whole], &members[*part]);
        // Both are in the order of their places: beyond the reach nothing is.
        let start = members[whole].span.start.saturating_sub(BYTES);
        let first = parts.partition_point(|part| members[*part].span.end < start);
        let close = parts[first..].iter().map_while(|part| {
            let within = members[*part].span.start <= members[whole].span.end.saturating_add(BYTES);
            within.then_some(part)
        });
        near.extend(close.filter_map(|part| Some((reach(part)?, whole, *part))));
    }
    near.sort_unstable();
    let mut pairs = Vec::new();
    let mut taken = HashSet::new();
    for group in near.chunk_by(|a, b| a.0 == b.0) {
        let free: Vec<(usize, usize)> = group
            .iter()
            .map(|&(_, whole, part)| (whole, part))
            .filter(|(whole, part)| !taken.contains(whole) && !taken.contains(part))
            .collect();
        let mut claims: HashMap<usize, u32> = HashMap::new();
        for member in free.iter().flat_map(|(whole, part)| [*whole, *part]) {
            *claims.entry(member).or_default() += 1;
        }
        for (whole, part) in free {
            if claims[&whole] == 1 && claims[&part] == 1 {
                pairs.push((whole, part));
            }
            taken.extend([whole, part]);
        }
    }
    pairs
}

/// How far two members are from one another; none if that is too far to belong
/// together.
fn distance(a: &Member, b: &Member) -> Option<Distance> {
    let (first, second) = if a.span <= b.span { (a, b) } else { (b, a) };
    let lines = second.lines.start().saturating_sub(*first.lines.end());
    let bytes = second.span.start.saturating_sub(first.span.end);
    (lines <= LINES && bytes <= BYTES).then_some((lines, if lines == 0 { bytes } else { 0 }))
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::{Member, Pair, pair};
    use crate::rule::{RuleIndex, RuleSet};
    use crate::span::Span;

    /// Rules of a key and its id.
    fn rules() -> RuleSet {
        let builtin = RuleSet::builtin();
        let (_, template) = builtin.iter().next().expect("there are rules");
        let made = |id: &'static str, parts: Vec<(_, _)>| {
            let mut rule = template.clone();
            (rule.id, rule.parts) = (id.into(), parts.into());
            rule
        };
        RuleSet::new([made("a-id", vec![]), made("a-key", vec![("id".into(), "a-id".into())])])
    }

    fn index(id: &str) -> RuleIndex {
        rules().find(id).expect("it is there").0
    }

    /// Members of ten bytes on their lines, from their columns on: a key for
    /// each upper-case letter, an id for each other.
    fn members(places: &[(char, u64, u64)]) -> Vec<Member> {
        let mut members: Vec<Member> = places
            .iter()
            .map(|&(letter, line, column)| {
                let start = line * 100 + column;
                let rule = if letter.is_ascii_uppercase() { "a-key" } else { "a-id" };
                let span = Span { start, end: start + 10 };
                Member { rule: index(rule), span, lines: line..=line }
            })
            .collect();
        members.sort_by_key(|member| member.span);
        members
    }

    fn paired(places: &[(char, u64, u64)]) -> Vec<(usize, usize)> {
        let pairs = pair(&members(places), &rules());
        pairs.into_iter().map(|Pair { whole, part, .. }| (whole, part)).collect()
    }

    #[test]
    fn neighbours_belong_together() {
        assert_eq!(paired(&[('i', 1, 0), ('K', 2, 0)]), [(1, 0)]);
        assert_eq!(paired(&[('K', 1, 0), ('i', 2, 0)]), [(0, 1)]);
        let profiles = [('i', 1, 0), ('K', 2, 0), ('i', 5, 0), ('K', 6, 0)];
        assert_eq!(paired(&profiles), [(1, 0), (3, 2)]);
        let table = [('i', 1, 0), ('K', 1, 20), ('i', 1, 60), ('K', 1, 80)];
        assert_eq!(paired(&table), [(1, 0), (3, 2)]);
    }

    #[test]
    fn the_nearest_ones_come_first() {
        assert_eq!(paired(&[('i', 1, 0), ('i', 4, 0), ('K', 5, 0)]), [(2, 1)]);
        assert_eq!(paired(&[('i', 1, 0), ('K', 2, 0), ('K', 9, 0)]), [(1, 0)]);
    }

    #[test]
    fn equally_near_ones_stay_alone() {
        assert_eq!(paired(&[('i', 1, 0), ('K', 2, 0), ('i', 3, 0)]), []);
        assert_eq!(paired(&[('K', 1, 0), ('i', 2, 0), ('K', 3, 0)]), []);
    }

    #[test]
    fn far_ones_stay_alone() {
        assert_eq!(paired(&[('i', 1, 0), ('K', 22, 0)]), []);
        assert_eq!(paired(&[('i', 1, 0), ('K', 21, 0)]), [(1, 0)]);
    }

    proptest! {
        /// Everyone is in one pair at most, and what pairs does not depend on
        /// the names of things.
        #[test]
        fn a_pair_is_of_two(
            places in proptest::collection::vec((any::<bool>(), 0..40_u64, 0..8_u64), 0..30),
        ) {
            let places: Vec<(char, u64, u64)> = places
                .into_iter()
                .map(|(key, line, column)| (if key { 'K' } else { 'i' }, line, column * 12))
                .collect();
            let mut all: Vec<usize> =
                paired(&places).into_iter().flat_map(|(whole, part)| [whole, part]).collect();
            let count = all.len();
            all.sort_unstable();
            all.dedup();
            prop_assert_eq!(all.len(), count);
        }
    }
}
