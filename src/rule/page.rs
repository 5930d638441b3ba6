//! Pages about rules, in Markdown: one for each provider.

use std::collections::BTreeMap;
use std::fmt::Write as _;

use super::{Revocation, Rule, RuleSet};

/// What every page begins with: what has it may be replaced or removed.
const MARK: &str = "<!-- Written by `redhanded rules docs`. -->\n";

/// The pages of these rules by the names of their files: one for each provider
/// and `README.md`, which names them all.
pub fn pages(rules: &RuleSet) -> BTreeMap<String, String> {
    let mut providers: BTreeMap<String, Vec<&Rule>> = BTreeMap::new();
    for (_, rule) in rules.iter() {
        providers.entry(format!("{}.md", slug(&rule.provider))).or_default().push(rule);
    }
    let contents = contents(&providers, rules.len());
    let mut pages: BTreeMap<String, String> =
        providers.into_iter().map(|(name, rules)| (name, provider(&rules))).collect();
    pages.insert("README.md".to_owned(), contents);
    pages
}

/// Whether a text is such a page.
pub fn is_page(text: &str) -> bool {
    text.starts_with(MARK)
}

/// A name as it can stand in an address: lower-case words joined by `-`.
fn slug(name: &str) -> String {
    let lower = name.to_lowercase();
    let words = lower.split(|letter: char| !letter.is_ascii_alphanumeric());
    words.filter(|word| !word.is_empty()).collect::<Vec<_>>().join("-")
}

/// The page that names all others.
fn contents(providers: &BTreeMap<String, Vec<&Rule>>, count: usize) -> String {
    let mut page = format!("{MARK}# Rules\n\n{count} rules, {} providers.\n\n", providers.len());
    for (name, rules) in providers {
        let provider = &rules[0].provider;
        let count = rules.len();
        let _ = writeln!(page, "- [{provider}]({name}): {count}");
    }
    page
}

/// The page of one provider.
fn provider(rules: &[&Rule]) -> String {
    let mut page = format!("{MARK}# {}\n", rules[0].provider);
    for rule in rules {
        page.push('\n');
        page.push_str(&markdown(rule, 2));
    }
    page
}

/// What is to be said about a rule, under a heading of this level.
pub fn markdown(rule: &Rule, level: usize) -> String {
    let mut page = format!("{} {}\n\n", "#".repeat(level), rule.name);
    let Rule { id, severity, confidence, class, principal, lifetime, since, status, .. } = rule;
    let _ = writeln!(
        page,
        "`{id}` · {severity} · confidence {confidence} · {class} of {}, {} · {status} since {since}\n",
        principal.words(),
        lifetime.words(),
    );
    let _ = writeln!(page, "{}\n", rule.why);
    let _ = writeln!(page, "**Fix:** {}\n", rule.fix);
    if let Some(Revocation { url, method, by_holder }) = &rule.revoke {
        let method = method.as_deref().map_or(String::new(), |method| format!("`{method}` "));
        let holder = if *by_holder { "; whoever holds it can revoke it" } else { "" };
        let _ = writeln!(page, "**Revoke:** {method}<{url}>{holder}.\n");
    }
    if let Some(usage) = &rule.usage {
        let _ = writeln!(page, "**Was it used?** {usage}\n");
    }
    if !rule.parts.is_empty() {
        let parts = rule.parts.iter().map(|(name, part)| format!("{name} (`{part}`)"));
        let _ = writeln!(page, "**Belongs with:** {}.\n", parts.collect::<Vec<_>>().join(", "));
    }
    let links: Vec<String> = rule.references.iter().map(|url| format!("<{url}>")).collect();
    let _ = writeln!(page, "{}", links.join(" · "));
    page
}
