//! Which findings a baseline knows.

use std::collections::{BTreeSet, HashMap};
use std::path::Path;

use sha1::{Digest, Sha1};

use super::foreign::Value;
use super::{Baseline, Entries, Foreign, ForeignEntry};
use crate::finding::{By, Disposition, Finding, Fingerprint, Known, Place, Triage};
use crate::paths::{normal, path_text};
use crate::rule::RuleSet;
use crate::secret::Secret;
use crate::unit::Origin;

/// Columns by which tools differ about where a credential begins.
const NEAR: u64 = 1;
/// Shortest part of a credential by which it is known: a shorter one stands in
/// many.
const SHORTEST: usize = 8;

/// What findings are matched against a baseline with.
#[derive(Clone, Copy)]
pub struct Scene<'a> {
    /// The rules that found them.
    pub rules: &'a RuleSet,
    /// The folder that paths in baselines are relative to.
    pub base: &'a Path,
    /// The baseline's file, as it is told of.
    pub file: &'a str,
    /// Whether a finding of which this was decided is not to be reported.
    pub accepts: fn(Triage) -> bool,
}

/// What a baseline did in a scan.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Applied {
    /// The baseline's file, as it is told of.
    pub file: String,
    /// Entries it has.
    pub entries: usize,
    /// Findings it suppressed.
    pub suppressed: usize,
    /// Findings that it knows and that are reported all the same.
    pub reported: usize,
    /// Places of another tool's entries that matched a finding.
    pub used: BTreeSet<usize>,
    /// Numbers of findings whose entry has another rule than they: somebody
    /// changed it, and it is not followed.
    pub mistaken: usize,
}

/// What a baseline says of a finding.
struct Said {
    triage: Triage,
    note: Option<String>,
}

impl Baseline {
    /// Marks the findings that the baseline knows, and suppresses those it
    /// accepts. What something else suppressed stays as it is.
    pub fn mark(&self, findings: &mut [Finding], scene: &Scene<'_>) -> Applied {
        let mut applied =
            Applied { file: scene.file.to_owned(), entries: self.len(), ..Applied::default() };
        let is_open = |finding: &&Finding| finding.disposition == Disposition::Report;
        let matcher = match self {
            Self::Own(entries) => {
                let alike = alike(findings.iter().filter(is_open));
                Matcher::Own(Own { entries, alike })
            }
            Self::Foreign(foreign) => Matcher::Foreign(Index::new(foreign)),
        };
        for finding in findings.iter_mut().filter(|it| it.disposition == Disposition::Report) {
            let said = match &matcher {
                Matcher::Own(own) => own.find(finding, scene, &mut applied),
                Matcher::Foreign(index) => index.find(finding, scene, &mut applied.used),
            };
            let Some(Said { triage, note }) = said else { continue };
            finding.known = Some(Known::Baseline(triage));
            if (scene.accepts)(triage) {
                let by = By::Baseline { file: scene.file.to_owned(), triage, note };
                finding.disposition = Disposition::Suppressed(by);
                applied.suppressed += 1;
            } else {
                applied.reported += 1;
            }
        }
        applied
    }
}

/// How many findings share each fingerprint.
pub fn alike<'f>(findings: impl Iterator<Item = &'f Finding>) -> HashMap<Fingerprint, u32> {
    let mut alike = HashMap::new();
    for finding in findings {
        *alike.entry(finding.fingerprint).or_default() += 1;
    }
    alike
}

enum Matcher<'b> {
    Own(Own<'b>),
    Foreign(Index<'b>),
}

struct Own<'b> {
    entries: &'b Entries,
    alike: HashMap<Fingerprint, u32>,
}

impl Own<'_> {
    fn find(&self, finding: &Finding, scene: &Scene<'_>, applied: &mut Applied) -> Option<Said> {
        let entry = self.entries.get(finding.fingerprint)?;
        if *scene.rules.rule(finding.rule).id != *entry.rule {
            applied.mistaken += 1;
            return None;
        }
        // Weak credentials that stand alike cannot be told apart: if there are
        // more of them than are known, one of them is new.
        let alike = self.alike.get(&finding.fingerprint).copied().unwrap_or_default();
        let is_told_apart = finding.secret.is_strong() || alike <= entry.count;
        is_told_apart.then(|| Said { triage: entry.triage, note: entry.note.clone() })
    }
}

