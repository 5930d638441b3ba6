//! Measuring rules on real texts.

use std::sync::{Mutex, PoisonError};
use std::time::Duration;

use super::Scanner;
use crate::engine::{Candidate, Cost, Scratch};
use crate::notice::Notice;
use crate::refine::{Subject, Verdict, refine};
use crate::source::{Counted, Sink, Source};
use crate::unit::Unit;

/// What rules cost on some texts.
#[derive(Debug, Default)]
pub struct Profile {
    /// What each rule cost, by its index.
    pub costs: Vec<Cost>,
    /// How many of each rule's candidates were dropped, by its index.
    pub dropped: Vec<u64>,
    /// Bytes read.
    pub bytes: u64,
    /// Trouble on the way.
    pub notices: Vec<Notice>,
}

impl Scanner {
    /// Runs all rules on what `source` gives and tells what each one cost by
    /// `clock`, which tells the time since some beginning.
    pub fn profile(&self, source: &dyn Source, clock: &(dyn Fn() -> Duration + Sync)) -> Profile {
        let collected = Mutex::new(Profile::default());
        source.push(&|| {
            Box::new(Profiler {
                scanner: self,
                clock,
                collected: &collected,
                own: Profile::default(),
                scratch: Scratch::default(),
                candidates: Vec::new(),
            })
        });
        let mut profile = collected.into_inner().unwrap_or_else(PoisonError::into_inner);
        profile.costs.resize(self.rules().len(), Cost::default());
        profile.dropped.resize(self.rules().len(), 0);
        profile.notices.sort();
        profile
    }
}

/// One thread's part of it.
struct Profiler<'a> {
    scanner: &'a Scanner,
    clock: &'a (dyn Fn() -> Duration + Sync),
    collected: &'a Mutex<Profile>,
    own: Profile,
    scratch: Scratch,
    candidates: Vec<Candidate>,
}

impl Sink for Profiler<'_> {
    fn unit(&mut self, unit: &Unit<'_>) {
        let Self { scanner, clock, own, scratch, candidates, .. } = self;
        scanner.engine.find_and_profile(unit, scratch, candidates, clock, &mut own.costs);
        own.dropped.resize(own.costs.len(), 0);
        for candidate in &*candidates {
            let rule = scanner.rules().rule(candidate.rule);
            let subject = Subject::new(rule, unit.bytes, unit.base, candidate);
            let dropped = refine(&subject) != Verdict::Keep;
            own.dropped[candidate.rule.get()] += u64::from(dropped);
        }
    }

    fn notice(&mut self, notice: Notice) {
        self.own.notices.push(notice);
    }

    fn count(&mut self, what: Counted, number: u64) {
        if what == Counted::Bytes {
            self.own.bytes += number;
        }
    }

    fn is_cancelled(&self) -> bool {
        false
    }
}

impl Drop for Profiler<'_> {
    fn drop(&mut self) {
        let mut all = self.collected.lock().unwrap_or_else(PoisonError::into_inner);
        let all = &mut *all;
        all.costs.resize(self.scanner.rules().len(), Cost::default());
        all.dropped.resize(self.scanner.rules().len(), 0);
        for (sum, own) in all.costs.iter_mut().zip(&self.own.costs) {
            sum.add(own);
        }
        for (sum, own) in all.dropped.iter_mut().zip(&self.own.dropped) {
            *sum += own;
        }
        all.bytes += self.own.bytes;
        all.notices.append(&mut self.own.notices);
    }
}
