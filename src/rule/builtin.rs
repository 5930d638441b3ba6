//! The built-in rules, laid out by the build script from `rules/*.toml`.

use super::definition::Rule;

#[allow(
    clippy::unreadable_literal,
    clippy::large_stack_arrays,
    reason = "nobody reads the generated file"
)]
mod generated {
    use std::borrow::Cow;

    use crate::rule::byte_set::ByteSet;
    use crate::rule::definition::{ByteRun, Literal, Revocation, Rule, Tell, Trigger};
    use crate::rule::kind::{Class, Confidence, Lifetime, Principal, Severity, Status};

    include!(concat!(env!("OUT_DIR"), "/builtin_rules.rs"));
}

/// All built-in rules, in the order of their ids.
pub(super) fn rules() -> &'static [Rule] {
    &generated::RULES
}
