//! Which literals stand in a pattern's matches, and where.

use regex_syntax::hir::{Hir, HirKind, Repetition};

use super::super::byte_set::ByteSet;
use super::super::definition::Trigger;
use super::super::gram::rarest_pair;
use super::super::rarity::rarity;
use super::spellings::{MOST, SMALL_CLASS, Spellings, distinct_folded, spellings};
use super::{clamp, class_bytes};

/// Shortest literal the prefilter can find by itself: it samples four bytes at
/// every second position.
const SHORTEST: usize = 4;
/// Shortest one behind which only certain bytes can stand, and how many these
/// may be.
const SHORTEST_FOLLOWED: usize = 3;
const MOST_FOLLOWING: u32 = 80;
/// From this length on a literal does not gain by what may stand behind it.
const LONG_ENOUGH: usize = 7;
/// Longest literal kept. More would hardly make it rarer, and around everything
/// that is new in a text so many bytes are looked through.
const LONGEST: usize = 12;

/// The sets of literals of which every match of `hir` holds one.
pub(super) fn literal_sets(hir: &Hir) -> Vec<Vec<Trigger>> {
    literal_sets_of_part(hir, false)
}

/// The same for a part of a pattern; `inside` if it stands in the credential.
fn literal_sets_of_part(hir: &Hir, inside: bool) -> Vec<Vec<Trigger>> {
    let mut walk = Walk { place: (0, Some(0)), inside, run: None, candidates: Vec::new() };
    walk.visit(hir);
    walk.finish_run();
    walk.candidates
}

/// Takes the rarest of these sets out.
pub(super) fn best_of(sets: &mut Vec<Vec<Trigger>>) -> Option<Vec<Trigger>> {
    let best = (0..sets.len()).max_by_key(|at| set_rarity(&sets[*at]))?;
    Some(sets.swap_remove(best))
}

/// How rare the least rare of several literals is, less what their number costs.
fn set_rarity(set: &[Trigger]) -> u32 {
    let least = set.iter().map(|trigger| literal_rarity(&trigger.literal)).min().unwrap_or(0);
    let count = u32::try_from(set.len()).unwrap_or(u32::MAX).max(1);
    // Halving the frequency makes up for twice as many literals, and for twice
    // as many places at which a match may start.
    let places = set.iter().map(|trigger| trigger.before_max - trigger.before_min).max();
    let places = places.unwrap_or(0).saturating_add(1);
    (least * 2).saturating_sub(count.ilog2() * 2).saturating_sub(places.ilog2() * 2)
}

/// How rare a literal is to the prefilter, which looks at four bytes of it.
fn literal_rarity(literal: &[u8]) -> u32 {
    literal.windows(SHORTEST.min(literal.len().max(1))).map(rarity).max().unwrap_or(0)
}

/// A walk through a pattern from left to right that gathers literal runs.
struct Walk {
    /// Bytes of the match before the current place, at least and at most.
    place: (usize, Option<usize>),
    /// Whether the current place is in the group that is the credential.
    inside: bool,
    /// The run of literal bytes that ends at the current place.
    run: Option<Run>,
    /// Sets of literals found so far, each enough by itself.
    candidates: Vec<Vec<Trigger>>,
}

/// Consecutive bytes of which all spellings are known.
struct Run {
    start: (usize, Option<usize>),
    /// Whether all of it is in the group that is the credential.
    inside: bool,
    spellings: Spellings,
}

impl Walk {
    fn visit(&mut self, hir: &Hir) {
        match hir.kind() {
            HirKind::Empty | HirKind::Look(_) => {}
            HirKind::Literal(literal) => {
                for &byte in &literal.0 {
                    self.push(&Spellings::of_class(&[byte]));
                }
            }
            HirKind::Class(class) => self.push_class(&class_bytes(class)),
            HirKind::Capture(capture) => {
                let outside = self.inside;
                self.inside |= capture.name.as_deref() == Some("secret");
                self.visit(&capture.sub);
                self.inside = outside;
            }
            HirKind::Concat(subs) => subs.iter().for_each(|sub| self.visit(sub)),
            HirKind::Repetition(repetition) => self.visit_repetition(hir, repetition),
            HirKind::Alternation(subs) => self.visit_alternation(hir, subs),
        }
    }

    /// A repetition ends a run, but its first iteration may still belong to it.
    fn visit_repetition(&mut self, hir: &Hir, repetition: &Repetition) {
        let Repetition { min, max, sub, .. } = repetition;
        let short = self.run.as_ref().is_some_and(|run| run.spellings.shortest() < LONG_ENOUGH);
        if let Some(few) = spellings(hir).filter(|_| short) {
            self.push(&few);
            return;
        }
        if *max == Some(*min) && *min <= 4 {
            (0..*min).for_each(|_| self.visit(sub));
            return;
        }
        if *min == 0 {
            self.finish_run();
            self.skip(0, max.and_then(|max| total(sub, max)));
            return;
        }
        // Of a repeated class the first byte is of use only to a run that is too
        // short without it.
        let short =
            self.run.as_ref().is_some_and(|run| run.spellings.shortest() < SHORTEST_FOLLOWED);
        let class = if let HirKind::Class(class) = sub.kind() { Some(class) } else { None };
        let taken = u32::from(short || class.is_none());
        if taken == 1 {
            self.visit(sub);
        }
        let next = class.filter(|_| *min > taken);
        self.finish_run_before(next.map_or(ByteSet::ANY, |class| ByteSet::of(&class_bytes(class))));
        let rest = max.and_then(|max| total(sub, max - taken));
        let least = sub.properties().minimum_len().unwrap_or(0);
        self.skip(least.saturating_mul((*min - taken) as usize), rest);
    }

