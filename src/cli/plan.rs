//! From what was typed and configured to what will be done: [`ScanPlan`].

use std::mem;
use std::path::{Path, PathBuf};
use std::time::SystemTime;

use anyhow::{Context, bail};

use super::args::{AnyScanArgs, FailOn, RuleArgs};
use super::exit::ExitPolicy;
use super::known::KnownBefore;
use super::output::Target;
use super::selection::rule_set;
use super::targets::targets;
use crate::config::{Config, ConfigError, Disk, Files, base_of};
use crate::paths::{here, normal_from};
use crate::rule::{Confidence, Severity};
use crate::scan::{ScanOptions, Scanner};
use crate::source::{Excludes, Limits};

/// Bytes of a file that are read unless something else is asked for.
const MAX_FILE_SIZE: u64 = 256 << 20;
/// Findings are reported from this confidence on.
const MIN_CONFIDENCE: Confidence = Confidence::Medium;
/// Bytes of new text in a piece of a large file.
const PIECE: usize = 2 << 20;

/// Everything a scan needs but its sources, resolved and checked.
#[expect(clippy::struct_excessive_bools, reason = "each is a flag of the command line")]
pub(super) struct ScanPlan {
    pub(super) scanner: Scanner,
    /// How much is read of each text.
    pub(super) limits: Limits,
    /// What is left out.
    pub(super) excludes: Excludes,
    /// Threads; 0 for one for each processor.
    pub(super) threads: usize,
    pub(super) targets: Vec<Target>,
    pub(super) exit: ExitPolicy,
    /// Findings are to be reported from this confidence on, whatever is looked
    /// at.
    pub(super) min_confidence: Confidence,
    /// What is no news.
    pub(super) known: KnownBefore,
    pub(super) explain: bool,
    pub(super) quiet: bool,
    pub(super) verbose: bool,
    pub(super) show_secrets: bool,
    pub(super) suppressed: bool,
    /// The folder that paths are relative to.
    pub(super) base: PathBuf,
    /// When the scan began, in seconds since 1970.
    pub(super) began: Option<i64>,
}

/// What is believed when it says that something is no leak.
pub(super) struct Trust<'f> {
    /// Where configuration and rule files are read from.
    pub(super) files: &'f dyn Files,
    /// Whether comments in the scanned text count.
    pub(super) comments: bool,
    /// Whether findings are held against those of a base.
    pub(super) compares: bool,
}

impl Trust<'_> {
    /// All that is there is believed.
    pub(super) fn all() -> Self {
        Self { files: &Disk, comments: true, compares: false }
    }
}

impl ScanPlan {
    /// Resolves what was typed for a scan of `root`, by which the configuration
    /// is found.
    pub(super) fn new(typed: &AnyScanArgs, root: &Path) -> anyhow::Result<Self> {
        Self::believing(&Trust::all(), typed, root)
    }

    /// The same where not everything is believed that says what is no leak.
    pub(super) fn believing(
        trust: &Trust<'_>,
        typed: &AnyScanArgs,
        root: &Path,
    ) -> anyhow::Result<Self> {
        Self::looking_at(trust, typed, root, None)
    }

