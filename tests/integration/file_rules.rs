//! Rules that are for files of certain names, and for all of a short text.

use crate::support::git::Repo;
use crate::support::{Folder, rule_entry, secret};

/// A rule for a file that holds a key and nothing else.
fn rules(folder: &Folder) {
    let rule = rule_entry("acme-key", "high", "high");
    let pattern = r"pattern = '(?<secret>acme-key_[a-z0-9]{32})\b'";
    assert!(rule.contains(pattern));
    let whole = r"pattern = '\A(?<secret>[0-9a-f]{32})\s{0,2}\z'";
    let rule = rule.replace(pattern, &format!("{whole}\nfiles = [\"acme.key\"]"));
    folder.file("rules.toml", format!("provider = \"Acme\"\n{rule}"));
}

fn rules_found(run: &crate::support::Run) -> Vec<String> {
    let findings = run.findings();
    let text = |finding: &serde_json::Value, field: &str| {
        finding[field].as_str().expect("it is text").to_owned()
    };
    let found = findings.iter().map(|f| format!("{} {}", text(f, "path"), text(f, "rule")));
    found.collect()
}

#[test]
fn a_file_is_known_by_its_name_and_its_form() {
    let folder = Folder::new();
    rules(&folder);
    let key = secret("${hex:32}");
    folder.file("in/acme.key", &key);
    folder.file("in/sub/acme.key", format!("{key}\n"));
    folder.file("in/other.key", &key);
    folder.file("in/more/acme.key", format!("key {key}\n"));
    let args = ["scan", "in", "--rules", "rules.toml", "--format", "json"];
    let run = folder.run(args).exits(1);
    assert_eq!(rules_found(&run), ["in/acme.key acme-key", "in/sub/acme.key acme-key"]);
    let run = folder.run([&args[..], &["--explain"]].concat()).exits(1);
    let dropped = run.json()["dropped"].clone();
    let dropped = dropped.as_array().expect("it is a list");
    let own: Vec<_> = dropped.iter().filter(|dropped| dropped["rule"] == "acme-key").collect();
    assert_eq!(own.len(), 1, "{dropped:?}");
    assert_eq!(
        (&own[0]["reason"], &own[0]["path"]),
        (&"other-file".into(), &"in/other.key".into())
    );
    folder.run([&args[..], &["--plainly"]].concat()).exits(1);
}

#[test]
fn history_knows_names_by_the_commits() {
    let repo = Repo::init();
    rules(repo.around());
    let (key, other) = (secret("${hex:32}"), secret("x${hex:32}")[1..].to_owned());
    repo.commit(&[("deep/acme.key", key.as_str()), ("plain.txt", other.as_str())], "one");
    repo.commit(&[("deep/acme.key", "gone"), ("plain.txt", "gone")], "two");
    let path = repo.path().display().to_string();
    for whole in [false, true] {
        let mut args = vec!["git", &path, "--rules", "rules.toml", "--format", "json"];
        args.extend(whole.then_some("--whole"));
        let run = repo.around().run(args).exits(1);
        assert_eq!(rules_found(&run), ["deep/acme.key acme-key"], "{whole}");
    }
}

#[test]
fn a_key_that_nothing_tells_must_be_the_whole_of_a_short_text() {
    let folder = Folder::new();
    rules(&folder);
    let written = std::fs::read_to_string(folder.path().join("rules.toml")).expect("it is there");
    folder.run(["rules", "test", "rules.toml"]).exits(1);
    for (from, to) in [("\\A", ""), ("\\z", ""), ("{0,2}", "{0,900}")] {
        folder.file("rules.toml", written.replace(from, to));
        let run = folder.run(["rules", "check", "rules.toml"]).exits(1);
        assert!(run.stdout.contains("guarantees no literal"), "{}", run.stdout);
    }
}
