//! What each rule costs: the engine's work, counted and timed rule by rule.

use std::time::Duration;

use super::{Candidate, Engine, Scratch, tidy};
use crate::unit::Unit;

/// What one rule cost.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Cost {
    /// Places that the rule's literals led to, in the texts' cores.
    pub windows: u64,
    /// Those around which its pattern matched.
    pub matches: u64,
    /// Time spent on them.
    pub time: Duration,
}

impl Cost {
    /// Adds another thread's cost.
    pub fn add(&mut self, other: &Self) {
        self.windows += other.windows;
        self.matches += other.matches;
        self.time += other.time;
    }
}

impl Engine {
    /// The same as [`find`](Self::find), and notes in `costs`, by the rules'
    /// indices, what each one cost. `clock` tells the time since some beginning;
    /// asking it takes time, too.
    pub fn find_and_profile(
        &self,
        unit: &Unit<'_>,
        scratch: &mut Scratch,
        candidates: &mut Vec<Candidate>,
        clock: &dyn Fn() -> Duration,
        costs: &mut Vec<Cost>,
    ) {
        candidates.clear();
        scratch.begin_text();
        costs.resize(self.rules.len(), Cost::default());
        self.prefilter.find(unit.bytes, &mut |trigger, at| {
            if unit.core.contains(&at) {
                let place = self.triggers[trigger as usize];
                let cost = &mut costs[place.rule.get()];
                let (known, started) = (candidates.len(), clock());
                self.matchers[place.rule.get()].match_around(unit, at, place, scratch, candidates);
                cost.time += clock().saturating_sub(started);
                cost.windows += 1;
                cost.matches += u64::from(candidates.len() > known);
            }
        });
        self.find_whole(unit, scratch, candidates);
        for &rule in &self.global {
            let cost = &mut costs[rule.get()];
            let (known, started) = (candidates.len(), clock());
            self.matchers[rule.get()].match_one_after_another(unit, candidates);
            cost.time += clock().saturating_sub(started);
            cost.windows += 1;
            cost.matches += (candidates.len() - known) as u64;
        }
        tidy(candidates);
    }
}
