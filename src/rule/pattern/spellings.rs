//! All spellings of a stretch of a pattern.

use regex_syntax::hir::{Hir, HirKind, Repetition};

use super::super::byte_set::ByteSet;
use super::class_bytes;

/// Most literals one pattern may need.
pub(super) const MOST: usize = 128;
/// Most bytes a class may have to continue a literal of its own accord.
pub(super) const SMALL_CLASS: u32 = 4;

/// All spellings of a stretch of literal bytes.
#[derive(Clone)]
pub(super) struct Spellings {
    pub(super) strings: Vec<Vec<u8>>,
    /// Whether letter case was given up: then every byte has bit 5 set.
    pub(super) folded: bool,
}

impl Spellings {
    fn empty() -> Self {
        Self { strings: vec![Vec::new()], folded: false }
    }

    /// One byte out of `bytes`. A letter in both its cases is one folded letter.
    pub(super) fn of_class(bytes: &[u8]) -> Self {
        let exact = Self { strings: bytes.iter().map(|&byte| vec![byte]).collect(), folded: false };
        if bytes.len() == 2 && distinct_folded(bytes) == 1 { exact.fold() } else { exact }
    }

    /// Each of these followed by each of `tails`; `None` if that is too many.
    pub(super) fn join(&self, tails: &Self) -> Option<Self> {
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

    pub(super) fn shortest(&self) -> usize {
        self.strings.iter().map(Vec::len).min().unwrap_or(0)
    }

    pub(super) fn longest(&self) -> usize {
        self.strings.iter().map(Vec::len).max().unwrap_or(0)
    }
}

/// Every spelling of `hir`, if they are few and of fixed content.
pub(super) fn spellings(hir: &Hir) -> Option<Spellings> {
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
pub(super) fn distinct_folded(bytes: &[u8]) -> u32 {
    ByteSet::of(bytes).folded().count()
}
