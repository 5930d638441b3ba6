//! What one thread does with the texts it is given.

use std::panic::{AssertUnwindSafe, catch_unwind};
use std::sync::atomic::Ordering;
use std::sync::{Mutex, PoisonError};

use super::excerpt::RawExcerpt;
use super::pairing::{Member, Pair, pair};
use super::{Dropped, Outcome, Progress, Scanner};
use crate::engine::{Candidate, Scratch};
use crate::finding::{
    By, Disposition, Excerpt, Finding, Fingerprint, Likelihood, Part, Place, Score,
};
use crate::notice::{Notice, NoticeKind};
use crate::refine::overlap::{self, Placed};
use crate::refine::score::shares;
use crate::refine::{Reason, Subject, Verdict, judge};
use crate::rule::{Confidence, Rule, RuleIndex};
use crate::secret::Secret;
use crate::source::{Counted, Sink};
use crate::span::{LineCursor, Position, Span, next_boundary};
use crate::suppress::{comment_for, has_comments};
use crate::unit::{Origin, Unit};

/// One thread's share of a scan. What it found is handed over when it goes.
pub(super) struct Worker<'a> {
    scanner: &'a Scanner,
    progress: &'a Progress,
    collected: &'a Mutex<Outcome>,
    own: Outcome,
    scratch: Scratch,
    hidden_scratch: Scratch,
    candidates: Vec<Candidate>,
    /// Whether the piece at hand has comments that allow something, once that
    /// was asked.
    commented: Option<bool>,
    text: Text,
    /// Whether all findings are wanted, whatever the user asked for: they are
    /// only the beginning of what is reported.
    everything: bool,
}

/// What is known so far of the text whose pieces are coming in.
#[derive(Default)]
struct Text {
    /// Candidates that stood up to the checks.
    found: Vec<Found>,
    /// Where candidates were, dropped ones too: what must not be shown.
    hidden: Vec<Span>,
    /// What the checks refused.
    refused: Vec<(Span, RuleIndex)>,
    cursor: LineCursor,
}

/// A candidate that stood up to the checks.
struct Found {
    rule: RuleIndex,
    extent: Span,
    secret: Secret,
    place: Place,
    excerpt: RawExcerpt,
    scored: Option<Scored>,
    comment: Option<String>,
    /// Whether it stands where nothing is to be reported.
    is_aside: bool,
}

impl Placed for Found {
    fn rule(&self) -> RuleIndex {
        self.rule
    }

    fn secret(&self) -> Span {
        self.place.span
    }

    fn extent(&self) -> Span {
        self.extent
    }
}

impl Found {
    fn member(&self) -> Member {
        let Place { span, start, end, .. } = &self.place;
        Member { rule: self.rule, span: *span, lines: start.line..=end.line }
    }

    /// This as the part of that number of a credential of `rule`.
    fn as_part(&self, rule: &Rule, name: usize) -> Part {
        let name = rule.parts[name].0.clone();
        let (secret, place) = (self.secret.clone(), self.place.clone());
        Part { name, rule: self.rule, secret, place }
    }
}

/// How a value is graded that only its name and its look speak for.
struct Scored {
    grade: Confidence,
    likelihood: Likelihood,
}

/// How sure a finding is: with all of its parts beside it there is no doubt,
/// and half a credential is half as sure.
fn confidence(rule: &Rule, parts: &[Part]) -> Confidence {
    if rule.parts.is_empty() {
        rule.confidence
    } else if parts.len() == rule.parts.len() {
        Confidence::High
    } else {
        rule.confidence.min(Confidence::Medium)
    }
}

impl<'a> Worker<'a> {
    pub(super) fn new(
        scanner: &'a Scanner,
        progress: &'a Progress,
        collected: &'a Mutex<Outcome>,
    ) -> Self {
        Self {
            scanner,
            progress,
            collected,
            own: Outcome::default(),
            scratch: Scratch::default(),
            hidden_scratch: Scratch::default(),
            candidates: Vec::new(),
            commented: None,
            text: Text::default(),
            everything: false,
        }
    }

    /// A worker whose findings are judged later by what the user asked for.
    pub(super) fn of_everything(
        scanner: &'a Scanner,
        progress: &'a Progress,
        collected: &'a Mutex<Outcome>,
    ) -> Self {
        let mut worker = Self::new(scanner, progress, collected);
        worker.everything = true;
        worker
    }

