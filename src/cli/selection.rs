//! Which rules run.

use anyhow::bail;

use super::args::RuleArgs;
use crate::config::{Config, Files, closest, load_rules_from};
use crate::engine::compiles;
use crate::rule::{Rule, RuleSet};

/// The built-in rules and the user's, without those switched off.
pub(super) fn rule_set(
    args: &RuleArgs,
    config: &Config,
    files: &dyn Files,
) -> anyhow::Result<RuleSet> {
    let mut rules = RuleSet::builtin();
    if !config.rules.is_empty() {
        rules = rules.with(config.rules.iter().cloned());
    }
    check_patterns(&config.rules)?;
    for path in &args.files {
        let own = load_rules_from(path, files)?;
        check_patterns(&own)?;
        rules = rules.with(own);
    }
    check_ids(args, config, &rules)?;
    let only: Option<Vec<&String>> = if args.only.is_empty() {
        config.only.as_ref().map(|ids| ids.iter().map(|id| &id.text).collect())
    } else {
        Some(args.only.iter().collect())
    };
    let skip: Vec<&String> =
        args.skip.iter().chain(config.skip.iter().map(|id| &id.text)).collect();
    let rules = rules.filtered(|rule| {
        let is_among = |ids: &[&String]| ids.iter().any(|id| **id == rule.id);
        only.as_deref().is_none_or(is_among) && !is_among(&skip)
    });
    if rules.is_empty() {
        bail!("no rule is left to run");
    }
    Ok(rules)
}

/// A pattern is compiled when its rule is first needed. A user's own is tried
/// before the scan: what cannot work is to be said whether or not it is needed.
fn check_patterns(rules: &[Rule]) -> anyhow::Result<()> {
    for rule in rules {
        if let Err(reason) = compiles(rule) {
            bail!("the rule `{}` cannot be used: {reason}", rule.id);
        }
    }
    Ok(())
}

/// Every id must be one of a rule. Those of the configuration are checked here
/// because `--rules` can add rules that they are about.
fn check_ids(args: &RuleArgs, config: &Config, rules: &RuleSet) -> anyhow::Result<()> {
    let is_unknown = |id: &str| rules.find(id).is_none();
    if let Some(id) = args.only.iter().chain(&args.skip).find(|id| is_unknown(id)) {
        bail!(unknown_rule(id, rules));
    }
    let mut configured = config.only.iter().flatten().chain(&config.skip);
    if let Some(id) = configured.find(|id| is_unknown(&id.text)) {
        bail!(config.refused(Some(id), unknown_rule(&id.text, rules)));
    }
    Ok(())
}

/// What is said about an id that no rule has.
pub(super) fn unknown_rule(id: &str, rules: &RuleSet) -> String {
    match closest(id, rules.iter().map(|(_, rule)| rule.id.as_ref())) {
        Some(meant) => format!("there is no rule `{id}`; did you mean `{meant}`?"),
        None => format!("there is no rule `{id}`; `redhanded rules list` shows all"),
    }
}
