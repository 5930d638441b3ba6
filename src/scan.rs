//! The [`Scanner`]: the one place that knows all stages and their order.
//!
//! A source pushes units into workers, one for each thread. A worker runs the
//! engine on each unit, refines the candidates and, when a text is complete,
//! settles overlaps, masks the lines around what is left and asks whether the
//! user allows it. What the workers found is put in order at the end, so that
//! the report is the same whatever the number of threads.

mod audit;
mod credentials;
mod excerpt;
mod explain;
mod files;
mod history;
mod pairing;
mod profile;
mod worker;

pub use credentials::Credentials;
pub use explain::{Explained, Known};
pub use history::Telling;
pub use profile::Profile;

use std::borrow::Cow;
use std::path::{Path, PathBuf};
use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};
use std::sync::{Arc, Mutex, OnceLock, PoisonError};

use crate::anatomy::{Anatomy, Context, Tells};
use crate::engine::Engine;
use crate::finding::{Disposition, Excerpt, Finding, Likelihood, Place};
use crate::notice::{Notice, NoticeKind};
use crate::refine::Reason;
use crate::rule::{Confidence, Rule, RuleIndex, RuleSet, Severity};
use crate::secret::Secret;
use crate::source::{Counted, Source};
use crate::suppress::AllowLists;
use crate::unit::Origin;
use files::FileNames;
use worker::Worker;

/// How a scan is done.
#[derive(Clone, Debug)]
pub struct ScanOptions {
    /// Findings below are counted, not reported.
    pub min_severity: Severity,
    /// Findings below are counted, not reported.
    pub min_confidence: Confidence,
    /// Keep what was dropped, with its reasons.
    pub explain: bool,
    /// Let comments in the scanned text allow what stands beside them.
    pub comments: bool,
    /// Run every pattern on all text, without the prefilter. Slow; the findings
    /// are the same.
    pub plainly: bool,
    /// The folder that paths are relative to where a finding's identity depends
    /// on them: the repository, or what is scanned.
    pub base: PathBuf,
    /// The time that the end of a credential is held against, in seconds since
    /// 1970. Without it none has ended.
    pub now: Option<i64>,
}

impl Default for ScanOptions {
    fn default() -> Self {
        Self {
            min_severity: Severity::Info,
            min_confidence: Confidence::Low,
            explain: false,
            comments: true,
            plainly: false,
            base: PathBuf::new(),
            now: None,
        }
    }
}

/// Scans sources with one set of rules.
pub struct Scanner {
    engine: Engine,
    /// For the rules that are switched off; made when a line is to be shown.
    switched_off: OnceLock<Option<Engine>>,
    allow: AllowLists,
    /// What files rules are for that are not for all.
    files: FileNames,
    options: ScanOptions,
    tells: Tells,
}

/// What a scan says while it runs, and how it is stopped.
#[derive(Debug, Default)]
pub struct Progress {
    /// Files read so far.
    pub files: AtomicU64,
    /// Bytes read so far.
    pub bytes: AtomicU64,
    /// Findings so far.
    pub findings: AtomicU64,
    /// Set to stop the scan; what was found by then is reported.
    pub cancelled: AtomicBool,
}

/// How much was looked at, and what was not.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Coverage {
    /// Files read, at least in part.
    pub files: u64,
    /// Bytes read.
    pub bytes: u64,
    /// Entries left out because git ignores them; a folder counts once.
    pub ignored: u64,
    /// Entries left out because the user excluded them.
    pub excluded: u64,
    /// Symbolic links that were not followed.
    pub links: u64,
    /// Pipes, sockets and devices.
    pub special: u64,
    /// Blobs of a repository or of its index.
    pub blobs: u64,
    /// Commits and annotated tags, for their messages.
    pub messages: u64,
    /// Bytes that the rules' literals were looked for in: fewer than were read
    /// where texts are alike.
    pub searched: u64,
    /// Bytes of all these that were read for an earlier scan, and are known from
    /// it.
    pub remembered: u64,
    /// Candidates that turned out to be no credentials.
    pub dropped: u64,
    /// Findings below the severity or confidence asked for.
    pub below_threshold: u64,
}

/// A candidate that turned out to be no credential.
#[derive(Clone, Debug)]
pub struct Dropped {
    /// The rule that matched.
    pub rule: RuleIndex,
    /// Where.
    pub place: Place,
    /// The value, masked like any other: the reason could be wrong.
    pub value: Secret,
    /// Why it was dropped.
    pub reason: Reason,
    /// How likely it is a credential all the same, if its rule weighs that.
    pub likelihood: Option<Likelihood>,
}

/// What a scan found.
#[derive(Debug, Default)]
pub struct Outcome {
    /// Findings in the order of their places, suppressed ones among them.
    pub findings: Vec<Finding>,
    /// What was dropped, if that was asked for.
    pub dropped: Vec<Dropped>,
    /// Trouble on the way, in order.
    pub notices: Vec<Notice>,
    /// How much was looked at.
    pub coverage: Coverage,
}

impl ScanOptions {
    /// Whether findings of a rule are to be reported, or may be: those that have
    /// parts are surer where they are complete.
    fn may_want(&self, rule: &Rule) -> bool {
        let confidence = if rule.parts.is_empty() { rule.confidence } else { Confidence::High };
        rule.severity >= self.min_severity && confidence >= self.min_confidence
    }

    /// Whether a finding is to be reported.
    fn wants(&self, severity: Severity, confidence: Confidence) -> bool {
        severity >= self.min_severity && confidence >= self.min_confidence
    }
}

impl Outcome {
    /// The findings to report.
    pub fn reported(&self) -> impl Iterator<Item = &Finding> {
        self.findings.iter().filter(|finding| finding.disposition == Disposition::Report)
    }

