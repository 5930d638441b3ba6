//! What holds for every reader.

use proptest::prelude::*;

use super::{Anatomy, Context, read, read_form};
use crate::rule::sample::expand;
use crate::rule::{Rule, RuleSet, Severity, Tell};

/// A template, expanded.
pub(super) fn made(template: &str) -> String {
    expand(template, 1).expect("the template is right")
}

/// What is told, each fact's name before its value.
pub(super) fn text_of(anatomy: &Anatomy) -> String {
    let each = anatomy.facts.iter().map(|fact| format!("{} {}", fact.name, fact.value));
    each.collect::<Vec<_>>().join(" · ")
}

/// What the form of a credential tells.
pub(super) fn facts_of(secret: &(impl AsRef<[u8]> + ?Sized)) -> String {
    text_of(&read_form(secret.as_ref(), &Context::default()))
}

/// A built-in rule with these tells.
fn rule(tells: &[(&'static str, &'static str, Option<&'static str>)]) -> Rule {
    let rules = RuleSet::builtin();
    let (_, rule) = rules.find("github-pat-classic").expect("the rule is there");
    let tells = tells.iter().map(|(what, pattern, value)| Tell {
        what: (*what).into(),
        pattern: (*pattern).into(),
        value: value.map(Into::into),
    });
    Rule { tells: tells.collect(), ..rule.clone() }
}

#[test]
fn a_rule_tells_what_its_author_knows() {
    let rule = rule(&[
        ("mode", "_test_", Some("test")),
        ("mode", "_live_", Some("live")),
        ("region", "-([a-z]{2}[0-9])$", None),
        ("version", "^v([0-9])|x", None),
    ]);
    let told = |secret: &[u8]| text_of(&read(&rule, secret, &Context::default()));
    assert_eq!(told(b"sk_live_abc-eu1"), "mode live · region eu1");
    assert_eq!(told(b"sk_test__live_x"), "mode test");
    assert_eq!(told(b"\xff_test_\xff"), "mode test");
    assert_eq!(told(b""), "");
}

#[test]
fn a_checksum_that_holds_is_told() {
    let token = made("${seal:crc32-base62-body:ghp_${base62:36}}");
    let rule = rule(&[]);
    let told = |secret: &str| text_of(&read(&rule, secret.as_bytes(), &Context::default()));
    assert_eq!(told(&token), "checksum valid (crc32-base62-body)");
    assert_eq!(told(&token[..token.len() - 1]), "");
}

#[test]
fn what_has_ended_is_little_at_most() {
    let token =
        made("${encode-base64url:{\"alg\":\"x\"}}.${encode-base64url:{\"exp\":1700000000}}.x");
    let graded = |now| {
        let context = Context { now, ..Context::default() };
        let anatomy = read_form(token.as_bytes(), &context);
        [Severity::Critical, Severity::Info].map(|severity| anatomy.grade(severity))
    };
    assert_eq!(graded(Some(1_700_000_000)), [Severity::Low, Severity::Info]);
    assert_eq!(graded(Some(1_699_999_999)), [Severity::Critical, Severity::Info]);
    assert_eq!(graded(None), [Severity::Critical, Severity::Info]);
}

#[track_caller]
fn assert_bounded(secret: &[u8], context: &Context<'_>) {
    let anatomy = read_form(secret, context);
    assert!(anatomy.facts.len() <= 24);
    for fact in &anatomy.facts {
        assert!(!fact.value.is_empty() && fact.value.chars().count() <= 200, "{fact:?}");
        let is_name = |c: char| c.is_ascii_lowercase() || c == ' ' || c == '-';
        assert!(fact.name.chars().all(is_name) && fact.name.len() <= 24, "{}", fact.name);
    }
}

proptest! {
    /// Whatever a rule takes for a credential, reading it ends, with few and
    /// short facts.
    #[test]
    fn any_bytes_are_read_without_harm(
        bytes in proptest::collection::vec(any::<u8>(), 0..300),
        text in "\\PC{0,60}",
        now in any::<Option<i64>>(),
    ) {
        let context = Context { before: &text, after: &text, cut_after: false, now };
        assert_bounded(&bytes, &context);
        assert_bounded(text.as_bytes(), &context);
    }
}
