//! What a window around a literal tells before its rule's pattern runs: whether
//! anything in it looks like the credential.

use std::ops::Range;

use crate::rule::{ByteRun, Literal};

/// A part of a text, known to hold nothing that looks like a rule's credential.
/// Windows around names that stand close together overlap.
#[derive(Clone, Copy, Default)]
pub(super) struct Clear {
    text: u64,
    from: usize,
    to: usize,
}

impl Clear {
    /// Forgets what is known if it is of another text.
    pub(super) fn begin_text(&mut self, text: u64) {
        if self.text != text {
            *self = Self { text, from: 0, to: 0 };
        }
    }

    /// Whether one of some literals may stand in a window of the text.
    pub(super) fn may_hold_literal(
        &mut self,
        text: &[u8],
        window: Range<usize>,
        literals: &[Literal],
    ) -> bool {
        let longest = literals.iter().map(|literal| literal.bytes.len()).max().unwrap_or(0);
        self.may_hold(window, longest, |unseen| {
            literals.iter().any(|literal| stands_in(literal, &text[unseen.clone()]))
        })
    }

    /// Whether there may be a run in a window of the text. A credential in it
    /// that ends in the part that is clear would have been seen there.
    pub(super) fn may_hold_run(
        &mut self,
        text: &[u8],
        window: Range<usize>,
        run: &ByteRun,
    ) -> bool {
        self.may_hold(window, run.least as usize, |unseen| has_run(&text[unseen], run))
    }

    /// Whether something of at least or at most so many bytes may stand in a
    /// window, told by the part of it in which it would not have been seen.
    fn may_hold(
        &mut self,
        window: Range<usize>,
        length: usize,
        stands_in: impl FnOnce(Range<usize>) -> bool,
    ) -> bool {
        let goes_on = (self.from..=self.to).contains(&window.start);
        if goes_on && window.end <= self.to {
            return false;
        }
        // It may begin before this window: then it ends in the part that would be
        // clear as well.
        let unseen = (self.to + 1).saturating_sub(length).max(self.from);
        let start = if goes_on { unseen.min(window.end) } else { window.start };
        if stands_in(start..window.end) {
            return true;
        }
        let from = if goes_on { self.from } else { window.start };
        *self = Self { from, to: window.end, ..*self };
        false
    }
}

/// Whether there is a run in `text`, neither too short nor too long. Of a run of
/// so many bytes one stands at every so-many-eth place: few places have to be
/// looked at.
#[inline(never)]
fn has_run(text: &[u8], run: &ByteRun) -> bool {
    let (least, most) = ((run.least as usize).max(1), run.most as usize);
    let is_in = |byte: u8| run.bytes.has(byte);
    let mut start = 0;
    while let Some(candidate) = text.get(start..start + least) {
        if let Some(outside) = candidate.iter().rposition(|&byte| !is_in(byte)) {
            start += outside + 1;
            continue;
        }
        if run.most == u32::MAX {
            return true;
        }
        // What stands before `start` is not in the run, or `start` is 0.
        let behind = text[start + least..].iter();
        let length = least + behind.take_while(|&&byte| is_in(byte)).count();
        if length <= most {
            return true;
        }
        start += length;
    }
    false
}

/// Whether a literal stands in `text`.
#[inline(never)]
pub(super) fn stands_in(literal: &Literal, text: &[u8]) -> bool {
    let Some((&first, rest)) = literal.bytes.split_first() else { return true };
    let same = |byte: u8, folded: u8| byte == folded || literal.fold && byte | 0x20 == folded;
    let here = |at: usize| {
        let behind = text.get(at + 1..at + 1 + rest.len());
        behind.is_some_and(|behind| behind.iter().zip(rest).all(|(a, b)| same(*a, *b)))
    };
    // What folding makes of two bytes: the literal's own and one without bit 5.
    let other = if literal.fold { first & !0x20 } else { first };
    memchr::memchr2_iter(first, other, text).any(here)
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::{Clear, has_run, stands_in};
    use crate::rule::{ByteRun, ByteSet, Literal};

    #[test]
    fn what_no_window_held_whole_is_not_clear() {
        let run = ByteRun { bytes: ByteSet::of(b"ab"), least: 4, most: u32::MAX };
        let text = b"a...aaaaa.aa...aaaa";
        let mut clear = Clear::default();
        assert!(!clear.may_hold_run(text, 7..17, &run));
        let _ = clear.may_hold_run(text, 16..19, &run);
        assert!(clear.may_hold_run(text, 7..19, &run), "it stands at 15");
    }

    proptest! {
        #[test]
        fn a_literal_is_found_where_it_stands(
            text in "[aAbB@ ]{0,40}",
            literal in "[ab`]{1,4}",
            fold: bool,
        ) {
            let folded: Vec<u8> = text.bytes().map(|byte| byte | 0x20).collect();
            let searched = if fold { &folded[..] } else { text.as_bytes() };
            let expected = searched.windows(literal.len()).any(|w| w == literal.as_bytes());
            let literal = Literal { bytes: literal.into_bytes().into(), fold };
            prop_assert_eq!(stands_in(&literal, text.as_bytes()), expected);
        }

        #[test]
        fn a_run_is_found_where_one_is(
            text in "[ab.]{0,60}",
            least in 1_u32..12,
            more in prop_oneof![Just(None), (0_u32..6).prop_map(Some)],
        ) {
            let bytes = ByteSet::of(b"ab");
            let most = more.map_or(u32::MAX, |more| least + more);
            let run = ByteRun { bytes, least, most };
            let fits = |part: &str| (least as usize..=most as usize).contains(&part.len());
            prop_assert_eq!(has_run(text.as_bytes(), &run), text.split('.').any(fits));
        }

        #[test]
        fn a_credential_is_seen_in_every_window_that_holds_it(
            text in "[ab]{0,9}([.]{1,3}[ab]{1,9}){0,12}",
            windows in proptest::collection::vec((0_usize..80, 0_usize..40), 1..12),
            least in 1_u32..8,
            more in prop_oneof![Just(None), (0_u32..4).prop_map(Some)],
        ) {
            let most = more.map_or(u32::MAX, |more| least + more);
            let run = ByteRun { bytes: ByteSet::of(b"ab"), least, most };
            let mut clear = Clear::default();
            for (start, length) in windows {
                let start = start.min(text.len());
                let window = start..(start + length).min(text.len());
                let mut at = 0;
                let holds = text.split('.').any(|part| {
                    let (from, to) = (at.max(window.start), (at + part.len()).min(window.end));
                    at += part.len() + 1;
                    part.len() <= most as usize && to.saturating_sub(from) >= least as usize
                });
                let seen = clear.may_hold_run(text.as_bytes(), window, &run);
                prop_assert!(seen || !holds);
            }
        }
    }
}
