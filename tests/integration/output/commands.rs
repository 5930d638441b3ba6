//! Every command that scans writes every report that is asked for.

use serde_json::Value;

use super::records;
use crate::support::github_token;
use crate::support::hooked::Hooked;

/// A repository with a credential in a commit, and another one staged.
fn repository() -> Hooked {
    let repository = Hooked::new();
    repository.commit("first", &[("a.env", format!("{}\n", github_token()).as_bytes())]);
    repository.file("b.env", format!("{}\n", github_token()));
    repository.git(["add", "b.env"]);
    repository
}

#[test]
fn every_command_writes_several_reports() {
    let repository = repository();
    for command in [
        &["scan"][..],
        &["git", "--no-cache"],
        &["git", "--staged"],
        &["audit", "--no-cache"],
        &["hook", "pre-commit"],
    ] {
        let formats = ["--format", "jsonl", "--format", "json=r.json", "--format", "human=r.txt"];
        let run = repository.run([command, &formats].concat()).exits(1);
        let written = |name: &str| {
            let path = repository.path().join(name);
            let text = std::fs::read_to_string(&path).expect("the report is there");
            std::fs::remove_file(path).expect("the report goes");
            text
        };
        let document: Value = serde_json::from_str(&written("r.json")).expect("it is JSON");
        let found = document["findings"].as_array().expect("a list").len();
        assert!(found > 0, "{command:?}");
        let lines = records(&run.stdout);
        assert_eq!(lines.iter().filter(|it| it["type"] == "finding").count(), found, "{command:?}");
        let findings = if found == 1 { "1 finding:" } else { "2 findings:" };
        assert!(written("r.txt").contains(findings), "{command:?}");
    }
}
