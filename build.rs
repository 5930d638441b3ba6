//! Lays the built-in rules out as constants.
//!
//! Rule files are read, checked and analysed here, once, so that a scan does
//! not parse a thousand rules before it looks at its first byte.

#![allow(
    dead_code,
    unreachable_pub,
    missing_docs,
    reason = "the modules are shared with the library, which uses all of them"
)]
#![allow(clippy::use_debug, reason = "the Debug form of a constant is its Rust form")]

#[path = "src/rule/byte_set.rs"]
mod byte_set;
#[path = "src/rule/context.rs"]
mod context;
#[path = "src/rule/definition.rs"]
mod definition;
#[path = "src/rule/file.rs"]
mod file;
#[path = "src/rule/gram.rs"]
mod gram;
#[path = "src/rule/kind.rs"]
mod kind;
#[path = "src/rule/names.rs"]
mod names;
#[path = "src/rule/pattern/mod.rs"]
mod pattern;
#[path = "src/rule/rarity.rs"]
mod rarity;

use std::fmt::Write as _;
use std::path::{Path, PathBuf};

use definition::{Literal, Revocation, Rule, Tell, Text, Trigger};
use file::{RuleError, RuleFile};

fn main() {
    println!("cargo::rerun-if-changed=rules");
    println!("cargo::rerun-if-changed=src/rule");
    match generate() {
        Ok(code) => {
            let out = PathBuf::from(std::env::var_os("OUT_DIR").expect("cargo sets OUT_DIR"));
            std::fs::write(out.join("builtin_rules.rs"), code).expect("OUT_DIR is writable");
        }
        Err(errors) => {
            for error in errors {
                println!("cargo::error={}", error.replace('\n', " "));
            }
        }
    }
}

/// The constant array of all rules, in the order of their ids.
fn generate() -> Result<String, Vec<String>> {
    let mut rules = Vec::new();
    let mut errors = Vec::new();
    for path in rule_files() {
        match read(&path) {
            Ok(found) => rules.extend(found),
            Err(found) => errors.extend(found),
        }
    }
    if !errors.is_empty() {
        return Err(errors);
    }
    rules.sort_by(|a, b| a.id.cmp(&b.id));
    let mut code = format!("pub(super) static RULES: [Rule; {}] = [\n", rules.len());
    for rule in &rules {
        write_rule(&mut code, rule);
    }
    code.push_str("];\n");
    Ok(code)
}

fn rule_files() -> Vec<PathBuf> {
    let folder = std::fs::read_dir("rules").expect("the package has a folder `rules`");
    let mut files: Vec<PathBuf> = folder
        .filter_map(|entry| Some(entry.ok()?.path()))
        .filter(|path| path.extension().is_some_and(|extension| extension == "toml"))
        .collect();
    files.sort();
    files
}

fn read(path: &Path) -> Result<Vec<Rule>, Vec<String>> {
    let text =
        std::fs::read_to_string(path).map_err(|e| vec![format!("{}: {e}", path.display())])?;
    let at = |error: RuleError| {
        let start = error.span.map_or(0, |span| span.start);
        let line = text[..start].matches('\n').count() + 1;
        format!("{}:{line}: {}", path.display(), error.message)
    };
    let file = RuleFile::parse(&text).map_err(|error| vec![at(error)])?;
    file.rules().map_err(|errors| errors.into_iter().map(at).collect())
}

/// Writes one rule as a constant expression.
fn write_rule(code: &mut String, rule: &Rule) {
    let Rule { id, name, provider, pattern, why, fix, since, .. } = rule;
    code.push_str("Rule {\n");
    for (field, value) in [
        ("id", id),
        ("name", name),
        ("provider", provider),
        ("pattern", pattern),
        ("why", why),
        ("fix", fix),
        ("since", since),
    ] {
        let _ = writeln!(code, "{field}: Cow::Borrowed({value:?}),");
    }
    let _ = writeln!(
        code,
        "class: Class::{:?}, principal: Principal::{:?},",
        rule.class, rule.principal
    );
    let _ = writeln!(
        code,
        "lifetime: Lifetime::{:?}, severity: Severity::{:?},",
        rule.lifetime, rule.severity
    );
    let _ = writeln!(
        code,
        "confidence: Confidence::{:?}, status: Status::{:?},",
        rule.confidence, rule.status
    );
    let Rule { generic, reach, entropy, run, whole, .. } = rule;
    let _ = writeln!(
        code,
        "generic: {generic}, reach: {reach:?}, entropy: {entropy:?}_f32, run: {run:?}, whole: {whole},"
    );
    write_literals(code, &rule.also);
    write_list(code, "names", &rule.names);
    write_list(code, "files", &rule.files);
    write_list(code, "checks", &rule.checks);
    write_remarks(code, rule);
    write_list(code, "references", &rule.references);
    code.push_str("triggers: Cow::Borrowed(&[");
    for Trigger { literal, fold, follow, pair, inside, before_min, before_max } in
        rule.triggers.iter()
    {
        let literal = literal.escape_ascii();
        let _ = write!(
            code,
            "Trigger {{ literal: Cow::Borrowed(b\"{literal}\"), fold: {fold}, follow: {follow:?}, pair: {pair}, inside: {inside}, before_min: {before_min}, before_max: {before_max} }},"
        );
    }
    code.push_str("]),\n},\n");
}

/// What is said about a credential beyond its form.
fn write_remarks(code: &mut String, rule: &Rule) {
    code.push_str("parts: Cow::Borrowed(&[");
    for (name, part) in rule.parts.iter() {
        let _ = write!(code, "(Cow::Borrowed({name:?}), Cow::Borrowed({part:?})),");
    }
    code.push_str("]),\ntells: Cow::Borrowed(&[");
    for Tell { what, pattern, value } in rule.tells.iter() {
        let value = optional(value.as_ref());
        let _ = write!(
            code,
            "Tell {{ what: Cow::Borrowed({what:?}), pattern: Cow::Borrowed({pattern:?}), value: {value} }},"
        );
    }
    code.push_str("]),\nrevoke: ");
    match &rule.revoke {
        None => code.push_str("None"),
        Some(Revocation { url, method, by_holder }) => {
            let method = optional(method.as_ref());
            let _ = write!(
                code,
                "Some(Revocation {{ url: Cow::Borrowed({url:?}), method: {method}, by_holder: {by_holder} }})"
            );
        }
    }
    let _ = writeln!(code, ",\nusage: {},", optional(rule.usage.as_ref()));
}

fn optional(text: Option<&Text>) -> String {
    text.map_or_else(|| "None".to_owned(), |text| format!("Some(Cow::Borrowed({text:?}))"))
}

fn write_literals(code: &mut String, literals: &[Literal]) {
    code.push_str("also: Cow::Borrowed(&[");
    for Literal { bytes, fold } in literals {
        let bytes = bytes.escape_ascii();
        let _ = write!(code, "Literal {{ bytes: Cow::Borrowed(b\"{bytes}\"), fold: {fold} }},");
    }
    code.push_str("]),\n");
}

fn write_list(code: &mut String, field: &str, list: &[Text]) {
    let _ = write!(code, "{field}: Cow::Borrowed(&[");
    for item in list {
        let _ = write!(code, "Cow::Borrowed({item:?}),");
    }
    code.push_str("]),\n");
}
