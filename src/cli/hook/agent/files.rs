//! The files that an agent is about to read.

use std::path::{Path, PathBuf};

use super::event::{Event, Moment};
use super::json::Json;

/// Names under which agents tell of a file.
const NAMES: [&str; 7] =
    ["file_path", "filePath", "absolute_path", "target_file", "notebook_path", "path", "file"];
/// Names of lists of them.
const LISTS: [&str; 4] = ["files", "paths", "filePaths", "include"];
/// Where a tool's arguments are: in the question itself, or below.
const ARGUMENTS: [&str; 2] = ["tool_input", "toolArgs"];
/// Files of one question that are read.
pub(super) const MOST: usize = 256;

/// The file that a question is about first of all.
pub(super) fn first_path(input: &Json) -> Option<&str> {
    arguments(input).find_map(|arguments| arguments.text(&NAMES))
}

/// The files that the model is to see, as far as they are there. Nothing comes
/// of reading what is not.
pub(super) fn files_to_read(input: &Json, event: &Event<'_>) -> Vec<PathBuf> {
    if !event.reads() {
        return Vec::new();
    }
    let mut paths: Vec<&str> = Vec::new();
    let mut prompts: Vec<&str> = Vec::new();
    if event.moment == Moment::Prompt {
        prompts.extend(input.text(&["prompt"]));
        if let Some(Json::List(attachments)) = input.get("attachments") {
            paths.extend(attachments.iter().filter_map(|attachment| attachment.text(&NAMES)));
        }
    } else {
        for arguments in arguments(input) {
            paths.extend(NAMES.iter().filter_map(|name| arguments.text(&[name])));
            paths.extend(LISTS.iter().flat_map(|name| arguments.texts(name)));
        }
    }
    paths.extend(prompts.into_iter().flat_map(mentions));
    paths.sort_unstable();
    paths.dedup();
    let path = |path: &str| event.folder.join(path.strip_prefix("file://").unwrap_or(path));
    let mut files: Vec<PathBuf> =
        paths.into_iter().map(path).filter(|file| is_there(file)).collect();
    files.sort();
    files.dedup();
    files
}

fn arguments(input: &Json) -> impl Iterator<Item = &Json> {
    let inner = ARGUMENTS.iter().filter_map(|name| input.get(name));
    [input].into_iter().chain(inner)
}

/// Whether there is something that could be read. What may not be looked at is
/// taken to be there: that is for the scan to say.
fn is_there(path: &Path) -> bool {
    match path.metadata() {
        Ok(found) => !found.is_dir(),
        Err(error) => error.kind() == std::io::ErrorKind::PermissionDenied,
    }
}

/// The files that are mentioned in a prompt, `@path` or `@"path"`: agents put
/// what is in them behind it.
fn mentions(prompt: &str) -> impl Iterator<Item = &str> {
    let starts = prompt.match_indices('@').filter(|(at, _)| {
        let before = prompt[..*at].chars().next_back();
        before.is_none_or(|c| c.is_whitespace() || "([{'\"`<".contains(c))
    });
    starts.flat_map(|(at, _)| {
        let rest = &prompt[at + 1..];
        let word = match rest.strip_prefix('"') {
            Some(quoted) => quoted.split('"').next(),
            None => rest.split(char::is_whitespace).next(),
        };
        let word = word.unwrap_or_default();
        // With the lines that are meant, or a sentence's end behind it.
        let plain = word.trim_end_matches([',', '.', ';', ':', '!', '?', ')', ']', '}', '>']);
        let plain = plain.trim_end_matches(['\'', '"', '`']);
        let without_lines = plain.split('#').next().unwrap_or_default();
        [word, plain, without_lines].into_iter().filter(|path| !path.is_empty())
    })
}

#[cfg(test)]
mod tests {
    use super::mentions;

    #[test]
    fn files_are_mentioned_in_prompts() {
        let prompt = "see @a.env, (@b/c.txt) and @\"d e.txt\"; not me@host.test. @f#L1-2";
        let mut found: Vec<&str> = mentions(prompt).collect();
        found.sort_unstable();
        found.dedup();
        for path in ["a.env", "b/c.txt", "d e.txt", "f"] {
            assert!(found.contains(&path), "{path}: {found:?}");
        }
        assert!(!found.iter().any(|path| path.contains("host.test")), "{found:?}");
    }
}
