//! Trouble on the way.

use std::collections::BTreeMap;
use std::io::{self, Write};

use super::{DIM, View, WARN};
use crate::notice::{Notice, NoticeKind};
use crate::report::sanitize::Safe;

/// Notices of one kind that are shown. Of a damaged repository there can be
/// thousands, and each says the same.
const SHOWN: usize = 20;

/// One line for each notice, and for each kind of which there are too many how
/// many more there are.
pub(super) fn write_notices(out: &mut dyn Write, view: &View<'_>) -> io::Result<()> {
    let mut counts: BTreeMap<NoticeKind, usize> = BTreeMap::new();
    for notice in &view.report.outcome.notices {
        let count = counts.entry(notice.kind).or_default();
        *count += 1;
        if *count <= SHOWN {
            write_notice(out, view, notice)?;
        }
    }
    for (kind, count) in counts.into_iter().filter(|(_, count)| *count > SHOWN) {
        let (word, name, more) = (word(kind), kind.as_str(), count - SHOWN);
        writeln!(
            out,
            "{WARN}{word}{WARN:#}  and {more} more of this kind; the JSON report has all \
             {DIM}[{name}]{DIM:#}"
        )?;
    }
    Ok(())
}

fn write_notice(out: &mut dyn Write, view: &View<'_>, notice: &Notice) -> io::Result<()> {
    let Notice { place, kind, detail } = notice;
    let word = word(*kind);
    let colon = if place.is_empty() { "" } else { ": " };
    writeln!(
        out,
        "{WARN}{word}{WARN:#}  {}{colon}{} {DIM}[{}]{DIM:#}",
        Safe(&view.mask.text(place)),
        Safe(&view.mask.text(detail)),
        kind.as_str()
    )
}

const fn word(kind: NoticeKind) -> &'static str {
    if kind.leaves_a_gap() { "not covered" } else { "note" }
}
