//! `redhanded baseline audit`.

use std::io::{self, BufRead, Write};
use std::time::Duration;

use anyhow::{Context, bail};

use super::super::Process;
use super::super::args::{Color, TriageArgs};
use super::super::carry_out::report;
use super::super::exit::ExitStatus;
use super::super::known::{check_rules, read_own};
use super::super::output::{is_closed_pipe, stdout};
use super::look::{Seen, repository};
use super::{Job, create, store};
use crate::baseline::{Entries, Entry};
use crate::config::Disk;
use crate::finding::{Disposition, Finding, Fingerprint, Known, Triage};
use crate::report::sanitize::Safe;
use crate::report::{NoCheckout, Report, masked, one_finding};
use crate::scan::Outcome;

/// Longest line that is read: what is longer is no key and no note.
const LONGEST: u64 = 4096;

const KEYS: &str =
    "t true leak · f false positive · x test · a accept · s skip · n NOTE · u undo · q quit";

/// Scans, and goes through what nobody has decided about.
pub(super) fn run(
    args: &TriageArgs,
    color: Color,
    process: &Process<'_>,
) -> anyhow::Result<ExitStatus> {
    let job = Job::new(&args.look, args.show_secrets)?;
    let entries = match job.file.symlink_metadata() {
        Ok(_) => read_own(&job.file, &Disk)?,
        Err(_) => Entries::default(),
    };
    check_rules(&job.file, &entries, job.plan.scanner.rules())?;
    store::check(&job.file)?;
    let repository = repository(&args.look.path, args.look.history)?;
    let (mut outcome, seen) = job.look(&args.look, repository.as_ref(), process, &mut |_| {})?;
    note_known(&mut outcome.findings, &entries);
    let report = report(&job.plan, &outcome, &[], Duration::ZERO, &NoCheckout);
    let mut walk = Walk { job: &job, seen: &seen, report, entries, done: Vec::new() };
    let open = walk.open(args.all);
    let mut out = stdout(color);
    let result = walk.through(&open, &mut out);
    match result {
        Err(error) if error.downcast_ref().is_some_and(is_closed_pipe) => {}
        result => result?,
    }
    Ok(job.end(&outcome, color))
}

/// Marks what the baseline holds, so that it shows with the finding.
fn note_known(findings: &mut [Finding], entries: &Entries) {
    for finding in findings {
        let entry = entries.get(finding.fingerprint);
        finding.known = entry.map(|entry| Known::Baseline(entry.triage));
    }
}

/// The way through the findings.
struct Walk<'a> {
    job: &'a Job,
    seen: &'a Seen,
    report: Report<'a>,
    entries: Entries,
    /// What was there before each change, with the place in the walk where it was
    /// made.
    done: Vec<(usize, Fingerprint, Option<Entry>)>,
}

/// What a line asks for.
#[derive(Debug, PartialEq, Eq)]
enum Wish {
    Decide(Triage),
    Note(String),
    Skip,
    Undo,
    Quit,
    Help,
}

impl Wish {
    fn of(line: &str) -> Self {
        let line = line.trim();
        let (key, rest) = line.split_once(char::is_whitespace).unwrap_or((line, ""));
        match (key, rest.trim()) {
            ("t", "") => Self::Decide(Triage::True),
            ("f", "") => Self::Decide(Triage::False),
            ("x", "") => Self::Decide(Triage::Test),
            ("a", "") => Self::Decide(Triage::Accepted),
            ("s", "") => Self::Skip,
            ("u", "") => Self::Undo,
            ("q", "") => Self::Quit,
            ("n", note) if !note.is_empty() => Self::Note(note.to_owned()),
            _ => Self::Help,
        }
    }
}