/// Another tool's entries, by what they are found by.
struct Index<'b> {
    entries: &'b [ForeignEntry],
    by_path: HashMap<&'b str, Vec<usize>>,
    by_secret: HashMap<&'b Secret, Vec<usize>>,
}

impl<'b> Index<'b> {
    fn new(foreign: &'b Foreign) -> Self {
        let (mut by_path, mut by_secret) = (HashMap::new(), HashMap::new());
        for (at, entry) in foreign.entries.iter().enumerate() {
            by_path.entry(entry.path.as_str()).or_insert_with(Vec::new).push(at);
            if let Value::Clear(secret) = &entry.value {
                by_secret.entry(secret).or_insert_with(Vec::new).push(at);
            }
        }
        Self { entries: &foreign.entries, by_path, by_secret }
    }

    /// What the first entry says that matches. All that match are used.
    fn find(
        &self,
        finding: &Finding,
        scene: &Scene<'_>,
        used: &mut BTreeSet<usize>,
    ) -> Option<Said> {
        let mut matching = BTreeSet::new();
        if finding.secret.is_strong() {
            matching.extend(self.by_secret.get(&finding.secret).into_iter().flatten());
        }
        for spot in spots(finding) {
            let path = path_of(&spot.place.origin, scene.base);
            let whole = path_text(&normal(spot.place.origin.path())).replace('\\', "/");
            let here = [path, whole];
            let entries = here.iter().filter_map(|path| self.by_path.get(path.as_str())).flatten();
            matching.extend(entries.filter(|at| self.entries[**at].is_about(finding, &spot)));
        }
        let first = matching.first().map(|at| &self.entries[*at])?;
        used.extend(&matching);
        Some(Said { triage: first.triage, note: None })
    }
}

/// A place of a finding, and the commit that brought it there, if that is known.
struct Spot<'f> {
    place: &'f Place,
    commit: Option<String>,
}

/// All places that are told of a finding.
fn spots(finding: &Finding) -> Vec<Spot<'_>> {
    let history = finding.history.as_deref();
    let by = history.and_then(|history| history.introduced_by.as_deref());
    let commit = by.map(|commit| commit.id.to_string());
    let mut spots = vec![Spot { place: &finding.place, commit }];
    for other in history.iter().flat_map(|history| &history.others) {
        let commit = Some(other.commit.id.to_string());
        spots.push(Spot { place: &other.place, commit });
    }
    spots
}

impl ForeignEntry {
    /// Whether this is about a finding at a place, which has the entry's path.
    fn is_about(&self, finding: &Finding, spot: &Spot<'_>) -> bool {
        let secret = finding.secret.expose();
        let is_line = self.lines.contains(&spot.place.start.line);
        let is_commit = self.commit.is_none() || self.commit == spot.commit;
        match &self.value {
            Value::Clear(known) => {
                known == &finding.secret
                    || is_line && is_commit && holds_other(known.expose(), secret)
            }
            Value::Sha1(hash) => Sha1::digest(secret).as_slice() == hash,
            Value::PrivateKey => is_line && secret.starts_with(b"-----BEGIN"),
            Value::Unknown => is_line && is_commit && self.is_column(spot.place),
        }
    }

    /// Whether a place is where the entry says, as far as it says that.
    fn is_column(&self, place: &Place) -> bool {
        let Some(columns) = &self.columns else { return true };
        let is_one_line = place.start.line == place.end.line;
        !is_one_line
            || place.start.column <= columns.end().saturating_add(NEAR)
                && columns.start().saturating_sub(NEAR) < place.end.column
    }
}

/// Whether one of two values holds the other.
fn holds_other(one: &[u8], other: &[u8]) -> bool {
    let (long, short) = if one.len() < other.len() { (other, one) } else { (one, other) };
    short.len() >= SHORTEST && memchr::memmem::find(long, short).is_some()
}

/// The path of a text from `base` on, with `/` between folders; a whole one of a
/// file that is elsewhere.
pub fn path_of(origin: &Origin, base: &Path) -> String {
    let text = if let Origin::File(path) = origin {
        let whole = normal(path);
        path_text(whole.strip_prefix(base).unwrap_or(&whole))
    } else {
        path_text(origin.path())
    };
    if cfg!(windows) { text.replace('\\', "/") } else { text }
}
