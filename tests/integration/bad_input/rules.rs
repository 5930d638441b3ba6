//! Rules that cannot be used.

use super::{assert_refused, one_leak};
use crate::support::Folder;

#[test]
fn a_syntax_error_in_a_rule_file_is_told_with_its_place() {
    let folder = one_leak("a.txt");
    folder.file("rules.toml", "provider = \"Acme\"\n[[rule]\nid = \"acme-key\"\n");
    let run = folder.run(["scan", "--rules", "rules.toml", "a.txt"]);
    assert_refused(run, &["rules.toml:2:8: ", "expected `]`"]);
}

#[test]
fn an_unknown_field_in_a_rule_file_is_told_with_the_one_meant() {
    let folder = one_leak("a.txt");
    folder.file("rules.toml", "provider = \"Acme\"\n[[rule]]\nid = \"acme-key\"\nnamme = \"x\"\n");
    let run = folder.run(["scan", "--rules", "rules.toml", "a.txt"]);
    assert_refused(run, &["rules.toml:4:1: ", "expected one of", "did you mean `name`?"]);
}

/// A rule for `acme_` and what `tail` matches.
fn acme_rule(tail: &str) -> String {
    format!(
        r#"provider = "Acme"

[[rule]]
id = "acme-key"
name = "Acme key"
class = "api-key"
principal = "user"
lifetime = "until-revoked"
severity = "high"
pattern = '(?<secret>acme_{tail})'
why = "Orders anvils."
fix = "Tell the coyote."
since = "0.1.0"
"#
    )
}

#[test]
fn a_pattern_that_is_no_regular_expression_is_told_with_its_place() {
    let folder = one_leak("a.txt");
    folder.file("rules.toml", acme_rule("[a-z"));
    let run = folder.run(["scan", "--rules", "rules.toml", "a.txt"]);
    assert_refused(run, &["rules.toml:10:11: ", "acme-key", "unclosed character class"]);
}

#[test]
fn a_pattern_that_is_too_large_is_refused_whether_it_is_needed_or_not() {
    for text in ["acme_key", "nothing of that kind"] {
        let folder = Folder::new();
        folder.file("rules.toml", acme_rule("[a-z]{1000}{1000}"));
        folder.file("a.txt", text);
        let run = folder.run(["scan", "--rules", "rules.toml", "a.txt"]);
        assert_refused(run, &["acme-key", "16 MiB"]);
    }
}

#[test]
fn a_rule_that_is_not_there_is_told_with_the_one_meant() {
    let folder = one_leak("a.txt");
    let run = folder.run(["scan", "--only", "github-pat-clasic", "a.txt"]);
    assert_refused(run, &["`github-pat-clasic`", "did you mean `github-pat-classic`?"]);
}
