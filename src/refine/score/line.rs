//! What stands around an assignment.

use crate::engine::assignment::{Assignment, Binding, Quote};

/// Bytes of the text before and behind that are looked at for what stands
/// beside.
const NEAR: usize = 240;
/// Bytes of its own line.
const LINE: usize = 400;

/// The lines around an assignment.
pub(super) struct Surroundings<'t> {
    /// The line before the name.
    head: &'t [u8],
    /// What follows the value and its quote, to the end of the line.
    tail: &'t [u8],
    /// A few lines before and behind.
    before: &'t [u8],
    behind: &'t [u8],
    quoted: bool,
}

impl<'t> Surroundings<'t> {
    pub(super) fn of(text: &'t [u8], assignment: &Assignment) -> Self {
        let start = assignment.name.start;
        let end = assignment.value.end;
        let before = &text[start.saturating_sub(LINE)..start];
        let head = memchr::memrchr(b'\n', before).map_or(before, |at| &before[at + 1..]);
        let behind = &text[end..text.len().min(end + LINE)];
        let tail = memchr::memchr(b'\n', behind).map_or(behind, |at| &behind[..at]);
        Self {
            head,
            tail,
            before: &text[start.saturating_sub(NEAR)..start],
            behind: &text[end..text.len().min(end + NEAR)],
            quoted: !matches!(assignment.quote, Quote::None | Quote::Element | Quote::Address),
        }
    }

