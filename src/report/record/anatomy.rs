//! What a credential says about itself.

use std::borrow::Cow;

use serde::Serialize;

use crate::anatomy::{Anatomy, Fact};
use crate::finding::Time;
use crate::report::date::rfc3339;
use crate::report::mask::Mask;

/// What a credential says about itself.
#[derive(Serialize)]
pub(in crate::report) struct AnatomyRecord<'a> {
    facts: Vec<FactRecord<'a>>,
    #[serde(skip_serializing_if = "Option::is_none")]
    expires: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    expired: Option<bool>,
}

#[derive(Serialize)]
struct FactRecord<'a> {
    name: &'a str,
    value: Cow<'a, str>,
}

impl<'a> AnatomyRecord<'a> {
    pub(in crate::report) fn new(anatomy: &'a Anatomy, mask: &Mask<'_>) -> Self {
        let fact = |fact: &'a Fact| FactRecord { name: &fact.name, value: mask.text(&fact.value) };
        let time = |seconds| rfc3339(Time { seconds, offset: 0 });
        Self {
            facts: anatomy.facts.iter().map(fact).collect(),
            expires: anatomy.expires.map(time),
            expired: anatomy.expired,
        }
    }
}
