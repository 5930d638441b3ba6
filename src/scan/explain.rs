//! Explaining one credential: which rules know it, and what it says.

use std::io::Cursor;

use super::{Outcome, Progress, Scanner};
use crate::anatomy::{Anatomy, Context, read_form};
use crate::finding::Excerpt;
use crate::refine::{Reason, Subject, Verdict, refine};
use crate::rule::{RuleIndex, Severity};
use crate::secret::Secret;
use crate::source::{Limits, Stdin};

/// What is known of a text that should be one credential.
#[derive(Debug, Default)]
pub struct Explained {
    /// What rules recognise in it: all of it, if one does that.
    pub known: Vec<Known>,
    /// Rules that it looks like something of, and why it is not that.
    pub refused: Vec<(RuleIndex, Reason)>,
    /// What its form tells, if no rule recognises anything.
    pub form: Anatomy,
}

/// A credential that a rule recognises.
#[derive(Debug)]
pub struct Known {
    /// The rule.
    pub rule: RuleIndex,
    /// The credential.
    pub secret: Secret,
    /// What it says about itself.
    pub anatomy: Anatomy,
    /// What it gives, if live, and little if it has ended.
    pub severity: Severity,
}

impl Scanner {
    /// Explains what `text` is. The scanner is to keep what it drops.
    pub fn explain(&self, text: &[u8]) -> Explained {
        let limits = Limits { max_size: u64::MAX, piece: text.len().max(1), reach: self.reach() };
        let source = Stdin::new(Cursor::new(text.to_vec()), limits);
        let Outcome { mut findings, dropped, .. } = self.run(&source, &Progress::default());
        let is_all = |secret: &Secret| secret.expose() == text;
        if findings.iter().any(|finding| is_all(&finding.secret)) {
            findings.retain(|finding| is_all(&finding.secret));
        }
        let known = findings.into_iter().map(|finding| Known {
            rule: finding.rule,
            secret: finding.secret,
            anatomy: finding.anatomy,
            severity: finding.severity,
        });
        let known: Vec<Known> = known.collect();
        if !known.is_empty() {
            return Explained { known, ..Explained::default() };
        }
        let refused = dropped.into_iter().map(|dropped| (dropped.rule, dropped.reason));
        let form = read_form(text, &Context { now: self.options.now, ..Context::default() });
        Explained { known, refused: refused.collect(), form }
    }

    /// Explains a credential of which somebody says that it is one of `rule`.
    /// The rule's pattern, which may need what stands around a credential, is
    /// not asked.
    pub fn explain_as(&self, rule: RuleIndex, text: &[u8]) -> Explained {
        let about = self.rules().rule(rule);
        let subject = Subject { rule: about, secret: text, text, start: 0, matched: 0 };
        // Without a name there is nothing to go by.
        if let (Verdict::Drop(reason), false) = (refine(&subject), about.is_by_name()) {
            return Explained { refused: vec![(rule, reason)], ..Explained::default() };
        }
        let secret = Secret::new(text);
        let (anatomy, severity) = self.read(rule, &secret, &Excerpt::default());
        let known = vec![Known { rule, secret, anatomy, severity }];
        Explained { known, ..Explained::default() }
    }
}
