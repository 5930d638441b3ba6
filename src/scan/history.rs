//! Scanning a repository: every credential is one finding, with all that is
//! known of where it came in.
//!
//! The objects are scanned first, which gives [`Sighting`]s: this credential in
//! that blob. Of each credential, one of its places is the finding's own: the
//! one where it came in first and nothing speaks against reporting it. Only
//! those few objects are read again, as any text is scanned, so that a finding
//! here is the finding that a file with that content would give.

mod leak;
mod remember;
mod remembered;
mod sighting;
mod whereabouts;

use std::collections::{HashMap, HashSet};
use std::sync::atomic::Ordering;
use std::sync::{Arc, Mutex, PoisonError};

use super::pairing::absorb_parts;
use super::worker::{Worker, name_of};
use super::{Dropped, Outcome, Progress, Scanner};
use crate::finding::{Disposition, Exposure, Finding, History, Introduction, Place, Presence};
use crate::notice::{Notice, NoticeKind};
use crate::object::ObjectId;
use crate::rule::RuleIndex;
use crate::secret::Secret;
use crate::source::{IntroducedAt, Located, LocatedLeak, Objects, Source, Targets};
use crate::span::Span;
use crate::unit::{Encoding, Origin};
use leak::{Leak, gather};
use sighting::{Collected, Sighting, Watcher};

/// What is told of a credential's places.
#[derive(Clone, Copy, Debug, Default)]
pub struct Telling {
    /// Every commit and path that brought it in.
    pub introductions: bool,
    /// Every line of every version.
    pub every_place: bool,
    /// Also what no ref leads to.
    pub unreachable: bool,
}

impl Telling {
    /// Whether lines and columns of all places are needed.
    fn positions(self) -> bool {
        self.introductions || self.every_place
    }
}

impl Scanner {
    /// Scans the objects that `source` gives, which are among `objects`.
    pub fn run_history(
        &self,
        source: &dyn Source,
        objects: &Objects<'_>,
        telling: Telling,
        progress: &Progress,
    ) -> Outcome {
        let (sightings, mut outcome) = self.watch(source, telling.positions(), progress);
        outcome.notices.extend(objects.notices().iter().cloned());
        let mut leaks = gather(sightings, self.rules());
        self.keep_wanted(&mut leaks, |leak| leak, &mut outcome);
        let cancelled = || progress.cancelled.load(Ordering::Relaxed);
        let mut located = objects.locate(&targets(&leaks), &cancelled);
        outcome.notices.append(&mut located.notices);
        let leaks = located_leaks(leaks, located);
        self.tell(leaks, objects, telling, progress, outcome)
    }

    /// Keeps the credentials that the user wants to hear of, and counts others.
    fn keep_wanted<T>(
        &self,
        leaks: &mut Vec<T>,
        leak: impl Fn(&T) -> &Leak,
        outcome: &mut Outcome,
    ) {
        let all = leaks.len();
        leaks.retain(|one| {
            let leak = leak(one);
            self.options.may_want(self.rules().rule(leak.rule))
                && leak.best_grade().is_none_or(|grade| grade >= self.options.min_confidence)
        });
        outcome.coverage.below_threshold += (all - leaks.len()) as u64;
    }

    /// Tells of credentials: adds the findings to what is known of the scan.
    fn tell(
        &self,
        leaks: Vec<(Leak, LocatedLeak)>,
        objects: &Objects<'_>,
        telling: Telling,
        progress: &Progress,
        mut outcome: Outcome,
    ) -> Outcome {
        let leaks = self.included(leaks, objects, telling, &mut outcome);
        let chosen: Vec<Choice> =
            leaks.iter().map(|(leak, located)| self.choose(leak, located, telling)).collect();
        let findings = self.read_again(&chosen, objects, progress, &mut outcome);
        only_once(&mut outcome.dropped);
        for (choice, finding) in chosen.into_iter().zip(findings) {
            let Some(mut finding) = finding else {
                // Only a damaged index has two contents under one name.
                let detail = "what was found in it is not there when it is read by its name";
                let place = name_of(&choice.origin);
                outcome.notices.push(Notice::new(NoticeKind::DamagedObject, place, detail));
                continue;
            };
            finding.history = Some(Box::new(choice.history));
            if self.options.wants(finding.severity, finding.confidence) {
                let reported = finding.disposition == Disposition::Report;
                progress.findings.fetch_add(u64::from(reported), Ordering::Relaxed);
                outcome.findings.push(finding);
            } else {
                outcome.coverage.below_threshold += 1;
            }
        }
        absorb_parts(&mut outcome.findings, self.rules());
        self.finish(&mut outcome, progress);
        outcome
    }

