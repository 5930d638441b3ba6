//! One rule at one place: does its pattern match there, and where is the
//! credential?

use std::borrow::Cow;
use std::sync::OnceLock;

use regex_automata::hybrid::dfa;
use regex_automata::meta;
use regex_automata::nfa::thompson::backtrack::{self, BoundedBacktracker};
use regex_automata::nfa::thompson::pikevm::{self, PikeVM};
use regex_automata::nfa::thompson::{self, NFA};
use regex_automata::util::primitives::NonMaxUsize;
use regex_automata::util::syntax;
use regex_automata::{Anchored, Input, MatchKind, PatternID};

use super::prefilter::Block;
use super::{Candidate, Place};
use crate::rule::{ByteRun, Literal, Rule, RuleIndex, Text};
use crate::span::Span;
use crate::unit::Unit;

/// Largest compiled pattern, in bytes.
const SIZE_LIMIT: usize = 16 << 20;
/// Bytes a pattern may use to remember what it has worked out, per thread.
const CACHE: usize = 1 << 20;

/// What matching needs to remember from one call to the next, for one thread.
#[derive(Default)]
pub struct Scratch {
    pub(super) block: Block,
    local: Vec<Option<LocalCache>>,
    slots: Vec<Option<NonMaxUsize>>,
}

/// Memory for one pattern. That for groups is needed only by rules that match.
struct LocalCache {
    dfa: dfa::Cache,
    backtrack: Option<backtrack::Cache>,
    pikevm: Option<pikevm::Cache>,
}

/// A rule's pattern, compiled when it is first needed.
pub(super) struct Matcher {
    rule: RuleIndex,
    pattern: Text,
    /// Longest match, if there is a bound.
    reach: Option<usize>,
    /// What every credential is a run of.
    run: Option<ByteRun>,
    /// Literals of which one stands in every match.
    also: Cow<'static, [Literal]>,
    local: OnceLock<Result<Local, String>>,
    global: OnceLock<Result<Global, String>>,
}

/// A pattern for matching at a place that is known.
///
/// Most places that a literal points to are no match. A DFA, made as far as it
/// is needed, tells that within a few bytes; only a match is gone over again
/// for its groups. Compiling this is all that starting up costs a rule.
struct Local {
    dfa: dfa::DFA,
    backtrack: BoundedBacktracker,
    pikevm: PikeVM,
    /// Where in the slots the group `secret` stands.
    secret_slot: usize,
}

/// A pattern for searching all of a text.
struct Global {
    regex: meta::Regex,
    secret_slot: usize,
}

impl Matcher {
    pub(super) fn new(index: RuleIndex, rule: &Rule) -> Self {
        Self {
            rule: index,
            pattern: rule.pattern.clone(),
            reach: rule.reach.map(|reach| reach as usize),
            run: rule.run,
            also: rule.also.clone(),
            local: OnceLock::new(),
            global: OnceLock::new(),
        }
    }

    /// Why the pattern cannot be used, if it was needed and could not be
    /// compiled.
    pub(super) fn failure(&self) -> Option<&str> {
        let local = self.local.get().and_then(|local| local.as_ref().err());
        let global = self.global.get().and_then(|global| global.as_ref().err());
        local.or(global).map(String::as_str)
    }

    /// Every match that has the trigger of `place`, found at `at`, in it.
    pub(super) fn match_around(
        &self,
        unit: &Unit<'_>,
        at: usize,
        place: Place,
        scratch: &mut Scratch,
        candidates: &mut Vec<Candidate>,
    ) {
        let first = at.saturating_sub(place.before_max as usize);
        let Some(last) = at.checked_sub(place.before_min as usize) else { return };
        if !self.may_match_in(unit.bytes, first, last) {
            return;
        }
        for start in first..=last {
            let candidate = self.match_at(unit, start, scratch);
            candidates.extend(candidate.filter(|found| found.span.end > unit.base + at as u64));
        }
    }

    /// Whether a match that starts between two places could hold a credential.
    /// Around most literals nothing looks like one, and the pattern need not
    /// even be compiled.
    #[inline(never)]
    fn may_match_in(&self, text: &[u8], first: usize, last: usize) -> bool {
        let Some(reach) = self.reach else { return true };
        let end = last.saturating_add(reach).min(text.len());
        let text = &text[first.min(end)..end];
        self.run.as_ref().is_none_or(|run| has_run(text, run))
            && (self.also.is_empty() || self.also.iter().any(|literal| stands_in(literal, text)))
    }

    /// Every match that starts in the core of `unit`, overlapping ones too.
    pub(super) fn match_at_every_start(
        &self,
        unit: &Unit<'_>,
        scratch: &mut Scratch,
        candidates: &mut Vec<Candidate>,
    ) {
        let Some(global) = self.global() else { return };
        let mut from = unit.core.start;
        while let Some((_, start, _)) = global.search(self.rule, unit, from) {
            if start >= unit.core.end {
                return;
            }
            candidates.extend(self.match_at(unit, start, scratch));
            from = start + 1;
        }
    }

