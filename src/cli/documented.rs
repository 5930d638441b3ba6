//! Every command line in the documentation is one that the program takes.

use std::path::{Path, PathBuf};

use clap::Parser;
use clap::error::ErrorKind;

use super::args::Cli;

/// The pages for people, and what pipelines and hooks run.
fn pages() -> Vec<PathBuf> {
    let root = Path::new(env!("CARGO_MANIFEST_DIR"));
    let docs = std::fs::read_dir(root.join("docs")).expect("the folder is there");
    let mut pages: Vec<PathBuf> = docs.map(|entry| entry.expect("it can be read").path()).collect();
    pages.retain(|page| page.extension().is_some_and(|end| end == "md"));
    pages.extend(["README.md", ".pre-commit-hooks.yaml"].map(|name| root.join(name)));
    pages
}

/// What may be commands: lines of blocks that are not what a file holds, and what
/// stands in backticks.
fn pieces(page: &str) -> Vec<String> {
    let page = page.replace("\\\n", " ");
    let mut pieces = Vec::new();
    let mut block = None;
    for line in page.lines() {
        let fence = line.trim_start().strip_prefix("```");
        match (block, fence) {
            (None, Some(language)) => block = Some(language),
            (Some(_), Some(_)) => block = None,
            (Some("text"), None) => {}
            (Some(_), None) => pieces.push(line.to_owned()),
            (None, None) if line.trim_start().starts_with("entry: ") => {
                pieces.push(line.to_owned());
            }
            (None, None) => pieces.extend(line.split('`').skip(1).step_by(2).map(str::to_owned)),
        }
    }
    pieces
}

/// The words of a command, up to where the shell or the file ends it.
fn words(command: &str) -> Vec<String> {
    let (mut words, mut word, mut quote) = (Vec::new(), String::new(), None);
    for character in command.chars() {
        match (quote, character) {
            (Some(open), _) if character == open => quote = None,
            (None, '\'' | '"') => quote = Some(character),
            (None, '|' | ';' | '&' | '>' | '<' | '#' | ']') if word.is_empty() => break,
            (None, ';' | ']') if !word.contains('[') => break,
            (None, ' ') => words.extend((!word.is_empty()).then(|| std::mem::take(&mut word))),
            _ => word.push(character),
        }
    }
    words.extend((!word.is_empty()).then_some(word));
    words
}

/// The commands of ours in a piece.
fn commands(piece: &str) -> Vec<Vec<String>> {
    let mut found = Vec::new();
    for (at, _) in piece.match_indices("redhanded ") {
        let command = &piece[at..];
        let command = match piece[..at].chars().next_back() {
            Some(quote @ ('\'' | '"')) => command.split(quote).next().unwrap_or(command),
            Some(before) if !before.is_whitespace() && before != '[' => continue,
            _ => command,
        };
        let words = words(command);
        if words.get(1).is_some_and(|word| word.starts_with(|c: char| c.is_ascii_lowercase())) {
            found.push(words);
        }
    }
    found
}

#[test]
fn every_command_in_the_documentation_is_understood() {
    let mut count = 0;
    for page in pages() {
        let text = std::fs::read_to_string(&page).expect("the page can be read");
        for words in pieces(&text).iter().flat_map(|piece| commands(piece)) {
            count += 1;
            let result = Cli::try_parse_from(&words);
            let shows = |kind| matches!(kind, ErrorKind::DisplayHelp | ErrorKind::DisplayVersion);
            if let Err(error) = result
                && !shows(error.kind())
            {
                panic!("{}: {}\n{error}", page.display(), words.join(" "));
            }
        }
    }
    assert!(count > 60, "{count} commands are found");
}

#[test]
fn a_command_ends_where_the_shell_ends_it() {
    let all = |piece: &str| commands(piece).into_iter().map(|it| it.join(" ")).collect::<Vec<_>>();
    assert_eq!(all("x && redhanded scan . || y; z"), ["redhanded scan ."]);
    assert_eq!(
        all("      - run: redhanded ci --base \"<< a b >>\"  # c"),
        ["redhanded ci --base << a b >>"]
    );
    assert_eq!(all("- step: { script: [redhanded ci] }"), ["redhanded ci"]);
    assert_eq!(all("sh 'redhanded ci' }"), ["redhanded ci"]);
    assert_eq!(all("redhanded git [REPO]"), ["redhanded git [REPO]"]);
    assert!(all("name: redhanded").is_empty() && all("v0.1.0/redhanded scan").is_empty());
}