    /// Scans all objects; what was found is returned, the rest is in the
    /// outcome.
    fn watch(
        &self,
        source: &dyn Source,
        positions: bool,
        progress: &Progress,
    ) -> (Vec<Sighting>, Outcome) {
        let collected = Mutex::new(Collected::default());
        let plain = Mutex::new(Outcome::default());
        source.push(&|| {
            let worker = Worker::of_everything(self, progress, &plain);
            Box::new(Watcher::new(self, worker, &collected, positions))
        });
        let Collected { mut sightings, outcome } =
            collected.into_inner().unwrap_or_else(PoisonError::into_inner);
        let mut plain = plain.into_inner().unwrap_or_else(PoisonError::into_inner);
        sightings.extend(std::mem::take(&mut plain.findings).into_iter().map(Sighting::of_finding));
        (sightings, plain.join(outcome))
    }

    /// The leaks that are to be told of: not those that no ref leads to, if the
    /// user does not want them, nor those that came in at excluded paths only, or
    /// at none of a name that their rule is for.
    fn included(
        &self,
        leaks: Vec<(Leak, LocatedLeak)>,
        objects: &Objects<'_>,
        telling: Telling,
        outcome: &mut Outcome,
    ) -> Vec<(Leak, LocatedLeak)> {
        let mut wanted = Vec::new();
        for (leak, mut located) in leaks {
            if !telling.unreachable && !located.exposure.is_reachable() {
                continue;
            }
            let introductions = &mut located.introductions;
            introductions.retain(|introduced| self.files.fits(leak.rule, &introduced.path));
            if self.files.has(leak.rule) && introductions.is_empty() {
                outcome.coverage.dropped += 1;
                continue;
            }
            let all = introductions.len();
            introductions.retain(|introduced| !objects.excludes(&introduced.path));
            if all > 0 && introductions.is_empty() {
                outcome.coverage.excluded += 1;
                continue;
            }
            texts_behind_files(introductions);
            wanted.push((leak, located));
        }
        wanted
    }

    /// The first place that nothing speaks against; if there is none, the first
    /// one of all. What the allow lists say of its line is found when it is
    /// read.
    fn choose(&self, leak: &Leak, located: &LocatedLeak, telling: Telling) -> Choice {
        let introduced = located.introductions.iter().flat_map(|introduced| {
            let here = leak.in_object(introduced.object);
            here.map(move |sighting| (Some(introduced), sighting))
        });
        let anywhere =
            leak.sightings.iter().map(|sighting| (located.introductions.first(), sighting));
        let places = || introduced.clone().chain(anywhere.clone());
        let stands = |(introduced, sighting): &(Option<&_>, &Sighting)| {
            let origin = origin_at(sighting, *introduced);
            let fixed = self.allow.allows_anywhere(&self.path_of(&origin), leak.secret.expose());
            !sighting.is_allowed && !fixed
        };
        // Of those the surest, and of these the first.
        let grade = |(introduced, sighting): &(Option<&IntroducedAt>, &Sighting)| {
            sighting.grade_at(introduced.map(|introduced| introduced.path.as_path()))
        };
        let surest = places().filter(stands).map(|place| grade(&place)).max();
        let (introduced, sighting) = places()
            .find(|place| stands(place) && Some(grade(place)) == surest)
            .or_else(|| places().next())
            .unwrap_or_else(|| (None, &leak.sightings[0]));
        Choice {
            origin: origin_at(sighting, introduced),
            rule: leak.rule,
            secret: leak.secret.clone(),
            span: sighting.span,
            encoding: sighting.encoding,
            history: history(leak, located, introduced, telling),
        }
    }

    /// Reads the chosen objects again, and scans them as any text.
    fn read_again(
        &self,
        chosen: &[Choice],
        objects: &Objects<'_>,
        progress: &Progress,
        outcome: &mut Outcome,
    ) -> Vec<Option<Finding>> {
        let collected = Mutex::new(Outcome::default());
        // What belongs to another credential is told with it, where both are.
        let worker = Worker::of_everything(self, progress, &collected);
        push_again(objects, chosen.iter().map(|choice| &choice.origin), worker);
        let again = collected.into_inner().unwrap_or_else(PoisonError::into_inner);
        outcome.notices.extend(again.notices);
        let mut found = by_spot(again.findings);
        let take = |choice: &Choice| {
            let key = (choice.origin.clone(), choice.rule, choice.span, choice.encoding);
            found.remove(&key).filter(|finding| finding.secret == *choice.secret)
        };
        chosen.iter().map(take).collect()
    }
}

/// What tells the findings of several texts apart.
type Spot = (Origin, RuleIndex, Span, Encoding);

