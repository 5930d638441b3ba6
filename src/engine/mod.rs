//! From bytes to candidates: the prefilter finds where a rule could match, the
//! matcher tells whether it does.
//!
//! Everything here is pure: bytes go in, values come out, buffers are lent by
//! the caller as [`Scratch`].
//!
//! Each literal found is followed up by itself. What a rule finds at a place
//! depends on the bytes within the rule's reach of that place and on nothing
//! else, so a text gives the same candidates whole, in pieces, or in the parts
//! of it that are new.

pub mod assignment;
mod matcher;
mod prefilter;
mod profile;
mod trace;
mod window;

use std::sync::Arc;

pub use matcher::{Scratch, compiles};
pub use profile::Cost;
pub use trace::{Trace, is_copied, moved};

use crate::rule::{Rule, RuleIndex, RuleSet};
use crate::span::Span;
use crate::unit::Unit;
use matcher::Matcher;
use prefilter::Prefilter;

/// Bytes of context that must stand around a piece's core, beyond the longest
/// match: the look-around of patterns and what the stages after the engine
/// read of the line.
pub const CONTEXT: usize = 4096;
/// Longest match of a pattern without bound that is sure to be found when it
/// crosses the border of two pieces.
const UNBOUNDED_REACH: usize = 64 * 1024;

/// A place where a rule's pattern matches.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Candidate {
    /// The rule.
    pub rule: RuleIndex,
    /// The credential.
    pub secret: Span,
    /// The whole match.
    pub span: Span,
}

/// A set of rules, ready to run.
pub struct Engine {
    rules: Arc<RuleSet>,
    prefilter: Prefilter,
    /// What each trigger of the prefilter stands for.
    triggers: Vec<Place>,
    /// Bytes of the longest literal.
    longest_literal: usize,
    /// Rules for all of a short text.
    whole: Vec<RuleIndex>,
    /// Length of the longest text that they are for.
    longest_whole: usize,
    /// Rules that run on whole units.
    global: Vec<RuleIndex>,
    matchers: Vec<Matcher>,
}

/// What a hit of a trigger says: where which rule may match.
#[derive(Clone, Copy, Debug)]
struct Place {
    rule: RuleIndex,
    before_min: u32,
    before_max: u32,
    /// Whether the literal stands in the credential.
    inside: bool,
    /// Bytes of the literal.
    length: u32,
}

impl Engine {
    /// An engine for all rules of a set. No pattern is compiled before its
    /// rule is needed.
    pub fn new(rules: Arc<RuleSet>) -> Self {
        let local = || rules.iter().filter(|(_, rule)| rule.is_local());
        let triggers = local().flat_map(|(index, rule)| {
            rule.triggers.iter().map(move |trigger| Place {
                rule: index,
                before_min: trigger.before_min,
                before_max: trigger.before_max,
                inside: trigger.inside,
                length: u32::try_from(trigger.literal.len()).unwrap_or(u32::MAX),
            })
        });
        let triggers: Vec<Place> = triggers.collect();
        let whole = || rules.iter().filter(|(_, rule)| rule.is_local() && rule.whole);
        let longest_whole = whole().filter_map(|(_, rule)| rule.reach).max();
        Self {
            whole: whole().map(|(index, _)| index).collect(),
            longest_whole: longest_whole.map_or(0, |longest| longest as usize),
            longest_literal: triggers.iter().map(|place| place.length as usize).max().unwrap_or(0),
            prefilter: Prefilter::new(local().flat_map(|(_, rule)| rule.triggers.iter())),
            triggers,
            global: rules.iter().filter(|(_, rule)| !rule.is_local()).map(|(i, _)| i).collect(),
            matchers: rules.iter().map(|(index, rule)| Matcher::new(index, rule)).collect(),
            rules,
        }
    }

    /// The rules this engine runs.
    pub fn rules(&self) -> &Arc<RuleSet> {
        &self.rules
    }

    /// How much text must stand around a piece's core for the candidates to be
    /// those of the whole text.
    pub fn reach(&self) -> usize {
        let longest =
            self.rules.iter().map(|(_, rule)| rule.reach.map_or(0, |reach| reach as usize));
        let unbounded = if self.global.is_empty() { 0 } else { UNBOUNDED_REACH };
        longest.max().unwrap_or(0).max(unbounded) + CONTEXT
    }

    /// Puts every candidate that belongs to the core of `unit` into
    /// `candidates`, sorted, each once.
    pub fn find(&self, unit: &Unit<'_>, scratch: &mut Scratch, candidates: &mut Vec<Candidate>) {
        candidates.clear();
        scratch.begin_text();
        self.prefilter.find(unit.bytes, &mut |trigger, at| {
            if unit.core.contains(&at) {
                let place = self.triggers[trigger as usize];
                self.matchers[place.rule.get()].match_around(unit, at, place, scratch, candidates);
            }
        });
        self.find_whole(unit, scratch, candidates);
        self.find_global(unit, candidates);
        tidy(candidates);
    }

