//! Rule files as they are written (TOML), and their way to valid [`Rule`]s.
//!
//! This file is also compiled into the build script, which reads the built-in
//! rules with it; user's rule files are read with it at run time.

use std::collections::BTreeMap;
use std::fmt::Write as _;
use std::ops::Range;

use serde::Deserialize;

use super::context::{self, Context};
use super::definition::{Revocation, Rule, Tell, Text};
use super::kind::{Class, Confidence, Lifetime, Principal, Severity, Status};
use super::names;
use super::pattern::{self, Analysis};

/// A rule file, as written.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct RuleFile {
    /// Who issues the credentials.
    pub(crate) provider: String,
    /// Whether the rules know only what surrounds a credential.
    #[serde(default)]
    pub(crate) generic: bool,
    /// The rules, each with the place it stands at.
    #[serde(default)]
    pub(crate) rule: Vec<toml::Spanned<RuleEntry>>,
}

/// One rule, as written. The fields mean what those of [`Rule`] mean.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct RuleEntry {
    pub(crate) id: String,
    pub(crate) name: String,
    pub(crate) class: Class,
    pub(crate) principal: Principal,
    pub(crate) lifetime: Lifetime,
    pub(crate) severity: Severity,
    #[serde(default = "high")]
    pub(crate) confidence: Confidence,
    #[serde(default = "stable")]
    pub(crate) status: Status,
    pub(crate) pattern: Option<toml::Spanned<String>>,
    /// Words in the names that the credential is assigned to, instead of a
    /// pattern.
    #[serde(default)]
    pub(crate) names: Vec<String>,
    /// What stands before `value`, instead of a pattern.
    pub(crate) context: Option<toml::Spanned<Context>>,
    /// What the credential looks like behind its context.
    pub(crate) value: Option<toml::Spanned<String>>,
    pub(crate) reach: Option<u32>,
    #[serde(default)]
    pub(crate) files: Vec<String>,
    #[serde(default)]
    pub(crate) entropy: f32,
    #[serde(default)]
    pub(crate) checks: Vec<String>,
    #[serde(default)]
    pub(crate) parts: BTreeMap<String, String>,
    #[serde(default)]
    pub(crate) tells: Vec<WrittenTell>,
    pub(crate) why: String,
    pub(crate) fix: String,
    pub(crate) revoke: Option<WrittenRevocation>,
    pub(crate) usage: Option<String>,
    #[serde(default)]
    pub(crate) references: Vec<String>,
    pub(crate) since: String,
    #[serde(default)]
    pub(crate) examples: Examples,
}

/// What a credential's form says about it; the fields mean what those of
/// [`Tell`] mean.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct WrittenTell {
    pub(crate) what: String,
    pub(crate) pattern: String,
    pub(crate) value: Option<String>,
}

/// How a credential is revoked; the fields mean what those of [`Revocation`]
/// mean.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct WrittenRevocation {
    pub(crate) url: String,
    pub(crate) method: Option<String>,
    #[serde(default)]
    pub(crate) by_holder: bool,
}

/// Example templates of a rule; see `sample.rs` for their language.
#[derive(Clone, Debug, Default, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct Examples {
    /// Lines that hold a credential of this kind.
    #[serde(rename = "match", default)]
    pub(crate) matching: Vec<String>,
    /// Lines that look like it and hold none.
    #[serde(default)]
    pub(crate) near_miss: Vec<String>,
}

fn high() -> Confidence {
    Confidence::High
}

fn stable() -> Status {
    Status::Stable
}

/// What is wrong in a rule file, and where (byte range of the file's text).
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct RuleError {
    /// Byte range in the file.
    pub span: Option<Range<usize>>,
    /// What is wrong and what was expected.
    pub message: String,
}

impl RuleFile {
    /// Reads a rule file's text.
    pub(crate) fn parse(text: &str) -> Result<Self, RuleError> {
        toml::from_str(text)
            .map_err(|error| RuleError { span: error.span(), message: error.message().to_owned() })
    }

    /// The valid rules of this file, or everything that is wrong with it.
    pub(crate) fn rules(&self) -> Result<Vec<Rule>, Vec<RuleError>> {
        let mut rules = Vec::new();
        let mut errors = Vec::new();
        for entry in &self.rule {
            match entry.get_ref().rule(&self.provider, self.generic) {
                Ok(rule) => rules.push(rule),
                Err(error) => errors.push(RuleError {
                    span: error.span.or_else(|| Some(entry.span())),
                    message: format!("rule `{}`: {}", entry.get_ref().id, error.message),
                }),
            }
        }
        if errors.is_empty() { Ok(rules) } else { Err(errors) }
    }
}

