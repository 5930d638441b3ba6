//! Scanning only what is new since the last scan of the same kind.
//!
//! What each pack and what the loose objects hold is remembered; a scan of a
//! repository looks at those that are new to it. Credentials themselves are not
//! remembered: one object for each is read again.

use std::collections::{BTreeMap, HashMap};
use std::sync::atomic::Ordering;
use std::sync::{Arc, Mutex, PoisonError};

use super::leak::{Leak, gather};
use super::remembered::{Remembered, Seen, Share};
use super::sighting::Sighting;
use super::{Telling, by_spot, located_leaks, push_again, targets, whereabouts};
use crate::cache::{Cache, CacheError, Key, KeyMaker, Slot};
use crate::engine::Scratch;
use crate::notice::{Notice, NoticeKind};
use crate::object::ObjectId;
use crate::paths::path_text;
use crate::refine::score;
use crate::rule::{RuleIndex, RuleSet};
use crate::scan::worker::Worker;
use crate::scan::{Coverage, Outcome, Progress, Scanner};
use crate::secret::Secret;
use crate::source::{Before, History, Objects, PackStamp, Stamps};
use crate::unit::{Encoding, Origin, Unit};

/// Tells what is remembered here from anything else. It changes with its form.
const WHAT: &str = "redhanded 2026-11 scan of history v2";

/// What was found in a part of a repository.
#[derive(Default)]
struct Found {
    sightings: Vec<Sighting>,
    coverage: Coverage,
    notices: Vec<Notice>,
}

/// What was found in all parts.
#[derive(Default)]
struct AllFound {
    packs: Vec<(PackStamp, Found)>,
    /// The loose objects that were looked at, in order.
    loose: Vec<ObjectId>,
    in_loose: Found,
}

impl Scanner {
    /// Scans all `objects`, as [`run_history`](Self::run_history) does; what
    /// `cache` knows of them is not looked at again.
    pub fn run_remembered(
        &self,
        objects: &Objects<'_>,
        telling: Telling,
        progress: &Progress,
        cache: &Cache,
    ) -> Outcome {
        let slot = cache.slot(&objects.identity(), self.key(objects, telling));
        let plain = || self.run_history(objects.history(), objects, telling, progress);
        if self.options.explain || self.options.plainly {
            return plain();
        }
        let mut notices = Vec::new();
        let outcome = match objects.stamps() {
            Some(stamps) => {
                Remembering { scanner: self, objects, telling, progress, stamps, slot: &slot }
                    .run(&mut notices)
            }
            None => None,
        };
        let outcome = outcome.unwrap_or_else(plain);
        outcome.join(Outcome { notices, ..Outcome::default() })
    }

    /// What the sightings depend on, besides the objects.
    fn key(&self, objects: &Objects<'_>, telling: Telling) -> Key {
        let mut key = KeyMaker::new(WHAT);
        key.part(env!("CARGO_PKG_VERSION").as_bytes());
        key.part(score::version());
        for (_, rule) in self.rules().iter() {
            key.part(rule.id.as_bytes());
            key.part(rule.pattern.as_bytes());
            for name in rule.names.iter() {
                key.part(name.as_bytes());
            }
            key.part(rule.confidence.as_str().as_bytes());
            key.part(&rule.entropy.to_le_bytes());
            key.part(&rule.reach.unwrap_or(u32::MAX).to_le_bytes());
            key.part(&[u8::from(rule.generic)]);
            for check in rule.checks.iter() {
                key.part(check.as_bytes());
            }
            key.part(b"");
        }
        key.part(b"switched off");
        for (_, rule) in self.rules().switched_off().iter() {
            key.part(rule.id.as_bytes());
        }
        let limits = objects.limits();
        key.part(&limits.max_size.to_le_bytes());
        key.part(&(limits.piece as u64).to_le_bytes());
        key.part(&(limits.reach as u64).to_le_bytes());
        key.part(&[u8::from(telling.positions())]);
        for name in objects.only_refs().into_iter().flatten() {
            key.part(name.as_bytes());
        }
        key.finish()
    }
}

/// A scan that remembers.
struct Remembering<'a> {
    scanner: &'a Scanner,
    objects: &'a Objects<'a>,
    telling: Telling,
    progress: &'a Progress,
    /// Who the parts are.
    stamps: Stamps,
    slot: &'a Slot<'a>,
}