    /// An alternation continues the run when its spellings are few; otherwise
    /// the best triggers of all its branches together make a candidate.
    fn visit_alternation(&mut self, hir: &Hir, subs: &[Hir]) {
        if let Some(few) = spellings(hir) {
            self.push(&few);
            return;
        }
        self.finish_run();
        let mut union = Vec::new();
        let complete = subs.iter().all(|sub| {
            let found = best_of(&mut literal_sets_of_part(sub, self.inside));
            union.extend(found.iter().flatten().cloned());
            found.is_some()
        });
        if let (true, (min, Some(max))) = (complete && union.len() <= MOST, self.place) {
            let moved = union.into_iter().map(|mut trigger| {
                trigger.before_min = trigger.before_min.saturating_add(clamp(min));
                trigger.before_max = trigger.before_max.saturating_add(clamp(max));
                trigger
            });
            self.candidates.push(moved.collect());
        }
        let properties = hir.properties();
        self.skip(properties.minimum_len().unwrap_or(0), properties.maximum_len());
    }

    /// A class of bytes at the current place. A large one continues a run only
    /// if that makes the run long enough for the prefilter.
    fn push_class(&mut self, bytes: &[u8]) {
        let one = Spellings::of_class(bytes);
        let needed = self.run.as_ref().is_some_and(|run| {
            let length = run.spellings.shortest();
            length + 1 == SHORTEST_FOLLOWED && run.spellings.join(&one).is_some()
        });
        if distinct_folded(bytes) <= SMALL_CLASS || needed {
            self.push(&one);
        } else {
            self.finish_run_before(ByteSet::of(bytes));
            self.skip(1, Some(1));
        }
    }

    /// Appends every one of `tails` to every spelling of the run.
    fn push(&mut self, tails: &Spellings) {
        let start = self.place;
        let longer = match &self.run {
            None => Some(tails.clone()),
            Some(run) if run.spellings.shortest() >= LONGEST => None,
            Some(run) => run.spellings.join(tails),
        };
        match (longer, &mut self.run) {
            (Some(spellings), Some(run)) => {
                run.spellings = spellings;
                run.inside &= self.inside;
            }
            (longer, _) => {
                self.finish_run();
                let spellings = longer.unwrap_or_else(|| tails.clone());
                self.run = Some(Run { start, inside: self.inside, spellings });
            }
        }
        self.skip(tails.shortest(), Some(tails.longest()));
    }

    /// Closes the run at the current place, behind which anything may follow.
    fn finish_run(&mut self) {
        self.finish_run_before(ByteSet::ANY);
    }

    /// Closes the run at the current place, behind which one of `follow` stands,
    /// and keeps it if it can be a trigger.
    fn finish_run_before(&mut self, follow: ByteSet) {
        let Some(Run { start, inside, spellings }) = self.run.take() else { return };
        let (min, Some(max)) = start else { return };
        let followed = follow.count() <= MOST_FOLLOWING && spellings.longest() <= LONGEST;
        if spellings.shortest() < if followed { SHORTEST_FOLLOWED } else { SHORTEST } {
            return;
        }
        let triggers = spellings.strings.iter().map(|string| {
            let literal = &string[..string.len().min(LONGEST)];
            let follow = if string.len() > LONGEST { ByteSet::ANY } else { follow };
            Trigger {
                fold: spellings.folded,
                literal: literal.to_vec().into(),
                follow,
                pair: rarest_pair(literal, follow.folded().count()),
                inside,
                before_min: clamp(min),
                before_max: clamp(max),
            }
        });
        // Cut off, some spellings are the same.
        let mut triggers: Vec<Trigger> = triggers.collect();
        triggers.sort_by(|a, b| a.literal.cmp(&b.literal));
        triggers.dedup();
        self.candidates.push(triggers);
    }

    /// Moves on by a stretch of which only the length is known.
    fn skip(&mut self, min: usize, max: Option<usize>) {
        self.place.0 = self.place.0.saturating_add(min);
        self.place.1 = self.place.1.zip(max).map(|(place, max)| place.saturating_add(max));
    }
}

/// Greatest length of `count` matches of `sub`.
fn total(sub: &Hir, count: u32) -> Option<usize> {
    sub.properties().maximum_len()?.checked_mul(count as usize)
}
