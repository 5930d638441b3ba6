//! Which credentials one scan found, to be held against what another found.

use std::collections::{HashMap, HashSet};

use super::{Outcome, Scanner};
use crate::finding::{By, Disposition, Finding, Known};
use crate::rule::RuleSet;
use crate::secret::Secret;

/// Credentials, each known by the id of its rule and its value.
#[derive(Default)]
pub struct Credentials(HashSet<(String, Secret)>);

fn key(finding: &Finding, rules: &RuleSet) -> (String, Secret) {
    (rules.rule(finding.rule).id.to_string(), finding.secret.clone())
}

impl Credentials {
    /// Those that a scan with these rules reports.
    pub fn reported(outcome: &Outcome, rules: &RuleSet) -> Self {
        Self(outcome.reported().map(|finding| key(finding, rules)).collect())
    }

    /// Those that a scan with these rules finds, whether it reports them or not.
    pub fn found(outcome: &Outcome, rules: &RuleSet) -> Self {
        Self(outcome.findings.iter().map(|finding| key(finding, rules)).collect())
    }

    /// Those that a comment allows.
    pub fn commented(outcome: &Outcome, rules: &RuleSet) -> Self {
        let by_comment = |finding: &&Finding| {
            matches!(finding.disposition, Disposition::Suppressed(By::Comment(_)))
        };
        Self(outcome.suppressed().filter(by_comment).map(|it| key(it, rules)).collect())
    }
}

impl Scanner {
    /// Lets off in `outcome` what `lenient`, a scan of the same with the same
    /// rules that believes more, suppresses and `known` has. What neither lets
    /// off is told by the place that the lenient one chose: nothing is said there
    /// that would allow it.
    pub fn let_off(&self, outcome: &mut Outcome, lenient: Outcome, known: &Credentials) {
        let rules = self.rules();
        // If it was stopped before its end, that counts.
        outcome.notices.extend(lenient.notices);
        let found = lenient.findings.into_iter().map(|finding| (key(&finding, rules), finding));
        let mut found: HashMap<_, _> = found.collect();
        let reported = outcome.findings.iter_mut();
        for finding in reported.filter(|finding| finding.disposition == Disposition::Report) {
            let key = key(finding, rules);
            let other = found.remove(&key);
            let is_reported = |other: &Finding| other.disposition == Disposition::Report;
            if let Some(other) = other.filter(|it| is_reported(it) || known.0.contains(&key)) {
                *finding = other;
            }
        }
        self.put_in_order(outcome);
    }
}

impl Outcome {
    /// Marks the findings that are among those of the base.
    pub fn know(&mut self, base: &Credentials, rules: &RuleSet) {
        for finding in self.findings.iter_mut().filter(|it| base.0.contains(&key(it, rules))) {
            finding.known.get_or_insert(Known::Base);
        }
    }

    /// How many findings it reports that are not among `others`.
    pub fn reported_beyond(&self, others: &Credentials, rules: &RuleSet) -> usize {
        self.reported().filter(|finding| !others.0.contains(&key(finding, rules))).count()
    }
}
