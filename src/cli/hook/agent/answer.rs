//! Answers, each in the agent's own language.

use std::io::{self, Write};

use serde_json::{Value, json};

use super::super::super::args::Color;
use super::super::super::exit::ExitStatus;
use super::super::super::output::stdout;
use super::event::{Event, Form, Moment};
use crate::report::sanitize::Safe;

/// What is said to an agent.
pub(super) struct Answer {
    /// What it reads on standard output, if it reads that.
    document: Value,
    /// What it, or the user, reads on standard error.
    message: Option<String>,
    status: ExitStatus,
}

impl Answer {
    /// Yes.
    pub(super) fn allow(event: &Event<'_>) -> Self {
        let document = match (event.form, event.moment) {
            (Form::Cursor, Moment::Prompt) => json!({ "continue": true }),
            (Form::Cursor, Moment::Tool) => json!({ "permission": "allow" }),
            // To all others nothing said is a yes, and to Claude Code `allow`
            // would mean that the user need not be asked either.
            _ => return Self::yes(None),
        };
        Self { document, ..Self::yes(None) }
    }

    /// Yes, to whoever asked for whatever.
    pub(super) fn yes(trouble: Option<String>) -> Self {
        Self { document: json!({}), message: trouble, status: ExitStatus::Clean }
    }

    /// Yes, although something went wrong, of which the user is told.
    pub(super) fn allow_anyway(event: &Event<'_>, trouble: String) -> Self {
        Self { message: Some(trouble), ..Self::allow(event) }
    }

    /// No, with the reason.
    pub(super) fn deny(event: &Event<'_>, reason: &str) -> Self {
        let document = match event.form {
            Form::Claude => claude(event, reason),
            Form::Copilot => copilot(event, reason),
            Form::Cursor => cursor(event, reason),
            Form::Gemini => gemini(event, reason),
            Form::Unknown => None,
        };
        match document {
            Some(document) => Self { document, ..Self::yes(None) },
            // Every agent understands the exit code, and reads standard error.
            None => Self {
                document: json!({ "decision": "block", "reason": reason }),
                message: Some(reason.to_owned()),
                status: ExitStatus::Trouble,
            },
        }
    }

    /// Says it.
    pub(super) fn give(&self) -> io::Result<ExitStatus> {
        if let Some(message) = &self.message {
            let mut out = anstream::stderr();
            for line in message.lines() {
                // Nobody is left to tell if this cannot be printed.
                let _ = writeln!(out, "{}", Safe(line));
            }
        }
        let mut out = stdout(Color::Never);
        writeln!(out, "{}", self.document)?;
        out.flush()?;
        Ok(self.status)
    }
}

fn claude(event: &Event<'_>, reason: &str) -> Option<Value> {
    Some(match event.moment {
        Moment::Prompt | Moment::Result => json!({ "decision": "block", "reason": reason }),
        Moment::Tool => json!({ "hookSpecificOutput": {
            "hookEventName": event.name,
            "permissionDecision": "deny",
            "permissionDecisionReason": reason,
        }}),
        Moment::Permission => json!({ "hookSpecificOutput": {
            "hookEventName": event.name,
            "decision": { "behavior": "deny", "message": reason },
        }}),
        Moment::Past => json!({ "systemMessage": reason }),
        Moment::Unknown => return None,
    })
}

fn copilot(event: &Event<'_>, reason: &str) -> Option<Value> {
    match event.moment {
        // The request for a permission has the same fields as the use of a tool,
        // and reads other ones.
        Moment::Tool => Some(json!({
            "permissionDecision": "deny",
            "permissionDecisionReason": reason,
            "behavior": "deny",
            "message": reason,
        })),
        Moment::Result => Some(json!({
            "modifiedResult": { "textResultForLlm": reason, "resultType": "denied" },
            "additionalContext": reason,
        })),
        _ => None,
    }
}

fn cursor(event: &Event<'_>, reason: &str) -> Option<Value> {
    // Its older versions wrote the names in another way.
    let with_messages = |mut answer: Value| {
        for name in ["user_message", "userMessage", "agent_message", "agentMessage"] {
            answer[name] = json!(reason);
        }
        answer
    };
    match event.moment {
        Moment::Prompt => Some(with_messages(json!({ "continue": false }))),
        Moment::Tool => Some(with_messages(json!({ "permission": "deny" }))),
        Moment::Result => Some(json!({ "additional_context": reason })),
        _ => None,
    }
}

fn gemini(event: &Event<'_>, reason: &str) -> Option<Value> {
    match event.moment {
        Moment::Prompt | Moment::Tool | Moment::Result => {
            Some(json!({ "decision": "deny", "reason": reason }))
        }
        Moment::Past => Some(json!({ "systemMessage": reason })),
        _ => None,
    }
}
