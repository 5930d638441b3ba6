//! What a pattern guarantees: how long its matches are, and which literals
//! stand in them at which distance from their start.
//!
//! The engine looks for the literals and runs the pattern only around them, so
//! everything here must hold for every match. This file is also compiled into
//! the build script.

use regex_syntax::hir::{Capture, Class, Hir, HirKind, Look, Repetition};

use super::byte_set::ByteSet;
use super::definition::{ByteRun, Literal, Trigger};
use super::gram::rarest_pair;
use super::rarity::rarity;

/// Shortest literal the prefilter can find by itself: it samples four bytes at
/// every second position.
const SHORTEST: usize = 4;
/// Shortest one behind which only certain bytes can stand, and how many these
/// may be.
const SHORTEST_FOLLOWED: usize = 3;
const MOST_FOLLOWING: u32 = 80;
/// From this length on a literal does not gain by what may stand behind it.
const LONG_ENOUGH: usize = 7;
/// Longest literal kept. More would hardly make it rarer, and around everything
/// that is new in a text so many bytes are looked through.
const LONGEST: usize = 12;
/// Longest text that a pattern may be for that is anchored at both ends: it is
/// tried on every text that is no longer.
const LONGEST_WHOLE: usize = 256;
/// Most literals of a second set, and the bytes of each that count: they are
/// looked for one by one.
const MOST_ALSO: usize = 4;
const LENGTH_ALSO: usize = 6;
/// Shortest run of certain bytes that is worth looking for.
const SHORTEST_RUN: usize = 8;
/// Most bytes of which a run tells anything: letters, digits and a few more.
const MOST_IN_RUN: u32 = 80;
/// Most literals one pattern may need.
const MOST: usize = 128;
/// Most bytes a class may have to continue a literal of its own accord.
const SMALL_CLASS: u32 = 4;

/// What is known of a pattern's matches.
#[derive(Debug)]
pub(crate) struct Analysis {
    /// Longest match in bytes, if there is a bound.
    pub(crate) max_len: Option<usize>,
    /// Literals of which every match holds one; empty if none is guaranteed.
    pub(crate) triggers: Vec<Trigger>,
    /// Others of which every match holds one, too; empty if none is guaranteed.
    pub(crate) also: Vec<Literal>,
    /// Whether a match is all of a text, and a short one.
    pub(crate) whole: bool,
    /// What the credential is a run of.
    pub(crate) run: Option<ByteRun>,
    /// Whether the pattern has a group named `secret`.
    pub(crate) has_secret: bool,
}

/// Parses `pattern` with Unicode off and works out what it guarantees.
pub(crate) fn analyse(pattern: &str) -> Result<Analysis, Box<regex_syntax::Error>> {
    let hir = regex_syntax::ParserBuilder::new()
        .unicode(false)
        .utf8(false)
        .nest_limit(100)
        .build()
        .parse(pattern)?;
    let properties = hir.properties();
    let anchored = properties.look_set_prefix().contains(Look::Start)
        && properties.look_set_suffix().contains(Look::End);
    let mut sets = literal_sets(&hir);
    let triggers = best_of(&mut sets).unwrap_or_default();
    let also = best_of(&mut sets).unwrap_or_default();
    Ok(Analysis {
        max_len: properties.maximum_len(),
        whole: anchored && properties.maximum_len().is_some_and(|max| max <= LONGEST_WHOLE),
        triggers,
        also: besides(&also),
        run: group(&hir, "secret").and_then(run_of),
        has_secret: group(&hir, "secret").is_some(),
    })
}

/// The beginnings of some literals, each once, if they are few.
pub(crate) fn besides(triggers: &[Trigger]) -> Vec<Literal> {
    let mut literals: Vec<Literal> = Vec::new();
    for Trigger { literal, fold, .. } in triggers {
        let bytes = literal[..literal.len().min(LENGTH_ALSO)].to_vec().into();
        let literal = Literal { bytes, fold: *fold };
        if !literals.contains(&literal) {
            literals.push(literal);
        }
    }
    if literals.len() <= MOST_ALSO { literals } else { Vec::new() }
}

/// What is wrong with a pattern, in a few words, and in which of its columns.
pub(crate) fn fault(error: &regex_syntax::Error) -> (String, Option<usize>) {
    match error {
        regex_syntax::Error::Parse(error) => {
            (error.kind().to_string(), Some(error.span().start.column))
        }
        regex_syntax::Error::Translate(error) => {
            (error.kind().to_string(), Some(error.span().start.column))
        }
        _ => (error.to_string(), None),
    }
}

