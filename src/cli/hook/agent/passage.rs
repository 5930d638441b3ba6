//! What of an agent's question is scanned.
//!
//! A credential shows by itself, or by the name it is assigned to. So texts are
//! scanned as the agent means them, without the escapes of JSON, and short ones
//! once more beside their names: `"password": "…"`. Those of no file are put on
//! one sheet, so that a thousand of them are one scan.

use std::borrow::Cow;
use std::fmt::Write;
use std::path::PathBuf;

use super::event::Event;
use super::files::first_path;
use super::json::Json;

/// Longest text that is scanned beside its name.
const LONGEST_NAMED: usize = 4096;
/// How many times JSON in a text in JSON is opened.
const DEEPEST: usize = 4;
/// Longest name that is told in a pointer. What is longer is no name, and could
/// be a credential.
const LONGEST_NAME: usize = 32;
/// Shortest name that could be one.
const SHORTEST_TEXT: usize = 8;
/// Names of what is to be in a file.
const CONTENT_NAMES: [&str; 9] = [
    "content",
    "contents",
    "file_text",
    "new_string",
    "newString",
    "new_str",
    "new_source",
    "code_edit",
    "insert_text",
];
/// Names of what an editor takes out. The model knows it already, and a
/// credential must be free to go.
const REMOVED_NAMES: [&str; 5] = ["old_string", "oldString", "old_str", "old_source", "oldText"];
/// The first line of a patch as Codex writes it.
const PATCH: &str = "*** Begin Patch";

/// A text to scan.
#[derive(Default)]
pub(super) struct Passage {
    /// The file that it is to be in.
    pub(super) file: Option<PathBuf>,
    pub(super) text: String,
    /// Where in it begins what stands under which pointer, ascending.
    starts: Vec<(usize, String)>,
}

impl Passage {
    fn add(&mut self, pointer: &str, text: &[&str]) {
        if !self.text.is_empty() {
            // An empty line, so that nothing reaches from one text into the next.
            self.text.push_str("\n\n");
        }
        self.starts.push((self.text.len(), pointer.to_owned()));
        self.text.extend(text.iter().copied());
    }

    /// What stands at a place in the text: its pointer, and the line in it.
    pub(super) fn place(&self, at: u64) -> (&str, usize) {
        let at = usize::try_from(at).unwrap_or(usize::MAX).min(self.text.len());
        let index = self.starts.partition_point(|(start, _)| *start <= at);
        let Some((start, pointer)) = index.checked_sub(1).and_then(|at| self.starts.get(at)) else {
            return ("", 1);
        };
        let lines = memchr::memchr_iter(b'\n', &self.text.as_bytes()[*start..at]).count();
        (pointer, lines + 1)
    }
}

/// All that is to be scanned of a question, but for the files it names.
pub(super) fn passages(input: &Json, event: &Event<'_>) -> Vec<Passage> {
    let mut walk = Walk {
        removes: event.edits(),
        file: first_path(input).map(|file| event.folder.join(file)),
        pointer: String::new(),
        depth: 0,
        opened: 0,
        contents: Vec::new(),
        texts: Passage::default(),
        named: Passage::default(),
    };
    walk.value("", input);
    let Walk { contents, texts, named, .. } = walk;
    contents.into_iter().chain([texts, named]).collect()
}

/// A walk over a document.
struct Walk {
    /// Whether an editor is asked about.
    removes: bool,
    /// The file that it is about.
    file: Option<PathBuf>,
    /// The value that is looked at (RFC 6901).
    pointer: String,
    /// How many objects and lists it is in.
    depth: usize,
    /// How many texts it is in.
    opened: usize,
    /// What is to be in the file.
    contents: Vec<Passage>,
    /// Other texts, as they are.
    texts: Passage,
    /// Short texts beside their names.
    named: Passage,
}

impl Walk {
    /// Takes a value that has a name, or is in a list that has it.
    fn value(&mut self, name: &str, value: &Json) {
        match value {
            Json::Other => {}
            Json::Text(text) => self.text(name, text),
            Json::List(values) => {
                for (at, value) in values.iter().enumerate() {
                    self.inner(&at.to_string(), name, value);
                }
                self.words(values);
            }
            Json::Object(members) => {
                for (name, value) in members {
                    if name.len() >= SHORTEST_TEXT {
                        self.texts.add(&self.pointer, &[name]);
                    }
                    self.inner(&step(name), name, value);
                }
            }
        }
    }