    /// The findings that something suppressed.
    pub fn suppressed(&self) -> impl Iterator<Item = &Finding> {
        self.findings.iter().filter(|finding| finding.disposition != Disposition::Report)
    }

    /// What two scans found together, the first one's first.
    #[must_use]
    pub fn join(mut self, other: Self) -> Self {
        self.findings.extend(other.findings);
        self.dropped.extend(other.dropped);
        self.notices.extend(other.notices);
        self.notices.sort();
        self.notices.dedup();
        self.coverage.add(&other.coverage);
        self
    }

    /// Whether everything that was asked for was looked at.
    pub fn is_complete(&self) -> bool {
        !self.notices.iter().any(|notice| notice.kind.leaves_a_gap())
    }
}

impl Scanner {
    /// A scanner with these rules.
    pub fn new(rules: RuleSet, allow: AllowLists, options: ScanOptions) -> Self {
        let files = FileNames::new(&rules);
        let tells = Tells::new(rules.len());
        let engine = Engine::new(Arc::new(rules));
        Self { engine, switched_off: OnceLock::new(), allow, files, options, tells }
    }

    /// The rules in use.
    pub fn rules(&self) -> &RuleSet {
        self.engine.rules()
    }

    /// An engine for the rules that are switched off, if there are any.
    fn switched_off(&self) -> Option<&Engine> {
        let make = || {
            let rules = self.rules().switched_off();
            (!rules.is_empty()).then(|| Engine::new(Arc::new(rules)))
        };
        self.switched_off.get_or_init(make).as_ref()
    }

    /// How much context a source must give around each piece of a text.
    pub fn reach(&self) -> usize {
        self.engine.reach()
    }

    /// A text's path as the file system has it. What is in a repository's
    /// objects has its path from the base on, wherever the program runs.
    fn path_of<'p>(&self, origin: &'p Origin) -> Cow<'p, Path> {
        match origin.object() {
            Some(_) => Cow::Owned(self.options.base.join(origin.path())),
            None => Cow::Borrowed(origin.path()),
        }
    }

    /// What a credential that a rule found says about itself, and what it gives
    /// then.
    fn read(&self, rule: RuleIndex, secret: &Secret, excerpt: &Excerpt) -> (Anatomy, Severity) {
        let context = Context {
            before: &excerpt.before,
            after: &excerpt.after,
            cut_after: excerpt.cut_after,
            now: self.options.now,
        };
        let found_by = self.rules().rule(rule);
        let anatomy = self.tells.read_by(rule, found_by, secret.expose(), &context);
        let severity = anatomy.grade(found_by.severity);
        (anatomy, severity)
    }

    /// Scans all that `source` gives.
    pub fn run(&self, source: &dyn Source, progress: &Progress) -> Outcome {
        let collected = Mutex::new(Outcome::default());
        source.push(&|| Box::new(Worker::new(self, progress, &collected)));
        let mut outcome = collected.into_inner().unwrap_or_else(PoisonError::into_inner);
        self.finish(&mut outcome, progress);
        outcome
    }

    /// Adds what is to be said of the scan as a whole, and puts all in order.
    fn finish(&self, outcome: &mut Outcome, progress: &Progress) {
        for (rule, reason) in self.engine.unusable() {
            let id = self.rules().rule(rule).id.as_ref();
            outcome.notices.push(Notice::new(NoticeKind::RuleUnusable, id, reason));
        }
        if progress.cancelled.load(Ordering::Relaxed) {
            let detail = "the scan was stopped before its end";
            outcome.notices.push(Notice::new(NoticeKind::Interrupted, "", detail));
        }
        self.put_in_order(outcome);
    }

    /// Sorts what the threads found in whatever order they found it.
    fn put_in_order(&self, outcome: &mut Outcome) {
        let rules = self.rules();
        let by_place = |a: &Place, a_rule: RuleIndex, b: &Place, b_rule: RuleIndex| {
            a.cmp(b).then_with(|| rules.rule(a_rule).id.cmp(&rules.rule(b_rule).id))
        };
        outcome.findings.sort_by(|a, b| by_place(&a.place, a.rule, &b.place, b.rule));
        // Of two paths on the command line one may lead into the other.
        outcome.findings.dedup_by(|a, b| a.rule == b.rule && a.place == b.place);
        outcome.dropped.sort_by(|a, b| {
            by_place(&a.place, a.rule, &b.place, b.rule)
                .then_with(|| a.reason.as_str().cmp(b.reason.as_str()))
        });
        outcome.notices.sort();
        outcome.notices.dedup();
    }
}

impl Coverage {
    /// Counts `number` more of `what`.
    fn count(&mut self, what: Counted, number: u64) {
        let counter = match what {
            Counted::Files => &mut self.files,
            Counted::Bytes => &mut self.bytes,
            Counted::Ignored => &mut self.ignored,
            Counted::Excluded => &mut self.excluded,
            Counted::Links => &mut self.links,
            Counted::Special => &mut self.special,
            Counted::Blobs => &mut self.blobs,
            Counted::Messages => &mut self.messages,
            Counted::Searched => &mut self.searched,
        };
        *counter += number;
    }

    /// Adds another thread's counts.
    fn add(&mut self, other: &Self) {
        let Self {
            files,
            bytes,
            ignored,
            excluded,
            links,
            special,
            blobs,
            messages,
            searched,
            remembered,
            dropped,
            below_threshold,
        } = other;
        self.files += files;
        self.bytes += bytes;
        self.ignored += ignored;
        self.excluded += excluded;
        self.links += links;
        self.special += special;
        self.blobs += blobs;
        self.messages += messages;
        self.searched += searched;
        self.remembered += remembered;
        self.dropped += dropped;
        self.below_threshold += below_threshold;
    }
}
