//! JSON as it is written: of a name that stands twice in an object both values
//! are kept, for nobody knows which of them the agent goes by.

use std::fmt;

use anyhow::Context;
use serde::de::{Deserialize, Deserializer, MapAccess, SeqAccess, Visitor};

/// A value. Numbers and the like hold no credential, and are not kept.
#[derive(Debug, PartialEq, Eq)]
pub(super) enum Json {
    Text(String),
    List(Vec<Json>),
    Object(Vec<(String, Json)>),
    Other,
}

impl Json {
    /// Reads a document. What is not UTF-8 in it is replaced, which changes no
    /// credential: those are ASCII.
    pub(super) fn read(bytes: &[u8]) -> anyhow::Result<Self> {
        let text = String::from_utf8_lossy(bytes);
        let text = text.trim_start_matches('\u{feff}');
        let read = serde_json::from_str(text).or_else(|error| {
            // Half a character is no JSON, but programs that count in UTF-16 cut
            // text in the middle of one, and write down what is left.
            let whole = without_halves(text).ok_or(error)?;
            serde_json::from_str(&whole)
        });
        read.context("standard input is not JSON that can be read")
    }

    /// The document in a text, if it is an object or a list: agents hand some
    /// values on as JSON in a string.
    pub(super) fn inside(text: &str) -> Option<Self> {
        let is_document = text.trim_start().starts_with(['{', '[']);
        if is_document { Self::read(text.as_bytes()).ok() } else { None }
    }

    /// This document with the documents in the texts of some names in their
    /// place.
    pub(super) fn with_opened(mut self, names: &[&str]) -> Self {
        if let Self::Object(members) = &mut self {
            for (_, value) in members.iter_mut().filter(|(name, _)| names.contains(&name.as_str()))
            {
                if let Some(inside) = value.as_text().and_then(Self::inside) {
                    *value = inside;
                }
            }
        }
        self
    }

    pub(super) fn as_text(&self) -> Option<&str> {
        match self {
            Self::Text(text) => Some(text),
            _ => None,
        }
    }

    /// The value of a name; of several the last, by which most readers go.
    pub(super) fn get(&self, name: &str) -> Option<&Self> {
        let Self::Object(members) = self else { return None };
        members.iter().rev().find(|(other, _)| other == name).map(|(_, value)| value)
    }

    /// The text of the first of some names that has one.
    pub(super) fn text(&self, names: &[&str]) -> Option<&str> {
        names.iter().find_map(|name| self.get(name)?.as_text())
    }

    /// The texts of a name: its own, or those in its list.
    pub(super) fn texts(&self, name: &str) -> impl Iterator<Item = &str> {
        let values = match self.get(name) {
            Some(Self::List(values)) => values.as_slice(),
            Some(value) => std::slice::from_ref(value),
            None => &[],
        };
        values.iter().filter_map(Self::as_text)
    }
}

/// The text with U+FFFD for each half of a surrogate pair that stands alone;
/// nothing if there is none.
fn without_halves(text: &str) -> Option<String> {
    let mut whole = String::with_capacity(text.len());
    let (mut rest, mut changed) = (text, false);
    while let Some(at) = rest.find('\\') {
        let (before, escape) = rest.split_at(at);
        whole.push_str(before);
        let length = match (surrogate(escape), escape.get(6..).and_then(surrogate)) {
            (Some(Half::High), Some(Half::Low)) => 12,
            (Some(_), _) => {
                whole.push_str("\\ufffd");
                changed = true;
                rest = &escape[6..];
                continue;
            }
            // A backslash and what it stands before, which can be another one.
            _ => 1 + escape[1..].chars().next().map_or(0, char::len_utf8),
        };
        whole.push_str(&escape[..length]);
        rest = &escape[length..];
    }
    whole.push_str(rest);
    changed.then_some(whole)
}

enum Half {
    High,
    Low,
}

/// What half of a pair the escape at the start of a text stands for.
fn surrogate(text: &str) -> Option<Half> {
    let digits = text.strip_prefix("\\u")?.get(..4)?;
    match u16::from_str_radix(digits, 16).ok()? {
        0xd800..0xdc00 => Some(Half::High),
        0xdc00..0xe000 => Some(Half::Low),
        _ => None,
    }
}

impl<'de> Deserialize<'de> for Json {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        deserializer.deserialize_any(Reader)
    }
}

struct Reader;

impl<'de> Visitor<'de> for Reader {
    type Value = Json;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("any JSON")
    }

    fn visit_bool<E>(self, _: bool) -> Result<Json, E> {
        Ok(Json::Other)
    }

    fn visit_i64<E>(self, _: i64) -> Result<Json, E> {
        Ok(Json::Other)
    }

    fn visit_u64<E>(self, _: u64) -> Result<Json, E> {
        Ok(Json::Other)
    }

    fn visit_f64<E>(self, _: f64) -> Result<Json, E> {
        Ok(Json::Other)
    }

    fn visit_unit<E>(self) -> Result<Json, E> {
        Ok(Json::Other)
    }

    fn visit_str<E>(self, text: &str) -> Result<Json, E> {
        Ok(Json::Text(text.to_owned()))
    }

    fn visit_string<E>(self, text: String) -> Result<Json, E> {
        Ok(Json::Text(text))
    }

    fn visit_seq<A: SeqAccess<'de>>(self, mut values: A) -> Result<Json, A::Error> {
        let mut list = Vec::new();
        while let Some(value) = values.next_element()? {
            list.push(value);
        }
        Ok(Json::List(list))
    }

    fn visit_map<A: MapAccess<'de>>(self, mut members: A) -> Result<Json, A::Error> {
        let mut object = Vec::new();
        while let Some(member) = members.next_entry()? {
            object.push(member);
        }
        Ok(Json::Object(object))
    }
}

#[cfg(test)]
mod tests {
    use super::Json;

    fn text(value: &str) -> Json {
        Json::Text(value.to_owned())
    }

    #[test]
    fn of_a_name_that_stands_twice_both_values_are_kept() {
        let read = Json::read(br#"{"a": "1", "b": [null, true, 1, -2.5], "a": "2"}"#);
        let read = read.expect("it is JSON");
        let Json::Object(members) = &read else { panic!("it is an object") };
        assert_eq!((&members[0].1, &members[2].1), (&text("1"), &text("2")));
        assert_eq!(read.text(&["x", "a"]), Some("2"));
    }

    #[test]
    fn half_characters_are_replaced() {
        for (written, expected) in [
            (r#""a\ud83db""#, "a\u{fffd}b"),
            (r#""\ude00\ud83d\ude00\ud83d""#, "\u{fffd}\u{1f600}\u{fffd}"),
            (r#""\\ud83d \ud83d""#, "\\ud83d \u{fffd}"),
            ("\"\u{1f600}\\ud83d\u{1f600}\"", "\u{1f600}\u{fffd}\u{1f600}"),
        ] {
            assert_eq!(Json::read(written.as_bytes()).ok(), Some(text(expected)), "{written}");
        }
        assert_eq!(Json::read(b"\xef\xbb\xbf\"a\xffb\"").ok(), Some(text("a\u{fffd}b")));
    }

    #[test]
    fn what_is_no_json_is_an_error() {
        let deep = ["[".repeat(200), "]".repeat(200)].concat();
        for written in ["", "{", "{}{}", "\"\\ud8", "\"\\", "{\"a\" 1}", &deep] {
            assert!(Json::read(written.as_bytes()).is_err(), "{written}");
        }
    }
}
