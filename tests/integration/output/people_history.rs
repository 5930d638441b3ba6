//! History in the format for people.

use std::path::PathBuf;
use std::sync::Arc;

use redhanded::finding::{Commit, Exposure, Finding, History, Presence};
use redhanded::notice::{Notice, NoticeKind};
use redhanded::scan::Coverage;
use redhanded::unit::Origin;

use super::made::{
    FIRST, bare_history, blob, commit, exposure, found, history, introduction, object, outcome,
    place, plain, plain_with,
};

/// The lines of a report on one finding that tell of history: those between the
/// mark under the credential and the advice.
fn told(finding: Finding) -> Vec<String> {
    let report = plain_with(&outcome(vec![finding]), |report| report.quiet = true);
    let lines = report.lines().skip_while(|line| !line.contains('^')).skip(1);
    lines.filter(|line| !line.is_empty()).map(str::to_owned).collect()
}

fn told_of(history: History) -> Vec<String> {
    told(found(blob("config/app.env"), Some(history)))
}

#[test]
fn a_finding_is_shown_with_its_history() {
    let mut history = history();
    history.places = 3;
    let refs = ["refs/heads/main", "refs/tags/v1.2", "refs/a", "refs/b", "refs/c"];
    history.exposure = exposure(Presence::Head, &refs);
    let report = plain(&outcome(vec![found(blob("config/app.env"), Some(history))]));
    let expected = "\
config/app.env:3:7  critical  GitHub personal access token (classic) [github-pat-classic]
  3 | TOKEN=ghp_********
    |       ^^^^^^^^^^^^
  in 4f4f4f4f4f by Jane Doe, 2024-03-05: Add deployment
  still in HEAD; 14 commits, 2024-03-05 to 2025-01-02; main, v1.2 and 3 more refs
  2 more places: --every-place lists them
  Acts as its owner ";
    assert!(report.starts_with(expected), "{report}");
}

#[test]
fn every_presence_has_its_words() {
    let refs = ["refs/heads/old", "refs/remotes/origin/old", "refs/stash"];
    let seen = "14 commits, 2024-03-05 to 2025-01-02";
    let named = "old, origin/old and 1 more ref";
    let gone = "only in objects no ref leads to (git gc removes them in time)";
    for (presence, expected) in [
        (Presence::Head, format!("  still in HEAD; {seen}; {named}")),
        (Presence::Tip, format!("  not in HEAD, but in the tip of {named}; {seen}")),
        (Presence::Past, format!("  only in history; {seen}; {named}")),
        (Presence::Staged, format!("  staged, not committed; {seen}; {named}")),
        (Presence::Unreachable, format!("  {gone}; {seen}; {named}")),
    ] {
        let lines = told_of(History { exposure: exposure(presence, &refs), ..history() });
        assert_eq!(lines[1], expected);
    }
}

#[test]
fn what_is_not_known_is_not_told() {
    for (presence, expected) in [
        (Presence::Tip, "  not in HEAD, but in the tip of another ref"),
        (Presence::Past, "  only in history"),
        (Presence::Staged, "  staged, not committed"),
    ] {
        assert_eq!(told_of(bare_history(presence)), [expected]);
    }
    let exposure = Exposure { last_seen: Some(FIRST), commits: 1, ..history().exposure };
    let lines = told_of(History { exposure, ..history() });
    assert_eq!(lines[1], "  still in HEAD; 1 commit, 2024-03-05; main");
}

#[test]
fn head_is_not_told_twice() {
    let lines = told_of(History { exposure: exposure(Presence::Head, &["HEAD"]), ..history() });
    assert_eq!(lines[1], "  still in HEAD; 14 commits, 2024-03-05 to 2025-01-02");
}

#[test]
fn what_has_no_path_is_shown_by_its_object() {
    let mut own = history();
    own.introduced_by = Some(Arc::new(commit(4, "Say it")));
    let in_tag = bare_history(Presence::Tip);
    for (origin, history, name, line) in [
        (
            Origin::Commit(object(4)),
            own,
            "commit 0404040404:3:7  critical",
            "  in its message, by Jane Doe, 2024-03-05: Say it",
        ),
        (Origin::Tag(object(5)), in_tag, "tag 0505050505:3:7  critical", "  in its message"),
        (
            Origin::Blob { path: None, id: object(6) },
            bare_history(Presence::Unreachable),
            "blob 0606060606:3:7  critical",
            "  only in objects no ref leads to (git gc removes them in time)",
        ),
    ] {
        let finding = found(origin, Some(history));
        let report = plain(&outcome(vec![finding.clone()]));
        assert!(report.starts_with(name), "{report}");
        assert_eq!(told(finding)[0], line);
    }
}

#[test]
fn a_staged_finding_is_shown_like_one_of_a_file() {
    let origin = Origin::Staged { path: PathBuf::from("a.env"), id: object(1) };
    let report = plain(&outcome(vec![found(origin.clone(), None)]));
    assert!(report.starts_with("a.env:3:7  critical"), "{report}");
    let history = bare_history(Presence::Staged);
    assert_eq!(told(found(origin, Some(history))), ["  staged, not committed"]);
}