impl Remembering<'_> {
    /// Scans what is new. Trouble with the cache goes to `notices`. None if the
    /// packs cannot be told apart well enough.
    fn run(&self, notices: &mut Vec<Notice>) -> Option<Outcome> {
        let Self { scanner, objects, progress, .. } = *self;
        let remembered = self.read().unwrap_or_else(|error| {
            notices.push(self.trouble("cannot use what was remembered", &error));
            None
        });
        let mut remembered = remembered.unwrap_or_default();
        let (mut new, mut gone) = remembered.keep(&self.stamps);
        let mut before = remembered.before.take();
        let (mut all, values) = self.revive(remembered).unwrap_or_else(|| {
            (new, gone) = (self.stamps.clone(), true);
            Default::default()
        });
        let is_known = !all.is_empty();
        let mut is_changed = gone || !new.packs.is_empty() || !new.loose.is_empty();
        let known = all.parts().map(|found| found.coverage.bytes).sum();
        let of_new = is_known.then(|| objects.only(&new));
        self.scan(new, of_new.as_ref().unwrap_or_else(|| objects.history()), &mut all)?;
        let leaks = gather(all.sightings().cloned().collect(), scanner.rules());
        let targets = targets(&leaks);
        before.take_if(|_| gone);
        let later = before.as_ref().zip(of_new).and_then(|(before, new)| {
            objects.locate_later(&targets, before, &numbers(&leaks, &values), &new)
        });
        let cancelled = || progress.cancelled.load(Ordering::Relaxed);
        let located = later.unwrap_or_else(|| objects.locate(&targets, &cancelled));
        let now = objects.remember(&located);
        is_changed |= before.is_some_and(|before| !before.is_like(&now));
        if is_changed && !cancelled() {
            self.write(&all, &leaks, now, notices);
        }
        let mut outcome = Outcome::default();
        outcome.notices.extend(objects.notices().iter().cloned());
        all.count(&mut outcome);
        outcome.coverage.remembered = known;
        outcome.notices.extend(located.notices.iter().cloned());
        let mut leaks = located_leaks(leaks, located);
        scanner.keep_wanted(&mut leaks, |(leak, _)| leak, &mut outcome);
        Some(scanner.tell(leaks, objects, self.telling, progress, outcome))
    }

    /// Remembers what was found.
    fn write(&self, all: &AllFound, leaks: &[Leak], now: Before, notices: &mut Vec<Notice>) {
        let mut remembered = all.remember(leaks, self.scanner.rules());
        let is_lasting = all.parts().all(Found::is_lasting)
            && now.notices.iter().all(|notice| notice.kind == NoticeKind::MissingObject);
        let names: Vec<_> = self.stamps.packs.iter().map(|pack| pack.index.as_os_str()).collect();
        let names = names.iter().map(|name| name.as_encoded_bytes());
        if self.reveals(names, leaks) {
            return;
        }
        if is_lasting && !self.reveals(whereabouts::texts(&now), leaks) {
            remembered.before = Some(now);
        }
        if let Err(error) = self.slot.write(&remembered.encode()) {
            notices.push(self.trouble("cannot remember the scan", &error));
        }
    }

    /// Whether a credential is in one of these texts.
    fn reveals<'t>(&self, texts: impl Iterator<Item = &'t [u8]>, leaks: &[Leak]) -> bool {
        let mut all = Vec::new();
        for text in texts {
            all.extend_from_slice(text);
            all.push(b'\n');
        }
        let holds = |leak: &Leak| memchr::memmem::find(&all, leak.secret.expose()).is_some();
        if leaks.iter().any(holds) {
            return true;
        }
        let unit = Unit::whole(&Origin::Stdin, &all);
        let engines = [Some(&self.scanner.engine), self.scanner.switched_off()];
        engines.into_iter().flatten().any(|engine| {
            let mut candidates = Vec::new();
            engine.find(&unit, &mut Scratch::default(), &mut candidates);
            // A name in a path with something behind it is no credential yet.
            candidates.iter().any(|found| !engine.rules().rule(found.rule).is_by_name())
        })
    }

    fn trouble(&self, what: &str, error: &CacheError) -> Notice {
        let place = path_text(&self.slot.path());
        Notice::new(NoticeKind::Cache, place, format!("{what}: {error}"))
    }

    fn read(&self) -> Result<Option<Remembered>, CacheError> {
        let Some(bytes) = self.slot.read()? else { return Ok(None) };
        let remembered = Remembered::decode(&bytes, &self.stamps);
        remembered.map(Some).map_err(|_| CacheError::Damaged)
    }

    /// Scans new parts. None if packs cannot be used as a whole.
    fn scan(&self, new: Stamps, history: &History, all: &mut AllFound) -> Option<()> {
        if !history.notices().is_empty() {
            return None;
        }
        let mut parts = history.parts();
        let watch = |part| {
            let positions = self.telling.positions();
            let (sightings, outcome) = self.scanner.watch(&part, positions, self.progress);
            Found { sightings, coverage: outcome.coverage, notices: outcome.notices }
        };
        for (stamp, part) in new.packs.into_iter().zip(&mut parts) {
            all.packs.push((stamp, watch(part)));
        }
        let loose = parts.next().map(watch).unwrap_or_default();
        all.loose.clone_from(&self.stamps.loose);
        all.in_loose.add(loose);
        Some(())
    }

    /// Gives what was remembered its credentials back. None if one of them is
    /// not where it should be.
    fn revive(&self, remembered: Remembered) -> Option<(AllFound, Vec<Option<Value>>)> {
        let values = self.values(&remembered)?;
        let revive = |share: Share| -> Found {
            let Share { coverage, notices, seen } = share;
            let sightings = seen.into_iter().filter_map(|seen| {
                let (rule, secret) = values.get(seen.leak as usize)?.clone()?;
                let Seen { origin, span, position, encoding, is_allowed, score, .. } = seen;
                Some(Sighting { rule, secret, origin, span, position, encoding, is_allowed, score })
            });
            Found { sightings: sightings.collect(), coverage, notices }
        };
        let Remembered { packs, loose, in_loose, .. } = remembered;
        let packs = packs.into_iter().map(|(stamp, share)| (stamp, revive(share)));
        let packs = packs.collect();
        let in_loose = revive(in_loose);
        Some((AllFound { packs, loose, in_loose }, values))
    }

    /// The credentials by their numbers; none for one that is nowhere any more.
    fn values(&self, remembered: &Remembered) -> Option<Vec<Option<Value>>> {
        let mut places: Vec<Option<&Seen>> = vec![None; remembered.rules.len()];
        for seen in remembered.seen() {
            let place = &mut places[seen.leak as usize];
            let is_plain = |seen: &Seen| seen.encoding == Encoding::Bytes;
            if place.is_none_or(|place| !is_plain(place) && is_plain(seen)) {
                *place = Some(seen);
            }
        }
        let mut values: Vec<Option<Value>> = vec![None; places.len()];
        let (mut plain, mut encoded) = (Vec::new(), Vec::new());
        for (number, place) in places.iter().enumerate() {
            let Some(seen) = place else { continue };
            let rule = self.scanner.rules().find(&remembered.rules[number])?.0;
            let places = if seen.encoding == Encoding::Bytes { &mut plain } else { &mut encoded };
            places.push((number, rule, *seen));
        }
        self.slice(&plain, &mut values)?;
        self.scan_again(&encoded, &mut values)?;
        Some(values)
    }

    /// Takes credentials from where they stand in objects.
    fn slice(&self, places: &[Place<'_>], values: &mut [Option<Value>]) -> Option<()> {
        let mut by_object: BTreeMap<ObjectId, Vec<&Place<'_>>> = BTreeMap::new();
        for place in places {
            by_object.entry(place.2.origin.object()?).or_default().push(place);
        }
        let ids: Vec<ObjectId> = by_object.keys().copied().collect();
        let held: Vec<_> = by_object.into_values().collect();
        let mut whole = true;
        let shown = self.objects.show(&ids, &mut |at, bytes| {
            for (number, rule, seen) in &held[at] {
                let range =
                    usize::try_from(seen.span.start).ok().zip(usize::try_from(seen.span.end).ok());
                let value = range.and_then(|(start, end)| bytes.get(start..end));
                whole &= value.is_some_and(|value| !value.is_empty());
                values[*number] = value.map(|value| (*rule, Arc::new(Secret::new(value))));
            }
        });
        (shown.is_ok() && whole).then_some(())
    }

    /// Finds credentials in texts that have to be decoded.
    fn scan_again(&self, places: &[Place<'_>], values: &mut [Option<Value>]) -> Option<()> {
        if places.is_empty() {
            return Some(());
        }
        let collected = Mutex::new(Outcome::default());
        let worker = Worker::of_everything(self.scanner, self.progress, &collected);
        push_again(self.objects, places.iter().map(|(_, _, seen)| &seen.origin), worker);
        let found = collected.into_inner().unwrap_or_else(PoisonError::into_inner).findings;
        let found = by_spot(found);
        for (number, rule, seen) in places {
            let key = (seen.origin.clone(), *rule, seen.span, seen.encoding);
            let secret = found.get(&key)?.secret.clone();
            values[*number] = Some((*rule, Arc::new(secret)));
        }
        Some(())
    }
}

/// The numbers that credentials had before.
fn numbers(leaks: &[Leak], before: &[Option<Value>]) -> Vec<Option<u32>> {
    let numbered = (0..).zip(before);
    let known: HashMap<(RuleIndex, &Secret), u32> = numbered
        .filter_map(|(number, value)| {
            value.as_ref().map(|(rule, secret)| ((*rule, &**secret), number))
        })
        .collect();
    leaks.iter().map(|leak| known.get(&(leak.rule, &*leak.secret)).copied()).collect()
}

/// A credential.
type Value = (RuleIndex, Arc<Secret>);

/// The number of a credential, its rule and a place of it.
type Place<'a> = (usize, RuleIndex, &'a Seen);

