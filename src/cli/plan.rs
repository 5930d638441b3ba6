//! From what was typed and configured to what will be done: [`ScanPlan`].

use std::path::{Path, PathBuf};

use anyhow::{Context, bail};

use super::args::{RuleArgs, ScanArgs};
use super::exit::ExitPolicy;
use super::output::{Destination, Target};
use crate::config::{Config, base_of, closest, load_rules};
use crate::report::{FORMATS, Reporter, format};
use crate::rule::{Confidence, RuleSet, Severity};
use crate::scan::{ScanOptions, Scanner};
use crate::source::{Limits, Source, Stdin, Tree, TreeOptions};
use crate::suppress::AllowLists;

/// Bytes of a file that are read unless something else is asked for.
const MAX_FILE_SIZE: u64 = 256 << 20;
/// Bytes of new text in a piece of a large file.
const PIECE: usize = 2 << 20;

/// Everything a scan needs, resolved and checked.
pub(super) struct ScanPlan {
    pub(super) scanner: Scanner,
    pub(super) sources: Vec<Box<dyn Source>>,
    pub(super) targets: Vec<Target>,
    pub(super) exit: ExitPolicy,
    pub(super) quiet: bool,
    pub(super) show_secrets: bool,
}

impl ScanPlan {
    /// Resolves `args`; the configuration is found by the first path.
    pub(super) fn new(args: &ScanArgs) -> anyhow::Result<Self> {
        let root = args.paths.iter().find(|path| !is_stdin(path)).map_or(Path::new("."), |p| p);
        check_paths(&args.paths)?;
        let config = read_config(&args.rules, root)?;
        let base = base_of(root);
        let allow_base = config.path.as_deref().and_then(Path::parent).unwrap_or(&base);
        let allow = AllowLists::new(&std::path::absolute(allow_base)?, &config.allow)?;
        let options = ScanOptions {
            min_severity: args
                .report
                .min_severity
                .or(config.min_severity)
                .unwrap_or(Severity::Info),
            min_confidence: args
                .report
                .min_confidence
                .or(config.min_confidence)
                .unwrap_or(Confidence::Low),
            explain: args.report.explain,
            plainly: args.run.plainly,
            base: base.clone(),
        };
        let exit = ExitPolicy {
            fail_on: args.run.fail_on.or(config.fail_on).unwrap_or(Severity::Info),
            findings: args.run.exit_code.unwrap_or(1),
            allow_partial: args.run.allow_partial,
        };
        let scanner = Scanner::new(rule_set(&args.rules, &config)?, allow, options);
        Ok(Self {
            sources: sources(args, &config, base, scanner.reach())?,
            scanner,
            targets: targets(args)?,
            exit,
            quiet: args.report.quiet,
            show_secrets: args.report.show_secrets,
        })
    }
}

fn is_stdin(path: &Path) -> bool {
    path == Path::new("-")
}

/// A path that is not there is a slip of the hand, not an empty scan.
fn check_paths(paths: &[PathBuf]) -> anyhow::Result<()> {
    for path in paths.iter().filter(|path| !is_stdin(path)) {
        path.symlink_metadata().with_context(|| format!("cannot scan {}", path.display()))?;
    }
    Ok(())
}

fn read_config(args: &RuleArgs, root: &Path) -> anyhow::Result<Config> {
    Ok(match (&args.config, args.no_config) {
        (Some(path), _) => Config::read(path)?,
        (None, true) => Config::default(),
        (None, false) => Config::discover(root)?,
    })
}

/// The built-in rules and the user's, without those switched off.
fn rule_set(args: &RuleArgs, config: &Config) -> anyhow::Result<RuleSet> {
    let mut rules = RuleSet::builtin();
    if !config.rules.is_empty() {
        rules = rules.with(config.rules.iter().cloned());
    }
    for path in &args.files {
        rules = rules.with(load_rules(path)?);
    }
    let only = if args.only.is_empty() { config.only.clone() } else { Some(args.only.clone()) };
    let skip: Vec<&String> = args.skip.iter().chain(&config.skip).collect();
    for id in only.iter().flatten().chain(skip.iter().copied()) {
        if rules.find(id).is_none() {
            let ids = rules.iter().map(|(_, rule)| rule.id.as_ref());
            match closest(id, ids) {
                Some(meant) => bail!("there is no rule `{id}`; did you mean `{meant}`?"),
                None => bail!("there is no rule `{id}`; `redhanded rules list` shows all"),
            }
        }
    }
    let rules = rules.filtered(|rule| {
        let wanted = only.as_ref().is_none_or(|only| only.iter().any(|id| *id == rule.id));
        wanted && !skip.iter().any(|id| **id == rule.id)
    });
    if rules.is_empty() {
        bail!("no rule is left to run");
    }
    Ok(rules)
}

/// Standard input, if it is among the paths, and all the others as one tree.
fn sources(
    args: &ScanArgs,
    config: &Config,
    base: PathBuf,
    reach: usize,
) -> anyhow::Result<Vec<Box<dyn Source>>> {
    let size = args.run.piece_size.and_then(|size| usize::try_from(size).ok());
    let limits = Limits {
        max_size: args.walk.max_file_size.or(config.max_file_size).unwrap_or(MAX_FILE_SIZE),
        piece: size.unwrap_or(PIECE),
        reach,
    };
    let mut sources: Vec<Box<dyn Source>> = Vec::new();
    let (streams, roots): (Vec<_>, Vec<_>) = args.paths.iter().cloned().partition(|p| is_stdin(p));
    if !streams.is_empty() {
        sources.push(Box::new(Stdin::new(std::io::stdin(), limits)));
    }
    if !roots.is_empty() {
        let exclude = args.walk.exclude.iter().chain(&config.exclude).cloned().collect();
        let options = TreeOptions {
            honour_ignores: !args.walk.no_ignore,
            follow_links: args.walk.follow,
            exclude,
            base,
            threads: threads(args.run.threads, &roots),
            limits,
        };
        sources.push(Box::new(Tree::new(roots, options).context("cannot use --exclude")?));
    }
    Ok(sources)
}

/// One file needs one thread; starting more would take longer than scanning it.
fn threads(asked: usize, roots: &[PathBuf]) -> usize {
    let single = roots.len() == 1 && roots.iter().all(|root| root.is_file());
    if single && asked == 0 { 1 } else { asked }
}

/// Where which format goes. Without any it is `human` on standard output.
fn targets(args: &ScanArgs) -> anyhow::Result<Vec<Target>> {
    let report = &args.report;
    let mut targets = Vec::new();
    for written in &report.formats {
        let (name, file) = match written.split_once('=') {
            Some((name, file)) => (name, Some(PathBuf::from(file))),
            None => (written.as_str(), report.output.clone()),
        };
        targets.push(Target { reporter: reporter(name)?, destination: Destination::new(file) });
    }
    if targets.is_empty() {
        let destination = Destination::new(report.output.clone());
        targets.push(Target { reporter: reporter("human")?, destination });
    }
    for (at, target) in targets.iter().enumerate() {
        if targets[..at].iter().any(|other| other.destination == target.destination) {
            bail!("two reports would go to {}; write --format FORMAT=FILE", target.destination);
        }
    }
    Ok(targets)
}

fn reporter(name: &str) -> anyhow::Result<&'static dyn Reporter> {
    format(name).with_context(|| {
        let names: Vec<_> = FORMATS.iter().map(|format| format.name()).collect();
        format!("there is no format `{name}`; there are {}", names.join(", "))
    })
}