/// What stands in the group of that name.
fn group<'h>(hir: &'h Hir, wanted: &str) -> Option<&'h Hir> {
    match hir.kind() {
        HirKind::Capture(Capture { name, sub, .. }) if name.as_deref() == Some(wanted) => Some(sub),
        HirKind::Capture(Capture { sub, .. }) | HirKind::Repetition(Repetition { sub, .. }) => {
            group(sub, wanted)
        }
        HirKind::Concat(subs) | HirKind::Alternation(subs) => {
            subs.iter().find_map(|sub| group(sub, wanted))
        }
        HirKind::Empty | HirKind::Literal(_) | HirKind::Class(_) | HirKind::Look(_) => None,
    }
}

/// The run that every match of `hir` is, if it is long enough and its bytes few
/// enough to be told from ordinary text.
fn run_of(hir: &Hir) -> Option<ByteRun> {
    let least = hir.properties().minimum_len().filter(|least| *least >= SHORTEST_RUN)?;
    let mut bytes = ByteSet::default();
    add_bytes(hir, &mut bytes);
    (bytes.count() <= MOST_IN_RUN).then(|| ByteRun { bytes, least: clamp(least), most: u32::MAX })
}

/// Adds all bytes that can stand in a match of `hir` to a set.
fn add_bytes(hir: &Hir, set: &mut ByteSet) {
    let mut add = |bytes: &[u8]| set.add(&ByteSet::of(bytes));
    match hir.kind() {
        HirKind::Empty | HirKind::Look(_) => {}
        HirKind::Literal(literal) => add(&literal.0),
        HirKind::Class(class) => add(&class_bytes(class)),
        HirKind::Capture(Capture { sub, .. }) | HirKind::Repetition(Repetition { sub, .. }) => {
            add_bytes(sub, set);
        }
        HirKind::Concat(subs) | HirKind::Alternation(subs) => {
            for sub in subs {
                add_bytes(sub, set);
            }
        }
    }
}

/// The sets of literals of which every match of `hir` holds one.
fn literal_sets(hir: &Hir) -> Vec<Vec<Trigger>> {
    let mut walk = Walk { place: (0, Some(0)), run: None, candidates: Vec::new() };
    walk.visit(hir);
    walk.finish_run();
    walk.candidates
}

/// Takes the rarest of these sets out.
fn best_of(sets: &mut Vec<Vec<Trigger>>) -> Option<Vec<Trigger>> {
    let best = (0..sets.len()).max_by_key(|at| set_rarity(&sets[*at]))?;
    Some(sets.swap_remove(best))
}

/// How rare the least rare of several literals is, less what their number costs.
fn set_rarity(set: &[Trigger]) -> u32 {
    let least = set.iter().map(|trigger| literal_rarity(&trigger.literal)).min().unwrap_or(0);
    let count = u32::try_from(set.len()).unwrap_or(u32::MAX).max(1);
    // Halving the frequency makes up for twice as many literals, and for twice
    // as many places at which a match may start.
    let places = set.iter().map(|trigger| trigger.before_max - trigger.before_min).max();
    let places = places.unwrap_or(0).saturating_add(1);
    (least * 2).saturating_sub(count.ilog2() * 2).saturating_sub(places.ilog2() * 2)
}

/// How rare a literal is to the prefilter, which looks at four bytes of it.
fn literal_rarity(literal: &[u8]) -> u32 {
    literal.windows(SHORTEST.min(literal.len().max(1))).map(rarity).max().unwrap_or(0)
}

/// All spellings of a stretch of literal bytes.
#[derive(Clone)]
struct Spellings {
    strings: Vec<Vec<u8>>,
    /// Whether letter case was given up: then every byte has bit 5 set.
    folded: bool,
}

impl Spellings {
    fn empty() -> Self {
        Self { strings: vec![Vec::new()], folded: false }
    }

    /// One byte out of `bytes`. A letter in both its cases is one folded letter.
    fn of_class(bytes: &[u8]) -> Self {
        let exact = Self { strings: bytes.iter().map(|&byte| vec![byte]).collect(), folded: false };
        if bytes.len() == 2 && distinct_folded(bytes) == 1 { exact.fold() } else { exact }
    }