impl Found {
    fn add(&mut self, other: Self) {
        self.sightings.extend(other.sightings);
        self.coverage.add(&other.coverage);
        self.notices.extend(other.notices);
    }

    /// Whether it would be found so again. What went wrong is tried again.
    fn is_lasting(&self) -> bool {
        self.notices.iter().all(|notice| notice.kind == NoticeKind::TooLarge)
    }
}

impl AllFound {
    fn is_empty(&self) -> bool {
        self.packs.is_empty() && self.loose.is_empty()
    }

    fn parts(&self) -> impl Iterator<Item = &Found> {
        self.packs.iter().map(|(_, found)| found).chain([&self.in_loose])
    }

    fn sightings(&self) -> impl Iterator<Item = &Sighting> {
        self.parts().flat_map(|found| &found.sightings)
    }

    /// Adds trouble and counts to an outcome.
    fn count(&self, outcome: &mut Outcome) {
        for found in self.parts() {
            outcome.coverage.add(&found.coverage);
            outcome.notices.extend(found.notices.iter().cloned());
        }
    }

    /// What is to be remembered of it.
    fn remember(&self, leaks: &[Leak], rules: &RuleSet) -> Remembered {
        let numbers: HashMap<(RuleIndex, &Secret), u32> =
            (0..).zip(leaks).map(|(number, leak)| ((leak.rule, &*leak.secret), number)).collect();
        let share = |found: &Found| {
            let seen = found.sightings.iter().filter_map(|sighting| {
                let Sighting { rule, secret, origin, span, position, encoding, is_allowed, score } =
                    sighting;
                Some(Seen {
                    leak: *numbers.get(&(*rule, &**secret))?,
                    origin: origin.clone(),
                    span: *span,
                    position: *position,
                    encoding: *encoding,
                    is_allowed: *is_allowed,
                    score: *score,
                })
            });
            // The order of the threads is no part of it.
            let mut seen: Vec<Seen> = seen.collect();
            seen.sort_by_key(|seen| (seen.origin.object(), seen.span, seen.leak));
            Share { coverage: found.coverage.clone(), notices: found.notices.clone(), seen }
        };
        let packs = self.packs.iter().filter(|(_, found)| found.is_lasting());
        let mut remembered = Remembered {
            packs: packs.map(|(stamp, found)| (stamp.clone(), share(found))).collect(),
            rules: leaks.iter().map(|leak| rules.rule(leak.rule).id.to_string()).collect(),
            ..Remembered::default()
        };
        if self.in_loose.is_lasting() {
            remembered.loose.clone_from(&self.loose);
            remembered.in_loose = share(&self.in_loose);
        }
        remembered
    }
}
