//! What is known before a scan: the baselines that hold for it.

use std::path::{Path, PathBuf};

use anyhow::{Context, anyhow, bail};

use super::args::KnownArgs;
use crate::baseline::{Applied, Baseline, Entries, Foreign, ForeignKind, LARGEST, NAME, Scene};
use crate::config::{Files, closest};
use crate::finding::{Finding, Triage};
use crate::notice::{Notice, NoticeKind};
use crate::paths::path_text;
use crate::rule::RuleSet;
use crate::scan::Outcome;

/// All that says which findings are no news. `--fail-on new` goes by what they
/// mark; another source than baselines marks findings in [`apply`](Self::apply),
/// too.
pub(super) struct KnownBefore {
    baselines: Vec<(PathBuf, Baseline)>,
    /// The folder that paths in them are relative to.
    base: PathBuf,
    /// Of which decisions a finding is not reported.
    pub(super) accepts: fn(Triage) -> bool,
}

impl KnownBefore {
    /// Nothing.
    pub(super) fn nothing() -> Self {
        Self { baselines: Vec::new(), base: PathBuf::new(), accepts: Triage::accepts }
    }

    /// Reads the baselines that were named, or the one in `base`.
    pub(super) fn read(
        args: &KnownArgs,
        base: &Path,
        rules: &RuleSet,
        files: &dyn Files,
    ) -> anyhow::Result<Self> {
        let mut known = Self { base: base.to_owned(), ..Self::nothing() };
        let found = base.join(NAME);
        let is_found = args.baseline.is_empty() && files.is_there(&found);
        if is_found && !args.no_baseline {
            known.baselines.push((found.clone(), Baseline::Own(read_own(&found, files)?)));
        }
        for file in &args.baseline {
            known.baselines.push((file.clone(), read_baseline(file, files)?));
        }
        for (file, baseline) in &known.baselines {
            if let Baseline::Own(entries) = baseline {
                check_rules(file, entries, rules)?;
            }
        }
        Ok(known)
    }

    /// Our own baselines, with their files.
    pub(super) fn own(&self) -> impl Iterator<Item = (&Path, &Entries)> {
        self.baselines.iter().filter_map(|(file, baseline)| match baseline {
            Baseline::Own(entries) => Some((file.as_path(), entries)),
            Baseline::Foreign(_) => None,
        })
    }

    /// Whether there is nothing that could be known.
    pub(super) fn is_empty(&self) -> bool {
        self.baselines.is_empty()
    }

    /// Marks the findings that are known, and suppresses those that may stay.
    pub(super) fn apply(&self, outcome: &mut Outcome, rules: &RuleSet) -> Vec<Applied> {
        let mut all = Vec::new();
        for (file, baseline) in &self.baselines {
            let name = told_of(file, &self.base);
            let applied = self.mark(baseline, &mut outcome.findings, rules, &name);
            if applied.mistaken > 0 {
                let detail = format!(
                    "{} of its entries have the fingerprint of a finding of another rule, and are \
                     not followed",
                    applied.mistaken
                );
                outcome.notices.push(Notice::new(NoticeKind::Configuration, name, detail));
            }
            all.push(applied);
        }
        all
    }

    fn mark(
        &self,
        baseline: &Baseline,
        findings: &mut [Finding],
        rules: &RuleSet,
        file: &str,
    ) -> Applied {
        let scene = Scene { rules, base: &self.base, file, accepts: self.accepts };
        baseline.mark(findings, &scene)
    }
}

/// A baseline's file as reports tell of it: by its name, where it was found by
/// itself.
fn told_of(file: &Path, base: &Path) -> String {
    path_text(if file == base.join(NAME) { Path::new(NAME) } else { file })
}

/// Reads a baseline of whatever tool.
pub(super) fn read_baseline(file: &Path, files: &dyn Files) -> anyhow::Result<Baseline> {
    let refused = || format!("cannot read the baseline {}", file.display());
    let bytes = files.plain(file, LARGEST).with_context(refused)?;
    // A list without entries has nothing by which it could be told.
    if bytes.trim_ascii().is_empty() && file.ends_with(".gitleaksignore") {
        let kind = ForeignKind::GitleaksIgnore;
        return Ok(Baseline::Foreign(Foreign { kind, entries: Vec::new() }));
    }
    Baseline::parse(&bytes).map_err(|fault| match fault.line {
        Some(line) => anyhow!("{}:{line}: {}", file.display(), fault.message),
        None => anyhow!("{}: {}", file.display(), fault.message),
    })
}

/// Reads one of ours.
pub(super) fn read_own(file: &Path, files: &dyn Files) -> anyhow::Result<Entries> {
    match read_baseline(file, files)? {
        Baseline::Own(entries) => Ok(entries),
        Baseline::Foreign(foreign) => bail!(
            "{} is a {}; `redhanded baseline create --from {}` makes a baseline of it",
            file.display(),
            foreign.kind.as_str(),
            file.display(),
        ),
    }
}

/// Every entry must be of a rule that there is, in use or switched off.
pub(super) fn check_rules(file: &Path, entries: &Entries, rules: &RuleSet) -> anyhow::Result<()> {
    let known: std::collections::HashSet<&str> = rules.ids().collect();
    let Some(entry) = entries.iter().find(|entry| !known.contains(entry.rule.as_str())) else {
        return Ok(());
    };
    let (id, print) = (&entry.rule, entry.fingerprint);
    let hint = match closest(id, rules.ids()) {
        Some(meant) => format!("did you mean `{meant}`?"),
        None => "give its file with --rules, or take the entry out".to_owned(),
    };
    let line = entry.line.map_or_else(String::new, |line| format!(":{line}"));
    bail!("{}{line}: {print}: there is no rule `{id}`; {hint}", file.display())
}
