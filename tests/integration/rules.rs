//! `redhanded rules`, and the laws that hold for every built-in rule.

use std::collections::{BTreeMap, BTreeSet, HashSet};
use std::path::PathBuf;

use redhanded::lint::SEEDS;
use redhanded::rule::{Confidence, RuleSet, sample};
use redhanded::scan::{Progress, ScanOptions, Scanner};
use redhanded::source::{Sink, Source};
use redhanded::suppress::AllowLists;
use redhanded::unit::{Origin, Unit};

use crate::support::{Folder, Run, WrittenRule, rule_entry, written_rules};

// The commands.

#[test]
fn list_shows_every_rule_on_a_line() {
    let run = Folder::new().run(["rules", "list"]).exits(0);
    let rules = RuleSet::builtin();
    assert_eq!(run.stdout.lines().count(), rules.len());
    for ((_, rule), line) in rules.iter().zip(run.stdout.lines()) {
        let expected = [&rule.id, rule.severity.as_str(), rule.confidence.as_str()];
        let words: Vec<&str> = line.split_whitespace().take(3).collect();
        assert_eq!(words, expected);
        assert!(line.ends_with(&*rule.name), "{line}");
    }
}

#[test]
fn show_tells_all_of_a_rule() {
    let run = Folder::new().run(["rules", "show", "github-pat-classic"]).exits(0);
    let rules = RuleSet::builtin();
    let (_, rule) = rules.find("github-pat-classic").expect("the rule is there");
    let fields = [&rule.name, &rule.why, &rule.fix, &rule.provider, &rule.pattern, &rule.since];
    for field in fields.into_iter().chain(rule.references.iter()).chain(rule.checks.iter()) {
        assert!(run.stdout.contains(&**field), "{field}\n{}", run.stdout);
    }
    for word in ["personal-access-token", "user", "critical", "high", "stable", "40 bytes"] {
        assert!(run.stdout.contains(word), "{word}\n{}", run.stdout);
    }
}

#[test]
fn show_knows_every_rule() {
    for (_, rule) in RuleSet::builtin().iter() {
        let run = Folder::new().run(["rules", "show", &*rule.id]).exits(0);
        assert!(run.stdout.contains(&format!("[{}]", rule.id)), "{}", run.stdout);
    }
}

#[test]
fn an_unknown_rule_is_refused_with_the_one_meant() {
    let run = Folder::new().run(["rules", "show", "github-pat-clasic"]).exits(2);
    let expected = "no rule `github-pat-clasic`; did you mean `github-pat-classic`?";
    assert!(run.stderr.contains(expected), "{}", run.stderr);
    let run = Folder::new().run(["rules", "show", "0"]).exits(2);
    assert!(run.stderr.contains("`redhanded rules list` shows all"), "{}", run.stderr);
}

// The linter.

/// Checks one rule file, `acme.toml`, with these rules.
fn check(entries: &str) -> Run {
    let folder = Folder::new();
    folder.file("acme.toml", format!("provider = \"Acme\"\n{entries}"));
    folder.run(["rules", "check", "acme.toml"])
}

/// A rule without a fault, with one thing in it replaced.
#[track_caller]
fn changed(from: &str, to: &str) -> String {
    let rule = rule_entry("acme-key", "high", "high");
    assert!(rule.contains(from), "`{from}` is not in {rule}");
    rule.replacen(from, to, 1)
}

/// Asserts that the linter finds these problems in the rule and no others.
#[track_caller]
fn assert_problems(rule: &str, expected: &[&str]) {
    let run = check(rule).exits(1);
    let lines: Vec<&str> = run.stdout.lines().collect();
    assert_eq!(lines.len(), expected.len() + 1, "{}", run.stdout);
    for (line, expected) in lines.iter().zip(expected) {
        assert!(line.starts_with("acme.toml: "), "{line}");
        assert!(line.contains(expected), "{line}\nis not\n{expected}");
    }
    let plural = if expected.len() == 1 { "" } else { "s" };
    let summary = format!(" checked, {} problem{plural}.", expected.len());
    assert!(lines[expected.len()].ends_with(&summary), "{}", run.stdout);
}

/// Asserts that the file is refused, with this message.
#[track_caller]
fn assert_refused(rule: &str, expected: &str) {
    let run = check(rule).exits(2);
    assert!(run.stderr.contains(expected), "{}\nis not\n{expected}", run.stderr);
    assert_eq!(run.stdout, "");
}