    /// Each of these followed by each of `tails`; `None` if that is too many.
    fn join(&self, tails: &Self) -> Option<Self> {
        if self.strings.len().saturating_mul(tails.strings.len()) > MOST * MOST {
            return None;
        }
        let product = self.strings.iter().flat_map(|head| {
            tails.strings.iter().map(move |tail| [head.as_slice(), tail].concat())
        });
        let folded = self.folded || tails.folded;
        Self { strings: product.collect(), folded }.reduce()
    }

    /// These or `others`; `None` if that is too many.
    fn or(mut self, others: Self) -> Option<Self> {
        self.strings.extend(others.strings);
        self.folded |= others.folded;
        self.reduce()
    }

    /// Brings the number under the limit, by folding if it must be.
    fn reduce(self) -> Option<Self> {
        let small = if self.folded || self.strings.len() > MOST { self.fold() } else { self };
        (small.strings.len() <= MOST).then_some(small)
    }

    fn fold(mut self) -> Self {
        for byte in self.strings.iter_mut().flatten() {
            *byte |= 0x20;
        }
        self.strings.sort_unstable();
        self.strings.dedup();
        self.folded = true;
        self
    }

    fn shortest(&self) -> usize {
        self.strings.iter().map(Vec::len).min().unwrap_or(0)
    }

    fn longest(&self) -> usize {
        self.strings.iter().map(Vec::len).max().unwrap_or(0)
    }
}

/// A walk through a pattern from left to right that gathers literal runs.
struct Walk {
    /// Bytes of the match before the current place, at least and at most.
    place: (usize, Option<usize>),
    /// The run of literal bytes that ends at the current place.
    run: Option<Run>,
    /// Sets of literals found so far, each enough by itself.
    candidates: Vec<Vec<Trigger>>,
}

/// Consecutive bytes of which all spellings are known.
struct Run {
    start: (usize, Option<usize>),
    spellings: Spellings,
}

impl Walk {
    fn visit(&mut self, hir: &Hir) {
        match hir.kind() {
            HirKind::Empty | HirKind::Look(_) => {}
            HirKind::Literal(literal) => {
                for &byte in &literal.0 {
                    self.push(&Spellings::of_class(&[byte]));
                }
            }
            HirKind::Class(class) => self.push_class(&class_bytes(class)),
            HirKind::Capture(capture) => self.visit(&capture.sub),
            HirKind::Concat(subs) => subs.iter().for_each(|sub| self.visit(sub)),
            HirKind::Repetition(repetition) => self.visit_repetition(hir, repetition),
            HirKind::Alternation(subs) => self.visit_alternation(hir, subs),
        }
    }

    /// A repetition ends a run, but its first iteration may still belong to it.
    fn visit_repetition(&mut self, hir: &Hir, repetition: &Repetition) {
        let Repetition { min, max, sub, .. } = repetition;
        let short = self.run.as_ref().is_some_and(|run| run.spellings.shortest() < LONG_ENOUGH);
        if let Some(few) = spellings(hir).filter(|_| short) {
            self.push(&few);
            return;
        }
        if *max == Some(*min) && *min <= 4 {
            (0..*min).for_each(|_| self.visit(sub));
            return;
        }
        if *min == 0 {
            self.finish_run();
            self.skip(0, max.and_then(|max| total(sub, max)));
            return;
        }
        // Of a repeated class the first byte is of use only to a run that is too
        // short without it.
        let short =
            self.run.as_ref().is_some_and(|run| run.spellings.shortest() < SHORTEST_FOLLOWED);
        let class = if let HirKind::Class(class) = sub.kind() { Some(class) } else { None };
        let taken = u32::from(short || class.is_none());
        if taken == 1 {
            self.visit(sub);
        }
        let next = class.filter(|_| *min > taken);
        self.finish_run_before(next.map_or(ByteSet::ANY, |class| ByteSet::of(&class_bytes(class))));
        let rest = max.and_then(|max| total(sub, max - taken));
        let least = sub.properties().minimum_len().unwrap_or(0);
        self.skip(least.saturating_mul((*min - taken) as usize), rest);
    }

    /// An alternation continues the run when its spellings are few; otherwise
    /// the best triggers of all its branches together make a candidate.
    fn visit_alternation(&mut self, hir: &Hir, subs: &[Hir]) {
        if let Some(few) = spellings(hir) {
            self.push(&few);
            return;
        }
        self.finish_run();
        let mut union = Vec::new();
        let complete = subs.iter().all(|sub| {
            let found = best_of(&mut literal_sets(sub));
            union.extend(found.iter().flatten().cloned());
            found.is_some()
        });
        if let (true, (min, Some(max))) = (complete && union.len() <= MOST, self.place) {
            let moved = union.into_iter().map(|mut trigger| {
                trigger.before_min = trigger.before_min.saturating_add(clamp(min));
                trigger.before_max = trigger.before_max.saturating_add(clamp(max));
                trigger
            });
            self.candidates.push(moved.collect());
        }
        let properties = hir.properties();
        self.skip(properties.minimum_len().unwrap_or(0), properties.maximum_len());
    }

