//! Files and history together: one finding for each credential.

use std::collections::HashMap;
use std::collections::hash_map::Entry;

use super::pairing::absorb_parts;
use super::{Outcome, Scanner};
use crate::finding::{Disposition, Exposure, Finding, History, Place, Presence};
use crate::rule::RuleIndex;
use crate::secret::Secret;

impl Scanner {
    /// What scans of the work tree and of history found: one finding for each
    /// credential. Its place is in a file, if it stands in one and nothing
    /// speaks against reporting it there; what history tells of it goes with
    /// it. `every_place` says whether all places are to be told.
    pub fn join_audit(
        &self,
        mut files: Outcome,
        mut history: Outcome,
        every_place: bool,
    ) -> Outcome {
        let mut known: HashMap<(RuleIndex, Secret), Finding> = HashMap::new();
        for finding in history.findings.drain(..) {
            known.insert((finding.rule, finding.secret.clone()), finding);
        }
        for finding in files.findings.drain(..) {
            match known.entry((finding.rule, finding.secret.clone())) {
                Entry::Occupied(mut entry) => add_file(entry.get_mut(), finding, every_place),
                Entry::Vacant(entry) => {
                    entry.insert(of_file(finding, every_place));
                }
            }
        }
        let mut all = history.join(files);
        all.findings = known.into_values().collect();
        absorb_parts(&mut all.findings, self.rules());
        self.put_in_order(&mut all);
        all
    }
}

/// A credential that stands in a file and is not known to history.
fn of_file(mut finding: Finding, every_place: bool) -> Finding {
    let places: Vec<Place> = if every_place { vec![finding.place.clone()] } else { Vec::new() };
    finding.history = Some(Box::new(History {
        introduced_by: None,
        introductions: 0,
        others: Vec::new(),
        places: 1,
        every_place: places,
        exposure: Exposure::in_no_commit(Presence::File),
    }));
    finding
}

/// Adds a place in a file to what is known of a credential.
fn add_file(known: &mut Finding, file: Finding, every_place: bool) {
    let is_reported = |finding: &Finding| finding.disposition == Disposition::Report;
    let mut history = known.history.take();
    if let Some(history) = &mut history {
        history.places += 1;
        if every_place {
            history.every_place.push(file.place.clone());
        }
    }
    let in_file = known.place.origin.object().is_none();
    if is_reported(&file) && !(in_file && is_reported(known)) || !is_reported(known) && !in_file {
        *known = file;
    }
    known.history = history;
}
