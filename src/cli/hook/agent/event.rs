//! What an agent tells of, and in whose language the answer has to be.

use std::path::{Path, PathBuf};

use super::super::super::args::AgentName;
use super::json::Json;

/// The language of an answer.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Form {
    /// Claude Code's, which Codex and VS Code speak, too.
    Claude,
    /// That of the Copilot command line and of its cloud agent.
    Copilot,
    Cursor,
    Gemini,
    /// That of nobody in particular: all of them take the exit code 2 for a no,
    /// and standard error for the reason.
    Unknown,
}

/// When the agent asks, as far as it decides what can be answered.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Moment {
    /// Before the model sees what the user wrote.
    Prompt,
    /// Before a tool runs.
    Tool,
    /// Before the user is asked whether a tool may run.
    Permission,
    /// After a tool has run.
    Result,
    /// When nothing can be prevented any more: an agent that was told no then
    /// would only go on and on.
    Past,
    /// Whoever knows.
    Unknown,
}

/// One question of an agent.
#[derive(Debug)]
pub(super) struct Event<'j> {
    pub(super) form: Form,
    pub(super) moment: Moment,
    /// Its name, as the agent writes it; empty if it has none.
    pub(super) name: &'j str,
    /// The tool, if it is about one.
    pub(super) tool: Option<&'j str>,
    /// The folder that paths are relative to.
    pub(super) folder: PathBuf,
}

impl<'j> Event<'j> {
    /// Understands what an agent wrote; whose language it is shows by its words,
    /// unless that is `given`.
    pub(super) fn of(input: &'j Json, given: Option<AgentName>) -> Self {
        let name = input.text(&["hook_event_name", "hookEventName"]).unwrap_or_default();
        let form = given.map_or_else(|| form(input, name), |given| form_of(given, name));
        Self {
            form,
            moment: moment(form, name, input),
            name,
            tool: input.text(&["tool_name", "toolName"]),
            folder: folder(input),
        }
    }

    /// Whether the tool puts text into files, and takes some out of them.
    pub(super) fn edits(&self) -> bool {
        const EDITORS: [&str; 8] = [
            "edit",
            "multiedit",
            "replace",
            "str_replace",
            "str_replace_editor",
            "str_replace_based_edit_tool",
            "replace_string_in_file",
            "search_replace",
        ];
        let is_editor = |tool: &str| EDITORS.contains(&tool.to_ascii_lowercase().as_str());
        self.name == "afterFileEdit" || self.tool.is_some_and(is_editor)
    }

    /// Whether the model is to see what is in the files that are named.
    pub(super) fn reads(&self) -> bool {
        const READING: [&str; 7] = ["read", "view", "open", "cat", "grep", "attach", "upload"];
        let is_word = |word: &str| READING.contains(&word);
        let reads = |tool: &str| words(tool).iter().any(|word| is_word(word));
        match self.moment {
            Moment::Prompt => true,
            Moment::Tool | Moment::Permission => {
                self.name.ends_with("ReadFile")
                    || self.name.ends_with("FileRead")
                    || self.tool.is_some_and(reads)
            }
            _ => false,
        }
    }
}

/// The words of a name, in lower case: those of `mcp__files__readText` are mcp,
/// files, read and text.
fn words(name: &str) -> Vec<String> {
    let mut words = vec![String::new()];
    for character in name.chars() {
        let is_start = character.is_uppercase() || !character.is_alphanumeric();
        if is_start && words.last().is_some_and(|word| !word.is_empty()) {
            words.push(String::new());
        }
        if let Some(word) = words.last_mut().filter(|_| character.is_alphanumeric()) {
            word.extend(character.to_lowercase());
        }
    }
    words
}

/// The language that an agent speaks of whom the user says who it is.
fn form_of(agent: AgentName, name: &str) -> Form {
    match agent {
        AgentName::ClaudeCode | AgentName::Codex | AgentName::Vscode => Form::Claude,
        // Where a hook is set up in Claude Code's words, it speaks them.
        AgentName::Copilot if claude_moment(name) != Moment::Unknown => Form::Claude,
        AgentName::Copilot => Form::Copilot,
        AgentName::Cursor => Form::Cursor,
        AgentName::Gemini => Form::Gemini,
    }
}

