//! What one thread does with the objects of a repository, and the
//! [`Sighting`]s it notes: which credential stands where in which object.

use std::panic::{AssertUnwindSafe, catch_unwind};
use std::path::Path;
use std::sync::{Arc, Mutex, PoisonError};

use crate::engine::{CONTEXT, Candidate, Scratch, Trace, is_copied, moved};
use crate::finding::{By, Disposition, Finding, Score};
use crate::notice::{Notice, NoticeKind};
use crate::refine::overlap::{self, Placed};
use crate::refine::{Subject, Verdict, judge};
use crate::rule::{Confidence, RuleIndex};
use crate::scan::worker::{Worker, name_of};
use crate::scan::{Coverage, Outcome, Scanner};
use crate::secret::Secret;
use crate::source::{Counted, Memory, Sink};
use crate::span::{LineCursor, Position, Span};
use crate::suppress::comment_for;
use crate::unit::{Copied, Encoding, Origin, UTF8_MARK, Unit};

/// A credential in an object.
#[derive(Clone, Debug)]
pub(super) struct Sighting {
    pub(super) rule: RuleIndex,
    pub(super) secret: Arc<Secret>,
    pub(super) origin: Origin,
    pub(super) span: Span,
    /// Its first character and one past its last, if that was asked for.
    pub(super) position: Option<(Position, Position)>,
    pub(super) encoding: Encoding,
    /// Whether a comment allows it there.
    pub(super) is_allowed: bool,
    /// What the text says for it, if its rule weighs that.
    pub(super) score: Option<Score>,
}

/// What the threads note together.
#[derive(Default)]
pub(super) struct Collected {
    pub(super) sightings: Vec<Sighting>,
    /// Trouble and counts, and what was found by the ordinary way.
    pub(super) outcome: Outcome,
}

/// One thread's share of a scan of history.
pub(super) struct Watcher<'a> {
    scanner: &'a Scanner,
    /// For texts that are not followed from version to version.
    plain: Worker<'a>,
    collected: &'a Mutex<Collected>,
    sightings: Vec<Sighting>,
    coverage: Coverage,
    scratch: Scratch,
    /// Whether lines and columns are wanted.
    positions: bool,
}

/// What is remembered of a text for those like it.
struct Seen {
    /// Bytes before the text proper.
    mark: usize,
    trace: Trace,
    /// Its candidates in the order of their places.
    judged: Vec<Judged>,
}

/// A candidate and what became of it.
#[derive(Clone)]
struct Judged {
    rule: RuleIndex,
    secret: Span,
    extent: Span,
    /// The credential, unless the checks refused it.
    value: Option<Arc<Secret>>,
    is_allowed: bool,
    score: Option<Score>,
}

impl Placed for &Judged {
    fn rule(&self) -> RuleIndex {
        self.rule
    }

    fn secret(&self) -> Span {
        self.secret
    }

    fn extent(&self) -> Span {
        self.extent
    }
}

impl<'a> Watcher<'a> {
    /// `plain` takes the texts that are not followed.
    pub(super) fn new(
        scanner: &'a Scanner,
        plain: Worker<'a>,
        collected: &'a Mutex<Collected>,
        positions: bool,
    ) -> Self {
        Self {
            scanner,
            plain,
            collected,
            sightings: Vec::new(),
            coverage: Coverage::default(),
            scratch: Scratch::default(),
            positions,
        }
    }

    /// Traces a text, judges its candidates and notes those that stay.
    fn watch(&mut self, origin: &Origin, bytes: &[u8], like: Option<(&Seen, &[Copied])>) -> Seen {
        let text = bytes.strip_prefix(UTF8_MARK).unwrap_or(bytes);
        let mark = bytes.len() - text.len();
        let copied = like.map(|(seen, copied)| without_marks(copied, seen.mark, mark));
        let like = like.map(|(seen, _)| seen).zip(copied.as_deref());
        let unit = Unit::whole(origin, text);
        let base = like.map(|(seen, copied)| (&seen.trace, copied));
        let (trace, searched) = self.scanner.engine.trace(&unit, base, &mut self.scratch);
        self.coverage.searched += searched;
        let judged = self.judge(text, &trace, like);
        self.note(origin, text, mark, &judged);
        Seen { mark, trace, judged }
    }