impl<'a> Walk<'a> {
    /// The findings to go through, each fingerprint once.
    fn open(&self, all: bool) -> Vec<&'a Finding> {
        let outcome: &'a Outcome = self.report.outcome;
        let mut known = std::collections::HashSet::new();
        let is_open = |finding: &&Finding| {
            let entry = self.entries.get(finding.fingerprint);
            all || entry.is_none_or(|entry| {
                entry.triage == Triage::Unreviewed || self.count(finding) > entry.count
            })
        };
        let findings = outcome.findings.iter();
        findings
            .filter(|finding| finding.disposition == Disposition::Report)
            .filter(is_open)
            .filter(|finding| known.insert(finding.fingerprint))
            .collect()
    }

    /// How many credentials share the finding's fingerprint.
    fn count(&self, finding: &Finding) -> u32 {
        self.seen.findings.get(&finding.fingerprint).map_or(1, |seen| seen.count)
    }

    fn through(&mut self, open: &[&Finding], out: &mut impl Write) -> anyhow::Result<()> {
        if open.is_empty() {
            writeln!(out, "Nothing is left to decide{}.", self.rest())?;
            return Ok(out.flush()?);
        }
        let mut lines = io::stdin().lock();
        let (mut at, mut is_shown) = (0, false);
        loop {
            let Some(finding) = open.get(at) else {
                match self.last_word(open, &mut lines, out)? {
                    Some(back) => (at, is_shown) = (back, false),
                    None => break,
                }
                continue;
            };
            if !is_shown {
                self.show(finding, at, open.len(), out)?;
                is_shown = true;
            }
            write!(out, "> ")?;
            out.flush()?;
            let Some(line) = read_line(&mut lines)? else {
                writeln!(out)?;
                if self.done.is_empty() && at == 0 {
                    bail!(
                        "standard input ended before anything was decided; keys are read from it"
                    );
                }
                break;
            };
            match Wish::of(&line) {
                Wish::Quit => break,
                Wish::Help => writeln!(out, "{KEYS}")?,
                Wish::Skip => (at, is_shown) = (at + 1, false),
                Wish::Decide(triage) => {
                    self.change(at, finding, |entry| entry.triage = triage)?;
                    (at, is_shown) = (at + 1, false);
                }
                Wish::Note(note) => self.note(at, finding, note, out)?,
                Wish::Undo => match self.undo()? {
                    Some(back) => (at, is_shown) = (back, false),
                    None => writeln!(out, "There is nothing to undo.")?,
                },
            }
        }
        self.tell(out)
    }

    /// What follows the last finding: its decision can be taken back and noted on,
    /// too. Gives the place to go back to.
    fn last_word(
        &mut self,
        open: &[&Finding],
        lines: &mut impl BufRead,
        out: &mut impl Write,
    ) -> anyhow::Result<Option<usize>> {
        let end = "That was the last one. u takes it back, n NOTE notes something, Enter ends.";
        writeln!(out, "\n{end}")?;
        loop {
            write!(out, "> ")?;
            out.flush()?;
            match read_line(lines)?.as_deref().map(Wish::of) {
                Some(Wish::Undo) => return self.undo(),
                Some(Wish::Note(note)) => {
                    let at = open.len() - 1;
                    self.note(at, open[at], note, out)?;
                }
                None => {
                    writeln!(out)?;
                    return Ok(None);
                }
                Some(_) => return Ok(None),
            }
        }
    }

    /// Shows a finding, with what is known of it.
    fn show(
        &self,
        finding: &Finding,
        at: usize,
        of: usize,
        out: &mut impl Write,
    ) -> anyhow::Result<()> {
        let entry = self.entries.get(finding.fingerprint);
        let state = entry.map_or("not in the baseline", |entry| entry.triage.as_str());
        write!(out, "\n{} of {of} · {state}", at + 1)?;
        if let Some(note) = entry.and_then(|entry| entry.note.as_deref()) {
            write!(out, " · {}", Safe(note))?;
        }
        writeln!(out)?;
        let shown = Finding { known: None, ..finding.clone() };
        one_finding(&self.report, &shown, out)?;
        let count = self.count(finding);
        if count > 1 && !finding.secret.is_strong() {
            writeln!(out, "{count} credentials stand alike here; what you decide holds for all.")?;
        }
        writeln!(out, "{KEYS}")?;
        Ok(())
    }

    fn note(
        &mut self,
        at: usize,
        finding: &Finding,
        note: String,
        out: &mut impl Write,
    ) -> anyhow::Result<()> {
        let findings = &self.report.outcome.findings;
        if masked(findings.iter(), [note.clone()]) != [note.as_str()] {
            writeln!(out, "The note has a credential in it, and was not taken.")?;
            return Ok(());
        }
        self.change(at, finding, |entry| entry.note = Some(note))?;
        writeln!(out, "Noted.")?;
        Ok(())
    }

    /// Changes the finding's entry, and saves.
    fn change(
        &mut self,
        at: usize,
        finding: &Finding,
        change: impl FnOnce(&mut Entry),
    ) -> anyhow::Result<()> {
        let fingerprint = finding.fingerprint;
        let before = self.entries.get(fingerprint).cloned();
        let new = self.seen.findings.get(&fingerprint).context("the finding was seen")?;
        let mut entry =
            before.clone().unwrap_or_else(|| new.entry(fingerprint, Triage::Unreviewed));
        change(&mut entry);
        entry.count = entry.count.max(new.count);
        self.entries.insert(entry);
        self.done.push((at, fingerprint, before));
        store::write(&self.job.file, &self.entries)
    }

    /// Takes the last change back; gives the place where it was made.
    fn undo(&mut self) -> anyhow::Result<Option<usize>> {
        let Some((at, fingerprint, before)) = self.done.pop() else { return Ok(None) };
        match before {
            Some(entry) => self.entries.insert(entry),
            None => drop(self.entries.remove(fingerprint)),
        }
        store::write(&self.job.file, &self.entries)?;
        Ok(Some(at))
    }

    /// Says how things stand.
    fn tell(&self, out: &mut impl Write) -> anyhow::Result<()> {
        let file = self.job.file.display().to_string();
        if self.done.is_empty() {
            writeln!(out, "\nNothing was changed.")?;
        } else {
            writeln!(out, "\nSaved in {}: {}.", Safe(&file), create::counted(&self.entries))?;
        }
        Ok(out.flush()?)
    }

    /// What could be gone through all the same.
    fn rest(&self) -> &'static str {
        if self.entries.is_empty() { "" } else { "; --all goes through what was decided, too" }
    }
}

/// A line of standard input; `None` at its end.
fn read_line(lines: &mut impl BufRead) -> anyhow::Result<Option<String>> {
    let mut line = Vec::new();
    let mut limited = io::Read::take(&mut *lines, LONGEST);
    let length = limited.read_until(b'\n', &mut line).context("cannot read standard input")?;
    if length as u64 == LONGEST && !line.ends_with(b"\n") {
        bail!("a line on standard input is longer than {LONGEST} bytes");
    }
    Ok((length > 0).then(|| String::from_utf8_lossy(&line).into_owned()))
}

#[cfg(test)]
mod tests {
    use super::{Triage, Wish};

    #[test]
    fn keys_are_single_letters() {
        assert_eq!(Wish::of(" t \r\n"), Wish::Decide(Triage::True));
        assert_eq!(Wish::of("n  from the docs \n"), Wish::Note("from the docs".to_owned()));
        for other in ["", "n", "tt", "t now", "T", "yes"] {
            assert_eq!(Wish::of(other), Wish::Help, "{other}");
        }
    }
}
