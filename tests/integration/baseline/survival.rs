//! What keeps a finding quiet, and what must not: lines and files move,
//! histories are written anew, branches are merged.

use redhanded::finding::{Excerpt, Fingerprint, Triage};
use redhanded::rule::RuleSet;
use redhanded::secret::Secret;

use super::{HEADER, NAME, baseline, counts, entries, leak, one_leak, password, scan};
use crate::support::git::Repo;
use crate::support::{Folder, github_token_of};

#[test]
fn a_token_is_known_wherever_it_moves() {
    let folder = one_leak();
    folder.run(["baseline", "create"]).exits(0);
    folder.file("a.txt", "first\n\n".to_owned() + &leak(1));
    assert_eq!(scan(&folder), (0, 1));
    std::fs::remove_file(folder.path().join("a.txt")).expect("removed");
    folder.file("sub/b.yml", format!("gh: \"{}\"\n", github_token_of(1)));
    assert_eq!(scan(&folder), (0, 1));
}

#[test]
fn another_token_in_its_place_is_new() {
    let folder = one_leak();
    folder.run(["baseline", "create"]).exits(0);
    folder.file("a.txt", leak(2));
    assert_eq!(scan(&folder), (1, 0));
}

#[test]
fn a_neighbour_is_new() {
    let folder = one_leak();
    folder.run(["baseline", "create"]).exits(0);
    folder.file("a.txt", format!("{}{}", leak(2), leak(1)));
    assert_eq!(scan(&folder), (1, 1));
    folder.file("a.txt", format!("{} {}\n", github_token_of(1), github_token_of(2)));
    assert_eq!(scan(&folder), (1, 1));
}

#[test]
fn a_password_is_known_by_its_line_in_its_file() {
    let folder = Folder::new();
    folder.file("a.py", password("Summer"));
    folder.run(["baseline", "create"]).exits(0);
    folder.file("a.py", format!("import os\n\n    {}", password("Summer")));
    assert_eq!(scan(&folder), (0, 1));
    folder.file("b.py", password("Summer"));
    assert_eq!(scan(&folder), (1, 1));
}

/// Two weak passwords that stand alike have one fingerprint.
#[test]
fn one_more_password_that_looks_like_a_known_one_is_new() {
    let folder = Folder::new();
    let lines = password("Summer") + &password("Winter");
    folder.file("a.py", &lines);
    folder.run(["baseline", "create"]).exits(0);
    assert_eq!(entries(folder.path()), ["generic-password accepted a.py x2"]);
    assert_eq!(scan(&folder), (0, 2));
    folder.file("a.py", lines + &password("Spring"));
    // Which of the three is new cannot be told.
    assert_eq!(scan(&folder), (3, 0));
    let run = folder.run(["baseline", "update"]).exits(0);
    assert!(run.stdout.contains("1 entry has more credentials"), "{}", run.stdout);
    assert_eq!(entries(folder.path()), ["generic-password unreviewed a.py x3"]);
}

/// A repository whose commit `base` has a baseline of some leaks.
fn repo_of(leaks: u64) -> Repo {
    let repo = Repo::init();
    for seed in 1..=leaks {
        repo.write(&format!("old/{seed}.txt"), leak(seed));
    }
    repo.commit_all("Leaks");
    repo.run(["baseline", "create"]).exits(0);
    repo.commit_all("Baseline");
    repo
}

/// Adds a leak and what `baseline update` makes of it, on a branch of its own.
fn branch_with(repo: &Repo, name: &str, seed: u64) {
    repo.branch(name, "main");
    repo.write(&format!("{name}.txt"), leak(seed));
    repo.run(["baseline", "update", "--as", "accepted"]).exits(0);
    repo.commit_all(name);
    repo.checkout("main");
}

#[test]
fn two_branches_that_add_entries_merge() {
    let repo = repo_of(20);
    branch_with(&repo, "one", 31);
    branch_with(&repo, "two", 33);
    repo.git(["merge", "--quiet", "--no-edit", "one"]);
    repo.git(["merge", "--quiet", "--no-edit", "two"]);
    assert_eq!(entries(repo.path()).len(), 22);
    assert_eq!(counts(&repo.run(["scan", "--format", "json"]).exits(0)), (0, 22));
}

