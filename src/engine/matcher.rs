//! One rule at one place: does its pattern match there, and where is the
//! credential?

use std::borrow::Cow;
use std::ops::Range;
use std::sync::OnceLock;

use regex_automata::hybrid::dfa;
use regex_automata::meta;
use regex_automata::nfa::thompson::backtrack::{self, BoundedBacktracker};
use regex_automata::nfa::thompson::pikevm::{self, PikeVM};
use regex_automata::nfa::thompson::{self, NFA};
use regex_automata::util::primitives::NonMaxUsize;
use regex_automata::util::syntax;
use regex_automata::{Anchored, Input, MatchKind, PatternID};

use super::assignment::Assignment;
use super::prefilter::Block;
use super::window::Clear;
use super::{Candidate, Place};
use crate::rule::{ByteRun, Literal, Rule, RuleIndex, Text, Trigger};
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
    /// Counts the texts.
    text: u64,
    /// For each rule what its last window showed.
    seen: Vec<Seen>,
    local: Vec<Option<LocalCache>>,
    slots: Vec<Option<NonMaxUsize>>,
}

/// What windows of one rule showed.
#[derive(Clone, Copy, Default)]
struct Seen {
    /// No run of the credential's bytes.
    runs: Clear,
    /// None of the literals that stand in every match besides a trigger.
    literals: Clear,
}

impl Scratch {
    /// Forgets what is known of the text before.
    pub(super) fn begin_text(&mut self) {
        self.text += 1;
    }

    /// What the last window of a rule showed.
    fn seen_of(&mut self, rule: RuleIndex) -> &mut Seen {
        if self.seen.len() <= rule.get() {
            self.seen.resize(rule.get() + 1, Seen::default());
        }
        let seen = &mut self.seen[rule.get()];
        seen.runs.begin_text(self.text);
        seen.literals.begin_text(self.text);
        seen
    }
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
    /// The words that lead to it, if the rule is for what is assigned to names.
    names: Option<Cow<'static, [Trigger]>>,
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
            names: rule.is_by_name().then(|| rule.triggers.clone()),
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
        if self.names.is_some() {
            return candidates.extend(self.assignment(unit, at, place.length as usize));
        }
        let first = at.saturating_sub(place.before_max as usize);
        let Some(last) = at.checked_sub(place.before_min as usize) else { return };
        if place.inside && !self.may_hold(unit.bytes, at, place)
            || !self.may_match_in(unit.bytes, first, last, scratch)
        {
            return;
        }
        for start in first..=last {
            let candidate = self.match_at(unit, start, scratch);
            candidates.extend(candidate.filter(|found| found.span.end > unit.base + at as u64));
        }
    }

    /// Whether the literal at `at` could stand in a credential, by what stands
    /// behind it.
    #[inline]
    fn may_hold(&self, text: &[u8], at: usize, place: Place) -> bool {
        let Some(run) = &self.run else { return true };
        let least = run.least.saturating_sub(place.before_max) as usize;
        let behind = text.get(at..at.saturating_add(least));
        behind.is_some_and(|behind| behind.iter().all(|byte| run.bytes.has(*byte)))
    }

    /// Whether a match that starts between two places could hold a credential.
    /// Around most literals nothing looks like one, and the pattern need not
    /// even be compiled.
    #[inline(never)]
    fn may_match_in(&self, text: &[u8], first: usize, last: usize, scratch: &mut Scratch) -> bool {
        let Some(reach) = self.reach else { return true };
        let end = last.saturating_add(reach).min(text.len());
        let window = first.min(end)..end;
        let seen = scratch.seen_of(self.rule);
        self.run.as_ref().is_none_or(|run| seen.runs.may_hold_run(text, window.clone(), run))
            && (self.also.is_empty() || seen.literals.may_hold_literal(text, window, &self.also))
    }

    /// What is assigned to the name that a word at `at` is in.
    fn assignment(&self, unit: &Unit<'_>, at: usize, length: usize) -> Option<Candidate> {
        let found = Assignment::around(unit.bytes, at, length)?;
        let Range { start, end } = found.value;
        Some(Candidate {
            rule: self.rule,
            secret: Span::at(unit.base, start, end),
            span: Span::at(unit.base, found.name.start, end),
        })
    }

    /// What is assigned to names, by the plain way.
    fn assignments(&self, unit: &Unit<'_>, words: &[Trigger], candidates: &mut Vec<Candidate>) {
        for at in unit.core.clone() {
            let here = words.iter().filter(|word| word.stands_at(unit.bytes, at));
            candidates
                .extend(here.filter_map(|word| self.assignment(unit, at, word.literal.len())));
        }
    }

    /// Every match that starts in the core of `unit`, overlapping ones too.
    pub(super) fn match_at_every_start(
        &self,
        unit: &Unit<'_>,
        scratch: &mut Scratch,
        candidates: &mut Vec<Candidate>,
    ) {
        if let Some(words) = &self.names {
            return self.assignments(unit, words, candidates);
        }
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

/// Whether a rule's pattern, if it has one, compiles within the limits the engine sets.
///
/// # Errors
///
/// Why it does not.
pub fn compiles(rule: &Rule) -> Result<(), String> {
    if rule.is_by_name() { Ok(()) } else { Local::new(&rule.pattern).map(|_| ()) }
}