    /// Looks for candidates in one piece and refines them; behind the last
    /// piece the text is settled.
    fn examine(&mut self, unit: &Unit<'_>) {
        self.commented = None;
        let engine = &self.scanner.engine;
        if self.scanner.options.plainly {
            engine.find_plainly(unit, &mut self.scratch, &mut self.candidates);
        } else {
            engine.find(unit, &mut self.scratch, &mut self.candidates);
        }
        let mut candidates = std::mem::take(&mut self.candidates);
        candidates.sort_by_key(|candidate| candidate.secret);
        let mut cursor = self.text.cursor.clone();
        for candidate in &candidates {
            self.refine(unit, candidate, &mut cursor);
        }
        self.candidates = candidates;
        if unit.last {
            self.settle(unit.origin);
        } else {
            // Up to where the next piece begins; a character there belongs to
            // this side whole, or it would count twice.
            let next = unit.core.end.saturating_sub(self.scanner.reach());
            let next = next_boundary(unit.bytes, next);
            self.text.cursor.advance(unit.bytes, unit.base, unit.base + next as u64);
        }
    }

    /// Keeps or drops one candidate.
    fn refine(&mut self, unit: &Unit<'_>, candidate: &Candidate, cursor: &mut LineCursor) {
        let rule = self.scanner.rules().rule(candidate.rule);
        let subject = Subject::new(rule, unit.bytes, unit.base, candidate);
        let (secret, start, end) = (subject.secret, subject.start, subject.end());
        let (verdict, score) = if self.scanner.files.may_fit(candidate.rule, unit.origin) {
            judge(&subject)
        } else {
            (Verdict::Drop(Reason::OtherFile), None)
        };
        self.text.hidden.push(candidate.secret);
        if !matches!(verdict, Verdict::Keep | Verdict::Drop(Reason::OtherFile)) {
            self.text.refused.push((candidate.secret, candidate.rule));
        }
        if verdict != Verdict::Keep && !self.scanner.options.explain {
            self.own.coverage.dropped += 1;
            return;
        }
        let scored = score.map(|score| self.grade(&subject, unit.origin, score));
        let start_position = cursor.advance(unit.bytes, unit.base, candidate.secret.start);
        let end_position = start_position.after(secret, unit.bytes.get(end).copied());
        let place = place(unit, candidate.secret, start_position, end_position);
        if let Verdict::Drop(reason) = verdict {
            let likelihood = scored.map(|scored| scored.likelihood);
            return self.drop(candidate.rule, place, Secret::new(secret), reason, likelihood);
        }
        let commented = self.scanner.options.comments
            && *self.commented.get_or_insert_with(|| has_comments(unit.bytes));
        let is_rule = |word: &str| self.scanner.rules().knows(word);
        self.hide_switched_off(unit, start, end);
        self.text.found.push(Found {
            rule: candidate.rule,
            extent: candidate.span,
            secret: Secret::new(secret),
            place,
            excerpt: RawExcerpt::take(unit.bytes, start..end),
            scored,
            is_aside: unit.only.is_some_and(|only| !touches(only, candidate.secret)),
            comment: commented
                .then(|| comment_for(unit.bytes, start, end, &rule.id, &is_rule))
                .flatten(),
        });
    }

    /// How a value is graded in the file it stands in.
    fn grade(&self, subject: &Subject<'_>, origin: &Origin, score: Score) -> Scored {
        let path = origin.path();
        let known = !matches!(origin, Origin::Blob { path: None, .. });
        let explain = self.scanner.options.explain;
        let shares = if explain { shares(subject, path) } else { Vec::new() };
        let likelihood = Likelihood { value: score.likelihood(path), score, shares };
        Scored { grade: score.at(known.then_some(path)), likelihood }
    }

    /// What rules that are switched off would find near a finding is not
    /// reported, but not shown in its line either.
    fn hide_switched_off(&mut self, unit: &Unit<'_>, start: usize, end: usize) {
        let Some(engine) = self.scanner.switched_off() else { return };
        let length = unit.bytes.len();
        let around = |start: usize, end: usize, by: usize| {
            start.saturating_sub(by)..end.saturating_add(by).min(length)
        };
        let near = around(start, end, usize::try_from(NEAR).unwrap_or(usize::MAX));
        let context = around(near.start, near.end, engine.reach());
        let around = Unit {
            bytes: &unit.bytes[context.clone()],
            base: unit.base + context.start as u64,
            core: near.start - context.start..near.end - context.start,
            ..*unit
        };
        let mut candidates = Vec::new();
        engine.find(&around, &mut self.hidden_scratch, &mut candidates);
        self.text.hidden.extend(candidates.iter().map(|candidate| candidate.secret));
    }