    /// The same for a scan that looks at findings from another confidence on than
    /// those that are reported.
    pub(super) fn looking_at(
        trust: &Trust<'_>,
        typed: &AnyScanArgs,
        root: &Path,
        confidence: Option<Confidence>,
    ) -> anyhow::Result<Self> {
        let AnyScanArgs { read, rules, known, report, run } = typed;
        let mut config = read_config(rules, root, trust.files)?;
        let (base, began) = (base_of(root), run.now.or_else(now));
        let min_confidence =
            report.min_confidence.or(config.min_confidence).unwrap_or(MIN_CONFIDENCE);
        let options = ScanOptions {
            min_severity: report.min_severity.or(config.min_severity).unwrap_or(Severity::Info),
            min_confidence: confidence.unwrap_or(min_confidence),
            explain: report.explain,
            comments: trust.comments,
            plainly: run.plainly,
            base: base.clone(),
            now: began,
        };
        let (fail_on, only_new) = conditions(&run.fail_on)?;
        let exit = ExitPolicy {
            fail_on: fail_on.or(config.fail_on).unwrap_or(Severity::Info),
            only_new,
            findings: run.exit_code.unwrap_or(1),
            allow_partial: run.allow_partial,
        };
        let rules = rule_set(rules, &config, trust.files)?;
        let known = KnownBefore::read(known, &base, &rules, trust.files)?;
        if only_new && known.is_empty() && !trust.compares {
            bail!(
                "--fail-on new goes by what is known, and there is no baseline; `redhanded \
                 baseline create` makes one"
            );
        }
        let scanner = Scanner::new(rules, mem::take(&mut config.allow), options);
        let size = run.piece_size.and_then(|size| usize::try_from(size).ok());
        let limits = Limits {
            max_size: read.max_file_size.or(config.max_file_size).unwrap_or(MAX_FILE_SIZE),
            piece: size.unwrap_or(PIECE),
            reach: scanner.reach(),
        };
        Ok(Self {
            scanner,
            limits,
            excludes: excludes(&read.exclude, &config)?,
            threads: run.threads,
            targets: targets(report)?,
            exit,
            min_confidence,
            known,
            explain: report.explain,
            quiet: report.quiet,
            verbose: report.verbose,
            show_secrets: report.show_secrets,
            suppressed: report.suppressed,
            base: root_of_paths(base),
            began,
        })
    }
}

/// The conditions of `--fail-on`: a severity, and whether only news count.
fn conditions(typed: &[FailOn]) -> anyhow::Result<(Option<Severity>, bool)> {
    let severities = typed.iter().filter_map(|one| match one {
        FailOn::Severity(severity) => Some(*severity),
        FailOn::New => None,
    });
    let mut severities: Vec<Severity> = severities.collect();
    let severity = severities.pop();
    if !severities.is_empty() {
        bail!("--fail-on names two severities; one is enough, for those above it count, too");
    }
    Ok((severity, typed.contains(&FailOn::New)))
}

/// The folder that reports for forges count paths from: the repository. Where
/// there is none, as in a checkout that was downloaded, it is the current folder.
fn root_of_paths(base: PathBuf) -> PathBuf {
    let here = here();
    let is_repository = base.join(".git").symlink_metadata().is_ok();
    if !is_repository && normal_from(&here, &base).starts_with(&here) { here } else { base }
}

/// What the clock shows, in seconds since 1970.
pub(super) fn now() -> Option<i64> {
    let since = SystemTime::now().duration_since(SystemTime::UNIX_EPOCH);
    since.ok().and_then(|since| i64::try_from(since.as_secs()).ok())
}

/// The configuration that was named, or that of `root`.
pub(super) fn read_config(
    args: &RuleArgs,
    root: &Path,
    files: &dyn Files,
) -> anyhow::Result<Config> {
    Ok(match (&args.config, args.no_config) {
        (Some(path), _) => Config::read(path, files)?,
        (None, true) => Config::default(),
        (None, false) => Config::discover(root, files)?,
    })
}

/// What the command line and the configuration exclude, in the order of their
/// precedence.
fn excludes(typed: &[String], config: &Config) -> anyhow::Result<Excludes> {
    let mut excludes = Excludes::default();
    let typed = typed.iter().map(String::as_str);
    excludes.add(Path::new("."), typed).context("cannot use --exclude")?;
    if let Some(folder) = config.folder() {
        let configured = config.exclude.iter().map(|entry| entry.text.as_str());
        excludes.add(&folder, configured).map_err(|error| bad_exclude(config, &error))?;
    }
    Ok(excludes)
}

fn bad_exclude(config: &Config, error: &ignore::Error) -> ConfigError {
    let glob = match error {
        ignore::Error::Glob { glob, .. } => glob.as_deref(),
        _ => None,
    };
    let entry = config.exclude.iter().find(|entry| Some(entry.text.as_str()) == glob);
    config.refused(entry, format!("scan.exclude: {error}"))
}