/// The language that shows by the words.
fn form(input: &Json, name: &str) -> Form {
    let has = |field: &str| input.get(field).is_some();
    if has("cursor_version") {
        Form::Cursor
    } else if claude_moment(name) != Moment::Unknown {
        Form::Claude
    } else if gemini_moment(name) != Moment::Unknown {
        Form::Gemini
    } else if has("toolName") {
        Form::Copilot
    } else if cursor_moment(name) != Moment::Unknown {
        Form::Cursor
    } else {
        Form::Unknown
    }
}

fn moment(form: Form, name: &str, input: &Json) -> Moment {
    let has = |field: &str| input.get(field).is_some();
    match form {
        Form::Claude => claude_moment(name),
        Form::Cursor => cursor_moment(name),
        Form::Gemini => gemini_moment(name),
        // It does not say what it asks about; it shows by what there is.
        Form::Copilot if has("toolResult") => Moment::Result,
        Form::Copilot if has("toolName") => Moment::Tool,
        Form::Copilot | Form::Unknown if has("prompt") => Moment::Prompt,
        Form::Copilot | Form::Unknown => Moment::Unknown,
    }
}

fn claude_moment(name: &str) -> Moment {
    match name {
        "UserPromptSubmit" => Moment::Prompt,
        "PreToolUse" => Moment::Tool,
        "PermissionRequest" => Moment::Permission,
        "PostToolUse" => Moment::Result,
        "PostToolUseFailure" | "Stop" | "SubagentStart" | "SubagentStop" | "SessionStart"
        | "SessionEnd" | "Notification" | "PreCompact" | "PostCompact" => Moment::Past,
        _ => Moment::Unknown,
    }
}

fn cursor_moment(name: &str) -> Moment {
    match name {
        "beforeSubmitPrompt" => Moment::Prompt,
        "beforeShellExecution"
        | "beforeMCPExecution"
        | "beforeReadFile"
        | "beforeTabFileRead"
        | "preToolUse"
        | "subagentStart" => Moment::Tool,
        "postToolUse" => Moment::Result,
        "afterShellExecution"
        | "afterMCPExecution"
        | "afterFileEdit"
        | "afterTabFileEdit"
        | "afterAgentResponse"
        | "afterAgentThought"
        | "postToolUseFailure"
        | "stop"
        | "subagentStop"
        | "sessionStart"
        | "sessionEnd"
        | "preCompact" => Moment::Past,
        _ => Moment::Unknown,
    }
}

fn gemini_moment(name: &str) -> Moment {
    match name {
        "BeforeAgent" => Moment::Prompt,
        "BeforeTool" | "BeforeModel" | "BeforeToolSelection" => Moment::Tool,
        "AfterTool" | "AfterModel" => Moment::Result,
        "AfterAgent" | "SessionStart" | "SessionEnd" | "Notification" | "PreCompress" => {
            Moment::Past
        }
        _ => Moment::Unknown,
    }
}

/// The folder the agent works in, if it is there, else the current one.
fn folder(input: &Json) -> PathBuf {
    let root = || input.texts("workspace_roots").next();
    let named = input.text(&["cwd"]).or_else(root).map(Path::new);
    named.filter(|folder| folder.is_dir()).unwrap_or(Path::new(".")).to_owned()
}

#[cfg(test)]
mod tests {
    use super::words;

    #[test]
    fn a_name_has_words() {
        for (name, expected) in [
            ("Read", "read"),
            ("mcp__files__readText", "mcp files read text"),
            ("read-many_files", "read many files"),
            ("copilot_readFile", "copilot read file"),
            ("", ""),
        ] {
            assert_eq!(words(name).join(" "), expected, "{name}");
        }
    }
}