    /// The same as [`find`](Self::find) by the plain way: without the
    /// prefilter, every rule's pattern on all of the text. Slow; the tests hold
    /// the fast way against it.
    pub fn find_plainly(
        &self,
        unit: &Unit<'_>,
        scratch: &mut Scratch,
        candidates: &mut Vec<Candidate>,
    ) {
        candidates.clear();
        let is_plain = |rule: &Rule| rule.is_local() && !rule.whole;
        for (rule, _) in self.rules.iter().filter(|(_, rule)| is_plain(rule)) {
            self.matchers[rule.get()].match_at_every_start(unit, scratch, candidates);
        }
        self.find_whole(unit, scratch, candidates);
        self.find_global(unit, candidates);
        tidy(candidates);
    }

    /// The rules for all of a short text, if `unit` is one.
    fn find_whole(&self, unit: &Unit<'_>, scratch: &mut Scratch, candidates: &mut Vec<Candidate>) {
        let is_text = unit.base == 0 && unit.last && unit.core.contains(&0);
        if !is_text || unit.bytes.len() > self.longest_whole {
            return;
        }
        for &rule in &self.whole {
            candidates.extend(self.matchers[rule.get()].match_at(unit, 0, scratch));
        }
    }

    /// The rules that have no literal or no bound.
    fn find_global(&self, unit: &Unit<'_>, candidates: &mut Vec<Candidate>) {
        for &rule in &self.global {
            self.matchers[rule.get()].match_one_after_another(unit, candidates);
        }
    }

    /// Rules whose pattern could not be compiled so far, with the reason.
    pub fn unusable(&self) -> impl Iterator<Item = (RuleIndex, &str)> {
        self.rules
            .iter()
            .zip(&self.matchers)
            .filter_map(|((index, _), matcher)| Some((index, matcher.failure()?)))
    }
}

/// Sorts candidates and keeps, of several matches of one rule around the same
/// credential, the one that starts first.
fn tidy(candidates: &mut Vec<Candidate>) {
    candidates.sort_unstable();
    candidates.dedup_by(|later, first| later.rule == first.rule && later.secret == first.secret);
}

#[cfg(test)]
mod tests {
    use std::sync::{Arc, LazyLock};

    use proptest::prelude::*;

    use super::{Candidate, Engine, Scratch};
    use crate::rule::{RuleSet, sample};
    use crate::unit::{Encoding, Origin, Unit};

    pub(super) static ENGINE: LazyLock<Engine> =
        LazyLock::new(|| Engine::new(Arc::new(RuleSet::builtin())));

    pub(super) fn find(unit: &Unit<'_>) -> Vec<Candidate> {
        let mut found = Vec::new();
        ENGINE.find(unit, &mut Scratch::default(), &mut found);
        found
    }

    /// Text made of what rules look for, whole and broken, and of noise.
    pub(super) fn soup() -> impl Strategy<Value = Vec<u8>> {
        let templates = [
            "ghp_${base62:36}",
            "AKIA${base32:16}",
            "aws_secret_access_key = ${base64:40}",
            "-----BEGIN EC PRIVATE KEY-----\n${base64:64}\n",
            "\"token\": \"${hex:32}\"",
            "glpat-${base62:20}",
            "postgres://user:${alnum:12}@host/",
        ];
        let piece = prop_oneof![
            (0..templates.len(), any::<u64>(), 0_usize..90).prop_map(move |(which, seed, cut)| {
                let text = sample::expand(templates[which], seed).expect("the template is right");
                text.as_bytes()[..text.len().saturating_sub(cut % 41)].to_vec()
            }),
            proptest::collection::vec(any::<u8>(), 0..40),
            "[a-zA-Z0-9_ =:\"./-]{0,60}".prop_map(String::into_bytes),
            Just(b"\n".to_vec()),
        ];
        proptest::collection::vec(piece, 0..30).prop_map(|pieces| pieces.concat())
    }

    proptest! {
        #![proptest_config(ProptestConfig::with_cases(64))]

        #[test]
        fn the_fast_way_finds_what_the_plain_way_finds(text in soup()) {
            let unit = Unit::whole(&Origin::Stdin, &text);
            let mut plain = Vec::new();
            ENGINE.find_plainly(&unit, &mut Scratch::default(), &mut plain);
            prop_assert_eq!(find(&unit), plain);
        }

        #[test]
        fn any_cut_gives_the_candidates_of_the_whole(text in soup(), cut in any::<prop::sample::Index>()) {
            let cut = cut.index(text.len() + 1);
            let part = |core| Unit {
                origin: &Origin::Stdin,
                bytes: &text,
                base: 0,
                core,
                last: true,
                encoding: Encoding::Bytes,
                only: None,
            };
            let mut parts = find(&part(0..cut));
            parts.extend(find(&part(cut..text.len())));
            super::tidy(&mut parts);
            prop_assert_eq!(parts, find(&Unit::whole(&Origin::Stdin, &text)));
        }
    }
}