#[test]
fn the_repository_s_own_rules_have_no_problem() {
    let rules = concat!(env!("CARGO_MANIFEST_DIR"), "/rules");
    let run = Folder::new().run(["rules", "check", rules]).exits(0);
    let expected = format!("{} rules checked, 0 problems.\n", RuleSet::builtin().len());
    assert_eq!(run.stdout, expected);
}

#[test]
fn a_rule_without_fault_has_no_problem() {
    let run = check(&rule_entry("acme-key", "high", "high")).exits(0);
    assert_eq!(run.stdout, "1 rule checked, 0 problems.\n");
}

#[test]
fn a_pattern_without_the_group_is_refused() {
    let expected = "acme.toml:11:11: rule `acme-key`: the pattern has no group `(?<secret>…)`";
    assert_refused(&changed("?<secret>", "?:"), expected);
}

#[test]
fn a_pattern_that_is_none_is_refused() {
    let expected = "acme.toml:11:11: rule `acme-key`: the pattern is not a valid regular";
    assert_refused(&changed("[a-z0-9]", "[a-z0-9"), expected);
}

#[test]
fn an_id_that_is_not_kebab_case_is_refused() {
    for id in ["Acme-key", "acme_key", "acme--key", "-acme", "acme key", ""] {
        let rule = changed("id = \"acme-key\"", &format!("id = \"{id}\""));
        assert_refused(&rule, "acme.toml:3:1: rule `");
        assert_refused(&rule, "the id must be kebab-case");
    }
}

#[test]
fn text_that_is_no_toml_is_refused_with_its_place() {
    assert_refused(&changed("class =", "class "), "acme.toml:6:8: ");
}

#[test]
fn an_unknown_key_is_refused_with_the_one_meant() {
    let rule = changed("severity", "severty");
    assert_refused(&rule, "acme.toml:9:1: unknown field `severty`");
    assert_refused(&rule, "did you mean `severity`?");
}

#[test]
fn an_unknown_word_is_refused_with_the_one_meant() {
    let rule = changed("\"api-key\"", "\"apikey\"");
    assert_refused(&rule, "acme.toml:6:9: unknown variant `apikey`");
    assert_refused(&rule, "did you mean `api-key`?");
}

#[test]
fn a_missing_key_is_refused() {
    assert_refused(&changed("severity = \"high\"\n", ""), "missing field `severity`");
}

#[test]
fn a_pattern_without_bound_is_a_problem() {
    assert_problems(&changed("{32})", "{32,})"), &["its pattern has no bound"]);
    let with_reach = changed("{32})", "{32,})").replace("why =", "reach = 100\nwhy =");
    check(&with_reach).exits(0);
}

#[test]
fn a_very_long_pattern_is_a_problem() {
    let pattern = format!("{{32}}{}", r"(?:[a-z0-9]{1000}){0,9}");
    assert_problems(&changed("{32}", &pattern), &["can be longer than 8192 bytes"]);
}

#[test]
fn a_pattern_without_a_literal_is_a_problem() {
    let rule = changed("(?<secret>acme-key_", "(?<secret>[a-z]{4}-[a-z]{3}_");
    assert_problems(&rule, &["guarantees no literal of four bytes"]);
}

#[test]
fn a_missed_example_is_a_problem() {
    let rule = changed("a = acme-key_${alnum-lower:32}", "a = acme-key_${alnum-lower:30}");
    assert_problems(&rule, &["acme-key: it misses its example `a = acme-key_${alnum-lower:30}`"]);
}

#[test]
fn a_dropped_example_is_a_problem_with_its_reason() {
    let rule = changed("a = acme-key_${alnum-lower:32}", "acme-key_changeme${alnum-lower:24}");
    assert_problems(&rule, &["it says that it is an example"]);
}

#[test]
fn an_example_of_another_rule_is_a_problem() {
    let rules = rule_entry("acme-key", "high", "high") + &rule_entry("acme-other", "high", "high");
    let rule = rules.replacen("a = acme-key_", "acme-other_", 1);
    assert_problems(
        &rule,
        &["acme-key: its example `acme-other_${alnum-lower:32}` (seed 0) gives"],
    );
}