    /// A class of bytes at the current place. A large one continues a run only
    /// if that makes the run long enough for the prefilter.
    fn push_class(&mut self, bytes: &[u8]) {
        let one = Spellings::of_class(bytes);
        let needed = self.run.as_ref().is_some_and(|run| {
            let length = run.spellings.shortest();
            length + 1 == SHORTEST_FOLLOWED && run.spellings.join(&one).is_some()
        });
        if distinct_folded(bytes) <= SMALL_CLASS || needed {
            self.push(&one);
        } else {
            self.finish_run_before(ByteSet::of(bytes));
            self.skip(1, Some(1));
        }
    }

    /// Appends every one of `tails` to every spelling of the run.
    fn push(&mut self, tails: &Spellings) {
        let start = self.place;
        let longer = match &self.run {
            None => Some(tails.clone()),
            Some(run) if run.spellings.shortest() >= LONGEST => None,
            Some(run) => run.spellings.join(tails),
        };
        match (longer, &mut self.run) {
            (Some(spellings), Some(run)) => run.spellings = spellings,
            (longer, _) => {
                self.finish_run();
                self.run = Some(Run { start, spellings: longer.unwrap_or_else(|| tails.clone()) });
            }
        }
        self.skip(tails.shortest(), Some(tails.longest()));
    }

    /// Closes the run at the current place, behind which anything may follow.
    fn finish_run(&mut self) {
        self.finish_run_before(ByteSet::ANY);
    }

    /// Closes the run at the current place, behind which one of `follow` stands,
    /// and keeps it if it can be a trigger.
    fn finish_run_before(&mut self, follow: ByteSet) {
        let Some(Run { start, spellings }) = self.run.take() else { return };
        let (min, Some(max)) = start else { return };
        let followed = follow.count() <= MOST_FOLLOWING && spellings.longest() <= LONGEST;
        if spellings.shortest() < if followed { SHORTEST_FOLLOWED } else { SHORTEST } {
            return;
        }
        let triggers = spellings.strings.iter().map(|string| {
            let literal = &string[..string.len().min(LONGEST)];
            let follow = if string.len() > LONGEST { ByteSet::ANY } else { follow };
            Trigger {
                fold: spellings.folded,
                literal: literal.to_vec().into(),
                follow,
                pair: rarest_pair(literal, follow.folded().count()),
                before_min: clamp(min),
                before_max: clamp(max),
            }
        });
        // Cut off, some spellings are the same.
        let mut triggers: Vec<Trigger> = triggers.collect();
        triggers.sort_by(|a, b| a.literal.cmp(&b.literal));
        triggers.dedup();
        self.candidates.push(triggers);
    }

    /// Moves on by a stretch of which only the length is known.
    fn skip(&mut self, min: usize, max: Option<usize>) {
        self.place.0 = self.place.0.saturating_add(min);
        self.place.1 = self.place.1.zip(max).map(|(place, max)| place.saturating_add(max));
    }
}

/// Greatest length of `count` matches of `sub`.
fn total(sub: &Hir, count: u32) -> Option<usize> {
    sub.properties().maximum_len()?.checked_mul(count as usize)
}

fn clamp(length: usize) -> u32 {
    u32::try_from(length).unwrap_or(u32::MAX)
}

/// Every spelling of `hir`, if they are few and of fixed content.
fn spellings(hir: &Hir) -> Option<Spellings> {
    match hir.kind() {
        HirKind::Empty => Some(Spellings::empty()),
        HirKind::Literal(literal) => {
            Some(Spellings { strings: vec![literal.0.to_vec()], folded: false })
        }
        HirKind::Class(class) => {
            let bytes = class_bytes(class);
            (distinct_folded(&bytes) <= SMALL_CLASS).then(|| Spellings::of_class(&bytes))
        }
        HirKind::Capture(capture) => spellings(&capture.sub),
        HirKind::Concat(subs) => {
            subs.iter().try_fold(Spellings::empty(), |heads, sub| heads.join(&spellings(sub)?))
        }
        HirKind::Alternation(subs) => {
            let (first, others) = subs.split_first()?;
            others.iter().try_fold(spellings(first)?, |union, sub| union.or(spellings(sub)?))
        }
        HirKind::Repetition(Repetition { min: 0, max: Some(1), sub, .. }) => {
            spellings(sub)?.or(Spellings::empty())
        }
        HirKind::Repetition(_) | HirKind::Look(_) => None,
    }
}

