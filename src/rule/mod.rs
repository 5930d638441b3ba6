//! Rules: what a credential looks like and what to say about it.

mod builtin;
mod byte_set;
pub mod checksum;
mod context;
mod definition;
pub(crate) mod file;
mod gram;
mod kind;
mod names;
pub mod page;
mod pattern;
mod rarity;
pub mod sample;

pub use byte_set::ByteSet;
pub use checksum::Checksum;
pub use definition::{ByteRun, Literal, Revocation, Rule, Tell, Text, Trigger};
pub use file::RuleError;
pub use kind::{Class, Confidence, Lifetime, Principal, Severity, Status, UnknownWord};
pub(crate) use names::{ADDRESS, AFTER, BEFORE};
pub(crate) use pattern::fault as pattern_fault;

use std::collections::HashMap;

/// The place of a rule in its [`RuleSet`].
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct RuleIndex(u32);

impl RuleIndex {
    /// As a number to index with.
    pub fn get(self) -> usize {
        self.0 as usize
    }
}

/// The rules of a scan, each id once, in the order of their ids.
#[derive(Clone, Debug, Default)]
pub struct RuleSet {
    rules: Vec<Rule>,
    /// Rules that were filtered out: their ids still mean something in a
    /// comment, and what they would find is still not to be shown.
    switched_off: Vec<Rule>,
}

impl RuleSet {
    /// The built-in rules.
    pub fn builtin() -> Self {
        Self { rules: builtin::rules().to_vec(), switched_off: Vec::new() }
    }

    /// A set of these rules. Of two with one id the later one stays, so that a
    /// user's rule replaces a built-in one.
    pub fn new(rules: impl IntoIterator<Item = Rule>) -> Self {
        let mut by_id: HashMap<Text, Rule> = HashMap::new();
        by_id.extend(rules.into_iter().map(|rule| (rule.id.clone(), rule)));
        let mut rules: Vec<Rule> = by_id.into_values().collect();
        rules.sort_by(|a, b| a.id.cmp(&b.id));
        Self { rules, switched_off: Vec::new() }
    }

    /// This set with `others` added; they replace rules of the same id.
    #[must_use]
    pub fn with(self, others: impl IntoIterator<Item = Rule>) -> Self {
        Self::new(self.rules.into_iter().chain(others))
    }

    /// The rules for which `keep` holds; the others are switched off.
    #[must_use]
    pub fn filtered(mut self, mut keep: impl FnMut(&Rule) -> bool) -> Self {
        self.switched_off.extend(self.rules.extract_if(.., |rule| !keep(rule)));
        self
    }

    /// The rules that were switched off, as a set of their own.
    #[must_use]
    pub fn switched_off(&self) -> Self {
        Self::new(self.switched_off.iter().cloned())
    }

    /// Whether there is a rule with that id, in use or switched off.
    pub fn knows(&self, id: &str) -> bool {
        self.rules.iter().chain(&self.switched_off).any(|rule| rule.id == id)
    }

    /// The ids of all rules, in use or switched off.
    pub fn ids(&self) -> impl Iterator<Item = &str> {
        self.rules.iter().chain(&self.switched_off).map(|rule| rule.id.as_ref())
    }

    /// The rules with their indices.
    pub fn iter(&self) -> impl Iterator<Item = (RuleIndex, &Rule)> {
        (0..).map(RuleIndex).zip(&self.rules)
    }

    /// The rule of that index.
    ///
    /// # Panics
    ///
    /// If the index is from another, larger set.
    pub fn rule(&self, index: RuleIndex) -> &Rule {
        &self.rules[index.get()]
    }

    /// The rule with that id.
    pub fn find(&self, id: &str) -> Option<(RuleIndex, &Rule)> {
        let at = self.rules.binary_search_by(|rule| (*rule.id).cmp(id)).ok()?;
        Some((RuleIndex(u32::try_from(at).ok()?), &self.rules[at]))
    }

    /// How many rules there are.
    pub fn len(&self) -> usize {
        self.rules.len()
    }

    /// Whether there are none.
    pub fn is_empty(&self) -> bool {
        self.rules.is_empty()
    }
}

/// A rule like `template` with another id and pattern: what benches and tests
/// make rules by the hundred with.
///
/// # Errors
///
/// The pattern is not valid.
pub fn synthetic(template: &Rule, id: String, pattern: String) -> Result<Rule, RuleError> {
    let analysis = pattern::analyse(&pattern)
        .map_err(|error| RuleError { span: None, message: error.to_string() })?;
    Ok(Rule {
        id: id.into(),
        pattern: pattern.into(),
        names: Vec::new().into(),
        reach: analysis.max_len.and_then(|max| u32::try_from(max).ok()),
        triggers: analysis.triggers.into(),
        also: analysis.also.into(),
        run: analysis.run,
        whole: false,
        entropy: 0.0,
        checks: Vec::new().into(),
        ..template.clone()
    })
}
