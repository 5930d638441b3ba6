//! [`Trace`]: what the engine saw in a text, for texts that share parts with it.
//!
//! A trace holds the places of all literals and all candidates. In a text that
//! is another one with some parts replaced, literals are looked for only around
//! what is new; patterns are run only where a literal is new or where something
//! within the pattern's reach of it is. Everything else stands in the other
//! text's trace, at another place.
//!
//! What a rule makes of a literal depends on the bytes within the rule's reach
//! of it and on nothing else (see [`Engine`]), so the candidates are exactly
//! those of the whole text.

use std::ops::Range;

use super::{Candidate, Engine, Scratch, tidy};
use crate::rule::RuleIndex;
use crate::span::Span;
use crate::unit::{Copied, Unit};

/// Bytes beside a match that a pattern can look at.
const LOOK_AROUND: i64 = 4;
/// New parts nearer than this are looked through in one go.
const NEAR: usize = 32;

/// What the engine saw in a text.
#[derive(Clone, Debug, Default)]
pub struct Trace {
    /// Length of the text.
    length: usize,
    /// Where literals stand, in order.
    hits: Vec<Hit>,
    /// All candidates in the order of their places, also those that [`tidy`] leaves out.
    candidates: Vec<Candidate>,
}

/// A literal in a text.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
struct Hit {
    at: u32,
    trigger: u32,
}

impl Trace {
    /// The candidates, in the order and number in which
    /// [`Engine::find`] gives them.
    pub fn candidates(&self) -> Vec<Candidate> {
        let mut candidates = self.candidates.clone();
        tidy(&mut candidates);
        candidates
    }

    /// Whether there are no candidates.
    pub fn is_empty(&self) -> bool {
        self.candidates.is_empty()
    }

    /// Length of the text.
    pub fn length(&self) -> usize {
        self.length
    }
}

/// Whether what stands in `window` of one text, of `length` bytes, stands in the
/// copied part and so in another one of `new_length`. A window that is cut off
/// by an end of its text must be cut off there in the other one.
pub fn is_copied(window: &Range<i64>, part: Copied, length: usize, new_length: usize) -> bool {
    let at = |place: usize| i64::try_from(place).unwrap_or(i64::MAX);
    let end = part.from + part.length;
    let starts = window.start >= at(part.from) || part.from == 0 && part.to == 0;
    let ends = window.end <= at(end) || end == length && part.to + part.length == new_length;
    starts && ends
}

impl Engine {
    /// Whether all rules are local, so that [`trace`](Self::trace) can be used.
    pub fn is_local(&self) -> bool {
        self.global.is_empty()
    }

    /// The trace of `unit`, a whole text of less than 4 GiB with base 0. Given
    /// the trace of another text and what that one shares with this one, in
    /// ascending order here, only what is new is looked through. Also returns
    /// the number of bytes that literals were looked for in.
    ///
    /// Only for engines whose rules are all [local](Self::is_local).
    pub fn trace(
        &self,
        unit: &Unit<'_>,
        like: Option<(&Trace, &[Copied])>,
        scratch: &mut Scratch,
    ) -> (Trace, u64) {
        scratch.begin_text();
        let mut trace = Trace { length: unit.bytes.len(), ..Trace::default() };
        let copied = like.map_or(&[][..], |(_, copied)| copied);
        let mut searched = 0;
        let ranges = new_ranges(copied, trace.length, self.longest_literal + 1);
        let ranges = ranges.inspect(|range| searched += range.len() as u64);
        self.prefilter.find_in(unit.bytes, ranges, &mut scratch.block, &mut |trigger, at| {
            trace.hits.push(Hit { at: small(at), trigger });
        });
        trace.hits.sort_unstable();
        trace.hits.dedup();
        for hit in &trace.hits {
            self.follow(unit, *hit, scratch, &mut trace.candidates);
        }
        if let Some((base, copied)) = like {
            for part in copied {
                self.inherit_hits(unit, base, *part, &mut trace, scratch);
                self.inherit_candidates(base, *part, &mut trace);
            }
            trace.hits.sort_unstable();
            trace.hits.dedup();
        }
        self.find_whole(unit, scratch, &mut trace.candidates);
        trace.candidates.sort_unstable_by_key(place_of);
        trace.candidates.dedup();
        (trace, searched)
    }

    /// Runs the pattern behind a literal.
    fn follow(
        &self,
        unit: &Unit<'_>,
        hit: Hit,
        scratch: &mut Scratch,
        candidates: &mut Vec<Candidate>,
    ) {
        let place = self.triggers[hit.trigger as usize];
        let matcher = &self.matchers[place.rule.get()];
        matcher.match_around(unit, hit.at as usize, place, scratch, candidates);
    }

