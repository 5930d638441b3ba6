//! [`Rule`]: one kind of credential, valid and ready for the engine.
//!
//! Everything in it is borrowed for built-in rules, which the build script lays
//! out as constants, and owned for rules read at run time. This file is also
//! compiled into the build script.

use std::borrow::Cow;

use super::byte_set::ByteSet;
use super::kind::{Class, Confidence, Lifetime, Principal, Severity, Status};

/// Text of a rule: constant for a built-in one.
pub type Text = Cow<'static, str>;

/// One kind of credential: how to recognise it and what to say about it.
#[derive(Clone, Debug)]
pub struct Rule {
    /// Stable name, kebab-case, starting with the provider's.
    pub id: Text,
    /// Name for people.
    pub name: Text,
    /// Who issues the credential.
    pub provider: Text,
    /// Whether the rule knows only what surrounds a credential, not its form.
    /// Such a rule gives way to all others.
    pub generic: bool,
    /// What kind of credential it is.
    pub class: Class,
    /// Whom it acts as.
    pub principal: Principal,
    /// How long it lives.
    pub lifetime: Lifetime,
    /// What the bare value gives, if live.
    pub severity: Severity,
    /// How sure a match is.
    pub confidence: Confidence,
    /// Where the rule stands in its life.
    pub status: Status,
    /// The pattern, in the syntax of the `regex` crate, Unicode off; empty for a
    /// rule that goes by names.
    pub pattern: Text,
    /// Words in the names that such a secret is assigned to; empty for a rule
    /// that goes by its pattern.
    pub names: Cow<'static, [Text]>,
    /// Longest match in bytes; `None` for a pattern without bound, which runs
    /// on whole units (built-in rules always have one).
    pub reach: Option<u32>,
    /// Literals of which at least one stands in every match; empty when the
    /// pattern guarantees none, and then it runs on whole units.
    pub triggers: Cow<'static, [Trigger]>,
    /// Literals of which one stands in every match, besides a trigger; empty if
    /// that is not known.
    pub also: Cow<'static, [Literal]>,
    /// What every credential is a run of, if that tells anything.
    pub run: Option<ByteRun>,
    /// Whether a match is all of a text, and a short one: then the pattern is
    /// tried on every text of that length, and needs no literal.
    pub whole: bool,
    /// Patterns of paths, in the syntax of `.gitignore`, of which one must match
    /// the file's; empty if it may stand anywhere.
    pub files: Cow<'static, [Text]>,
    /// Least Shannon entropy of the secret, in bits per byte; 0 for no limit.
    pub entropy: f32,
    /// Checksums, by name, of which one must hold; empty for none.
    pub checks: Cow<'static, [Text]>,
    /// What belongs to the credential and stands beside it: the name of each
    /// part and the rule that finds it.
    pub parts: Cow<'static, [(Text, Text)]>,
    /// What the credential's form says about it.
    pub tells: Cow<'static, [Tell]>,
    /// Why a leak matters: what the holder can do.
    pub why: Text,
    /// What to do about it.
    pub fix: Text,
    /// Where or by which request it is revoked, if that is known.
    pub revoke: Option<Revocation>,
    /// How to tell whether it was used, if that is known.
    pub usage: Option<Text>,
    /// The provider's pages.
    pub references: Cow<'static, [Text]>,
    /// The version the rule came with.
    pub since: Text,
}

/// Bytes that stand in a match, wherever.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Literal {
    /// The bytes; with `fold` they have bit 5 set.
    pub bytes: Cow<'static, [u8]>,
    /// Whether letter case does not matter.
    pub fold: bool,
}

/// So many bytes or more, all of certain ones.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct ByteRun {
    /// The bytes.
    pub bytes: ByteSet,
    /// How many there are at least.
    pub least: u32,
    /// How many there are at most, with those that stand beside them, if what may
    /// stand there is known.
    pub most: u32,
}

/// Something that a credential's form says about it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Tell {
    /// What is told: `mode`, `region`, `account`, …
    pub what: Text,
    /// The pattern that tells it, in the syntax of the `regex` crate, Unicode
    /// off.
    pub pattern: Text,
    /// What is said where the pattern matches; if `None`, its first group.
    pub value: Option<Text>,
}

/// Where a credential is revoked.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Revocation {
    /// A page for people, or the address of a request.
    pub url: Text,
    /// The method of the request; `None` for a page.
    pub method: Option<Text>,
    /// Whether whoever holds the credential can revoke it, without any other.
    pub by_holder: bool,
}

/// A literal that stands in a match, and where in it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Trigger {
    /// The bytes, four or more; three if only certain ones can follow. With `fold` they are lower-cased as the
    /// prefilter does it (bit 5 set).
    pub literal: Cow<'static, [u8]>,
    /// Whether letter case does not matter.
    pub fold: bool,
    /// The bytes that can follow the literal in a match.
    pub follow: ByteSet,
    /// Where the first of the two runs of four bytes stands by which it is found;
    /// -1 is the byte before the literal.
    pub pair: i8,
    /// Whether the literal stands in the credential itself.
    pub inside: bool,
    /// Least number of bytes of the match before the literal.
    pub before_min: u32,
    /// Greatest number of bytes of the match before the literal.
    pub before_max: u32,
}

impl Trigger {
    /// Whether the literal stands at `at` of `text`, with what can follow it.
    pub fn stands_at(&self, text: &[u8], at: usize) -> bool {
        let fold = if self.fold { 0x20 } else { 0 };
        let Some(bytes) = text.get(at..at + self.literal.len()) else { return false };
        let next = text.get(at + self.literal.len());
        bytes.iter().zip(self.literal.iter()).all(|(byte, same)| byte | fold == *same)
            && next.is_none_or(|next| self.follow.has(*next))
    }
}

impl Rule {
    /// Whether the rule is for what is assigned to certain names.
    pub fn is_by_name(&self) -> bool {
        !self.names.is_empty()
    }

    /// Whether the pattern can run in windows around its triggers, or is for
    /// short texts only.
    pub fn is_local(&self) -> bool {
        self.reach.is_some() && (self.whole || !self.triggers.is_empty())
    }
}