/// How many different bytes there are when letter case is ignored.
fn distinct_folded(bytes: &[u8]) -> u32 {
    ByteSet::of(bytes).folded().count()
}

/// The bytes of a class. With Unicode off a class holds bytes, or code points
/// below 128.
fn class_bytes(class: &Class) -> Vec<u8> {
    match class {
        Class::Bytes(bytes) => bytes.iter().flat_map(|range| range.start()..=range.end()).collect(),
        Class::Unicode(points) => points
            .iter()
            .flat_map(|range| range.start()..=range.end())
            .filter_map(|point| u8::try_from(point).ok())
            .collect(),
    }
}

#[cfg(test)]
mod tests {
    use super::analyse;

    /// The triggers of `pattern` as `literal@min-max`, sorted.
    fn triggers(pattern: &str) -> Vec<String> {
        let analysis = analyse(pattern).expect("the pattern parses");
        let mut shown: Vec<String> = analysis
            .triggers
            .iter()
            .map(|t| {
                let literal = String::from_utf8_lossy(&t.literal).replace('\x7f', "_");
                format!("{literal}@{}-{}", t.before_min, t.before_max)
            })
            .collect();
        shown.sort();
        shown
    }

    #[test]
    fn a_prefix_is_its_own_trigger() {
        assert_eq!(triggers(r"\b(?<secret>wxy_[A-Za-z0-9]{36})\b"), ["wxy_@0-0"]);
    }

    #[test]
    fn case_variants_are_one_literal() {
        assert_eq!(triggers(r"(?i:vendor)[ =]{1,5}(?<secret>[0-9a-f]{32})"), ["vendor@0-0"]);
    }

    #[test]
    fn an_alternation_of_prefixes_gives_one_each() {
        assert_eq!(triggers("(?:wxp|wxo)_[a-z]{9}"), ["wxo_@0-0", "wxp_@0-0"]);
        assert_eq!(triggers("(?:alpha|b|gamma)[0-9]{9}"), Vec::<String>::new());
        assert_eq!(triggers("(?:alpha|gamma)[0-9]{9}"), ["alpha@0-0", "gamma@0-0"]);
    }

    #[test]
    fn a_literal_inside_knows_its_distance() {
        assert_eq!(triggers(r"[a-z0-9]{14}\.mark1\.[a-z]{60}"), [".mark1.@14-14"]);
        assert_eq!(triggers("[a-z]{1,8}://x"), ["://x@1-8"]);
    }

    #[test]
    fn three_bytes_are_enough_where_few_can_follow() {
        let found = analyse(r"WX\.[0-9]{22}").expect("parses").triggers;
        assert_eq!((found.len(), &*found[0].literal), (1, &b"WX."[..]));
        assert_eq!(found[0].follow, super::ByteSet::of(b"0123456789"));
        assert_eq!(triggers(r"WX\.[^a]{22}"), Vec::<String>::new());
        assert_eq!(triggers("WX[0-9]{22}").len(), 10, "two are lengthened");
    }

    #[test]
    fn spellings_of_different_length_go_on() {
        assert_eq!(
            triggers("(?:ab|abc)[_-]?key"),
            ["ab-key@0-0", "ab_key@0-0", "abc-key@0-0", "abc_key@0-0", "abckey@0-0", "abkey@0-0"]
        );
        assert_eq!(triggers("x?[0-9]{3}=wordy"), ["=wordy@3-4"]);
    }

    #[test]
    fn branches_with_different_places_are_moved() {
        assert_eq!(triggers("ab(?:[0-9]{3}first|[0-9]{1,9}second)"), ["first@5-5", "second@3-11"]);
    }

    #[test]
    fn no_guarantee_gives_no_trigger() {
        assert!(triggers("[a-z]{20}").is_empty());
        assert!(triggers("(?:longword)?[a-z]{20}").is_empty());
        assert_eq!(analyse("a+").expect("parses").max_len, None);
        assert_eq!(analyse("a{2,9}").expect("parses").max_len, Some(9));
    }
}