    fn drop(
        &mut self,
        rule: RuleIndex,
        place: Place,
        value: Secret,
        reason: Reason,
        likelihood: Option<Likelihood>,
    ) {
        self.own.coverage.dropped += 1;
        if self.scanner.options.explain {
            self.own.dropped.push(Dropped { rule, place, value, reason, likelihood });
        }
    }

    /// Turns what was found in a complete text into findings.
    fn settle(&mut self, origin: &Origin) {
        let Text { mut found, mut hidden, refused, .. } = std::mem::take(&mut self.text);
        if found.is_empty() {
            return;
        }
        found.sort_by_key(|found| (found.place.span, found.rule));
        found.dedup_by_key(|found| (found.place.span, found.rule));
        merge(&mut hidden);
        let settled = overlap::settle(&found, &refused, self.scanner.rules());
        let path = self.relative_path(origin);
        let excerpts: Vec<Excerpt> =
            (0..found.len()).map(|at| masked_excerpt(&found, at, &hidden)).collect();
        let (parts, absorbed) = self.parts(&found, &settled);
        let all = found.into_iter().zip(settled).zip(excerpts).zip(parts).zip(absorbed);
        for ((((found, by), excerpt), parts), absorbed) in all {
            if found.is_aside || absorbed && !self.everything {
                continue;
            }
            match by {
                None => self.finding(found, parts, &path, excerpt),
                Some(by) => {
                    let by = self.scanner.rules().rule(by).id.to_string();
                    let likelihood = found.scored.map(|scored| scored.likelihood);
                    let reason = Reason::Overlap { by };
                    self.drop(found.rule, found.place, found.secret, reason, likelihood);
                }
            }
        }
    }

    /// The parts of each credential that stays, and which of them are told of
    /// with the credential they belong to.
    fn parts(&self, found: &[Found], settled: &[Option<RuleIndex>]) -> (Vec<Vec<Part>>, Vec<bool>) {
        let rules = self.scanner.rules();
        let mut parts: Vec<Vec<Part>> = found.iter().map(|_| Vec::new()).collect();
        let mut absorbed = vec![false; found.len()];
        let stays: Vec<usize> = (0..found.len()).filter(|at| settled[*at].is_none()).collect();
        let members: Vec<Member> = stays.iter().map(|at| found[*at].member()).collect();
        for Pair { whole, name, part } in pair(&members, rules) {
            let (whole, part) = (stays[whole], stays[part]);
            let rule = rules.rule(found[whole].rule);
            let told = !found[whole].is_aside && self.scanner.options.may_want(rule);
            absorbed[part] |= told && rules.rule(found[part].rule).parts.is_empty();
            parts[whole].push(found[part].as_part(rule, name));
        }
        (parts, absorbed)
    }

    /// Completes one finding and decides what becomes of it.
    fn finding(&mut self, found: Found, parts: Vec<Part>, path: &str, excerpt: Excerpt) {
        let rule = self.scanner.rules().rule(found.rule);
        let grade = found.scored.as_ref().map(|scored| scored.grade);
        let confidence = grade.unwrap_or_else(|| confidence(rule, &parts));
        let (mut anatomy, severity) = self.scanner.read(found.rule, &found.secret, &excerpt);
        for part in &parts {
            anatomy.add_part(self.scanner.read(part.rule, &part.secret, &Excerpt::default()).0);
        }
        let wanted = self.scanner.options.wants(severity, confidence);
        if !wanted && !self.everything {
            self.own.coverage.below_threshold += 1;
            return;
        }
        let fingerprint = Fingerprint::new(&rule.id, &found.secret, path, &excerpt);
        let allowed = found.comment.map(By::Comment).or_else(|| {
            let path = self.scanner.path_of(&found.place.origin);
            self.scanner.allow.find(&path, found.secret.expose(), fingerprint)
        });
        let counts = allowed.is_none() && !self.everything;
        self.progress.findings.fetch_add(u64::from(counts), Ordering::Relaxed);
        self.own.findings.push(Finding {
            rule: found.rule,
            severity,
            confidence,
            secret: found.secret,
            parts,
            anatomy,
            likelihood: found.scored.map(|scored| scored.likelihood),
            place: found.place,
            excerpt,
            fingerprint,
            disposition: allowed.map_or(Disposition::Report, Disposition::Suppressed),
            known: None,
            history: None,
        });
    }

