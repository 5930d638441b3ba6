//! `redhanded rules list`.

use std::io::Write;

use super::super::args::{ListArgs, RuleFormat};
use super::super::exit::ExitStatus;
use super::rules_with;
use crate::report::rule_list;
use crate::rule::Rule;

pub(super) fn run(args: &ListArgs, out: &mut dyn Write) -> anyhow::Result<ExitStatus> {
    let rules = rules_with(&args.files)?;
    let wanted: Vec<&Rule> =
        rules.iter().map(|(_, rule)| rule).filter(|rule| is_wanted(rule, args)).collect();
    if args.format == RuleFormat::Json {
        rule_list(&wanted, out)?;
    } else {
        let widest = wanted.iter().map(|rule| rule.id.len()).max().unwrap_or(0);
        for rule in wanted {
            let Rule { id, severity, confidence, name, .. } = rule;
            writeln!(out, "{id:widest$}  {severity:8}  {confidence:6}  {name}")?;
        }
    }
    out.flush()?;
    Ok(ExitStatus::Clean)
}

fn is_wanted(rule: &Rule, args: &ListArgs) -> bool {
    let texts = [&rule.id, &rule.name, &rule.provider].map(|text| text.to_lowercase());
    let has = |word: &String| texts.iter().any(|text| text.contains(&word.to_lowercase()));
    args.words.iter().all(has)
        && args.provider.as_ref().is_none_or(|name| name.eq_ignore_ascii_case(&rule.provider))
        && args.class.is_none_or(|class| class == rule.class)
        && args.min_severity.is_none_or(|least| rule.severity >= least)
        && args.min_confidence.is_none_or(|least| rule.confidence >= least)
        && args.status.is_none_or(|status| status == rule.status)
}