/// Has objects scanned by `worker`, each once.
fn push_again<'o>(
    objects: &Objects<'_>,
    origins: impl Iterator<Item = &'o Origin>,
    mut worker: Worker<'_>,
) {
    let mut origins: Vec<Origin> = origins.cloned().collect();
    origins.sort();
    origins.dedup();
    objects.push(&origins, &mut worker);
}

/// Findings by where they are.
fn by_spot(findings: Vec<Finding>) -> HashMap<Spot, Finding> {
    let spot = |finding: Finding| {
        let Place { origin, span, encoding, .. } = finding.place.clone();
        ((origin, finding.rule, span, encoding), finding)
    };
    findings.into_iter().map(spot).collect()
}

/// Puts leaks and where they are together. If the scan was stopped, where they
/// are is not known.
fn located_leaks(leaks: Vec<Leak>, located: Located) -> Vec<(Leak, LocatedLeak)> {
    let Located { leaks: places, paths, .. } = located;
    let unknown = || LocatedLeak {
        introductions: Vec::new(),
        exposure: Exposure::in_no_commit(Presence::Unknown),
    };
    let places = places.into_iter().chain(std::iter::repeat_with(unknown));
    let named = |mut leak: Leak| {
        for sighting in &mut leak.sightings {
            if let Origin::Blob { id, path } = &mut sighting.origin {
                *path = paths.get(id).cloned();
            }
        }
        leak
    };
    leaks.into_iter().map(named).zip(places).collect()
}

/// Leaves of what was dropped the first one of each kind: history has many
/// versions of it.
fn only_once(dropped: &mut Vec<Dropped>) {
    dropped.sort_by(|a, b| a.place.cmp(&b.place));
    let mut known = HashSet::new();
    dropped.retain(|dropped| {
        known.insert((dropped.rule, dropped.value.clone(), dropped.reason.as_str()))
    });
}

/// Of what one commit brought in, a file is of more use than its message.
fn texts_behind_files(introductions: &mut [IntroducedAt]) {
    for of_commit in introductions.chunk_by_mut(|a, b| a.commit.id == b.commit.id) {
        of_commit.sort_by_key(|introduced| introduced.path.as_os_str().is_empty());
    }
}

/// The place that a finding is given.
struct Choice {
    origin: Origin,
    rule: RuleIndex,
    secret: Arc<Secret>,
    span: Span,
    encoding: Encoding,
    history: History,
}

/// The objects that hold the leaks, for each the numbers of those in it.
fn targets(leaks: &[Leak]) -> Targets {
    let mut holders: HashMap<ObjectId, Vec<u32>> = HashMap::new();
    for (number, leak) in (0..).zip(leaks) {
        for id in leak.sightings.iter().filter_map(|sighting| sighting.origin.object()) {
            let holder = holders.entry(id).or_default();
            if holder.last() != Some(&number) {
                holder.push(number);
            }
        }
    }
    let holders = holders.into_iter().map(|(id, leaks)| (id, leaks.into_boxed_slice()));
    Targets { holders: holders.collect(), count: u32::try_from(leaks.len()).unwrap_or(u32::MAX) }
}

/// Where a sighting is, by the path it was introduced at.
fn origin_at(sighting: &Sighting, introduced: Option<&IntroducedAt>) -> Origin {
    match (&sighting.origin, introduced) {
        (Origin::Blob { id, .. }, Some(introduced)) => {
            Origin::Blob { id: *id, path: Some(introduced.path.clone()) }
        }
        (other, _) => other.clone(),
    }
}

/// What is told of a leak whose own place was introduced so.
fn history(
    leak: &Leak,
    located: &LocatedLeak,
    own: Option<&IntroducedAt>,
    telling: Telling,
) -> History {
    let place = |sighting: &Sighting, introduced| {
        let (start, end) = sighting.position?;
        Some(Place {
            origin: origin_at(sighting, introduced),
            span: sighting.span,
            start,
            end,
            encoding: sighting.encoding,
        })
    };
    let others = located
        .introductions
        .iter()
        .filter(|other| own.is_none_or(|own| !std::ptr::eq(own, *other)) && telling.introductions);
    let others = others.filter_map(|other| {
        let place = place(leak.in_object(other.object).next()?, Some(other))?;
        Some(Introduction { commit: other.commit.clone(), place })
    });
    let every = leak.sightings.iter().filter(|_| telling.every_place);
    let every = every.filter_map(|sighting| place(sighting, None));
    History {
        introduced_by: own.map(|own| own.commit.clone()),
        introductions: located.introductions.len() as u64,
        others: others.collect(),
        places: leak.sightings.len() as u64,
        every_place: every.collect(),
        exposure: located.exposure.clone(),
    }
}
