//! One credential at one place is one finding: of overlapping candidates the
//! one that says most stays.

use std::cmp::Reverse;

use crate::rule::{Confidence, RuleIndex, RuleSet};
use crate::span::Span;

/// What overlap is settled by.
pub trait Placed {
    /// The rule that matched.
    fn rule(&self) -> RuleIndex;
    /// The credential.
    fn secret(&self) -> Span;
    /// The whole match.
    fn extent(&self) -> Span;
}

/// Settles which of `candidates` stay. The result holds, for each of them, the
/// rule that took its place, or `None` if it stays.
///
/// Of two whose credentials overlap the one with the higher rank stays: the
/// rule that knows more than a name, then the surer rule, then the longer
/// credential, then the one that starts first, then the rule whose id comes
/// first. A candidate gives way only to one that stays itself.
///
/// A generic rule knows only the surroundings, so it has nothing to add where a
/// rule that knows the form of its credential has looked: anywhere in what that
/// rule matched (the public half of a pair, say), nor in the `refused` places,
/// where a checksum did not hold, say.
pub fn settle<T: Placed>(
    candidates: &[T],
    refused: &[(Span, RuleIndex)],
    rules: &RuleSet,
) -> Vec<Option<RuleIndex>> {
    let is_generic = |candidate: &T| rules.rule(candidate.rule()).generic;
    let mut order: Vec<usize> = (0..candidates.len()).collect();
    order.sort_by_key(|&at| rank(&candidates[at], rules));
    let matched = candidates.iter().filter(|candidate| !is_generic(candidate));
    let matched = matched.map(|candidate| (candidate.extent(), candidate.rule()));
    let refused = refused.iter().filter(|(_, rule)| !rules.rule(*rule).generic).copied();
    let known = Known::new(matched.chain(refused).collect());
    let mut stays = Standing::default();
    let mut settled = vec![None; candidates.len()];
    for at in order {
        let candidate = &candidates[at];
        let secret = candidate.secret();
        let known = || known.around(secret).filter(|_| is_generic(candidate));
        settled[at] = stays.overlapping(secret).or_else(known);
        if settled[at].is_none() {
            stays.insert(secret, candidate.rule());
        }
    }
    settled
}

/// Places that a rule which is not generic has looked at, in order.
struct Known(Vec<(Span, RuleIndex)>);

impl Known {
    fn new(mut places: Vec<(Span, RuleIndex)>) -> Self {
        places.sort_unstable();
        Self(places)
    }

    /// The rule that looked at a place which shares a byte with `span`. Places
    /// are short, so only some of those before it can reach it.
    fn around(&self, span: Span) -> Option<RuleIndex> {
        let behind = self.0.partition_point(|(place, _)| place.start < span.end);
        let near = &self.0[behind.saturating_sub(NEAR)..behind];
        near.iter().find(|(place, _)| place.overlaps(span)).map(|(_, rule)| *rule)
    }
}

/// How many places before a candidate are looked at.
const NEAR: usize = 16;

/// Sorts the candidates that say most to the front.
fn rank<T: Placed>(
    candidate: &T,
    rules: &RuleSet,
) -> (bool, bool, Reverse<Confidence>, Reverse<u64>, u64, RuleIndex) {
    let rule = rules.rule(candidate.rule());
    let Span { start, end } = candidate.secret();
    let by_name = rule.is_by_name();
    (rule.generic, by_name, Reverse(rule.confidence), Reverse(end - start), start, candidate.rule())
}

/// The places already taken: disjoint spans, by their start.
#[derive(Default)]
struct Standing(std::collections::BTreeMap<u64, (Span, RuleIndex)>);

impl Standing {
    /// The rule of a taken place that shares a byte with `span`.
    fn overlapping(&self, span: Span) -> Option<RuleIndex> {
        let (_, (taken, rule)) = self.0.range(..span.end).next_back()?;
        taken.overlaps(span).then_some(*rule)
    }

    fn insert(&mut self, span: Span, rule: RuleIndex) {
        self.0.insert(span.start, (span, rule));
    }
}