#[test]
fn a_found_near_miss_is_a_problem() {
    let rule = changed("near_miss = [", "near_miss = [\"acme-key_${alnum-lower:32}\", ");
    assert_problems(&rule, &["acme-key: it finds its near miss `acme-key_${alnum-lower:32}`"]);
}

#[test]
fn an_id_of_another_file_is_a_problem() {
    let rule = rule_entry("zenith-key", "high", "high");
    assert_problems(&rule, &["zenith-key: its id does not start with the name of the file"]);
    let rule = rule_entry("acmes-key", "high", "high");
    assert_problems(&rule, &["acmes-key: its id does not start with the name of the file"]);
}

#[test]
fn an_id_used_twice_is_a_problem() {
    let rule = rule_entry("acme-key", "high", "high");
    assert_problems(&(rule.clone() + &rule), &["acme-key: its id is used twice"]);
}

#[test]
fn what_a_rule_owes_its_readers_is_required() {
    for (from, to, expected) in [
        ("name = \"Acme acme-key\"", "name = \" \"", "it has no name"),
        ("anvils.", "anvils", "its `why` is no sentence"),
        ("coyote.", "coyote", "its `fix` is no sentence"),
        ("references = [\"https://acme.example/keys\"]\n", "", "it has no reference"),
        (", \"b: acme-key_${alnum-lower:32};\"", "", "it has fewer than two examples"),
        ("near_miss = [\"a = acme-key_${alnum-lower:31}\"]\n", "", "it has no near miss"),
    ] {
        assert_problems(&changed(from, to), &[expected]);
    }
}

#[test]
fn a_checksum_that_is_not_known_is_a_problem() {
    let rule = changed("why =", "checks = [\"nosuch\"]\nwhy =");
    assert_problems(&rule, &["`nosuch` is no checksum that is known"]);
}

#[test]
fn a_template_that_cannot_be_expanded_is_a_problem() {
    let rule = changed("a = acme-key_${alnum-lower:32}", "acme-key_${nosuch:32}");
    assert_problems(&rule, &["`nosuch` is no alphabet"]);
}

#[test]
fn there_must_be_something_to_check() {
    let folder = Folder::new();
    folder.file("empty/readme.txt", "");
    let run = folder.run(["rules", "check", "empty"]).exits(2);
    assert!(run.stderr.contains("nothing to check"), "{}", run.stderr);
    let run = folder.run(["rules", "check", "nosuch"]).exits(2);
    assert!(run.stderr.contains("nosuch"), "{}", run.stderr);
}

#[test]
fn a_file_that_is_not_there_is_told_once() {
    let run = Folder::new().run(["rules", "check", "nosuch"]).exits(2);
    assert_eq!(run.stderr.matches("os error").count(), 1, "{}", run.stderr);
}

// The laws of the built-in rules.

#[test]
fn the_rules_in_the_program_are_those_in_the_files() {
    let written: Vec<String> = written_rules().into_iter().map(|rule| rule.id).collect();
    let builtin = RuleSet::builtin();
    let builtin: Vec<&str> = builtin.iter().map(|(_, rule)| &*rule.id).collect();
    assert_eq!(written, builtin);
}

#[test]
fn ids_are_used_once() {
    let mut seen = HashSet::new();
    for rule in written_rules() {
        assert!(seen.insert(rule.id.clone()), "{}", rule.id);
    }
}

#[test]
fn ids_are_kebab_case_and_start_with_the_name_of_their_file() {
    for WrittenRule { id, stem, .. } in written_rules() {
        let is_word = |word: &str| {
            !word.is_empty() && word.bytes().all(|b| b.is_ascii_lowercase() || b.is_ascii_digit())
        };
        assert!(id.split('-').all(is_word), "{id}");
        let rest = id.strip_prefix(&stem).unwrap_or_else(|| panic!("{id} stands in {stem}.toml"));
        assert!(rest.is_empty() || rest.starts_with('-'), "{id} stands in {stem}.toml");
    }
}

#[test]
fn every_rule_runs_around_its_literals() {
    for (_, rule) in RuleSet::builtin().iter() {
        assert!(rule.is_local(), "{}", rule.id);
        assert!(rule.reach.is_some(), "{}", rule.id);
        for trigger in rule.triggers.iter() {
            // Three bytes are enough where only certain ones can follow.
            let least = if trigger.follow.count() <= 80 { 3 } else { 4 };
            assert!(trigger.literal.len() >= least, "{}: {trigger:?}", rule.id);
        }
    }
}

