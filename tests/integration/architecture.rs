//! The arrows between modules, and who may touch the outside world.
//!
//! One package has no crate borders to hold its layers apart; this table does.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};

/// Which modules each module may import, besides itself. From the bottom up:
/// a module may only know those above it in this table.
const MAY_IMPORT: &[(&str, &[&str])] = &[
    ("hex", &[]),
    ("span", &[]),
    ("secret", &[]),
    ("notice", &[]),
    ("unseen", &[]),
    ("paths", &[]),
    ("cache", &["hex", "paths"]),
    ("object", &["hex"]),
    ("unit", &["object", "span"]),
    ("rule", &["hex"]),
    ("anatomy", &["rule"]),
    ("finding", &["anatomy", "hex", "object", "rule", "secret", "span", "unit"]),
    ("source", &["finding", "notice", "object", "paths", "span", "unit"]),
    ("engine", &["rule", "span", "unit"]),
    ("refine", &["engine", "finding", "rule", "secret", "span"]),
    ("suppress", &["finding", "paths", "span"]),
    ("baseline", &["finding", "hex", "paths", "rule", "secret", "unit", "unseen"]),
    ("config", &["paths", "rule", "span", "suppress"]),
    ("lint", &["config", "engine", "refine", "rule", "span", "unit"]),
    (
        "scan",
        &[
            "anatomy", "cache", "engine", "finding", "notice", "object", "paths", "refine", "rule",
            "secret", "source", "span", "suppress", "unit",
        ],
    ),
    (
        "report",
        &[
            "anatomy", "baseline", "finding", "hex", "notice", "paths", "rule", "scan", "secret",
            "span", "unit", "unseen",
        ],
    ),
    (
        "cli",
        &[
            "anatomy", "baseline", "cache", "config", "engine", "finding", "lint", "notice",
            "object", "paths", "report", "rule", "scan", "source", "suppress",
        ],
    ),
];

/// What touches the outside world, and the modules that may.
const MAY_TOUCH: &[(&str, &[&str])] = &[
    ("fs::", &["cache", "config", "source", "cli"]),
    (".metadata()", &["cache", "source", "cli"]),
    (".exists()", &["config", "source"]),
    ("std::env", &["main"]),
    ("io::stdout", &["cli"]),
    ("io::stdin", &["cli"]),
    ("io::stderr", &["cli"]),
    ("std::net", &[]),
    ("std::process", &["cli", "main"]),
    ("Command::new", &[]),
    ("clap::", &["cli"]),
    ("anyhow", &["cli"]),
    ("SystemTime", &["cache", "cli"]),
    ("Instant", &["cli"]),
];

/// The source files with the module each belongs to, and their text without
/// comments and unit tests.
fn sources() -> Vec<(String, PathBuf, String)> {
    let mut files = Vec::new();
    collect(Path::new(concat!(env!("CARGO_MANIFEST_DIR"), "/src")), None, &mut files);
    assert!(files.len() > 30, "the source files are found");
    files
}

fn collect(folder: &Path, module: Option<&str>, files: &mut Vec<(String, PathBuf, String)>) {
    let entries = std::fs::read_dir(folder).expect("the folder can be read");
    for entry in entries {
        let path = entry.expect("the entry can be read").path();
        let stem = path.file_stem().and_then(|stem| stem.to_str()).expect("a name").to_owned();
        let module = module.unwrap_or(&stem);
        if path.is_dir() {
            collect(&path, Some(module), files);
        } else {
            let text = std::fs::read_to_string(&path).expect("the file can be read");
            let code = text.split("#[cfg(test)]").next().unwrap_or_default();
            let lines = code.lines().filter(|line| !line.trim_start().starts_with("//"));
            files.push((module.to_owned(), path.clone(), lines.collect::<Vec<_>>().join("\n")));
        }
    }
}

/// The top-level modules that `code` names behind `crate::`.
fn imports(code: &str) -> Vec<String> {
    let places = code.match_indices("crate::").map(|(at, found)| &code[at + found.len()..]);
    let word = |rest: &str| -> String {
        rest.chars().take_while(|c| c.is_ascii_alphanumeric() || *c == '_').collect()
    };
    places.map(word).filter(|name| !name.is_empty()).collect()
}

#[test]
fn modules_import_only_what_the_table_allows() {
    let table: BTreeMap<&str, &[&str]> = MAY_IMPORT.iter().copied().collect();
    let mut wrong = Vec::new();
    for (module, path, code) in sources() {
        if module == "main" || module == "lib" {
            continue;
        }
        let allowed =
            table.get(module.as_str()).unwrap_or_else(|| panic!("{module} is not in the table"));
        for import in imports(&code) {
            if import != module && !allowed.contains(&import.as_str()) {
                wrong.push(format!("{}: {module} imports {import}", path.display()));
            }
        }
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

#[test]
fn the_arrows_have_no_circle() {
    let mut above: Vec<&str> = Vec::new();
    for (module, imports) in MAY_IMPORT {
        for import in *imports {
            assert!(above.contains(import), "{module} imports {import}, which stands below it");
        }
        above.push(module);
    }
}

#[test]
fn only_some_modules_touch_the_outside_world() {
    let mut wrong = Vec::new();
    for (module, path, code) in sources() {
        for (what, allowed) in MAY_TOUCH {
            if code.contains(what) && !allowed.contains(&module.as_str()) {
                wrong.push(format!("{}: {module} uses {what}", path.display()));
            }
        }
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

#[test]
fn no_module_is_named_after_nothing() {
    for (_, path, _) in sources() {
        let name = path.file_stem().and_then(|stem| stem.to_str()).expect("a name");
        for empty in ["util", "utils", "helper", "helpers", "common", "misc", "manager"] {
            assert_ne!(name, empty, "{}", path.display());
        }
    }
}
