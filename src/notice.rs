//! [`Notice`]: trouble that did not stop a scan, but must not be passed over.

use std::fmt;

/// Something that went other than asked, with the place it happened at.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Notice {
    /// Where: a path, as people write it; empty for the scan as a whole.
    pub place: String,
    /// What kind of trouble.
    pub kind: NoticeKind,
    /// The particulars: an error message, a limit.
    pub detail: String,
}

/// What kind of trouble a [`Notice`] tells of.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
#[non_exhaustive]
pub enum NoticeKind {
    /// A file or folder could not be opened or read.
    Unreadable,
    /// A file was gone when it was to be read.
    Vanished,
    /// A file was shorter than it had been said to be.
    Shrunk,
    /// A file was larger than the limit, and was read up to it.
    TooLarge,
    /// A path that was named is no file or folder: a pipe, socket or device.
    NotAFile,
    /// A symbolic link leads back to a folder it is in.
    LinkLoop,
    /// The scan of one file failed inside the program.
    Panicked,
    /// The scan was interrupted.
    Interrupted,
    /// A rule could not be used.
    RuleUnusable,
    /// The configuration says something that surely was not meant, or that is
    /// not believed.
    Configuration,
    /// An object of a repository is damaged, or not what it should be.
    DamagedObject,
    /// An object of a repository is not there, in a partial clone say.
    MissingObject,
    /// The history of a repository is cut off: a shallow clone.
    ShallowHistory,
    /// A pack, an index or a ref of a repository cannot be used.
    DamagedRepository,
    /// A format of a report takes fewer findings than there are.
    ReportLimit,
    /// What was remembered of earlier scans cannot be used or written; the scan
    /// goes on without.
    Cache,
}

impl NoticeKind {
    /// Name in machine-readable reports.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Unreadable => "unreadable",
            Self::Vanished => "vanished",
            Self::Shrunk => "shrunk",
            Self::TooLarge => "too-large",
            Self::NotAFile => "not-a-file",
            Self::LinkLoop => "link-loop",
            Self::Panicked => "panicked",
            Self::Interrupted => "interrupted",
            Self::RuleUnusable => "rule-unusable",
            Self::Configuration => "configuration",
            Self::DamagedObject => "damaged-object",
            Self::MissingObject => "missing-object",
            Self::ShallowHistory => "shallow-history",
            Self::DamagedRepository => "damaged-repository",
            Self::ReportLimit => "report-limit",
            Self::Cache => "cache",
        }
    }

    /// Whether something that was asked for was not looked at. Then a scan
    /// without findings is not clean.
    pub const fn leaves_a_gap(self) -> bool {
        !matches!(self, Self::Configuration | Self::ReportLimit | Self::Cache)
    }
}

impl Notice {
    /// A notice about `place`.
    pub fn new(kind: NoticeKind, place: impl Into<String>, detail: impl fmt::Display) -> Self {
        Self { place: place.into(), kind, detail: detail.to_string() }
    }
}
