//! The pages in `docs`: what they show works, and what they name is there.

use std::collections::BTreeSet;
use std::path::{Path, PathBuf};

use serde_json::Value;

use crate::support::Folder;

fn root() -> &'static Path {
    Path::new(env!("CARGO_MANIFEST_DIR"))
}

fn read(path: &Path) -> String {
    std::fs::read_to_string(path).unwrap_or_else(|_| panic!("{} is there", path.display()))
}

/// The pages that people read: the README, and those in `docs` that are not
/// written by `rules docs`.
fn pages() -> Vec<PathBuf> {
    let entries = root().join("docs").read_dir().expect("the folder is there");
    let paths = entries.map(|entry| entry.expect("the entry can be read").path());
    let is_page = |path: &PathBuf| path.extension().is_some_and(|extension| extension == "md");
    let mut pages: Vec<PathBuf> = paths.filter(is_page).collect();
    pages.extend(["README.md", "python/README.md"].map(|name| root().join(name)));
    pages.sort();
    assert!(pages.len() > 5, "{pages:?}");
    pages
}

/// A page without its blocks of code.
fn prose(page: &str) -> String {
    let parts = page.split("\n```").enumerate();
    parts.filter(|(at, _)| at % 2 == 0).map(|(_, part)| part).collect::<Vec<_>>().join("\n")
}

/// The blocks of code of a page that are marked as being in a language.
fn blocks<'p>(page: &'p str, language: &str) -> Vec<&'p str> {
    let start = format!("\n```{language}\n");
    let blocks = page.split(&start).skip(1);
    blocks.map(|rest| rest.split("\n```").next().unwrap_or(rest)).collect()
}

/// The anchor that a heading gets on the forges.
fn anchor(heading: &str) -> String {
    let kept = |c: char| match c {
        ' ' => Some('-'),
        c if c.is_alphanumeric() || "-_".contains(c) => Some(c.to_ascii_lowercase()),
        _ => None,
    };
    heading.trim_start_matches('#').trim().chars().filter_map(kept).collect()
}

#[test]
fn links_lead_somewhere() {
    let mut wrong = Vec::new();
    for page in pages() {
        let text = read(&page);
        let prose = prose(&text);
        let targets = prose.split("](").skip(1).filter_map(|rest| rest.split(')').next());
        for target in targets.filter(|target| !target.contains("://")) {
            let (path, fragment) = target.split_once('#').unwrap_or((target, ""));
            let there = match path {
                "" => page.clone(),
                path => page.parent().expect("it is in a folder").join(path),
            };
            let is_there = there.exists()
                && (fragment.is_empty()
                    || read(&there)
                        .lines()
                        .any(|line| line.starts_with('#') && anchor(line) == fragment));
            if !is_there {
                wrong.push(format!("{}: {target}", page.display()));
            }
        }
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

#[test]
fn every_page_is_in_the_index() {
    let index = read(&root().join("docs/README.md"));
    for page in pages().iter().filter(|page| page.starts_with(root().join("docs"))) {
        let name = page.file_name().and_then(|name| name.to_str()).expect("it has a name");
        let is_linked = name == "README.md" || index.contains(&format!("]({name})"));
        assert!(is_linked, "docs/README.md has no link to {name}");
    }
}

#[test]
fn the_rules_of_the_page_about_rules_are_good_ones() {
    let page = read(&root().join("docs/writing-rules.md"));
    let rules = blocks(&page, "toml").into_iter().filter(|block| block.starts_with("provider"));
    let rules: Vec<&str> = rules.collect();
    assert_eq!(rules.len(), 3);
    for rule in rules {
        let folder = Folder::new();
        folder.file("acme.toml", rule);
        for command in ["check", "test"] {
            let run = folder.run(["rules", command, "acme.toml"]).exits(0);
            assert!(!run.stdout.contains("FAIL"), "{}", run.stdout);
        }
    }
}

#[test]
fn every_field_of_rules_is_on_their_page() {
    let page = read(&root().join("docs/writing-rules.md"));
    let schema = read(&root().join("schemas/rule-file.json"));
    let schema: Value = serde_json::from_str(&schema).expect("the schema is JSON");
    let mut names = BTreeSet::new();
    collect(&schema, &mut names);
    assert!(names.contains("near_miss") && names.contains("by_holder"));
    for name in names {
        assert!(
            page.contains(&format!("`{name}`")),
            "docs/writing-rules.md says nothing of {name}"
        );
    }
}

#[test]
fn every_field_of_json_reports_is_on_their_page() {
    let page = read(&root().join("docs/json.md"));
    for name in ["report", "record", "explanation"] {
        let schema = read(&root().join(format!("schemas/{name}.json")));
        let schema: Value = serde_json::from_str(&schema).expect("the schema is JSON");
        let mut names = BTreeSet::new();
        collect(&schema, &mut names);
        assert!(names.contains("masked"), "{name}");
        for field in names {
            assert!(page.contains(&format!("`{field}`")), "docs/json.md says nothing of {field}");
        }
    }
}

/// The names of all properties anywhere in a schema.
fn collect(schema: &Value, names: &mut BTreeSet<String>) {
    match schema {
        Value::Object(members) => {
            if let Some(Value::Object(properties)) = members.get("properties") {
                names.extend(properties.keys().cloned());
            }
            members.values().for_each(|value| collect(value, names));
        }
        Value::Array(values) => values.iter().for_each(|value| collect(value, names)),
        _ => {}
    }
}

#[test]
fn the_settings_of_agents_are_json() {
    let page = read(&root().join("docs/agents.md"));
    let settings = blocks(&page, "json");
    assert!(settings.len() >= 4);
    for block in settings {
        let settings: Value = serde_json::from_str(block).unwrap_or_else(|_| panic!("{block}"));
        assert!(settings["hooks"].is_object(), "{block}");
    }
}