    /// The word before the name, if only a blank is between.
    pub(super) fn said(&self) -> &'t [u8] {
        let Some(before) = self.head.strip_suffix(b" ") else { return &[] };
        let length = before.iter().rev().take_while(|byte| byte.is_ascii_alphabetic()).count();
        &before[before.len() - length..]
    }

    /// Whether the line is a comment.
    pub(super) fn comment(&self) -> &'static str {
        let head = self.head.trim_ascii_start();
        if head.starts_with(b"//") || head.starts_with(b"/*") || head.starts_with(b"* ") {
            "code"
        } else if head.starts_with(b"#")
            || head.starts_with(b";")
            || head.starts_with(b"--") && !head.starts_with(b"---")
        {
            "hash"
        } else if memchr::memmem::find(head, b"// ").is_some() {
            "inside"
        } else {
            "none"
        }
    }

    /// What follows the value.
    pub(super) fn rest(&self) -> &'static str {
        let mut tail = self.tail;
        if self.quoted {
            let closing =
                tail.iter().take_while(|byte| matches!(byte, b'\\' | b'"' | b'\'' | b'`')).count();
            tail = &tail[closing..];
        }
        let tail = tail.trim_ascii();
        match tail {
            [] => "nothing",
            [b',' | b';'] => "separator",
            [b',', ..] => "more",
            [b';', ..] => "semicolon",
            [b')' | b'}' | b']', ..] => "closing",
            [b'+' | b'.', ..] => "joined",
            [b'<', b'/', ..] => "tag",
            [b'&', ..] => "ampersand",
            [b'|' | b'?', ..] => "alternative",
            [b'#', ..] | [b'/', b'/', ..] => "comment",
            [b'\\'] => "backslash",
            [b'"' | b'\'' | b'`', ..] => "quote",
            [first, ..] if first.is_ascii_alphabetic() => "word",
            _ => "other",
        }
    }

    /// What the line begins with.
    pub(super) fn line(&self) -> &'static str {
        let head = self.head.trim_ascii_start();
        let has =
            |words: &[&[u8]]| words.iter().any(|word| memchr::memmem::find(head, word).is_some());
        if self.head.len() >= LINE {
            "long"
        } else if has(&[b"assert", b"expect(", b"should", b"Equal("]) {
            "assertion"
        } else if has(&[
            b"log",
            b"print",
            b"throw",
            b"raise",
            b"Error(",
            b"error(",
            b"fmt.",
            b"console.",
            b"Exception(",
        ]) {
            "message"
        } else if has(&[
            b"curl ",
            b"docker ",
            b"export ",
            b"wget ",
            b"$ ",
            b"kubectl ",
            b"ENV ",
            b"-e ",
        ]) {
            "shell"
        } else if has(&[b"function", b"def ", b"func ", b"fn ", b"public void", b"lambda", b"=>"]) {
            "function"
        } else if has(&[b"if ", b"if(", b"while", b"case ", b"when "]) {
            "condition"
        } else if has(&[
            b"const ",
            b"let ",
            b"var ",
            b"static ",
            b"final ",
            b"val ",
            b"#define ",
            b"String ",
        ]) {
            "declaration"
        } else if has(&[
            b"<input", b"<label", b"<div", b"<a ", b"<td", b"<option", b"<p", b"<span", b"<button",
        ]) {
            "markup"
        } else if head.starts_with(b"- ") {
            "item"
        } else if head.is_empty() {
            "begins"
        } else if head.iter().all(|byte| {
            matches!(
                byte,
                b'"' | b'\'' | b':' | b'@' | b'$' | b'`' | b'[' | b'{' | b'(' | b'<' | b'*' | b' '
            )
        }) {
            "opens"
        } else if has(&[b"?", b"&"]) && has(&[b"http"]) {
            "address"
        } else if head.len() > 120 {
            "far"
        } else {
            "other"
        }
    }

    /// What other names stand near: those that belong to a login.
    pub(super) fn beside(&self) -> &'static str {
        let near = |words: &[&[u8]]| {
            words
                .iter()
                .any(|word| [self.before, self.behind].iter().any(|text| holds_folded(text, word)))
        };
        if near(&[
            b"username",
            b"user:",
            b"user=",
            b"user\"",
            b"login",
            b"_user",
            b"email",
            b"user =",
        ]) {
            "user"
        } else if near(&[
            b"client_id",
            b"clientid",
            b"consumer_key",
            b"consumerkey",
            b"access_key",
            b"accesskeyid",
            b"oauth",
            b"appid",
            b"app_id",
        ]) {
            "client"
        } else if near(&[b"host", b"port", b"database", b"server", b"jdbc", b"url"]) {
            "host"
        } else if near(&[b"pass", b"secret", b"token"]) {
            "secret"
        } else {
            "none"
        }
    }

    /// What is called with the name and the value, or with the value.
    pub(super) fn callee(&self, binding: Binding, name: &[u8]) -> &'static str {
        let called = match binding {
            Binding::Call => name,
            Binding::Comma => {
                let Some(open) = memchr::memrchr(b'(', self.head) else { return "no call" };
                let before = self.head[..open].trim_ascii_end();
                let is_word = |byte: &u8| byte.is_ascii_alphanumeric() || *byte == b'_';
                let length = before.iter().rev().take_while(|byte| is_word(byte)).count();
                &before[before.len() - length..]
            }
            _ => return "none",
        };
        let has = |words: &[&[u8]]| words.iter().any(|word| holds_folded(called, word));
        if has(&[
            b"hash",
            b"encode",
            b"check",
            b"verify",
            b"compare",
            b"equal",
            b"assert",
            b"get",
            b"valid",
            b"match",
            b"crypt",
            b"find",
            b"has",
            b"contains",
            b"translate",
            b"split",
            b"replace",
            b"starts",
            b"ends",
        ]) {
            "asks"
        } else if has(&[
            b"set", b"put", b"add", b"header", b"with", b"append", b"env", b"arg", b"param",
            b"prop", b"config", b"define", b"cred",
        ]) {
            "sets"
        } else if called.is_empty() {
            "list"
        } else {
            "other"
        }
    }

    /// What the next line looks like, and so what kind of text this is.
    pub(super) fn follows(&self) -> &'static str {
        let next =
            memchr::memchr(b'\n', self.behind).map(|at| self.behind[at + 1..].trim_ascii_start());
        let Some(next) = next else { return "none" };
        let line = memchr::memchr(b'\n', next).map_or(next, |at| &next[..at]).trim_ascii();
        match line {
            [] => "empty",
            [.., b';'] => "statement",
            [.., b'{'] => "block",
            [b'}' | b']' | b')', ..] => "closing",
            [.., b','] => "item",
            [b'"' | b'\'', ..] => "quoted",
            [b'#', ..] => "comment",
            [b'-', ..] => "list",
            [b'<', ..] => "tag",
            _ if line.contains(&b'=') => "equals",
            _ if line.contains(&b':') => "colon",
            _ => "other",
        }
    }
}

/// Whether `word`, which is in small letters, stands in `text` in any case.
fn holds_folded(text: &[u8], word: &[u8]) -> bool {
    let first = word[0];
    memchr::memchr2_iter(first, first.to_ascii_uppercase(), text)
        .any(|at| text.get(at..at + word.len()).is_some_and(|part| part.eq_ignore_ascii_case(word)))
}