    /// The matches that start in the core of `unit`, each behind the one before
    /// it.
    pub(super) fn match_one_after_another(&self, unit: &Unit<'_>, candidates: &mut Vec<Candidate>) {
        let Some(global) = self.global() else { return };
        let mut from = unit.core.start;
        while let Some((candidate, start, end)) = global.search(self.rule, unit, from) {
            if start >= unit.core.end {
                return;
            }
            candidates.push(candidate);
            from = end.max(start + 1);
        }
    }

    fn global(&self) -> Option<&Global> {
        self.global.get_or_init(|| Global::new(&self.pattern)).as_ref().ok()
    }

    /// The match that starts exactly at `start`, if there is one.
    pub(super) fn match_at(
        &self,
        unit: &Unit<'_>,
        start: usize,
        scratch: &mut Scratch,
    ) -> Option<Candidate> {
        let local = self.local.get_or_init(|| Local::new(&self.pattern)).as_ref().ok()?;
        let Scratch { local: caches, slots, .. } = scratch;
        let index = self.rule.get();
        if caches.len() <= index {
            caches.resize_with(index + 1, || None);
        }
        let cache = caches[index].get_or_insert_with(|| local.create_cache());
        let reach = self.reach.unwrap_or(unit.bytes.len());
        let end = start.saturating_add(reach).min(unit.bytes.len());
        if start > end {
            return None;
        }
        let input = Input::new(unit.bytes).range(start..end).anchored(Anchored::Yes);
        if !local.may_match(cache, &input) {
            return None;
        }
        slots.clear();
        slots.resize(local.secret_slot + 2, None);
        local.groups(cache, &input, slots)?;
        candidate(self.rule, unit, slots, local.secret_slot).map(|(candidate, ..)| candidate)
    }
}

/// Whether there is a run in `text`, neither too short nor too long. Of a run of
/// so many bytes one stands at every so-many-eth place: few places have to be
/// looked at.
#[inline(never)]
fn has_run(text: &[u8], run: &ByteRun) -> bool {
    let (least, most) = ((run.least as usize).max(1), run.most as usize);
    let is_in = |byte: u8| run.bytes.has(byte);
    let mut start = 0;
    while let Some(candidate) = text.get(start..start + least) {
        if let Some(outside) = candidate.iter().rposition(|&byte| !is_in(byte)) {
            start += outside + 1;
            continue;
        }
        if run.most == u32::MAX {
            return true;
        }
        // What stands before `start` is not in the run, or `start` is 0.
        let behind = text[start + least..].iter();
        let length = least + behind.take_while(|&&byte| is_in(byte)).count();
        if length <= most {
            return true;
        }
        start += length;
    }
    false
}

/// Whether a literal stands in `text`.
#[inline(never)]
fn stands_in(literal: &Literal, text: &[u8]) -> bool {
    let Some((&first, rest)) = literal.bytes.split_first() else { return true };
    let same = |byte: u8, folded: u8| byte == folded || literal.fold && byte | 0x20 == folded;
    let here = |at: usize| {
        let behind = text.get(at + 1..at + 1 + rest.len());
        behind.is_some_and(|behind| behind.iter().zip(rest).all(|(a, b)| same(*a, *b)))
    };
    // What folding makes of two bytes: the literal's own and one without bit 5.
    let other = if literal.fold { first & !0x20 } else { first };
    memchr::memchr2_iter(first, other, text).any(here)
}

impl Local {
    fn new(pattern: &str) -> Result<Self, String> {
        let nfa = NFA::compiler()
            .syntax(syntax_config())
            .configure(
                thompson::Config::new().utf8(false).nfa_size_limit(Some(SIZE_LIMIT)).shrink(false),
            )
            .build(pattern)
            .map_err(|error| match error.size_limit() {
                Some(limit) => format!("the pattern needs more than {} MiB compiled", limit >> 20),
                None => error.to_string(),
            })?;
        let secret_slot = secret_slot(nfa.group_info())?;
        let config = dfa::Config::new()
            .match_kind(MatchKind::LeftmostFirst)
            .cache_capacity(CACHE)
            .skip_cache_capacity_check(true);
        let dfa = dfa::Builder::new().configure(config).build_from_nfa(nfa.clone());
        let backtrack = BoundedBacktracker::new_from_nfa(nfa.clone());
        let pikevm = PikeVM::new_from_nfa(nfa);
        Ok(Self {
            dfa: dfa.map_err(|error| error.to_string())?,
            backtrack: backtrack.map_err(|error| error.to_string())?,
            pikevm: pikevm.map_err(|error| error.to_string())?,
            secret_slot,
        })
    }

    fn create_cache(&self) -> LocalCache {
        LocalCache { dfa: self.dfa.create_cache(), backtrack: None, pikevm: None }
    }

