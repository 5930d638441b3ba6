//! [`Shown`]: what the formats for other programs show of findings, credentials
//! masked.

use std::borrow::Cow;
use std::cmp::Reverse;
use std::path::{Path, PathBuf};

use super::Report;
use super::date::date;
use super::mask::Mask;
use crate::finding::{Finding, Presence};
use crate::notice::Notice;
use crate::paths::{here, normal_from};
use crate::rule::Rule;
use crate::secret::Secret;
use crate::unit::Origin;

/// A report with what is needed to tell of its findings.
pub(super) struct Shown<'a> {
    pub(super) report: &'a Report<'a>,
    pub(super) mask: Mask<'a>,
    /// The current folder.
    here: PathBuf,
    /// The folder that paths are told from.
    base: PathBuf,
}

impl<'a> Shown<'a> {
    pub(super) fn new(report: &'a Report<'a>) -> Self {
        let here = here();
        let base = normal_from(&here, report.base);
        Self { report, mask: Mask::new(report), here, base }
    }

    /// The findings to report, the gravest first.
    pub(super) fn gravest_first(&self) -> Vec<&'a Finding> {
        let mut findings: Vec<&Finding> = self.report.outcome.reported().collect();
        findings.sort_by_key(|finding| Reverse(finding.severity));
        findings
    }

    /// The finding's rule.
    pub(super) fn rule(&self, finding: &Finding) -> &'a Rule {
        self.report.rules.rule(finding.rule)
    }

    /// The path from the base on, with `/` between folders; a whole one of a file
    /// that is elsewhere. What is not UTF-8 in it is written `\xNN`.
    pub(super) fn path(&self, origin: &Origin) -> String {
        let path = self.below_base(origin);
        let text = self.mask.path(&path).text;
        if cfg!(windows) { text.replace('\\', "/") } else { text }
    }

    fn below_base<'p>(&self, origin: &'p Origin) -> Cow<'p, Path> {
        let Origin::File(path) = origin else { return Cow::Borrowed(origin.path()) };
        let whole = normal_from(&self.here, path);
        Cow::Owned(match whole.strip_prefix(&self.base) {
            // The file itself was scanned, and is its own base.
            Ok(below) if below == Path::new("") => {
                PathBuf::from(path.file_name().unwrap_or_default())
            }
            Ok(below) => below.to_owned(),
            Err(_) => whole,
        })
    }

    /// A credential masked, or in clear if that was asked for.
    pub(super) fn secret(&self, secret: &Secret) -> String {
        if self.report.show_secrets {
            String::from_utf8_lossy(secret.expose()).into_owned()
        } else {
            secret.masked()
        }
    }

    /// Where there was trouble, and what trouble.
    pub(super) fn notice(&self, notice: &Notice) -> String {
        let Notice { place, detail, .. } = notice;
        let colon = if place.is_empty() { "" } else { ": " };
        self.mask.text(&format!("{place}{colon}{detail}")).into_owned()
    }
}

/// Who brought the credential in and where it is now, in a sentence; empty
/// if history does not tell.
pub(super) fn story(finding: &Finding) -> String {
    let Some(history) = finding.history.as_deref() else { return String::new() };
    let came = history.introduced_by.as_deref().map(|commit| {
        format!("Came in with commit {} on {}", commit.id.short(), date(commit.time))
    });
    let now = presence(history.exposure.presence);
    match came {
        Some(came) => format!("{came}; {now}."),
        None => format!("It is {now}."),
    }
}

/// The provider's pages on a kind of credential.
pub(super) fn pages(rule: &Rule) -> impl Iterator<Item = &str> {
    let is_page = |url: &&str| url.starts_with("https://") || url.starts_with("http://");
    rule.references.iter().map(AsRef::as_ref).filter(is_page)
}

/// Where a credential is now, in words.
pub(super) const fn presence(presence: Presence) -> &'static str {
    match presence {
        Presence::Head => "still in HEAD",
        Presence::Tip => "not in HEAD, but in the tip of another ref",
        Presence::Past => "only in history",
        Presence::Staged => "staged, not committed",
        Presence::Unreachable => "only in objects that no ref leads to",
        Presence::Unknown => "where it is now was not found out",
        Presence::File => "in the work tree, in no commit",
    }
}

/// `text` cut to so many characters.
pub(super) fn cut(text: &str, most: usize) -> Cow<'_, str> {
    if text.char_indices().nth(most).is_none() {
        return Cow::Borrowed(text);
    }
    let kept: String = text.chars().take(most.saturating_sub(1)).collect();
    Cow::Owned(format!("{kept}…"))
}

#[cfg(test)]
mod tests {
    use super::cut;

    #[test]
    fn long_text_is_cut_between_characters() {
        assert_eq!(cut("größe", 5), "größe");
        assert_eq!(cut("größer", 5), "größ…");
    }
}
