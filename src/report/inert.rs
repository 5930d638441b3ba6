//! JSON in which nothing is more than data, whoever looks at it.
//!
//! A file name may hold characters that turn the direction of text, or a tag
//! that ends the script which a page keeps its data in. JSON can write every
//! character as an escape: the value is the same, and the text is harmless.

use std::io::{self, Write};

use serde::{Serialize, Serializer};
use serde_json::ser::{CompactFormatter, Formatter, PrettyFormatter};

use super::sanitize::is_unsafe;

/// Writes `value` on one line.
pub(super) fn compact(value: &impl Serialize, out: &mut dyn Write) -> io::Result<()> {
    write(value, out, CompactFormatter, false)
}

/// Writes `value` on one line that can stand in a page of HTML.
pub(super) fn for_page(value: &impl Serialize, out: &mut dyn Write) -> io::Result<()> {
    write(value, out, CompactFormatter, true)
}

/// Writes `value` indented, and a line end.
pub(super) fn pretty(value: &impl Serialize, out: &mut dyn Write) -> io::Result<()> {
    write(value, out, PrettyFormatter::new(), false)?;
    out.write_all(b"\n")
}

fn write(
    value: &impl Serialize,
    out: &mut dyn Write,
    layout: impl Formatter,
    markup: bool,
) -> io::Result<()> {
    let mut serializer = serde_json::Serializer::with_formatter(out, Inert { layout, markup });
    Ok(value.serialize(&mut serializer)?)
}

/// A list that is made element by element while it is written: there is no
/// second copy of a large report.
pub(super) struct List<F>(pub(super) F);

impl<F: Fn() -> I, I: Iterator<Item: Serialize>> Serialize for List<F> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_seq((self.0)())
    }
}

/// The layout of another formatter, with escapes for what is not plainly
/// visible.
struct Inert<F> {
    layout: F,
    /// Whether what has a meaning in HTML is escaped, too.
    markup: bool,
}

impl<F> Inert<F> {
    fn escapes(&self, character: char) -> bool {
        is_unsafe(character) || self.markup && "<>&'".contains(character)
    }
}

/// Passes the layout of arrays and objects on.
macro_rules! pass_on {
    ($($name:ident($($flag:ident)?);)+) => {
        $(fn $name<W: ?Sized + Write>(
            &mut self,
            out: &mut W,
            $($flag: bool)?
        ) -> io::Result<()> {
            self.layout.$name(out, $($flag)?)
        })+
    };
}

impl<F: Formatter> Formatter for Inert<F> {
    pass_on! {
        begin_array();
        end_array();
        begin_array_value(first);
        end_array_value();
        begin_object();
        end_object();
        begin_object_key(first);
        begin_object_value();
        end_object_value();
    }

    fn write_string_fragment<W: ?Sized + Write>(
        &mut self,
        out: &mut W,
        fragment: &str,
    ) -> io::Result<()> {
        let mut rest = fragment;
        while let Some((at, character)) = rest.char_indices().find(|&(_, c)| self.escapes(c)) {
            out.write_all(&rest.as_bytes()[..at])?;
            for unit in character.encode_utf16(&mut [0; 2]) {
                write!(out, "\\u{unit:04x}")?;
            }
            rest = &rest[at + character.len_utf8()..];
        }
        out.write_all(rest.as_bytes())
    }
}

#[cfg(test)]
mod tests {
    use super::{compact, for_page, pretty};

    const ODD: &str = "a\u{202e}\u{7f}\u{2028}\u{e0041}</script>&'\"\\ é\n";

    #[test]
    fn what_could_mislead_is_an_escape_and_the_value_is_the_same() {
        let mut out = Vec::new();
        compact(&ODD, &mut out).expect("memory can be written to");
        let text = String::from_utf8(out).expect("it is text");
        let expected = r#""a\u202e\u007f\u2028\udb40\udc41</script>&'\"\\ é\n""#;
        assert_eq!(text, expected);
        assert_eq!(serde_json::from_str::<String>(&text).expect("it is JSON"), ODD);
    }

    #[test]
    fn in_a_page_there_is_no_markup() {
        let mut out = Vec::new();
        for_page(&ODD, &mut out).expect("memory can be written to");
        let text = String::from_utf8(out).expect("it is text");
        assert!(!text.contains(['<', '>', '&', '\'']), "{text}");
        assert_eq!(serde_json::from_str::<String>(&text).expect("it is JSON"), ODD);
    }

    #[test]
    fn the_layout_is_that_of_any_pretty_json() {
        let value = serde_json::json!({"a": [1, {}, []], "b": {"c": null, "d": [true, "x"]}});
        let mut out = Vec::new();
        pretty(&value, &mut out).expect("memory can be written to");
        let expected = format!("{value:#}\n");
        assert_eq!(String::from_utf8(out).expect("it is text"), expected);
    }
}