#[test]
fn others_and_all_places_are_listed() {
    let others = vec![introduction(2, "Copy", "b.env"), introduction(3, "Move", "c.env")];
    let every_place = vec![place(blob("a.env")), place(Origin::Commit(object(9)))];
    let lines = told_of(History { introductions: 3, others, places: 2, every_place, ..history() });
    let expected = [
        "  also b.env:3:7  in 0202020202 by Jane Doe, 2024-03-05: Copy",
        "  also c.env:3:7  in 0303030303 by Jane Doe, 2024-03-05: Move",
        "  at a.env:3:7  in blob b1b1b1b1b1",
        "  at commit 0909090909:3:7",
    ];
    assert_eq!(lines[2..], expected);
    let lines = told_of(History { introductions: 3, places: 2, ..history() });
    assert_eq!(
        lines[2..],
        [
            "  brought in 2 more times: --all-places lists them",
            "  1 more place: --every-place lists it"
        ]
    );
}

#[test]
fn a_commit_says_what_it_can() {
    let who = |author: &str, email: &str, subject: &str| {
        let commit = Commit { author: author.into(), email: email.into(), ..commit(1, subject) };
        let lines = told_of(History { introduced_by: Some(Arc::new(commit)), ..history() });
        lines[0].clone()
    };
    assert_eq!(who("", "j@acme.example", "x"), "  in 0101010101 by j@acme.example, 2024-03-05: x");
    assert_eq!(who(" ", "", "x"), "  in 0101010101 2024-03-05: x");
    assert_eq!(who("Jane", "", " "), "  in 0101010101 by Jane, 2024-03-05");
}

/// What somebody may write who wants a terminal to show something else.
const EVIL: &str = "a\u{1b}[2J\u{1b}]0;b\u{7}\r\n\u{202e}c\u{200b}d\u{9b}31m";

#[test]
fn nothing_of_a_repository_reaches_the_terminal_as_it_is() {
    let evil = |byte| Commit { author: EVIL.into(), email: EVIL.into(), ..commit(byte, EVIL) };
    let mut other = introduction(2, EVIL, EVIL);
    other.commit = Arc::new(evil(2));
    let history = History {
        introduced_by: Some(Arc::new(evil(1))),
        introductions: 2,
        others: vec![other],
        places: 2,
        every_place: vec![place(blob(EVIL))],
        exposure: exposure(Presence::Tip, &[EVIL, EVIL]),
    };
    let mut outcome = outcome(vec![found(blob(EVIL), Some(history))]);
    outcome.notices.push(Notice::new(NoticeKind::DamagedObject, EVIL, EVIL));
    let report = plain(&outcome);
    let unsafe_ones = |c: char| c.is_control() && c != '\n' || "\u{200b}\u{202e}".contains(c);
    assert!(!report.contains(unsafe_ones), "{report}");
    // Nor does anything break a line.
    let lines = report.lines().take_while(|line| !line.starts_with("1 finding")).count();
    assert_eq!(lines, 10, "{report}");
    assert_eq!(report.matches("a\\x1b[2J").count(), 11, "{report}");
}

#[test]
fn what_is_long_is_cut() {
    let long = "wide 日本語 ".repeat(10_000);
    let commit = Commit { author: long.clone(), ..commit(1, &long) };
    let exposure = exposure(Presence::Head, &[&format!("refs/heads/{long}")]);
    let history = History { introduced_by: Some(Arc::new(commit)), exposure, ..history() };
    for line in &told_of(history)[..2] {
        assert!(line.contains('…') && line.chars().count() < 160, "{line}");
    }
}

#[test]
fn of_many_notices_of_a_kind_some_are_shown() {
    let mut outcome = outcome(Vec::new());
    let missing = (0..33).map(|n| Notice::new(NoticeKind::MissingObject, format!("{n}"), "gone"));
    let damaged = (0..20).map(|n| Notice::new(NoticeKind::DamagedObject, format!("{n}"), "odd"));
    outcome.notices = missing.chain(damaged).collect();
    outcome.notices.push(Notice::new(NoticeKind::ShallowHistory, "", "cut off"));
    let report = plain(&outcome);
    assert_eq!(report.matches(": gone [missing-object]").count(), 20);
    assert_eq!(report.matches(": odd [damaged-object]").count(), 20);
    assert!(report.contains("\nnot covered  cut off [shallow-history]\n"), "{report}");
    let more = "not covered  and 13 more of this kind; the JSON report has all [missing-object]\n";
    assert_eq!(report.matches("more of this kind").count(), 1);
    assert!(report.contains(more), "{report}");
    assert!(report.contains("Not read: 54."), "{report}");
}

#[test]
fn the_summary_says_which_objects_were_read() {
    let report = plain(&outcome(Vec::new()));
    let expected = "Scanned 262343 blobs and 203352 messages, 8.1 GB, in 2.10 s with ";
    assert!(report.contains(expected), "{report}");
    assert!(!report.contains("Searched"), "{report}");
}

#[test]
fn a_wordy_summary_says_how_much_was_searched() {
    let mut outcome = outcome(Vec::new());
    let verbose = |outcome: &_| plain_with(outcome, |report| report.verbose = true);
    let expected = " dropped.\nSearched 1.2 GB of 8.1 GB (14.8 %): the rest stands in other \
                    versions of the same files.\nLeft out";
    assert!(verbose(&outcome).contains(expected), "{}", verbose(&outcome));
    outcome.coverage.searched = outcome.coverage.bytes;
    assert!(verbose(&outcome).contains("\nSearched all of it.\n"), "{}", verbose(&outcome));
    // In files everything is searched; there is nothing to say.
    outcome.coverage = Coverage { files: 2, bytes: 100, ..Coverage::default() };
    assert!(!verbose(&outcome).contains("Searched"), "{}", verbose(&outcome));
}
