//! Anatomy: what a credential says about itself, without a network.
//!
//! Many credentials carry more than randomness: the account they are of, the
//! region, the mode, whom they were issued to, what they may do and until when.
//! Each file here reads one make of them, by its form and not by the rule that
//! found it, so that what a user's own rule finds is read as well. What a rule's
//! author knows of a form stands in the rule, as [`Tell`](crate::rule::Tell)s.
//!
//! All of it is for reports, so nothing is told that helps to use a credential:
//! accounts, names, hosts and times are, keys, signatures and passwords are not.
//! Nothing read is trusted, nor verified: a token can claim what it likes.

mod address;
mod aws;
mod azure;
mod basic;
mod carried;
mod checked;
mod claims;
mod der;
mod encoded;
mod facts;
mod gitlab;
mod jwt;
mod macaroon;
mod moment;
mod numbered;
mod private_key;
mod saml;
mod tells;
#[cfg(test)]
mod tests;

pub use facts::Fact;
pub use tells::Tells;

use facts::Facts;

use crate::rule::{Rule, Severity};

/// What is told of one credential.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Anatomy {
    /// What it says about itself, each name once, what its rule's author knows
    /// first; 24 facts at most.
    pub facts: Vec<Fact>,
    /// When it ends, in seconds since 1970, if it says so.
    pub expires: Option<i64>,
    /// Whether it has ended; `None` if it says no end or the time is not known.
    pub expired: Option<bool>,
}

/// What is known of a credential besides itself.
#[derive(Clone, Copy, Debug, Default)]
pub struct Context<'a> {
    /// What stands before it on its line, other credentials masked.
    pub before: &'a str,
    /// What stands behind it on its line, other credentials masked.
    pub after: &'a str,
    /// Whether the line goes on behind `after`.
    pub cut_after: bool,
    /// The time that its end is held against, in seconds since 1970. Without
    /// it no end is in the past.
    pub now: Option<i64>,
}

/// Tells what one make of credential says; of any other it tells nothing. It
/// looks at the credential, or the beginning of a very long one.
type Read = fn(&[u8], &mut Facts);

/// The readers. Of two that tell facts of one name the first one counts.
const READERS: &[Read] = &[
    jwt::read,
    aws::read,
    gitlab::read,
    private_key::read,
    macaroon::read,
    saml::read,
    azure::read,
    carried::read,
    numbered::read,
    address::read,
];

/// Tells what the line around a credential says of it.
type ReadAround = fn(&Context<'_>, &mut Facts);

/// The readers of what stands around a credential, where that is a part of what
/// it is a part of: an address, or a signature with what it signs.
const READERS_AROUND: &[ReadAround] = &[azure::read_around, address::read_around];

/// Bytes of a credential that are looked at.
const LONGEST: usize = 64 << 10;

/// Reads a credential that `rule` recognises.
pub fn read(rule: &Rule, secret: &[u8], context: &Context<'_>) -> Anatomy {
    tells::read(rule, secret, context)
}

/// Reads what may be a credential, by its form alone.
pub fn read_form(secret: &[u8], context: &Context<'_>) -> Anatomy {
    finish(Facts::default(), secret, context)
}

/// Adds what the form tells to what is known already.
fn finish(mut facts: Facts, secret: &[u8], context: &Context<'_>) -> Anatomy {
    let secret = &secret[..secret.len().min(LONGEST)];
    for read in READERS {
        read(secret, &mut facts);
    }
    basic::read(secret, context, &mut facts);
    for read in READERS_AROUND {
        read(context, &mut facts);
    }
    let (facts, end) = facts.finish(context.now);
    let has_ended = end.zip(context.now).map(|(end, now)| end <= now);
    Anatomy { facts, expires: end, expired: has_ended }
}

/// Names of the facts of a part that hold for the credential it belongs to, too.
const SHARED: [&str; 8] =
    ["account", "organization", "project", "workspace", "tenant", "user", "region", "mode"];

impl Anatomy {
    /// Adds what a part of the credential, a key's id say, tells of both. When
    /// the credential ends is its own.
    pub fn add_part(&mut self, part: Self) {
        for fact in part.facts {
            let is_known = self.facts.iter().any(|known| known.name == fact.name);
            if SHARED.contains(&&*fact.name) && !is_known && self.facts.len() < facts::MOST {
                self.facts.push(fact);
            }
        }
    }

    /// What the credential gives, where its rule says `severity` of a live one:
    /// of one that has ended, little at most. It still tells who was careless
    /// with what, and its issuer's clock may be another one.
    pub fn grade(&self, severity: Severity) -> Severity {
        if self.expired == Some(true) { severity.min(Severity::Low) } else { severity }
    }
}