    /// Takes over the literals in a copied part. Where something new is within
    /// the reach of one, its pattern runs again.
    fn inherit_hits(
        &self,
        unit: &Unit<'_>,
        base: &Trace,
        part: Copied,
        trace: &mut Trace,
        scratch: &mut Scratch,
    ) {
        let end = part.from + part.length;
        let first = base.hits.partition_point(|hit| (hit.at as usize) < part.from);
        for hit in base.hits[first..].iter().take_while(|hit| (hit.at as usize) < end) {
            let place = &self.triggers[hit.trigger as usize];
            let at = hit.at as usize;
            // What follows a literal belongs to it. Where that is not copied, it
            // was looked for anew.
            let place_and_next = signed(at)..signed(at + place.length as usize + 1);
            if !is_copied(&place_and_next, part, base.length, trace.length) {
                continue;
            }
            let moved = Hit { at: small(at - part.from + part.to), ..*hit };
            trace.hits.push(moved);
            let earliest = signed(at) - i64::from(place.before_max);
            let latest = signed(at) - i64::from(place.before_min);
            let window = earliest..latest + self.reach_of(place.rule);
            if !is_copied(&beside(&window), part, base.length, trace.length) {
                self.follow(unit, moved, scratch, &mut trace.candidates);
            }
        }
    }

    /// Takes over the candidates in a copied part that nothing new is within
    /// reach of.
    fn inherit_candidates(&self, base: &Trace, part: Copied, trace: &mut Trace) {
        let (from, end) = (part.from as u64, (part.from + part.length) as u64);
        let first = base.candidates.partition_point(|found| found.span.start < from);
        for found in base.candidates[first..].iter().take_while(|found| found.span.start < end) {
            let start = i64::try_from(found.span.start).unwrap_or(i64::MAX);
            let window = beside(&(start..start + self.reach_of(found.rule)));
            if is_copied(&window, part, base.length, trace.length) {
                let moved = |span: Span| moved(span, part);
                let (secret, span) = (moved(found.secret), moved(found.span));
                trace.candidates.push(Candidate { secret, span, ..*found });
            }
        }
    }

    /// Longest match of a rule.
    fn reach_of(&self, rule: RuleIndex) -> i64 {
        self.rules.rule(rule).reach.map_or(i64::from(u32::MAX), i64::from)
    }
}

/// Where a span in a copied part stands in the text it was copied to.
pub fn moved(span: Span, part: Copied) -> Span {
    let at = |place: u64| place - part.from as u64 + part.to as u64;
    Span { start: at(span.start), end: at(span.end) }
}

/// A window with what patterns can look at beside it.
fn beside(window: &Range<i64>) -> Range<i64> {
    window.start - LOOK_AROUND..window.end + LOOK_AROUND
}

fn place_of(candidate: &Candidate) -> (Span, RuleIndex, Span) {
    (candidate.span, candidate.rule, candidate.secret)
}

/// An offset in a text of less than 4 GiB.
fn small(offset: usize) -> u32 {
    u32::try_from(offset).unwrap_or(u32::MAX)
}

fn signed(offset: usize) -> i64 {
    i64::try_from(offset).unwrap_or(i64::MAX)
}

/// The parts of a text of `length` bytes that literals must be looked for in:
/// what is not copied and the seams between copied parts, with `around` bytes
/// on both sides.
fn new_ranges(
    copied: &[Copied],
    length: usize,
    around: usize,
) -> impl Iterator<Item = Range<usize>> {
    let gaps = Copied::gaps(copied, length).filter(move |gap| {
        // At the ends of the text there is nothing to meet.
        !gap.is_empty() || gap.start > 0 && gap.end < length
    });
    let mut wide = gaps.map(move |gap| {
        gap.start.saturating_sub(around)..gap.end.saturating_add(around).min(length)
    });
    let mut current = wide.next();
    std::iter::from_fn(move || {
        let mut range = current.take()?;
        for next in wide.by_ref() {
            if next.start > range.end + NEAR {
                current = Some(next);
                break;
            }
            range.end = range.end.max(next.end);
        }
        Some(range)
    })
}

#[cfg(test)]
mod tests {
    use std::sync::Arc;

    use proptest::prelude::*;
    use proptest::sample::Index;

    use super::{Trace, new_ranges};
    use crate::engine::tests::{ENGINE, find, soup};
    use crate::engine::{Engine, Scratch};
    use crate::rule::RuleSet;
    use crate::unit::{Copied, Origin, Unit};

