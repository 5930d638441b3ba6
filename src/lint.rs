//! The linter for rules: does a rule find what it says and nothing that it
//! says it does not?
//!
//! `redhanded rules check` and the tests of the built-in rules call the same
//! function, so a user's rule is held to what ours are held to.

use std::collections::HashSet;
use std::fmt;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use crate::config::{ConfigError, read_rule_file, rule_files};
use crate::engine::{Engine, Scratch, compiles};
use crate::refine::overlap::{self, Placed};
use crate::refine::{Subject, Verdict, judge};
use crate::rule::file::{RuleEntry, RuleFile};
use crate::rule::{Checksum, Confidence, Rule, RuleIndex, RuleSet, sample};
use crate::span::Span;
use crate::unit::{Origin, Unit};

/// How many different expansions of each template are tried.
pub const SEEDS: u64 = 32;
/// Longest match a rule should have, unless it sets `reach`.
const LONGEST: u32 = 8192;

/// From this confidence on findings are reported if nothing else is asked for.
const TOLD: Confidence = Confidence::Medium;

/// Something to mend in a rule.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Problem {
    /// The rule's id.
    pub rule: String,
    /// What is wrong.
    pub message: String,
}

impl fmt::Display for Problem {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}: {}", self.rule, self.message)
    }
}

/// What came of checking a rule file.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Checked {
    /// The file.
    pub path: PathBuf,
    /// How many rules are in it.
    pub rules: usize,
    /// What to mend.
    pub problems: Vec<Problem>,
}

/// Checks the rule files at `paths`, of a folder all that are in it. Each rule
/// is held against all rules of all files.
///
/// # Errors
///
/// A file that cannot be read or is not valid, with the place in it.
pub fn check(paths: &[PathBuf]) -> Result<Vec<Checked>, ConfigError> {
    let (files, engine) = read_all(paths)?;
    let mut ids = HashSet::new();
    let checked = files.iter().map(|(path, file, rules)| {
        let stem = path.file_stem().and_then(|stem| stem.to_str());
        let problems = check_file(stem, file, rules, &engine, &mut ids);
        Checked { rules: rules.len(), problems, path: path.clone() }
    });
    Ok(checked.collect())
}

/// A template of a rule, tried.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Tried {
    /// The rule's id.
    pub rule: String,
    /// The template.
    pub template: String,
    /// Whether nothing is to be found in it.
    pub is_near_miss: bool,
    /// What was found instead of what should have been, and why.
    pub failure: Option<String>,
}

/// Tries the examples and near misses of the rule files at `paths`, each rule
/// among all rules of all files.
///
/// # Errors
///
/// A file that cannot be read or is not valid, with the place in it.
pub fn test(paths: &[PathBuf]) -> Result<Vec<Tried>, ConfigError> {
    let (files, engine) = read_all(paths)?;
    let mut scratch = Scratch::default();
    let mut tried = Vec::new();
    for entry in files.iter().flat_map(|(_, file, _)| &file.rule) {
        let entry = entry.get_ref();
        for (template, expected) in templates(entry) {
            tried.push(Tried {
                rule: entry.id.clone(),
                template: template.clone(),
                is_near_miss: !expected,
                failure: check_template(&entry.id, template, expected, &engine, &mut scratch),
            });
        }
    }
    Ok(tried)
}

/// Rule files as they are written, with their valid rules.
type Files = Vec<(PathBuf, RuleFile, Vec<Rule>)>;

/// Reads rule files, and makes an engine of all their rules.
fn read_all(paths: &[PathBuf]) -> Result<(Files, Engine), ConfigError> {
    let mut files = Vec::new();
    for path in paths {
        for path in rule_files(path)? {
            let (file, rules) = read_rule_file(&path)?;
            files.push((path, file, rules));
        }
    }
    let all = files.iter().flat_map(|(_, _, rules)| rules.iter().cloned());
    let engine = Engine::new(Arc::new(RuleSet::new(all)));
    Ok((files, engine))
}

