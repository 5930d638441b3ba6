//! What is seen of an assignment, as the model takes it: of each group of
//! features one.

use std::borrow::Cow;

use super::address::{self, Address};
use super::lexicon;
use super::line::Surroundings;
use super::name::Name;
use super::shape::{self, Shape};
use crate::engine::assignment::{Assignment, Binding, Quote, Wrapper};

/// The groups, in the order of [`Features`].
pub const GROUPS: [&str; 25] = [
    "name",
    "before",
    "behind",
    "style",
    "binding",
    "quote",
    "wrapper",
    "length",
    "alphabet",
    "shape",
    "letters",
    "mix",
    "entropy",
    "sample",
    "word",
    "echo",
    "expression",
    "comment",
    "rest",
    "line",
    "beside",
    "case",
    "follows",
    "edge",
    "callee",
];

/// The features of an assignment: of each of [`GROUPS`] one.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Features(pub [&'static str; GROUPS.len()]);

impl Features {
    /// What is seen of `assignment` in `text`.
    pub fn of(text: &[u8], assignment: &Assignment) -> Self {
        let Assignment { name, binding, wrapper, quote, value, .. } = assignment;
        let written = &text[value.clone()];
        let name_bytes = &text[name.clone()];
        let around = Surroundings::of(text, assignment);
        let (name, bytes) = if *binding == Binding::Address {
            let address = Address::of(name_bytes, &text[value.end..]);
            (Name::of_address(&address, written), address::unescaped(written))
        } else {
            (Name::read(name_bytes, around.said()), Cow::Borrowed(written))
        };
        let bytes = shape::inside(&bytes);
        let shape = Shape::of(bytes);
        Self([
            name.kind,
            name.before,
            name.behind,
            name.style(assignment.quoted_name),
            binding.as_str(),
            quote.as_str(),
            wrapper.as_str(),
            shape.length(),
            shape.alphabet(),
            shape.form(),
            shape.letters(),
            shape.mix(),
            shape.entropy(),
            lexicon::sample(bytes),
            lexicon::word(bytes),
            lexicon::echo(name_bytes, bytes),
            shape.expression(*quote == Quote::None, *wrapper != Wrapper::None),
            around.comment(),
            around.rest(),
            around.line(),
            around.beside(),
            shape.case(),
            around.follows(),
            shape.edge(),
            around.callee(*binding, name_bytes),
        ])
    }

    /// Whether the value stands without quotes.
    pub fn is_bare(&self) -> bool {
        self.get("quote") == Some("none")
    }

    /// The feature of a group.
    pub fn get(&self, group: &str) -> Option<&'static str> {
        GROUPS.iter().position(|name| *name == group).map(|at| self.0[at])
    }
}
