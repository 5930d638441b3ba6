//! [`Tells`]: what the authors of rules know of a credential's form.

use std::sync::OnceLock;

use regex_automata::meta::Regex;
use regex_automata::util::syntax;

use super::facts::Facts;
use super::{Anatomy, Context, LONGEST, checked, finish};
use crate::rule::{Rule, RuleIndex, Tell};

/// Largest compiled pattern, in bytes.
const SIZE_LIMIT: usize = 1 << 20;

/// The patterns of a set of rules' [`Tell`]s, each compiled when its rule first
/// finds something.
#[derive(Debug, Default)]
pub struct Tells(Vec<OnceLock<Box<[Option<Regex>]>>>);

impl Tells {
    /// For a set of so many rules.
    pub fn new(rules: usize) -> Self {
        Self(std::iter::repeat_with(OnceLock::new).take(rules).collect())
    }

    /// Reads a credential that `rule`, the one of that index, recognises.
    pub fn read_by(
        &self,
        index: RuleIndex,
        rule: &Rule,
        secret: &[u8],
        context: &Context<'_>,
    ) -> Anatomy {
        match self.0.get(index.get()) {
            Some(once) => told(rule, once.get_or_init(|| compile(rule)), secret, context),
            None => read(rule, secret, context),
        }
    }
}

/// Reads a credential that `rule` recognises, its patterns compiled for this
/// one alone.
pub(super) fn read(rule: &Rule, secret: &[u8], context: &Context<'_>) -> Anatomy {
    told(rule, &compile(rule), secret, context)
}

/// What the rule tells, whether its checksum holds, and what the form tells.
fn told(rule: &Rule, compiled: &[Option<Regex>], secret: &[u8], context: &Context<'_>) -> Anatomy {
    let mut facts = Facts::default();
    for (tell, regex) in rule.tells.iter().zip(compiled) {
        facts.tell_some(
            tell.what.clone(),
            regex.as_ref().and_then(|regex| said(tell, regex, secret)),
        );
    }
    checked::read(rule, secret, &mut facts);
    finish(facts, secret, context)
}

/// The patterns of a rule. One that is too large says nothing.
fn compile(rule: &Rule) -> Box<[Option<Regex>]> {
    let config = Regex::config().nfa_size_limit(Some(SIZE_LIMIT)).utf8_empty(false);
    let syntax = syntax::Config::new().unicode(false).utf8(false);
    let mut builder = Regex::builder();
    builder.configure(config).syntax(syntax);
    rule.tells.iter().map(|tell| builder.build(&tell.pattern).ok()).collect()
}

/// What is said where the pattern matches: the rule's own words, or the first
/// group.
fn said(tell: &Tell, regex: &Regex, secret: &[u8]) -> Option<String> {
    let secret = &secret[..secret.len().min(LONGEST)];
    if let Some(value) = &tell.value {
        return regex.is_match(secret).then(|| value.to_string());
    }
    let mut captures = regex.create_captures();
    regex.captures(secret, &mut captures);
    let group = captures.get_group(1)?;
    Some(String::from_utf8_lossy(secret.get(group.range())?).into_owned())
}