    /// A text's path as it is seen from the base, so that a finding is the same
    /// wherever a scan starts.
    fn relative_path(&self, origin: &Origin) -> String {
        let absolute = crate::paths::normal(&self.scanner.path_of(origin));
        let relative = absolute.strip_prefix(&self.scanner.options.base);
        relative.unwrap_or(origin.path()).to_string_lossy().into_owned()
    }
}

impl Sink for Worker<'_> {
    fn unit(&mut self, unit: &Unit<'_>) {
        let result = catch_unwind(AssertUnwindSafe(|| self.examine(unit)));
        if result.is_err() {
            self.text = Text::default();
            let detail = "scanning it failed inside the program; please report this";
            self.notice(Notice::new(NoticeKind::Panicked, name_of(unit.origin), detail));
        }
    }

    fn notice(&mut self, notice: Notice) {
        self.own.notices.push(notice);
    }

    fn count(&mut self, what: Counted, number: u64) {
        self.own.coverage.count(what, number);
        match what {
            Counted::Files => self.progress.files.fetch_add(number, Ordering::Relaxed),
            Counted::Bytes => self.progress.bytes.fetch_add(number, Ordering::Relaxed),
            _ => 0,
        };
    }

    fn is_cancelled(&self) -> bool {
        self.progress.cancelled.load(Ordering::Relaxed)
    }
}

impl Drop for Worker<'_> {
    fn drop(&mut self) {
        // A text that was interrupted: what was found in it counts.
        if let Some(first) = self.text.found.first() {
            let origin = first.place.origin.clone();
            self.settle(&origin);
        }
        let own = std::mem::take(&mut self.own);
        let mut all = self.collected.lock().unwrap_or_else(PoisonError::into_inner);
        all.findings.extend(own.findings);
        all.dropped.extend(own.dropped);
        all.notices.extend(own.notices);
        all.coverage.add(&own.coverage);
    }
}

/// Whether `span` shares a byte with one of `spans`, which are sorted and
/// disjoint.
fn touches(spans: &[Span], span: Span) -> bool {
    let first = spans.partition_point(|other| other.end <= span.start);
    spans.get(first).is_some_and(|other| other.overlaps(span))
}

/// What notices call a text: an object by its name, anything else by its path.
pub(super) fn name_of(origin: &Origin) -> String {
    let object = origin.object().map(|id| format!("object {id}"));
    object.unwrap_or_else(|| crate::paths::path_text(origin.path()))
}

fn place(unit: &Unit<'_>, span: Span, start: Position, end: Position) -> Place {
    Place { origin: unit.origin.clone(), span, start, end, encoding: unit.encoding }
}

/// Bytes around a credential in which others could show in its excerpt.
const NEAR: u64 = 256;

/// The excerpt of one of `found`, with all that is near masked.
fn masked_excerpt(found: &[Found], at: usize, hidden: &[Span]) -> Excerpt {
    let place = found[at].place.span;
    let is_near = |other: &&Found| {
        let other = other.place.span;
        other.start < place.end + NEAR && place.start < other.end + NEAR
    };
    let before = found[..at].iter().rev().take_while(is_near);
    let after = found[at..].iter().take_while(is_near);
    let values: Vec<&[u8]> = before.chain(after).map(|found| found.secret.expose()).collect();
    found[at].excerpt.masked(place, near(hidden, place), &values)
}

/// Those of `spans` that could show near `place`. They are sorted and disjoint.
fn near(spans: &[Span], place: Span) -> &[Span] {
    let first = spans.partition_point(|span| span.end.saturating_add(NEAR) < place.start);
    let last = spans.partition_point(|span| span.start < place.end.saturating_add(NEAR));
    &spans[first.min(last)..last]
}

/// Sorts spans and joins those that share a byte.
fn merge(spans: &mut Vec<Span>) {
    spans.sort_unstable();
    spans.dedup_by(|later, joined| {
        let overlap = later.start < joined.end;
        if overlap {
            joined.end = joined.end.max(later.end);
        }
        overlap
    });
}