    /// Judges the candidates of a text, those that nothing new is near as they
    /// were judged before.
    fn judge(&self, text: &[u8], trace: &Trace, like: Option<(&Seen, &[Copied])>) -> Vec<Judged> {
        if trace.is_empty() {
            return Vec::new();
        }
        let known = like.map_or_else(Vec::new, |(seen, copied)| inherited(seen, trace, copied));
        let key = |judged: &Judged| (judged.secret, judged.rule);
        let judge = |candidate: &Candidate| {
            let found = known.binary_search_by_key(&(candidate.secret, candidate.rule), key);
            found.map_or_else(
                |_| self.judge_anew(text, candidate),
                |at| Judged { extent: candidate.span, ..known[at].clone() },
            )
        };
        let mut judged: Vec<Judged> = trace.candidates().iter().map(judge).collect();
        judged.sort_by_key(key);
        judged
    }

    fn judge_anew(&self, text: &[u8], candidate: &Candidate) -> Judged {
        let rules = self.scanner.rules();
        let rule = rules.rule(candidate.rule);
        let subject = Subject::new(rule, text, 0, candidate);
        let (verdict, score) = judge(&subject);
        let keep = verdict == Verdict::Keep;
        let is_rule = |word: &str| rules.knows(word);
        let comment = || comment_for(text, subject.start, subject.end(), &rule.id, &is_rule);
        let is_allowed = keep && self.scanner.options.comments && comment().is_some();
        Judged {
            rule: candidate.rule,
            secret: candidate.secret,
            extent: candidate.span,
            value: keep.then(|| Arc::new(Secret::new(subject.secret))),
            is_allowed,
            score,
        }
    }

    /// Settles overlaps and notes what stays. Offsets are counted with the
    /// `mark` before the text.
    fn note(&mut self, origin: &Origin, text: &[u8], mark: usize, judged: &[Judged]) {
        let found: Vec<&Judged> = judged.iter().filter(|judged| judged.value.is_some()).collect();
        let refused: Vec<(Span, RuleIndex)> = judged
            .iter()
            .filter(|judged| judged.value.is_none())
            .map(|judged| (judged.secret, judged.rule))
            .collect();
        self.coverage.dropped += refused.len() as u64;
        if found.is_empty() {
            return;
        }
        let settled = overlap::settle(&found, &refused, self.scanner.rules());
        let mut cursor = LineCursor::default();
        for (judged, by) in found.into_iter().zip(settled) {
            let Some(secret) = judged.value.clone().filter(|_| by.is_none()) else {
                self.coverage.dropped += 1;
                continue;
            };
            let position = self.positions.then(|| {
                let start = cursor.advance(text, 0, judged.secret.start);
                let end = usize::try_from(judged.secret.end).unwrap_or(usize::MAX);
                (start, start.after(secret.expose(), text.get(end).copied()))
            });
            self.sightings.push(Sighting {
                rule: judged.rule,
                secret,
                origin: origin.clone(),
                span: Span {
                    start: judged.secret.start + mark as u64,
                    end: judged.secret.end + mark as u64,
                },
                position,
                encoding: Encoding::Bytes,
                is_allowed: judged.is_allowed,
                score: judged.score,
            });
        }
    }
}

