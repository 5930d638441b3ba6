//! What git history tells of a finding: who brought it in, and where it can be
//! seen now.

use std::io::{self, Write};

use super::{View, WARN, label};
use crate::finding::{Commit, Exposure, Finding, History, Introduction, Place, Presence};
use crate::report::date::date;
use crate::report::sanitize::{Safe, clipped};
use crate::unit::Origin;

/// Columns that a commit's first line may take.
const SUBJECT: usize = 72;
/// Columns that an author's name may take.
const AUTHOR: usize = 40;
/// Columns that the name of a ref may take.
const REF: usize = 60;
/// Refs that are named.
const REFS: usize = 2;

/// Some lines below the finding's own; none if there is no history.
pub(super) fn write_history(
    out: &mut dyn Write,
    view: &View<'_>,
    finding: &Finding,
) -> io::Result<()> {
    let Some(history) = finding.history.as_deref() else { return Ok(()) };
    if let Some(line) = introduction(view, &finding.place.origin, history) {
        writeln!(out, "  {line}")?;
    }
    write_exposure(out, view, &history.exposure)?;
    for Introduction { commit, place } in &history.others {
        let (place, commit) = (label(place, &view.mask), commit_line(view, commit));
        writeln!(out, "  also {}  in {commit}", Safe(&place))?;
    }
    for place in &history.every_place {
        write_place(out, view, place)?;
    }
    write_more(out, history)
}

/// Who brought the credential in, if a commit did.
fn introduction(view: &View<'_>, origin: &Origin, history: &History) -> Option<String> {
    let commit = history.introduced_by.as_deref();
    let (Origin::Commit(own) | Origin::Tag(own)) = *origin else {
        // A file of the work tree is in no commit.
        let came = if origin.object().is_none() { "came in with" } else { "in" };
        return commit.map(|commit| format!("{came} {}", commit_line(view, commit)));
    };
    let by = match commit {
        None => String::new(),
        Some(commit) if commit.id == own => format!(",{}", signature(view, commit)),
        Some(commit) => format!("; in {}", commit_line(view, commit)),
    };
    Some(format!("in its message{by}"))
}

/// A commit: its name, author, date and first line, safe for a terminal.
fn commit_line(view: &View<'_>, commit: &Commit) -> String {
    format!("{}{}", commit.id.short(), signature(view, commit))
}

/// ` by Jane Doe, 2024-03-05: Add deployment`, safe for a terminal.
fn signature(view: &View<'_>, commit: &Commit) -> String {
    let shown = |text: &str, most| clipped(view.mask.text(text).trim(), most);
    let author = match shown(&commit.author, AUTHOR) {
        name if name.is_empty() => shown(&commit.email, AUTHOR),
        name => name,
    };
    let by = if author.is_empty() { String::new() } else { format!(" by {author},") };
    let subject = shown(&commit.subject, SUBJECT);
    let colon = if subject.is_empty() { "" } else { ": " };
    format!("{by} {}{colon}{subject}", date(commit.time))
}

/// Where the credential can be seen, in how many commits and since when.
fn write_exposure(out: &mut dyn Write, view: &View<'_>, exposure: &Exposure) -> io::Result<()> {
    let refs = refs(view, &exposure.refs);
    let (alarm, presence) = match exposure.presence {
        Presence::Head => (true, "still in HEAD".to_owned()),
        Presence::Tip => {
            let tip = refs.as_deref().unwrap_or("another ref");
            (true, format!("not in HEAD, but in the tip of {tip}"))
        }
        Presence::Past => (false, "only in history".to_owned()),
        Presence::Staged => (false, "staged, not committed".to_owned()),
        Presence::Unreachable => {
            let gone = "only in objects no ref leads to (git gc removes them in time)";
            (false, gone.to_owned())
        }
        Presence::Unknown => (false, "where it is now was not found out".to_owned()),
        Presence::File => (false, "in the work tree, in no commit".to_owned()),
    };
    let style = if alarm { WARN } else { anstyle::Style::new() };
    write!(out, "  {style}{presence}{style:#}")?;
    if exposure.commits > 0 {
        let noun = if exposure.commits == 1 { "commit" } else { "commits" };
        write!(out, "; {} {noun}{}", exposure.commits, period(exposure))?;
    }
    match refs.filter(|_| exposure.presence != Presence::Tip) {
        Some(refs) => writeln!(out, "; {refs}"),
        None => writeln!(out),
    }
}

/// `, 2024-03-05 to 2025-01-02`, as far as it is known.
fn period(exposure: &Exposure) -> String {
    let first = exposure.first_seen.map(date);
    let last = exposure.last_seen.map(date);
    match (first, last) {
        (Some(first), Some(last)) if first != last => format!(", {first} to {last}"),
        (Some(day), _) | (None, Some(day)) => format!(", {day}"),
        (None, None) => String::new(),
    }
}

/// The first refs by their short names, and how many more there are. HEAD is
/// none: that it has the credential is said already.
fn refs(view: &View<'_>, names: &[String]) -> Option<String> {
    let mut names = names.iter().filter(|name| *name != "HEAD");
    let shown: Vec<String> = names
        .by_ref()
        .take(REFS)
        .map(|name| clipped(&view.mask.text(short_name(name)), REF))
        .collect();
    let more = match names.count() {
        0 => String::new(),
        1 => " and 1 more ref".to_owned(),
        more => format!(" and {more} more refs"),
    };
    (!shown.is_empty()).then(|| format!("{}{more}", shown.join(", ")))
}

/// The name of a branch or tag as people write it; of other refs the full one.
fn short_name(name: &str) -> &str {
    let kinds = ["refs/heads/", "refs/tags/", "refs/remotes/"];
    kinds.iter().find_map(|kind| name.strip_prefix(kind)).unwrap_or(name)
}

/// One of all places. One path has many versions, so the version is named.
fn write_place(out: &mut dyn Write, view: &View<'_>, place: &Place) -> io::Result<()> {
    let version = match &place.origin {
        Origin::Blob { path: Some(_), id } => format!("  in blob {}", id.short()),
        _ => String::new(),
    };
    writeln!(out, "  at {}{version}", Safe(&label(place, &view.mask)))
}

/// How much more there is that was not asked for.
fn write_more(out: &mut dyn Write, history: &History) -> io::Result<()> {
    let times = history.introductions.saturating_sub(1);
    if times > 0 && history.others.is_empty() {
        let (noun, them) = if times == 1 { ("time", "it") } else { ("times", "them") };
        writeln!(out, "  brought in {times} more {noun}: --all-places lists {them}")?;
    }
    let places = history.places.saturating_sub(1);
    if places > 0 && history.every_place.is_empty() {
        let (noun, them) = if places == 1 { ("place", "it") } else { ("places", "them") };
        writeln!(out, "  {places} more {noun}: --every-place lists {them}")?;
    }
    Ok(())
}
