//! One credential at one place is one finding: of overlapping candidates the
//! one that says most stays.

use std::cmp::Reverse;

use crate::rule::{Confidence, Rule, RuleIndex, RuleSet};
use crate::span::Span;

/// What overlap is settled by.
pub trait Placed {
    /// The rule that matched.
    fn rule(&self) -> RuleIndex;
    /// The credential.
    fn secret(&self) -> Span;
}

/// Settles which of `candidates` stay. The result holds, for each of them, the
/// rule that took its place, or `None` if it stays.
///
/// Of two that overlap the one with the higher rank stays: the surer rule, then
/// the longer credential, then the one that starts first, then the rule whose
/// id comes first. A candidate gives way only to one that stays itself.
pub fn settle<T: Placed>(candidates: &[T], rules: &RuleSet) -> Vec<Option<RuleIndex>> {
    let mut order: Vec<usize> = (0..candidates.len()).collect();
    order.sort_by_key(|&at| rank(&candidates[at], rules));
    let mut stays = Standing::default();
    let mut settled = vec![None; candidates.len()];
    for at in order {
        let candidate = &candidates[at];
        settled[at] = stays.overlapping(candidate.secret());
        if settled[at].is_none() {
            stays.insert(candidate.secret(), candidate.rule());
        }
    }
    settled
}

/// Sorts the candidates that say most to the front.
fn rank<T: Placed>(
    candidate: &T,
    rules: &RuleSet,
) -> (u8, Reverse<Confidence>, Reverse<u64>, u64, RuleIndex) {
    let rule = rules.rule(candidate.rule());
    let Span { start, end } = candidate.secret();
    (generality(rule), Reverse(rule.confidence), Reverse(end - start), start, candidate.rule())
}

/// Rules that know only the form of what surrounds a value give way to those
/// that know the value.
fn generality(rule: &Rule) -> u8 {
    u8::from(rule.provider == "Generic")
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
