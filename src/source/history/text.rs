//! The texts of commits and tags, as far as they tell of other objects and of
//! who wrote them when.

use std::ops::RangeInclusive;

use crate::finding::{Commit, Time};
use crate::object::ObjectId;

/// The seconds of points in time whose year, anywhere on earth, has four
/// digits.
const SECONDS: RangeInclusive<i64> = -62_135_236_800..=253_401_940_799;
/// No place on earth is so many minutes from Greenwich.
const FARTHEST: i64 = 100 * 60;
/// Bytes of a name, an address or a subject that are told.
const LONGEST: usize = 4096;

/// What a commit tells of other objects.
#[derive(Debug, PartialEq, Eq)]
pub(super) struct Links {
    pub(super) tree: ObjectId,
    pub(super) parents: Vec<ObjectId>,
    /// When it was made.
    pub(super) time: Time,
}

impl Links {
    /// Reads the beginning of a commit.
    pub(super) fn parse(text: &[u8]) -> Option<Self> {
        let mut lines = head(text);
        let tree = name(lines.next()?.strip_prefix(b"tree ")?)?;
        let mut parents = Vec::new();
        let mut time = Time { seconds: 0, offset: 0 };
        for line in lines {
            if let Some(parent) = line.strip_prefix(b"parent ") {
                parents.push(name(parent)?);
            } else if let Some(committer) = line.strip_prefix(b"committer ") {
                time = Person::parse(committer).time;
                break;
            }
        }
        Some(Self { tree, parents, time })
    }
}

/// The object that the text of a tag points to.
pub(super) fn tagged(text: &[u8]) -> Option<ObjectId> {
    name(head(text).next()?.strip_prefix(b"object ")?)
}

/// What reports tell of a commit. Whatever it lacks is left empty.
pub(super) fn describe(id: ObjectId, text: &[u8]) -> Commit {
    let author = head(text).find_map(|line| line.strip_prefix(b"author "));
    let author = Person::parse(author.unwrap_or_default());
    let message = memchr::memmem::find(text, b"\n\n").map_or(&b""[..], |end| &text[end..]);
    let lines = message.split(|byte| *byte == b'\n').map(<[u8]>::trim_ascii);
    let subject = lines.into_iter().find(|line| !line.is_empty()).unwrap_or_default();
    Commit {
        id,
        author: told(author.name),
        email: told(author.email),
        time: author.time,
        subject: told(subject),
    }
}

/// The lines before the message.
fn head(text: &[u8]) -> impl Iterator<Item = &[u8]> {
    let lines = text.split(|byte| *byte == b'\n');
    lines.take_while(|line| !line.is_empty())
}

fn name(digits: &[u8]) -> Option<ObjectId> {
    std::str::from_utf8(digits).ok()?.parse().ok()
}

/// Bytes as text, cut off where nobody reads on.
fn told(bytes: &[u8]) -> String {
    String::from_utf8_lossy(&bytes[..bytes.len().min(LONGEST)]).into_owned()
}

/// Who did something, and when.
struct Person<'a> {
    name: &'a [u8],
    email: &'a [u8],
    time: Time,
}

impl<'a> Person<'a> {
    /// Reads `Name <address> seconds zone`, or what there is of it.
    fn parse(line: &'a [u8]) -> Self {
        let end = memchr::memrchr(b'>', line);
        let start = memchr::memchr(b'<', &line[..end.unwrap_or(line.len())]);
        let name = line[..start.or(end).unwrap_or(line.len())].trim_ascii();
        let email = match (start, end) {
            (Some(start), Some(end)) => line[start + 1..end].trim_ascii(),
            _ => b"",
        };
        let time = end.map_or(&b""[..], |end| &line[end + 1..]);
        Self { name, email, time: parse_time(time) }
    }
}

/// Reads `seconds zone`. What makes no sense is the beginning of time, or
/// Greenwich.
fn parse_time(text: &[u8]) -> Time {
    let mut words = text.split(u8::is_ascii_whitespace).filter(|word| !word.is_empty());
    let mut number = || std::str::from_utf8(words.next()?).ok()?.parse::<i64>().ok();
    let seconds = number().unwrap_or(0).clamp(*SECONDS.start(), *SECONDS.end());
    let zone = number().unwrap_or(0);
    let minutes = zone.checked_abs().unwrap_or(0);
    let minutes = (minutes / 100).saturating_mul(60).saturating_add(minutes % 100);
    let minutes = if minutes < FARTHEST { minutes * zone.signum() } else { 0 };
    Time { seconds, offset: i16::try_from(minutes).unwrap_or(0) }
}

#[cfg(test)]
mod tests {
    use super::{Links, describe, parse_time, tagged};
    use crate::finding::Time;
    use crate::object::ObjectId;

    const ID: &str = "00ff10a9e4bf0123456789abcdef0123456789ab";

    #[test]
    fn a_commit_is_read() {
        let text = format!(
            "tree {ID}\nparent {ID}\nparent {ID}\nauthor A B <a@b> 12 +0130\n\
             committer C <c> 34 -0200\nencoding x\n\n\n  subject \nbody\n"
        );
        let id: ObjectId = ID.parse().expect("it is a name");
        let links = Links::parse(text.as_bytes()).expect("it is right");
        let time = Time { seconds: 34, offset: -120 };
        assert_eq!(links, Links { tree: id, parents: vec![id, id], time });
        let commit = describe(id, text.as_bytes());
        assert_eq!((commit.author.as_str(), commit.email.as_str()), ("A B", "a@b"));
        assert_eq!(commit.time, Time { seconds: 12, offset: 90 });
        assert_eq!(commit.subject, "subject");
    }

    #[test]
    fn a_damaged_commit_gives_what_it_has() {
        let id: ObjectId = ID.parse().expect("it is a name");
        for damaged in [
            String::new(),
            "tree 00\n".to_owned(),
            format!("author a <b> 1 +0000\ntree {ID}\n"),
            format!("tree {ID}\nparent {}\n", &ID[1..]),
        ] {
            assert!(Links::parse(damaged.as_bytes()).is_none(), "{damaged}");
        }
        let links = Links::parse(format!("tree {ID}").as_bytes()).expect("it names its tree");
        assert_eq!(links.time, Time { seconds: 0, offset: 0 });
        for (author, name, email) in
            [("", "", ""), ("a", "a", ""), ("a <b", "a", ""), ("a> 1", "a", ""), ("<>", "", "")]
        {
            let commit = describe(id, format!("tree {ID}\nauthor {author}").as_bytes());
            assert_eq!((commit.author.as_str(), commit.email.as_str()), (name, email), "{author}");
            assert_eq!(commit.subject, "");
        }
    }

    #[test]
    fn times_are_read_whatever_they_are() {
        for (text, seconds, offset) in [
            (" 12 +0000", 12, 0),
            (" -12 -0030", -12, -30),
            (" 12", 12, 0),
            ("", 0, 0),
            (" x y", 0, 0),
            (" 12 +51800", 12, 0),
            (" 12 -9223372036854775808", 12, 0),
            (" 12 +9959", 12, 5999),
            (" 9223372036854775807 +0000", 253_401_940_799, 0),
            (" 99999999999999999999 +0000", 0, 0),
        ] {
            assert_eq!(parse_time(text.as_bytes()), Time { seconds, offset }, "{text}");
        }
    }

    #[test]
    fn a_tag_names_its_object() {
        let text = format!("object {ID}\ntype commit\n");
        assert_eq!(tagged(text.as_bytes()), ID.parse().ok());
        assert_eq!(tagged(b"type commit\n"), None);
    }
}