    fn inner(&mut self, step: &str, name: &str, value: &Json) {
        let length = self.pointer.len();
        // Writing into a string cannot fail.
        let _ = write!(self.pointer, "/{step}");
        self.depth += 1;
        self.value(name, value);
        self.depth -= 1;
        self.pointer.truncate(length);
    }

    fn text(&mut self, name: &str, text: &str) {
        if self.removes && REMOVED_NAMES.contains(&name) {
            return;
        }
        let text = without_removed_lines(text);
        if let Some(file) = self.file.as_ref().filter(|_| CONTENT_NAMES.contains(&name)) {
            let mut content = Passage { file: Some(file.clone()), ..Passage::default() };
            content.add(&self.pointer, &[&text]);
            self.contents.push(content);
            return;
        }
        if text.len() >= SHORTEST_TEXT {
            self.texts.add(&self.pointer, &[&text]);
        }
        // What stands at the top is the agent's own: `session_id` is no secret.
        if self.depth > 1 && text.len() <= LONGEST_NAMED && !text.contains(['\n', '\r']) {
            self.named.add(&self.pointer, &["\"", name, "\": \"", &text, "\""]);
        }
        if self.opened < DEEPEST
            && let Some(inside) = Json::inside(&text)
        {
            self.opened += 1;
            self.value(name, &inside);
            self.opened -= 1;
        }
    }

    /// Takes a list of words as the command line that it often is.
    fn words(&mut self, values: &[Json]) {
        let words: Option<Vec<&str>> = values.iter().map(Json::as_text).collect();
        let Some(words) = words.filter(|words| words.len() > 1) else { return };
        let length: usize = words.iter().map(|word| word.len()).sum();
        if length <= LONGEST_NAMED && !words.iter().any(|word| word.contains('\n')) {
            self.texts.add(&self.pointer, &[&words.join(" ")]);
        }
    }
}

/// A step of a pointer. A name that is too long for one is not told.
fn step(name: &str) -> String {
    if name.len() > LONGEST_NAME {
        return "…".to_owned();
    }
    name.replace('~', "~0").replace('/', "~1")
}

/// A text without what a patch takes out, which is free to go.
fn without_removed_lines(text: &str) -> Cow<'_, str> {
    if !text.trim_start().starts_with(PATCH) {
        return Cow::Borrowed(text);
    }
    let kept = text.split('\n').map(|line| if line.starts_with('-') { "" } else { line });
    Cow::Owned(kept.collect::<Vec<_>>().join("\n"))
}

#[cfg(test)]
mod tests {
    use super::{Json, passages, without_removed_lines};
    use crate::cli::hook::agent::event::Event;

    fn all(document: &str) -> Vec<(String, String)> {
        let input = Json::read(document.as_bytes()).expect("it is JSON");
        let passages = passages(&input, &Event::of(&input, None));
        let place = |text: &str| {
            let passage = passages.iter().find(|passage| passage.text.contains(text));
            let passage = passage.unwrap_or_else(|| panic!("{text} is scanned"));
            let at = passage.text.find(text).expect("it is there");
            let (pointer, line) = passage.place(at as u64);
            format!("{pointer}:{line}")
        };
        ["first-text", "second-text"].map(|text| (text.to_owned(), place(text))).into()
    }

    #[test]
    fn texts_know_where_they_stood() {
        for (document, first, second) in [
            (r#"{"first-text": {"a": ["x", "1\n2\nsecond-text"]}}"#, ":1", "/first-text/a/1:3"),
            (r#"{"a/b~": "first-text", "c": "second-text"}"#, "/a~1b~0:1", "/c:1"),
            (r#"{"a": "{\"b\": \"\\nfirst-text\", \"second-text\": 1}"}"#, "/a:1", "/a:1"),
            (
                r#"{"tool_input": {"path": "x", "content": "\nfirst-text", "b": "second-text"}}"#,
                "/tool_input/content:2",
                "/tool_input/b:1",
            ),
        ] {
            let places: Vec<_> = all(document).into_iter().map(|(_, place)| place).collect();
            assert_eq!(places, [first, second], "{document}");
        }
    }

    #[test]
    fn what_a_patch_takes_out_is_left_out() {
        let patch = "*** Begin Patch\n@@\n-old\n+new\n kept";
        assert_eq!(without_removed_lines(patch), "*** Begin Patch\n@@\n\n+new\n kept");
        assert_eq!(without_removed_lines("-old\n+new"), "-old\n+new");
    }
}
