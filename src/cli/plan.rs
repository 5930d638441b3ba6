//! From what was typed and configured to what will be done: [`ScanPlan`].

use std::mem;
use std::path::{Path, PathBuf};

use anyhow::Context;

use super::args::{ReportArgs, RuleArgs, RunArgs, ScanArgs, WalkArgs};
use super::exit::ExitPolicy;
use super::output::Target;
use super::selection::rule_set;
use super::targets::targets;
use crate::config::{Config, ConfigError, base_of};
use crate::rule::{Confidence, Severity};
use crate::scan::{ScanOptions, Scanner};
use crate::source::{Limits, Source, Stdin, Tree, TreeOptions};

/// Bytes of a file that are read unless something else is asked for.
const MAX_FILE_SIZE: u64 = 256 << 20;
/// Bytes of new text in a piece of a large file.
const PIECE: usize = 2 << 20;

/// What every kind of scan needs, resolved and checked.
pub(super) struct Basis {
    pub(super) scanner: Scanner,
    pub(super) config: Config,
    pub(super) limits: Limits,
    pub(super) targets: Vec<Target>,
    pub(super) exit: ExitPolicy,
    pub(super) quiet: bool,
    pub(super) verbose: bool,
    pub(super) show_secrets: bool,
}

/// A scan of files and streams.
pub(super) struct ScanPlan {
    pub(super) basis: Basis,
    pub(super) sources: Vec<Box<dyn Source>>,
}

impl Basis {
    /// Resolves what was typed; the configuration is found from `root`.
    pub(super) fn new(
        root: &Path,
        rules: &RuleArgs,
        report: &ReportArgs,
        run: &RunArgs,
    ) -> anyhow::Result<Self> {
        let mut config = read_config(rules, root)?;
        let options = ScanOptions {
            min_severity: report.min_severity.or(config.min_severity).unwrap_or(Severity::Info),
            min_confidence: report
                .min_confidence
                .or(config.min_confidence)
                .unwrap_or(Confidence::Low),
            explain: report.explain,
            plainly: run.plainly,
            base: base_of(root),
        };
        let exit = ExitPolicy {
            fail_on: run.fail_on.or(config.fail_on).unwrap_or(Severity::Info),
            findings: run.exit_code.unwrap_or(1),
            allow_partial: run.allow_partial,
        };
        let rules = rule_set(rules, &config)?;
        let scanner = Scanner::new(rules, mem::take(&mut config.allow), options);
        let piece = run.piece_size.and_then(|size| usize::try_from(size).ok());
        let limits = Limits {
            max_size: run.max_file_size.or(config.max_file_size).unwrap_or(MAX_FILE_SIZE),
            piece: piece.unwrap_or(PIECE),
            reach: scanner.reach(),
        };
        Ok(Self {
            scanner,
            config,
            limits,
            targets: targets(report)?,
            exit,
            quiet: report.quiet,
            verbose: report.verbose,
            show_secrets: report.show_secrets,
        })
    }
}

impl ScanPlan {
    /// Resolves `args`; the configuration is found by the first path.
    pub(super) fn new(args: &ScanArgs) -> anyhow::Result<Self> {
        let root = args.paths.iter().find(|path| !is_stdin(path)).map_or(Path::new("."), |p| p);
        check_paths(&args.paths)?;
        let basis = Basis::new(root, &args.rules, &args.report, &args.run)?;
        Ok(Self { sources: sources(args, &basis)?, basis })
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

/// Standard input, if it is among the paths, and all the others as one tree.
fn sources(args: &ScanArgs, basis: &Basis) -> anyhow::Result<Vec<Box<dyn Source>>> {
    let limits = basis.limits;
    let mut sources: Vec<Box<dyn Source>> = Vec::new();
    let (streams, roots): (Vec<_>, Vec<_>) = args.paths.iter().cloned().partition(|p| is_stdin(p));
    if !streams.is_empty() {
        sources.push(Box::new(Stdin::new(std::io::stdin(), limits)));
    }
    if !roots.is_empty() {
        sources.push(Box::new(tree(roots, &args.walk, &args.run, basis)?));
    }
    Ok(sources)
}

/// Files and folders, without what is excluded.
pub(super) fn tree(
    roots: Vec<PathBuf>,
    walk: &WalkArgs,
    run: &RunArgs,
    basis: &Basis,
) -> anyhow::Result<Tree> {
    let options = TreeOptions {
        honour_ignores: !walk.no_ignore,
        follow_links: walk.follow,
        threads: threads(run.threads, &roots),
        limits: basis.limits,
    };
    let mut tree = Tree::new(roots, options);
    exclude(&mut tree, walk, &basis.config)?;
    Ok(tree)
}

/// Leaves out what the command line and the configuration exclude, in the order
/// of their precedence.
fn exclude(tree: &mut Tree, args: &WalkArgs, config: &Config) -> anyhow::Result<()> {
    let typed = args.exclude.iter().map(String::as_str);
    tree.exclude(Path::new("."), typed).context("cannot use --exclude")?;
    if let Some(folder) = config.folder() {
        let configured = config.exclude.iter().map(|entry| entry.text.as_str());
        tree.exclude(&folder, configured).map_err(|error| bad_exclude(config, &error))?;
    }
    Ok(())
}

fn bad_exclude(config: &Config, error: &ignore::Error) -> ConfigError {
    let glob = match error {
        ignore::Error::Glob { glob, .. } => glob.as_deref(),
        _ => None,
    };
    let entry = config.exclude.iter().find(|entry| Some(entry.text.as_str()) == glob);
    config.refused(entry, format!("scan.exclude: {error}"))
}

/// One file needs one thread; starting more would take longer than scanning it.
fn threads(asked: usize, roots: &[PathBuf]) -> usize {
    let single = roots.len() == 1 && roots.iter().all(|root| root.is_file());
    if single && asked == 0 { 1 } else { asked }
}