    /// Whether there is a match; true if the DFA cannot tell.
    fn may_match(&self, cache: &mut LocalCache, input: &Input<'_>) -> bool {
        let earliest = input.clone().earliest(true);
        !matches!(self.dfa.try_search_fwd(&mut cache.dfa, &earliest), Ok(None))
    }

    /// Finds the groups of the match.
    fn groups(
        &self,
        cache: &mut LocalCache,
        input: &Input<'_>,
        slots: &mut [Option<NonMaxUsize>],
    ) -> Option<PatternID> {
        if input.get_span().len() <= self.backtrack.max_haystack_len() {
            let cache = cache.backtrack.get_or_insert_with(|| self.backtrack.create_cache());
            if let Ok(found) = self.backtrack.try_search_slots(cache, input, slots) {
                return found;
            }
        }
        let cache = cache.pikevm.get_or_insert_with(|| self.pikevm.create_cache());
        self.pikevm.search_slots(cache, input, slots)
    }
}

impl Global {
    fn new(pattern: &str) -> Result<Self, String> {
        let config = meta::Config::new()
            .match_kind(MatchKind::LeftmostFirst)
            .utf8_empty(false)
            .nfa_size_limit(Some(SIZE_LIMIT))
            .hybrid_cache_capacity(CACHE);
        let regex = meta::Regex::builder()
            .configure(config)
            .syntax(syntax_config())
            .build(pattern)
            .map_err(|error| match error.size_limit() {
                Some(limit) => format!("the pattern needs more than {} MiB compiled", limit >> 20),
                None => error.to_string(),
            })?;
        let secret_slot = secret_slot(regex.group_info())?;
        Ok(Self { regex, secret_slot })
    }

    /// The leftmost match from `from` on, with its start and end.
    fn search(
        &self,
        rule: RuleIndex,
        unit: &Unit<'_>,
        from: usize,
    ) -> Option<(Candidate, usize, usize)> {
        if from > unit.bytes.len() {
            return None;
        }
        let mut slots = vec![None; self.secret_slot + 2];
        self.regex.search_slots(&Input::new(unit.bytes).range(from..), &mut slots)?;
        candidate(rule, unit, &slots, self.secret_slot)
    }
}

/// Unicode off: what is scanned is bytes.
fn syntax_config() -> syntax::Config {
    syntax::Config::new().unicode(false).utf8(false)
}

fn secret_slot(groups: &regex_automata::util::captures::GroupInfo) -> Result<usize, String> {
    let secret = groups.to_index(PatternID::ZERO, "secret");
    secret.map(|index| index * 2).ok_or_else(|| "the pattern has no group `secret`".to_owned())
}

/// Reads a candidate from the slots of a match.
fn candidate(
    rule: RuleIndex,
    unit: &Unit<'_>,
    slots: &[Option<NonMaxUsize>],
    secret: usize,
) -> Option<(Candidate, usize, usize)> {
    let slot = |at: usize| slots.get(at).copied().flatten().map(NonMaxUsize::get);
    let (start, end) = (slot(0)?, slot(1)?);
    let candidate = Candidate {
        rule,
        secret: Span::at(unit.base, slot(secret)?, slot(secret + 1)?),
        span: Span::at(unit.base, start, end),
    };
    Some((candidate, start, end))
}

/// Whether a pattern compiles within the limits the engine sets.
///
/// # Errors
///
/// Why it does not.
pub fn compiles(pattern: &str) -> Result<(), String> {
    Local::new(pattern).map(|_| ())
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::{has_run, stands_in};
    use crate::rule::{ByteRun, ByteSet, Literal};

    proptest! {
        #[test]
        fn a_literal_is_found_where_it_stands(
            text in "[aAbB@ ]{0,40}",
            literal in "[ab`]{1,4}",
            fold: bool,
        ) {
            let folded: Vec<u8> = text.bytes().map(|byte| byte | 0x20).collect();
            let searched = if fold { &folded[..] } else { text.as_bytes() };
            let expected = searched.windows(literal.len()).any(|w| w == literal.as_bytes());
            let literal = Literal { bytes: literal.into_bytes().into(), fold };
            prop_assert_eq!(stands_in(&literal, text.as_bytes()), expected);
        }

        #[test]
        fn a_run_is_found_where_one_is(
            text in "[ab.]{0,60}",
            least in 1_u32..12,
            more in prop_oneof![Just(None), (0_u32..6).prop_map(Some)],
        ) {
            let bytes = ByteSet::of(b"ab");
            let most = more.map_or(u32::MAX, |more| least + more);
            let run = ByteRun { bytes, least, most };
            let fits = |part: &str| (least as usize..=most as usize).contains(&part.len());
            prop_assert_eq!(has_run(text.as_bytes(), &run), text.split('.').any(fits));
        }
    }
}
