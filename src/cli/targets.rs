//! Which report goes where.

use std::path::PathBuf;

use anyhow::{Context, bail};

use super::args::ReportArgs;
use super::output::{Destination, Target};
use crate::report::{FORMATS, Reporter, format};

/// Where which format goes. Without any it is `human` on standard output.
pub(super) fn targets(args: &ReportArgs) -> anyhow::Result<Vec<Target>> {
    let mut targets = Vec::new();
    let mut output = args.output.as_ref();
    for written in &args.formats {
        let (name, file) = match written.split_once('=') {
            Some((_, "")) => bail!("--format {written} names no file"),
            Some((name, file)) => (name, Some(PathBuf::from(file))),
            None => (written.as_str(), args.output.clone()),
        };
        if !written.contains('=') {
            output = None;
        }
        targets.push(Target { reporter: reporter(name)?, destination: Destination::new(file) });
    }
    if targets.is_empty() {
        let destination = Destination::new(output.take().cloned());
        targets.push(Target { reporter: reporter("human")?, destination });
    }
    if let Some(output) = output {
        let output = output.display();
        bail!("nothing would go to --output {output}: every --format names a file of its own");
    }
    refuse_same(&targets)?;
    Ok(targets)
}

/// Refuses reports of which one would overwrite another.
pub(super) fn refuse_same(targets: &[Target]) -> anyhow::Result<()> {
    for (at, target) in targets.iter().enumerate() {
        if targets[..at].iter().any(|other| other.destination.is_same(&target.destination)) {
            bail!("two reports would go to {}; write --format FORMAT=FILE", target.destination);
        }
    }
    Ok(())
}

fn reporter(name: &str) -> anyhow::Result<&'static dyn Reporter> {
    format(name).with_context(|| {
        let names: Vec<_> = FORMATS.iter().map(|format| format.name()).collect();
        format!("there is no format `{name}`; there are {}", names.join(", "))
    })
}
