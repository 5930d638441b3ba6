//! What a pattern guarantees: how long its matches are, and which literals
//! stand in them at which distance from their start.
//!
//! The engine looks for the literals and runs the pattern only around them, so
//! everything here must hold for every match. This file is also compiled into
//! the build script.

mod spellings;
mod walk;

use regex_syntax::hir::{Capture, Class, Hir, HirKind, Look, Repetition};

use super::byte_set::ByteSet;
use super::definition::{ByteRun, Literal, Trigger};
use walk::{best_of, literal_sets};

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

fn clamp(length: usize) -> u32 {
    u32::try_from(length).unwrap_or(u32::MAX)
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
