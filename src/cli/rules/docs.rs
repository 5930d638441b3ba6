//! `redhanded rules docs`: a page for each provider.

use std::collections::BTreeMap;
use std::fs;
use std::io::Write;
use std::path::Path;

use anyhow::Context;

use super::super::args::DocsArgs;
use super::super::exit::ExitStatus;
use crate::rule::{RuleSet, page};

/// Writes the pages, or tells which ones are not what they would be: exit code
/// 1.
pub(super) fn run(args: &DocsArgs, out: &mut dyn Write) -> anyhow::Result<ExitStatus> {
    let pages = page::pages(&RuleSet::builtin());
    let stale = stale(&args.folder, &pages)?;
    if args.check {
        for name in &stale {
            writeln!(out, "{} is not up to date", args.folder.join(name).display())?;
        }
        out.flush()?;
        return Ok(if stale.is_empty() { ExitStatus::Clean } else { ExitStatus::Findings(1) });
    }
    fs::create_dir_all(&args.folder)
        .with_context(|| format!("cannot make the folder {}", args.folder.display()))?;
    for name in &stale {
        let path = args.folder.join(name);
        let result = match pages.get(name) {
            Some(text) => fs::write(&path, text),
            None => fs::remove_file(&path),
        };
        result.with_context(|| format!("cannot write {}", path.display()))?;
    }
    writeln!(out, "{} pages, {} written or removed.", pages.len(), stale.len())?;
    out.flush()?;
    Ok(ExitStatus::Clean)
}

/// Names of the pages that are missing, not as they should be, or of no
/// provider any more. Files that are no such pages are nobody's business.
fn stale(folder: &Path, pages: &BTreeMap<String, String>) -> anyhow::Result<Vec<String>> {
    let is_current = |(name, text): &(&String, &String)| {
        fs::read_to_string(folder.join(name)).is_ok_and(|written| written == **text)
    };
    let missing = pages.iter().filter(|page| !is_current(page)).map(|(name, _)| name.clone());
    let mut stale: Vec<String> = missing.collect();
    if !folder.is_dir() {
        return Ok(stale);
    }
    let read = || format!("cannot read the folder {}", folder.display());
    for entry in folder.read_dir().with_context(read)? {
        let path = entry.with_context(read)?.path();
        let Some(name) = path.file_name().and_then(|name| name.to_str()) else { continue };
        if !pages.contains_key(name)
            && fs::read_to_string(&path).is_ok_and(|text| page::is_page(&text))
        {
            stale.push(name.to_owned());
        }
    }
    stale.sort();
    Ok(stale)
}
