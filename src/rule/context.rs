//! Patterns for credentials that have no form of their own: what stands before
//! the value tells what it is.
//!
//! A rule names the provider and what the credential is called, or whole names
//! of variables; how names and values are joined in programs, configuration and
//! addresses is said here, once, for all rules. This file is also compiled into
//! the build script.

use serde::Deserialize;

use super::definition::ByteRun;
use super::kind::Class;
use super::pattern;

/// What must stand before a value, as written in a rule file. All of it are
/// regular expressions in which letter case does not matter.
#[derive(Clone, Debug, Default, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct Context {
    /// Names of the provider, one of which stands before what the credential is
    /// called, on the same line or a few lines above.
    #[serde(default)]
    pub(crate) near: Vec<String>,
    /// What the credential is called, with `near` before it. If it is not
    /// written, what credentials of the rule's class are usually called.
    #[serde(default)]
    pub(crate) called: Vec<String>,
    /// Names that tell all by themselves.
    #[serde(default)]
    pub(crate) named: Vec<String>,
}

/// From the provider's name to what the credential is called: the rest of a
/// name, an address, a call; or the rest of the line and up to three more, and
/// then a name that says nothing of another provider.
const BETWEEN: &str = concat!(
    r#"(?:[A-Za-z0-9_.\-/?&:="'\[\]({, ]{0,80}?"#,
    r"|[^\r\n]{0,24}[\r\n]{1,2}(?:[^\r\n]{0,80}[\r\n]{1,2}){0,3}?",
    r#"[ \t"'`\-:{\[(.,$@<]{0,24}(?:(?:const|let|var|export|-H|--header)[ "']{1,3})?"#,
    r"(?:[A-Za-z_]{1,16}(?:\.|->)){0,2}",
    r"(?i:(?:(?:access|account|admin|api|app|application|auth|bearer|bot|client|console|consumer",
    r"|database|db|deploy|encryption|e?mail|get|host|live|master|my|oauth2?|org|personal|private|prod",
    r"|production|project|public|publish|read|redis|rest|root|sandbox|secret|security|server|service",
    r"|set|shared|signing|smtp|source|storage|team|test|the|user|webhook|workspace|write|x)",
    r"[_\-. ]?){0,3}?))",
);

/// How a name may go on behind what the credential is called.
const SUFFIX: &str =
    r"(?i:[_\-]?(?:prod(?:uction)?|dev|test|live|stag(?:e|ing)|qa|ci|eu|us|value|[0-9]{1,2}))?";

/// From the end of the name to the value: an operator, perhaps with a type
/// before it; a key called `value` or `default`; the next element.
const JOINED: &str = concat!(
    r"(?:",
    r#"[\\"'\])]{0,3}(?:[ \t]{0,2}[: \t][ \t]{0,2}&?(?:'static )?(?:[Ss]tring|str)\b)?"#,
    r"[ \t]{0,16}(?:=>|:=|\|\|=?|\?\?=?|\?[:=]|:-|[=!]?==?|:|,|\(|>|%3D|[ \t])[ \t]{0,16}",
    r#"|["']?,?[ \t]{0,4}\{?\s{1,60}(?:type[ \t]{0,4}=[ \t]{0,4}string\s{1,40})?"#,
    r#"["']?(?i:value|default)["']?[ \t]{0,4}[:=][ \t]{0,4}"#,
    r"|</[A-Za-z]{1,10}>\s{0,24}<[A-Za-z]{1,10}>",
    r")",
    r#"[\\"'`]{0,3}(?:(?i:bearer|token|basic|key)[ ]{1,2})?"#,
);

/// What a name that tells all stands behind: the start of a word, `_`, or an
/// escaped line end.
const WORD_START: &str = r"(?:\b|_|\\[nrt])";

impl Context {
    /// The pattern of a rule of this class for `value`.
    pub(crate) fn pattern(&self, class: Class, value: &str) -> String {
        let secret = if value.contains("(?<secret>") {
            value.to_owned()
        } else {
            format!("(?<secret>{value})")
        };
        format!("{}{SUFFIX}{JOINED}{secret}{}", self.names(class), edge(value))
    }

    /// The part of the pattern whose literals are looked for: names. Those of
    /// the kinds of credentials are everywhere.
    pub(crate) fn head(&self) -> String {
        let named = self.named.iter().map(|name| format!("{WORD_START}(?i:{name})"));
        let near = self.near.iter().map(|name| format!("(?i:{name})"));
        near.chain(named).collect::<Vec<_>>().join("|")
    }

    /// The part of the pattern that stands behind the head, or is it.
    pub(crate) fn tail(&self, class: Class) -> String {
        let called = (!self.near.is_empty()).then(|| format!("(?i:{})", self.called(class)));
        let named = self.named.iter().map(|name| format!("(?i:{name})"));
        called.into_iter().chain(named).collect::<Vec<_>>().join("|")
    }

    fn called(&self, class: Class) -> String {
        if self.called.is_empty() { usual_names(class).to_owned() } else { self.called.join("|") }
    }

    fn names(&self, class: Class) -> String {
        let called = self.called(class);
        let mut ways = Vec::new();
        if !self.near.is_empty() {
            ways.push(format!("(?i:{}){BETWEEN}(?i:{called})", self.near.join("|")));
        }
        if !self.named.is_empty() {
            ways.push(format!("{WORD_START}(?i:{})", self.named.join("|")));
        }
        format!("(?:{})", ways.join("|"))
    }
}

/// What credentials of a class are called.
fn usual_names(class: Class) -> &'static str {
    match class {
        Class::OauthClientSecret | Class::SigningKey => r"secret(?:[_\-. ]?key)?|key",
        Class::Password | Class::BasicAuth => r"pass(?:word|wd|phrase|code)?|pwd|pw",
        _ => r"key|token|secret|auth|pat|credentials?|password",
    }
}

/// Bytes before a value that could belong to a run of its bytes: those of
/// `%3D`.
const BESIDE: usize = 2;

/// How long a run of a value's bytes can be around it: what joins names and
/// values, and what stands behind a value, ends every run of such bytes.
pub(crate) fn longest_run(run: &ByteRun, value: &str) -> u32 {
    let ended = run.bytes.bytes().all(|byte| byte.is_ascii_alphanumeric());
    let longest = pattern::analyse(value).ok().and_then(|known| known.max_len);
    let longest = longest.filter(|_| ended).map(|longest| longest.saturating_add(BESIDE));
    longest.and_then(|longest| u32::try_from(longest).ok()).unwrap_or(u32::MAX)
}

/// What stands behind a value: nothing that could be more of it.
fn edge(value: &str) -> &'static str {
    let last = value.trim_end_matches(|c: char| c != ']');
    let class = last.rfind('[').map_or("", |at| &last[at..]);
    if class.contains('/') || class.contains('+') {
        r"(?:[^A-Za-z0-9_+/=\-]|$)"
    } else {
        r"(?:[^A-Za-z0-9_\-]|$)"
    }
}