/// The judgements of a text that hold in another one, in order.
fn inherited(seen: &Seen, trace: &Trace, copied: &[Copied]) -> Vec<Judged> {
    let context = i64::try_from(CONTEXT).unwrap_or(i64::MAX);
    let signed = |offset: u64| i64::try_from(offset).unwrap_or(i64::MAX / 2);
    let mut known = Vec::new();
    for part in copied {
        let (from, end) = (part.from as u64, (part.from + part.length) as u64);
        let first = seen.judged.partition_point(|judged| judged.secret.start < from);
        let near = seen.judged[first..].iter().take_while(|judged| judged.secret.start < end);
        known.extend(near.filter_map(|judged| {
            let Span { start, end } = judged.secret;
            let window = signed(start) - context..signed(end) + context;
            is_copied(&window, *part, seen.trace.length(), trace.length())
                .then(|| Judged { secret: moved(judged.secret, *part), ..judged.clone() })
        }));
    }
    known.sort_by_key(|judged| (judged.secret, judged.rule));
    known
}

/// Copied parts as they are without the marks that stand before both texts.
fn without_marks(copied: &[Copied], from_mark: usize, to_mark: usize) -> Vec<Copied> {
    let shift = |part: &Copied| {
        let cut = from_mark.saturating_sub(part.from).max(to_mark.saturating_sub(part.to));
        let length = part.length.checked_sub(cut).filter(|length| *length > 0)?;
        Some(Copied { from: part.from + cut - from_mark, to: part.to + cut - to_mark, length })
    };
    copied.iter().filter_map(shift).collect()
}

impl Sink for Watcher<'_> {
    fn unit(&mut self, unit: &Unit<'_>) {
        self.coverage.searched += unit.core.len() as u64;
        self.plain.unit(unit);
    }

    fn text(
        &mut self,
        origin: &Origin,
        bytes: &[u8],
        like: Option<(&Memory, &[Copied])>,
    ) -> Option<Memory> {
        let engine = &self.scanner.engine;
        let Scanner { options, .. } = self.scanner;
        let is_small = u32::try_from(bytes.len()).is_ok();
        if !engine.is_local() || options.plainly || options.explain || !is_small {
            self.unit(&Unit::without_mark(origin, bytes));
            return None;
        }
        let like = like.and_then(|(memory, copied)| Some((memory.downcast_ref()?, copied)));
        let before = self.sightings.len();
        let seen = catch_unwind(AssertUnwindSafe(|| self.watch(origin, bytes, like)));
        if seen.is_err() {
            self.sightings.truncate(before);
            let detail = "scanning it failed inside the program; please report this";
            self.notice(Notice::new(NoticeKind::Panicked, name_of(origin), detail));
        }
        Some(Arc::new(seen.ok()?))
    }

    fn notice(&mut self, notice: Notice) {
        self.plain.notice(notice);
    }

    fn count(&mut self, what: Counted, number: u64) {
        self.plain.count(what, number);
    }

    fn is_cancelled(&self) -> bool {
        self.plain.is_cancelled()
    }
}

impl Drop for Watcher<'_> {
    fn drop(&mut self) {
        let mut all = self.collected.lock().unwrap_or_else(PoisonError::into_inner);
        all.sightings.append(&mut self.sightings);
        all.outcome.coverage.add(&self.coverage);
    }
}

impl Sighting {
    /// How sure it is in a file of that path, or in any; [`Confidence::High`] if
    /// its rule does not weigh that.
    pub(super) fn grade_at(&self, path: Option<&Path>) -> Confidence {
        self.score.map_or(Confidence::High, |score| score.at(path))
    }

    /// What the ordinary way found in an object.
    pub(super) fn of_finding(finding: Finding) -> Self {
        let by_comment = |by: &Disposition| matches!(by, Disposition::Suppressed(By::Comment(_)));
        let is_allowed = by_comment(&finding.disposition);
        let place = finding.place;
        Self {
            rule: finding.rule,
            secret: Arc::new(finding.secret),
            origin: place.origin,
            span: place.span,
            position: Some((place.start, place.end)),
            encoding: place.encoding,
            is_allowed,
            score: finding.likelihood.map(|likelihood| likelihood.score),
        }
    }
}