impl RuleEntry {
    /// The valid rule this describes.
    pub(crate) fn rule(&self, provider: &str, generic: bool) -> Result<Rule, RuleError> {
        check_id(&self.id)?;
        if let Some(name) = self.files.iter().find(|name| name.trim().is_empty()) {
            let message = format!("`files`: `{name}` is no pattern");
            return Err(RuleError { span: None, message });
        }
        let (pattern, analysis) = self.analyse()?;
        Ok(Rule {
            id: text(&self.id),
            name: text(&self.name),
            provider: text(provider),
            generic,
            class: self.class,
            principal: self.principal,
            lifetime: self.lifetime,
            severity: self.severity,
            confidence: self.confidence,
            status: self.status,
            pattern: pattern.into(),
            names: self.names.iter().map(|name| text(name)).collect(),
            reach: self.reach.or(analysis.max_len.and_then(|max| u32::try_from(max).ok())),
            triggers: if analysis.whole { Vec::new() } else { analysis.triggers }.into(),
            also: analysis.also.into(),
            run: analysis.run,
            whole: analysis.whole,
            files: self.files.iter().map(|name| text(name)).collect(),
            entropy: self.entropy,
            checks: self.checks.iter().map(|name| text(name)).collect(),
            parts: self.parts.iter().map(|(name, rule)| (text(name), text(rule))).collect(),
            tells: self.tells.iter().map(WrittenTell::tell).collect::<Result<_, _>>()?,
            why: text(&self.why),
            fix: text(&self.fix),
            revoke: self.revoke.as_ref().map(WrittenRevocation::revocation),
            usage: self.usage.as_deref().map(text),
            references: self.references.iter().map(|url| text(url)).collect(),
            since: text(&self.since),
        })
    }

    /// The pattern, as it is written or put together from its context, and what
    /// it guarantees. Its place is given with what is wrong in it.
    fn analyse(&self) -> Result<(String, Analysis), RuleError> {
        match (&self.pattern, &self.context, &self.value) {
            (None, None, None) if !self.names.is_empty() => {
                let analysis = names::analyse(&self.names)
                    .map_err(|message| RuleError { span: None, message })?;
                Ok((String::new(), analysis))
            }
            _ if !self.names.is_empty() => {
                let message = "`names` goes without `pattern`, `context` and `value`".to_owned();
                Err(RuleError { span: None, message })
            }
            (Some(pattern), None, None) => {
                let analysis = analysed(pattern.get_ref(), &pattern.span())?;
                Ok((pattern.get_ref().clone(), analysis))
            }
            (None, Some(context), Some(value)) => {
                let (at, context) = (context.span(), context.get_ref());
                if context.near.is_empty() && context.named.is_empty() {
                    let message = "the context is empty: give `near` or `named`".to_owned();
                    return Err(RuleError { span: Some(at), message });
                }
                let pattern = context.pattern(self.class, value.get_ref());
                let mut analysis = analysed(&pattern, &value.span())?;
                let literals = |pattern: &str| {
                    pattern::analyse(pattern).map(|known| known.triggers).unwrap_or_default()
                };
                analysis.triggers = literals(&context.head());
                if let Some(run) = &mut analysis.run {
                    run.most = context::longest_run(run, value.get_ref());
                }
                analysis.also = pattern::besides(&literals(&context.tail(self.class)));
                Ok((pattern, analysis))
            }
            _ => {
                let message = "give one of `pattern`, `names`, or `context` and `value`".to_owned();
                Err(RuleError { span: None, message })
            }
        }
    }
}

impl WrittenTell {
    fn tell(&self) -> Result<Tell, RuleError> {
        pattern::analyse(&self.pattern).map_err(|error| RuleError {
            span: None,
            message: format!("`tells`: {}", pattern_message(&error)),
        })?;
        Ok(Tell {
            what: text(&self.what),
            pattern: text(&self.pattern),
            value: self.value.as_deref().map(text),
        })
    }
}

impl WrittenRevocation {
    fn revocation(&self) -> Revocation {
        Revocation {
            url: text(&self.url),
            method: self.method.as_deref().map(text),
            by_holder: self.by_holder,
        }
    }
}

/// Parses a pattern that stands at `span` of the file.
fn analysed(pattern: &str, span: &Range<usize>) -> Result<Analysis, RuleError> {
    let at_pattern = |message| RuleError { span: Some(span.clone()), message };
    let analysis =
        pattern::analyse(pattern).map_err(|error| at_pattern(pattern_message(&error)))?;
    if analysis.has_secret {
        Ok(analysis)
    } else {
        Err(at_pattern("the pattern has no group `(?<secret>…)` around the credential".into()))
    }
}

fn text(string: &str) -> Text {
    Text::Owned(string.to_owned())
}

/// An id is kebab-case: it stands in comments, configuration and addresses.
fn check_id(id: &str) -> Result<(), RuleError> {
    let kebab = !id.is_empty()
        && id.split('-').all(|word| {
            !word.is_empty() && word.bytes().all(|b| b.is_ascii_lowercase() || b.is_ascii_digit())
        });
    if kebab {
        return Ok(());
    }
    let message = "the id must be kebab-case: lower-case words and digits joined by `-`";
    Err(RuleError { span: None, message: message.into() })
}

/// What is wrong in a pattern, on one line, with the column in the pattern.
fn pattern_message(error: &regex_syntax::Error) -> String {
    let (kind, column) = pattern::fault(error);
    let mut message = format!("the pattern is not a valid regular expression: {kind}");
    if let Some(column) = column {
        let _ = write!(message, " (at column {column} of the pattern)");
    }
    message
}
