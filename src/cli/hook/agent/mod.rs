//! `redhanded hook agent`: answers a coding agent that asks whether it may go on.
//!
//! The agent writes JSON to standard input and reads the answer from standard
//! output. What speaks against going on is told to people and to the model
//! alike, so a credential is named by its rule, masked, and by its place.

mod answer;
mod event;
mod files;
mod json;
mod passage;
mod reason;

use std::io::{self, IsTerminal, Read};
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::path::{Path, PathBuf};

use anyhow::{Context, anyhow, bail};

use super::super::args::{AgentArgs, AnyScanArgs, KnownArgs, ReadArgs, ReportArgs, RunArgs};
use super::super::exit::ExitStatus;
use super::super::plan::ScanPlan;
use crate::config::base_of;
use crate::paths::normal;
use crate::scan::Progress;
use crate::source::{Text, Tree, TreeOptions};
use answer::Answer;
use event::Event;
use files::{MOST, files_to_read};
use json::Json;
use passage::passages;
use reason::{Found, Reason};

/// Bytes of a question that are read at most.
const LONGEST: u64 = 16 << 20;
/// Bytes of a file that are read unless something else is asked for.
const LARGEST_FILE: u64 = 64 << 20;

/// Reads a question and answers it.
pub(super) fn run(args: &AgentArgs) -> anyhow::Result<ExitStatus> {
    // A panic would end the program in a way that agents take for a yes.
    let result = catch_unwind(AssertUnwindSafe(|| answer(args)));
    let result = result.unwrap_or_else(|_| Err(anyhow!("it failed inside the program")));
    match result {
        Err(error) if args.fail_open => {
            let trouble = format!("redhanded: {error:#}; it is let through by --fail-open");
            Ok(Answer::yes(Some(trouble)).give()?)
        }
        result => result,
    }
}

fn answer(args: &AgentArgs) -> anyhow::Result<ExitStatus> {
    let question = read_question()?;
    let input = Json::read(&question)?.with_opened(&["tool_input", "toolArgs"]);
    let event = Event::of(&input, args.agent);
    let reason = match Look::new(args, &event).and_then(|look| look.at(&input, &event)) {
        Ok(None) => return Ok(Answer::allow(&event).give()?),
        Ok(Some(reason)) => reason,
        Err(error) => Reason::trouble(&error),
    };
    let answer = if args.fail_open && !reason.is_found {
        let trouble = format!("{}\nIt is let through by --fail-open.", reason.text);
        Answer::allow_anyway(&event, trouble)
    } else {
        Answer::deny(&event, &reason.text)
    };
    Ok(answer.give()?)
}

/// All of standard input.
fn read_question() -> anyhow::Result<Vec<u8>> {
    let stdin = io::stdin();
    if stdin.is_terminal() {
        bail!("this is to be run by a coding agent, which writes JSON to standard input");
    }
    let mut bytes = Vec::new();
    stdin.lock().take(LONGEST + 1).read_to_end(&mut bytes).context("cannot read standard input")?;
    if bytes.len() as u64 > LONGEST {
        bail!("standard input is longer than {} MiB, and was not scanned", LONGEST >> 20);
    }
    Ok(bytes)
}

/// A scan of what is asked about.
struct Look {
    plan: ScanPlan,
    /// The folder that paths are relative to.
    base: PathBuf,
}

impl Look {
    fn new(args: &AgentArgs, event: &Event<'_>) -> anyhow::Result<Self> {
        let typed = AnyScanArgs {
            read: ReadArgs {
                max_file_size: Some(args.max_file_size.unwrap_or(LARGEST_FILE)),
                ..ReadArgs::default()
            },
            rules: args.rules.clone(),
            // What may stay where it is need not be handed on.
            known: KnownArgs { no_baseline: true, ..KnownArgs::default() },
            report: ReportArgs {
                min_severity: args.min_severity,
                min_confidence: args.min_confidence,
                ..ReportArgs::default()
            },
            run: RunArgs::default(),
        };
        let plan = ScanPlan::new(&typed, &event.folder)?;
        Ok(Self { plan, base: base_of(&event.folder) })
    }

    /// What speaks against going on, if anything does.
    fn at(&self, input: &Json, event: &Event<'_>) -> anyhow::Result<Option<Reason>> {
        let mut found = Found::default();
        for passage in passages(input, event) {
            let bytes = passage.text.as_bytes();
            let text = match &passage.file {
                Some(file) if self.leaves_out(file) => continue,
                Some(file) => Text::of_file(file.clone(), bytes),
                None => Text::new(bytes),
            };
            let outcome = self.plan.scanner.run(&text, &Progress::default());
            found.add(outcome, Some(passage));
        }
        let mut files = files_to_read(input, event);
        files.retain(|file| !self.leaves_out(file));
        if files.len() > MOST {
            bail!("it asks for {} files at once; no more than {MOST} are scanned", files.len());
        }
        if !files.is_empty() {
            found.add(self.plan.scanner.run(&self.tree(files), &Progress::default()), None);
        }
        Ok(found.reason(event.moment, self.plan.scanner.rules()))
    }

    /// Whether the user does not want to have a file scanned.
    fn leaves_out(&self, file: &Path) -> bool {
        let file = normal(file);
        let below = file.strip_prefix(&self.base).unwrap_or(&file);
        self.plan.excludes.cover(&self.base, below)
    }

    fn tree(&self, files: Vec<PathBuf>) -> Tree {
        let options = TreeOptions {
            honour_ignores: false,
            follow_links: true,
            threads: 1,
            limits: self.plan.limits,
        };
        Tree::new(files, options)
    }
}