#[test]
fn a_merge_of_neighbours_is_a_union_or_an_error() {
    let repo = repo_of(0);
    branch_with(&repo, "one", 31);
    branch_with(&repo, "two", 33);
    repo.git(["merge", "--quiet", "--no-edit", "one"]);
    let merged = repo.succeeds(["merge", "--quiet", "--no-edit", "two"]);
    assert!(!merged, "git cannot merge these by itself");
    let run = repo.run(["scan"]).exits(2);
    assert!(run.stderr.contains(&format!("{NAME}:3: a merge left its marks")), "{}", run.stderr);
    repo.git(["merge", "--abort"]);
    repo.write(".gitattributes", format!("{NAME} merge=union\n"));
    repo.commit_all("Attributes");
    repo.git(["merge", "--quiet", "--no-edit", "two"]);
    assert_eq!(counts(&repo.run(["scan", "--format", "json"]).exits(0)), (0, 2));
}

#[test]
fn history_written_anew_stays_quiet() {
    let repo = Repo::init();
    repo.commit(&[("start.txt", "x")], "Start");
    repo.commit(&[("a.txt", leak(1))], "Leak");
    repo.commit(&[("a.txt", "gone\n")], "Take it out");
    repo.run(["baseline", "create"]).exits(0);
    assert_eq!(entries(repo.path()).len(), 0, "the files are clean");
    repo.run(["baseline", "create", "--force", "--history"]).exits(0);
    assert_eq!(entries(repo.path()), ["github-pat-classic accepted a.txt history"]);
    repo.run(["git"]).exits(0);
    repo.run(["audit"]).exits(0);
    // A rebase gives the commits other names; a squash makes them one.
    repo.git(["commit", "--quiet", "--amend", "--message", "Other words", "--date", "2020-01-01"]);
    repo.run(["git"]).exits(0);
    repo.git(["reset", "--quiet", "--soft", "HEAD~2"]);
    repo.write("b.txt", leak(1));
    repo.commit_all("All in one");
    repo.run(["git"]).exits(0);
    repo.commit(&[("b.txt", leak(2))], "Another");
    repo.run(["git"]).exits(1);
}

#[test]
fn a_path_of_history_hides_what_stands_in_a_file() {
    let repo = Repo::init();
    let token = github_token_of(1);
    repo.commit(&[(format!("{token}.txt").as_str(), leak(2))], "Leak");
    repo.git(["rm", "--quiet", &format!("{token}.txt")]);
    repo.commit_all("Take it out");
    repo.write("a.txt", leak(1));
    repo.run(["baseline", "create", "--history"]).exits(0);
    let text = baseline(repo.path());
    assert_eq!(entries(repo.path()).len(), 2, "{text}");
    assert!(!text.contains(&token), "{text}");
}

#[test]
fn update_looks_at_history_for_entries_of_it() {
    let repo = Repo::init();
    repo.commit(&[("a.txt", leak(1))], "Leak");
    repo.run(["baseline", "create", "--history"]).exits(0);
    assert_eq!(entries(repo.path()), ["github-pat-classic accepted a.txt"]);
    repo.commit(&[("a.txt", "gone\n")], "Take it out");
    repo.run(["baseline", "update", "--history"]).exits(0);
    assert_eq!(entries(repo.path()), ["github-pat-classic accepted a.txt history"]);
    repo.run(["baseline", "update"]).exits(0);
    assert_eq!(entries(repo.path()), ["github-pat-classic accepted a.txt history"]);
    let run = repo.run(["baseline", "check"]).exits(0);
    assert!(!run.stderr.contains("stale"), "{}", run.stderr);
}

#[test]
fn hooks_go_by_the_baseline_of_their_repository() {
    let repo = repo_of(1);
    repo.write("new.txt", leak(1));
    repo.git(["add", "new.txt"]);
    repo.run(["hook", "pre-commit"]).exits(0);
    repo.write("new.txt", leak(2));
    repo.git(["add", "new.txt"]);
    repo.run(["hook", "pre-commit"]).exits(1);
    repo.run(["hook", "pre-commit", "--no-baseline"]).exits(1);
}

/// What stands in a baseline is no finding itself, whatever rules it names.
#[test]
fn a_baseline_is_clean() {
    let folder = Folder::new();
    let mut lines = vec![HEADER.to_owned(), String::new()];
    let rules = RuleSet::builtin();
    let secret = |seed: u64| Secret::new(github_token_of(seed).as_bytes());
    for (seed, (_, rule)) in (1..).zip(rules.iter()) {
        let excerpt = Excerpt::default();
        let print = Fingerprint::new(&rule.id, &secret(seed), "", &excerpt);
        for state in Triage::ALL {
            lines.push(format!("{print} {} {state} config/{}.env", rule.id, rule.id));
        }
    }
    folder.file(NAME, lines.join("\n") + "\n");
    let run = folder.run(["scan", "--no-baseline", "--format", "json", "--min-confidence", "low"]);
    assert_eq!(run.paths(), Vec::<String>::new());
    assert!(baseline(folder.path()).len() > 50_000);
}
