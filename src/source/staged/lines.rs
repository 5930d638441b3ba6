//! Which lines of a text are new.

use std::ops::Range;

use git2::{DiffOptions, Patch};

use crate::span::Span;

/// Longer texts are not compared: all of them counts as new.
const LARGEST: usize = 32 << 20;

/// The lines that `after` has and `before` has not, as spans of bytes, line
/// ends among them: sorted and disjoint. None if all of it counts.
///
/// Nothing that a repository says about its files has any part in it, and
/// whatever the bytes are, they are lines.
pub(super) fn added(before: &[u8], after: &[u8]) -> Option<Vec<Span>> {
    if before == after {
        return Some(Vec::new());
    }
    if before.len() > LARGEST || after.len() > LARGEST {
        return None;
    }
    let mut options = DiffOptions::new();
    options.context_lines(0).interhunk_lines(0).force_text(true).ignore_submodules(true);
    let patch = Patch::from_buffers(before, None, after, None, Some(&mut options)).ok()?;
    let mut lines = Vec::new();
    for hunk in 0..patch.num_hunks() {
        let (hunk, _) = patch.hunk(hunk).ok()?;
        let first = usize::try_from(hunk.new_start()).ok()?;
        let count = usize::try_from(hunk.new_lines()).ok()?;
        if count > 0 {
            let first = first.checked_sub(1)?;
            lines.push(first..first + count);
        }
    }
    // Two texts that differ, and no difference: not to be believed.
    (patch.num_hunks() > 0).then(|| spans(after, &lines))
}

/// Where these lines, counted from 0 and ascending, stand in `text`.
fn spans(text: &[u8], lines: &[Range<usize>]) -> Vec<Span> {
    let mut ends = memchr::memchr_iter(b'\n', text).map(|at| at + 1);
    let (mut line, mut start) = (0, 0);
    // Where the line of a number starts; asked for in ascending order.
    let mut start_of = |number: usize| {
        while line < number {
            start = ends.next().unwrap_or(text.len());
            line += 1;
        }
        start
    };
    let span = |lines: &Range<usize>| Span::at(0, start_of(lines.start), start_of(lines.end));
    lines.iter().map(span).collect()
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::added;

    fn new_text(before: &str, after: &str) -> Vec<String> {
        let spans = added(before.as_bytes(), after.as_bytes()).expect("it is compared");
        let at = |offset: u64| usize::try_from(offset).expect("small");
        spans.iter().map(|span| after[at(span.start)..at(span.end)].to_owned()).collect()
    }

    #[test]
    fn only_lines_that_are_new_count() {
        assert_eq!(new_text("a\nb\nc\n", "a\nx\nb\nc\n"), ["x\n"]);
        assert_eq!(new_text("a\nb\nc\n", "a\ny\nc\nz"), ["y\n", "z"]);
        assert!(new_text("a\nb\nc\n", "a\nc\n").is_empty());
        assert!(new_text("same", "same").is_empty());
        assert_eq!(new_text("", "all\nof\nit"), ["all\nof\nit"]);
        assert!(new_text("text\n", "").is_empty());
        assert_eq!(new_text("a", "a\n"), ["a\n"], "a line end is a change");
    }

    #[test]
    fn bytes_of_any_kind_are_lines() {
        assert_eq!(new_text("a\n\0\nb\n", "a\n\0\nb\n\0new\n"), ["\0new\n"]);
        assert_eq!(new_text("a\r\nb\r\n", "a\r\nx\r\nb\r\n"), ["x\r\n"]);
    }

    proptest! {
        #[test]
        fn what_is_not_new_was_there_in_this_order(
            before in "[ab\n]{0,60}",
            after in "[ab\n]{0,60}",
        ) {
            let spans = added(before.as_bytes(), after.as_bytes()).expect("it is compared");
            let mut kept = String::new();
            let mut end = 0;
            for span in &spans {
                let at = |offset: u64| usize::try_from(offset).expect("small");
                prop_assert!(end <= at(span.start) && span.start < span.end);
                kept.push_str(&after[end..at(span.start)]);
                end = at(span.end);
            }
            kept.push_str(&after[end..]);
            let mut lines = before.split_inclusive('\n');
            for line in kept.split_inclusive('\n') {
                prop_assert!(lines.any(|other| other == line), "{:?} {:?}", before, after);
            }
        }
    }
}
