//! Values assigned to names: what is likely a credential, and how that is told.

use std::fmt::Write as _;

use serde_json::Value;

use crate::support::Folder;
use crate::support::git::Repo;

const WORD: &str = "swordfish";

/// Values put together here, so that this file holds none.
fn random() -> String {
    ["q7Zr2Kx9", "Lm4Tn8Wb3", "Yc6Vd1F"].concat()
}

fn findings(folder: &Folder, args: &[&str]) -> Vec<Value> {
    let run = folder.run([&["scan", "in", "--no-config", "--format", "json"], args].concat());
    assert!(run.code < 2, "{}", run.stderr);
    run.json()["findings"].as_array().expect("a list").clone()
}

#[test]
fn a_likely_value_is_reported_and_a_less_likely_one_if_asked_for() {
    let folder = Folder::new();
    folder.file("in/app.py", format!("client_secret = \"{}\"\n", random()));
    folder.file("in/form.py", "user.password = \"nobody\"\n");
    let paths = |args: &[&str]| -> Vec<String> {
        let path = |finding: &Value| finding["path"].as_str().expect("a path").to_owned();
        findings(&folder, args).iter().map(path).collect()
    };
    assert_eq!(paths(&[]), ["in/app.py"]);
    assert_eq!(paths(&["--min-confidence", "low"]), ["in/app.py", "in/form.py"]);
    let likelihood = findings(&folder, &[])[0]["likelihood"]["value"].as_f64().expect("a number");
    assert!((0.5..=1.0).contains(&likelihood), "{likelihood}");
}

#[test]
fn what_decided_is_told_if_that_is_asked_for() {
    let folder = Folder::new();
    folder.file("in/app.py", format!("client_secret = \"{}\"\n", random()));
    let run = folder.run(["scan", "in", "--explain"]).exits(1);
    assert!(run.stdout.contains("likely "), "{}", run.stdout);
    assert!(run.stdout.contains("mix: many +"), "{}", run.stdout);
    assert!(!run.stdout.contains(&random()));
    assert!(!folder.run(["scan", "in"]).exits(1).stdout.contains("likely "));
    let explained = &findings(&folder, &["--explain"])[0]["likelihood"]["shares"];
    assert!(explained.as_array().expect("a list").len() > 20, "{explained}");
}

#[test]
fn a_word_that_is_a_password_is_not_hidden_in_paths() {
    let folder = Folder::new();
    folder.file("in/swordfish/compose.yml", format!("MYSQL_ROOT_PASSWORD: {WORD}\n"));
    let found = findings(&folder, &["--min-confidence", "low"]);
    assert_eq!(found.len(), 1);
    assert_eq!(found[0]["path"], "in/swordfish/compose.yml");
    assert_eq!(found[0]["secret"]["masked"], "********");
}

/// How sure it is depends on the file: in history that is known only later.
#[test]
fn history_grades_as_files_do() {
    let repo = Repo::init();
    let name = "password";
    let texts = [
        ("app.py", format!("client_secret = \"{}\"\n", random())),
        ("i18n/de.json", format!("{{\"{name}\": \"{WORD}42\"}}\n")),
        ("conf.yml", format!("password: {WORD}43\n")),
    ];
    for (path, text) in &texts {
        repo.write(path, text);
        repo.around().file(format!("in/{path}"), text);
    }
    repo.commit_all("Everything");
    let graded = |findings: &[Value]| -> Vec<(String, String)> {
        let text = |value: &Value| value.as_str().expect("a text").to_owned();
        let mut all: Vec<_> = findings
            .iter()
            .map(|finding| {
                let path = text(&finding["path"]).replace("in/", "");
                (path, text(&finding["confidence"]))
            })
            .collect();
        all.sort();
        all
    };
    let of_history = repo.scan(&["--min-confidence", "low"]).exits(1).json();
    let of_history = of_history["findings"].as_array().expect("a list");
    let of_files = findings(repo.around(), &["--min-confidence", "low"]);
    assert_eq!(graded(of_history), graded(&of_files));
    assert_eq!(of_files.len(), 3);
}

/// Everything that could make reading assignments slow, in one line each.
#[test]
fn much_that_assigns_nothing_is_read_in_bounded_time() {
    let folder = Folder::new();
    let mut nested = String::new();
    for at in 0..40_000 {
        let _ = write!(nested, "{{\"key\":{{\"token_{at}\":[");
    }
    folder.file("in/bundle.min.js", "token=key;password=secret(key,token);".repeat(20_000));
    folder.file("in/nested.json", nested);
    folder.file("in/names.txt", "password_".repeat(100_000));
    folder.file("in/quotes.txt", "password=\\\"".repeat(50_000));
    folder.file("in/blanks.txt", format!("password{}=", " ".repeat(400_000)));
    let long = format!("token = \"{}\"\n", "a1".repeat(300_000));
    folder.file("in/long.txt", long);
    assert_eq!(findings(&folder, &[]), [] as [Value; 0]);
}