/// Texts to scan, each with the name it is found by.
struct Texts(Vec<(PathBuf, String)>);

impl Source for Texts {
    fn push<'s>(&self, sinks: &(dyn Fn() -> Box<dyn Sink + 's> + Sync)) {
        let mut sink = sinks();
        for (name, text) in &self.0 {
            sink.unit(&Unit::whole(&Origin::File(name.clone()), text.as_bytes()));
        }
    }
}

/// Scans templates, each expanded for every seed, with all built-in rules, and
/// returns for each template the sets of rules that found something in it.
fn found_in(templates: &[(&WrittenRule, &String)]) -> Vec<BTreeSet<Vec<String>>> {
    let scanner = Scanner::new(RuleSet::builtin(), AllowLists::default(), ScanOptions::default());
    let mut texts = Vec::new();
    // A rule that is for certain files is tried on one of them.
    let path = |number: usize, seed: u64| {
        let name = templates[number].0.files.first().map_or("text", String::as_str);
        PathBuf::from(format!("{number}/{seed}/{}", name.replace('*', "any")))
    };
    for (number, (_, template)) in templates.iter().enumerate() {
        for seed in 0..SEEDS {
            let text = sample::expand(template, seed).expect("the template is right");
            texts.push((path(number, seed), text));
        }
    }
    let outcome = scanner.run(&Texts(texts), &Progress::default());
    let mut by_text: BTreeMap<PathBuf, BTreeSet<String>> = BTreeMap::new();
    for finding in &outcome.findings {
        let rule = scanner.rules().rule(finding.rule);
        let id = rule.id.to_string();
        let path = finding.place.origin.path();
        let number = path.components().next().and_then(|name| name.as_os_str().to_str());
        let number: usize = number.and_then(|name| name.parse().ok()).expect("a number");
        // A rule that goes by names gives way to all others: what it finds in the
        // example of another rule is something else that stands there.
        let is_own = *templates[number].0.id == id;
        if rule.is_by_name() && !(is_own && finding.confidence >= Confidence::Medium) {
            continue;
        }
        by_text.entry(finding.place.origin.path().to_owned()).or_default().insert(id);
    }
    let of = |number: usize, seed: u64| -> Vec<String> {
        let found = by_text.get(&path(number, seed));
        found.into_iter().flatten().cloned().collect()
    };
    (0..templates.len()).map(|at| (0..SEEDS).map(|seed| of(at, seed)).collect()).collect()
}

#[test]
fn every_example_is_found_by_its_own_rule_and_no_other() {
    let rules = written_rules();
    let examples: Vec<_> = rules
        .iter()
        .flat_map(|rule| rule.examples.matching.iter().map(move |e| (rule, e)))
        .collect();
    assert!(examples.len() >= 2 * rules.len(), "every rule has two examples");
    let mut wrong = Vec::new();
    for ((rule, template), found) in examples.iter().zip(found_in(&examples)) {
        if found != BTreeSet::from([vec![rule.id.clone()]]) {
            wrong.push(format!("{}: `{template}` gives {found:?}", rule.id));
        }
    }
    assert!(wrong.is_empty(), "{wrong:#?}");
}

#[test]
fn every_near_miss_is_passed_over_by_its_rule() {
    let rules = written_rules();
    let near: Vec<_> = rules
        .iter()
        .flat_map(|rule| rule.examples.near_miss.iter().map(move |e| (rule, e)))
        .collect();
    assert!(near.len() >= rules.len(), "every rule has a near miss");
    let mut wrong = Vec::new();
    for ((rule, template), found) in near.iter().zip(found_in(&near)) {
        if found.iter().flatten().any(|id| *id == rule.id) {
            wrong.push(format!("{}: finds `{template}`", rule.id));
        }
    }
    assert!(wrong.is_empty(), "{wrong:#?}");
}

#[test]
fn the_repository_itself_is_clean() {
    let root = env!("CARGO_MANIFEST_DIR");
    let run = Folder::new().run(["scan", "--exclude", "target", root]);
    let run = run.exits(0);
    assert!(run.stdout.contains("No findings"), "{}", run.stdout);
    assert!(run.stdout.contains("Not read: nothing"), "{}", run.stdout);
}