    fn trace(text: &[u8], like: Option<(&Trace, &[Copied])>) -> Trace {
        ENGINE.trace(&Unit::whole(&Origin::Stdin, text), like, &mut Scratch::default()).0
    }

    /// What a delta does.
    #[derive(Clone, Debug)]
    enum Step {
        Copy(Index, Index),
        Insert(Vec<u8>),
    }

    fn steps() -> impl Strategy<Value = Vec<Step>> {
        let copy = (any::<Index>(), any::<Index>()).prop_map(|(a, b)| Step::Copy(a, b));
        let noise = "[a-zA-Z0-9_ =:\"\n-]{0,30}".prop_map(|text| Step::Insert(text.into_bytes()));
        proptest::collection::vec(prop_oneof![3 => copy, 1 => noise], 0..12)
    }

    /// Follows the steps, with the parts copied as the reader of deltas gives
    /// them.
    fn apply(base: &[u8], steps: &[Step]) -> (Vec<u8>, Vec<Copied>) {
        let (mut text, mut copied) = (Vec::new(), Vec::<Copied>::new());
        for step in steps {
            match step {
                Step::Insert(bytes) => text.extend_from_slice(bytes),
                Step::Copy(a, b) => {
                    let (a, b) = (a.index(base.len() + 1), b.index(base.len() + 1));
                    let (from, end) = (a.min(b), a.max(b));
                    if from < end {
                        copied.push(Copied { from, to: text.len(), length: end - from });
                        text.extend_from_slice(&base[from..end]);
                    }
                }
            }
        }
        (text, copied)
    }

    /// A delta as they mostly are: a few bytes replaced.
    fn edit(base: &[u8], at: Index, removed: usize, inserted: &[u8]) -> (Vec<u8>, Vec<Copied>) {
        let at = at.index(base.len() + 1);
        let behind = (at + removed).min(base.len());
        let text = [&base[..at], inserted, &base[behind..]].concat();
        let head = Copied { from: 0, to: 0, length: at };
        let tail = Copied { from: behind, to: at + inserted.len(), length: base.len() - behind };
        (text, [head, tail].into_iter().filter(|part| part.length > 0).collect())
    }

    proptest! {
        #![proptest_config(ProptestConfig::with_cases(96))]

        #[test]
        fn a_trace_by_parts_is_that_of_the_whole(
            base in soup(),
            first in steps(),
            second in (any::<Index>(), 0_usize..50, "[a-z0-9 =\n]{0,9}"),
        ) {
            let known = trace(&base, None);
            prop_assert_eq!(known.candidates(), find(&Unit::whole(&Origin::Stdin, &base)));
            let (text, copied) = apply(&base, &first);
            let derived = trace(&text, Some((&known, &copied)));
            prop_assert_eq!(derived.candidates(), find(&Unit::whole(&Origin::Stdin, &text)));
            let (at, removed, inserted) = second;
            let (text, copied) = edit(&text, at, removed, inserted.as_bytes());
            let derived = trace(&text, Some((&derived, &copied)));
            prop_assert_eq!(derived.candidates(), find(&Unit::whole(&Origin::Stdin, &text)));
        }
    }

    /// Behind some words only certain bytes can stand: `KEY` is one, and in
    /// `KEYz` it is none.
    #[test]
    fn a_word_that_goes_on_where_the_copy_ends_is_another_word() {
        let base = b"my KEY-";
        let text = b"my KEYz = 'q7Zr2Kx9Lm4Tn8Wb3'";
        let known = trace(base, None);
        for length in [6, 3] {
            let copied = [Copied { from: 0, to: 0, length }];
            let derived = trace(text, Some((&known, &copied)));
            assert_eq!(derived.candidates(), find(&Unit::whole(&Origin::Stdin, text)));
        }
    }

    #[test]
    fn only_what_is_new_is_looked_through() {
        let part = |from, to, length| Copied { from, to, length };
        let ranges = |copied: &[Copied], length| new_ranges(copied, length, 10).collect::<Vec<_>>();
        let all = 0..100;
        assert_eq!(ranges(&[], 100), [all]);
        assert!(ranges(&[part(0, 0, 100)], 100).is_empty());
        assert!(ranges(&[part(50, 0, 100)], 100).is_empty(), "the ends meet nothing");
        assert_eq!(ranges(&[part(0, 0, 300), part(310, 300, 200)], 500), vec![290..310]);
        assert_eq!(ranges(&[part(0, 20, 300), part(0, 325, 75)], 400), [0..30, 310..335]);
    }

    #[test]
    fn a_rule_without_bounds_needs_the_whole_text() {
        assert!(Engine::new(Arc::new(RuleSet::builtin())).is_local());
    }
}
