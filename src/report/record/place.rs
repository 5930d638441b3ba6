//! Where something stands.

use serde::{Serialize, Serializer};

use crate::finding::Place;
use crate::report::mask::Mask;
use crate::unit::{Encoding, Origin};

/// Where something stands.
#[derive(Serialize)]
pub(super) struct PlaceRecord {
    source: &'static str,
    /// Name of the git object the text is, if it is one.
    #[serde(skip_serializing_if = "Option::is_none")]
    object: Option<String>,
    path: String,
    /// The name's bytes in hexadecimal, if it is not UTF-8 and holds no
    /// credential.
    #[serde(skip_serializing_if = "Option::is_none")]
    path_hex: Option<String>,
    line: u64,
    column: u64,
    end_line: u64,
    end_column: u64,
    offset: u64,
    end_offset: u64,
    encoding: &'static str,
}

impl PlaceRecord {
    pub(super) fn new(place: &Place, mask: &Mask<'_>) -> Self {
        let origin = &place.origin;
        let path = mask.path(origin.path());
        Self {
            source: source(origin),
            object: origin.object().map(|id| id.to_string()),
            path: path.text,
            path_hex: path.hex,
            line: place.start.line,
            column: place.start.column,
            end_line: place.end.line,
            end_column: place.end.column,
            offset: place.span.start,
            end_offset: place.span.end,
            encoding: match place.encoding {
                Encoding::Bytes => "bytes",
                Encoding::Utf16Le => "utf-16le",
                Encoding::Utf16Be => "utf-16be",
                Encoding::Utf32Le => "utf-32le",
                Encoding::Utf32Be => "utf-32be",
            },
        }
    }
}

fn source(origin: &Origin) -> &'static str {
    match origin {
        Origin::File(_) => "file",
        Origin::Stdin => "stdin",
        Origin::Staged { .. } => "staged",
        Origin::Blob { .. } => "blob",
        Origin::Commit(_) => "commit",
        Origin::Tag(_) => "tag",
    }
}

/// Many places, each made into a record while it is written.
pub(super) struct PlaceRecords<'a> {
    pub(super) places: &'a [Place],
    pub(super) mask: &'a Mask<'a>,
}

impl PlaceRecords<'_> {
    pub(super) fn is_empty(&self) -> bool {
        self.places.is_empty()
    }
}

impl Serialize for PlaceRecords<'_> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_seq(self.places.iter().map(|place| PlaceRecord::new(place, self.mask)))
    }
}