/// The examples of a rule, then its near misses, each with whether something is
/// to be found in it.
fn templates(entry: &RuleEntry) -> impl Iterator<Item = (&String, bool)> {
    let matching = entry.examples.matching.iter().map(|template| (template, true));
    matching.chain(entry.examples.near_miss.iter().map(|template| (template, false)))
}

/// Checks the rules of one file. `stem` is the file's name without its ending,
/// which every id starts with; `rules` are its valid rules, in its order; `ids`
/// are those seen so far.
fn check_file<'r>(
    stem: Option<&str>,
    file: &RuleFile,
    rules: &'r [Rule],
    engine: &Engine,
    ids: &mut HashSet<&'r str>,
) -> Vec<Problem> {
    let mut scratch = Scratch::default();
    let mut problems = Vec::new();
    for (entry, rule) in file.rule.iter().zip(rules) {
        let entry = entry.get_ref();
        let mut wrong = check_form(entry, rule);
        if stem.is_some_and(|stem| !is_of_provider(&rule.id, stem)) {
            wrong.push("its id does not start with the name of the file".to_owned());
        }
        if !ids.insert(&rule.id) {
            wrong.push("its id is used twice".to_owned());
        }
        for (name, part) in rule.parts.iter() {
            match engine.rules().find(part) {
                None => wrong.push(format!("its part `{name}` is of no rule: `{part}`")),
                Some((_, part)) if !part.parts.is_empty() => {
                    wrong.push(format!("its part `{name}` has parts itself: `{}`", part.id));
                }
                Some(_) => {}
            }
        }
        wrong.extend(check_examples(entry, engine, &mut scratch));
        problems.extend(
            wrong.into_iter().map(|message| Problem { rule: rule.id.to_string(), message }),
        );
    }
    problems
}

fn is_of_provider(id: &str, stem: &str) -> bool {
    id.strip_prefix(stem).is_some_and(|rest| rest.starts_with('-') || rest.is_empty())
}

/// What can be told without trying the pattern.
fn check_form(entry: &RuleEntry, rule: &Rule) -> Vec<String> {
    let mut wrong = Vec::new();
    let mut require = |holds: bool, message: &str| {
        if !holds {
            wrong.push(message.to_owned());
        }
    };
    require(rule.reach.is_some(), "its pattern has no bound: use {n,m} for * and +, or set reach");
    let guarantees = rule.whole || !rule.triggers.is_empty();
    require(guarantees, "its pattern guarantees no literal of four bytes");
    let bounded = entry.reach.is_some() || rule.reach.is_none_or(|reach| reach <= LONGEST);
    require(bounded, "its matches can be longer than 8192 bytes");
    require(!rule.name.trim().is_empty(), "it has no name");
    require(rule.why.trim().ends_with('.'), "its `why` is no sentence");
    require(rule.fix.trim().ends_with('.'), "its `fix` is no sentence");
    require(!rule.references.is_empty(), "it has no reference");
    require(entry.examples.matching.len() >= 2, "it has fewer than two examples");
    require(!entry.examples.near_miss.is_empty(), "it has no near miss");
    for name in rule.checks.iter().filter(|name| Checksum::from_name(name).is_none()) {
        wrong.push(format!("`{name}` is no checksum that is known"));
    }
    if let Err(reason) = compiles(rule) {
        wrong.push(reason);
    }
    wrong
}

/// Expands the examples and scans them.
fn check_examples(entry: &RuleEntry, engine: &Engine, scratch: &mut Scratch) -> Vec<String> {
    let mut wrong = Vec::new();
    for (template, expected) in templates(entry) {
        if let Some(message) = check_template(&entry.id, template, expected, engine, scratch) {
            wrong.push(message);
        }
    }
    wrong
}

