//! What git history tells of a finding.

use std::borrow::Cow;

use serde::{Serialize, Serializer};

use super::place::{PlaceRecord, PlaceRecords};
use crate::finding::{Commit, Exposure, History, Introduction};
use crate::report::date::rfc3339;
use crate::report::mask::Mask;

#[derive(Serialize)]
pub(super) struct HistoryRecord<'a> {
    /// The commit that brought the credential in.
    #[serde(skip_serializing_if = "Option::is_none")]
    commit: Option<CommitRecord<'a>>,
    introductions: u64,
    #[serde(skip_serializing_if = "IntroductionRecords::is_empty")]
    others: IntroductionRecords<'a>,
    places: u64,
    #[serde(skip_serializing_if = "PlaceRecords::is_empty")]
    every_place: PlaceRecords<'a>,
    exposure: ExposureRecord<'a>,
}

/// A commit, credentials masked.
#[derive(Serialize)]
pub(in crate::report) struct CommitRecord<'a> {
    id: String,
    author: Cow<'a, str>,
    email: Cow<'a, str>,
    time: String,
    subject: Cow<'a, str>,
}

#[derive(Serialize)]
struct IntroductionRecord<'a> {
    commit: CommitRecord<'a>,
    place: PlaceRecord,
}

/// Many introductions, each made into a record while it is written.
struct IntroductionRecords<'a> {
    introductions: &'a [Introduction],
    mask: &'a Mask<'a>,
}

#[derive(Serialize)]
struct ExposureRecord<'a> {
    presence: &'static str,
    #[serde(skip_serializing_if = "Option::is_none")]
    first_seen: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    last_seen: Option<String>,
    commits: u64,
    refs: Vec<Cow<'a, str>>,
}

impl<'a> HistoryRecord<'a> {
    pub(super) fn new(history: &'a History, mask: &'a Mask<'a>) -> Self {
        let commit = history.introduced_by.as_deref();
        Self {
            commit: commit.map(|commit| CommitRecord::new(commit, mask)),
            introductions: history.introductions,
            others: IntroductionRecords { introductions: &history.others, mask },
            places: history.places,
            every_place: PlaceRecords { places: &history.every_place, mask },
            exposure: ExposureRecord::new(&history.exposure, mask),
        }
    }
}

impl<'a> CommitRecord<'a> {
    pub(in crate::report) fn new(commit: &'a Commit, mask: &Mask<'_>) -> Self {
        Self {
            id: commit.id.to_string(),
            author: mask.text(&commit.author),
            email: mask.text(&commit.email),
            time: rfc3339(commit.time),
            subject: mask.text(&commit.subject),
        }
    }
}

impl IntroductionRecords<'_> {
    fn is_empty(&self) -> bool {
        self.introductions.is_empty()
    }
}

impl Serialize for IntroductionRecords<'_> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let mask = self.mask;
        serializer.collect_seq(self.introductions.iter().map(|introduction| IntroductionRecord {
            commit: CommitRecord::new(&introduction.commit, mask),
            place: PlaceRecord::new(&introduction.place, mask),
        }))
    }
}

impl<'a> ExposureRecord<'a> {
    fn new(exposure: &'a Exposure, mask: &Mask<'_>) -> Self {
        Self {
            presence: exposure.presence.as_str(),
            first_seen: exposure.first_seen.map(rfc3339),
            last_seen: exposure.last_seen.map(rfc3339),
            commits: exposure.commits,
            refs: exposure.refs.iter().map(|name| mask.text(name)).collect(),
        }
    }
}