/// What is wrong with one template, at the first seed that shows it.
fn check_template(
    id: &str,
    template: &str,
    expected: bool,
    engine: &Engine,
    scratch: &mut Scratch,
) -> Option<String> {
    for seed in 0..SEEDS {
        let text = match sample::expand(template, seed) {
            Ok(text) => text,
            Err(error) => return Some(format!("the template `{template}`: {error}")),
        };
        let (mut found, because) = findings(&text, engine, id, scratch);
        if expected {
            found.retain(|found| found == id || !is_by_name(found, engine.rules()));
        } else {
            found.retain(|found| tells_against(found, id, engine.rules()));
        }
        match (found.as_slice(), expected) {
            ([only], true) if only == id => {}
            ([], false) => {}
            (found, false) if found.iter().any(|found| found == id) => {
                return Some(format!("it finds its near miss `{template}` (seed {seed})"));
            }
            (found, false) => {
                let found = found.join(", ");
                return Some(format!("its near miss `{template}` (seed {seed}) gives {found}"));
            }
            ([], true) => {
                return Some(format!("it misses its example `{template}` (seed {seed}){because}"));
            }
            (found, true) => {
                let found = found.join(", ");
                return Some(format!("its example `{template}` (seed {seed}) gives {found}"));
            }
        }
    }
    None
}

/// Whether what `found` finds in a near miss of `id` is a fault. A near miss may
/// well be a credential of the same provider's, and to the generic rules, which
/// know surroundings only, most are.
fn tells_against(found: &str, id: &str, rules: &RuleSet) -> bool {
    let rule = |id: &str| rules.find(id).map(|(_, rule)| rule);
    let (Some(found), Some(own)) = (rule(found), rule(id)) else { return true };
    found.id == own.id || !found.generic && found.provider != own.provider
}

/// Whether a rule goes by names. Such a rule gives way to all others, so what it
/// finds in the example of another one is something else that stands there.
fn is_by_name(id: &str, rules: &RuleSet) -> bool {
    rules.find(id).is_some_and(|(_, rule)| rule.is_by_name())
}

/// A candidate that stood up to the checks.
struct Kept {
    rule: RuleIndex,
    secret: Span,
    extent: Span,
}

impl Placed for Kept {
    fn rule(&self) -> RuleIndex {
        self.rule
    }

    fn secret(&self) -> Span {
        self.secret
    }

    fn extent(&self) -> Span {
        self.extent
    }
}

/// The ids of the rules that find something in `text`, each once, and why the
/// rule `id` dropped what it matched.
fn findings(text: &str, engine: &Engine, id: &str, scratch: &mut Scratch) -> (Vec<String>, String) {
    let unit_text = text.as_bytes();
    let mut candidates = Vec::new();
    engine.find(&Unit::whole(&Origin::Stdin, unit_text), scratch, &mut candidates);
    let mut because = String::new();
    let mut kept = Vec::new();
    let mut refused = Vec::new();
    for candidate in &candidates {
        let rule = engine.rules().rule(candidate.rule);
        let (verdict, score) = judge(&Subject::new(rule, unit_text, 0, candidate));
        // What is only likely is a finding where it is likely enough to be told
        // of unasked.
        let told = score.is_none_or(|score| score.at(Some(Path::new(""))) >= TOLD);
        match verdict {
            Verdict::Keep if !told && rule.id == id => {
                because = String::from(": too little speaks for it");
            }
            Verdict::Keep if !told => {}
            Verdict::Keep => kept.push(Kept {
                rule: candidate.rule,
                secret: candidate.secret,
                extent: candidate.span,
            }),
            Verdict::Drop(reason) => {
                refused.push((candidate.secret, candidate.rule));
                if rule.id == id {
                    because = format!(": {reason}");
                }
            }
        }
    }
    let settled = overlap::settle(&kept, &refused, engine.rules());
    let stay = kept.iter().zip(settled).filter(|(_, by)| by.is_none());
    let mut ids: Vec<String> =
        stay.map(|(kept, _)| engine.rules().rule(kept.rule).id.to_string()).collect();
    ids.sort();
    ids.dedup();
    (ids, because)
}
