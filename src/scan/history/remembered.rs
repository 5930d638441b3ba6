//! [`Remembered`]: what one scan of history leaves to the next, and its form in
//! bytes.
//!
//! No credential is in it, nor anything that one could be guessed from: of each
//! it says where it stands. Who may read the repository finds it there.

use super::whereabouts;
use crate::cache::code::{Decoder, Encoder, Malformed};
use crate::finding::Score;
use crate::notice::{Notice, NoticeKind};
use crate::object::ObjectId;
use crate::scan::Coverage;
use crate::source::{Before, PackStamp, Stamps};
use crate::span::{Position, Span};
use crate::unit::{Encoding, Origin};

/// What was found in which parts of a repository.
#[derive(Default)]
pub(super) struct Remembered {
    pub(super) packs: Vec<(PackStamp, Share)>,
    /// The loose objects, in order.
    pub(super) loose: Vec<ObjectId>,
    /// What was found in them.
    pub(super) in_loose: Share,
    /// The ids of the rules that found the credentials, by the credentials'
    /// numbers.
    pub(super) rules: Vec<String>,
    /// Where they were, if that is of any use later.
    pub(super) before: Option<Before>,
}

/// What was found in a part.
#[derive(Default)]
pub(super) struct Share {
    pub(super) coverage: Coverage,
    /// Objects that were too large to be read.
    pub(super) notices: Vec<Notice>,
    pub(super) seen: Vec<Seen>,
}

/// A place of a credential.
#[derive(Clone)]
pub(super) struct Seen {
    /// Number of the credential.
    pub(super) leak: u32,
    pub(super) origin: Origin,
    pub(super) span: Span,
    pub(super) position: Option<(Position, Position)>,
    pub(super) encoding: Encoding,
    /// Whether a comment allows it there.
    pub(super) is_allowed: bool,
    /// What the text says for it, if its rule weighs that.
    pub(super) score: Option<Score>,
}

impl Remembered {
    /// Everything that was seen.
    pub(super) fn seen(&self) -> impl Iterator<Item = &Seen> {
        self.shares().flat_map(|share| &share.seen)
    }

    /// What was found in the parts.
    pub(super) fn shares(&self) -> impl Iterator<Item = &Share> {
        self.packs.iter().map(|(_, share)| share).chain([&self.in_loose])
    }

    /// Forgets parts that are no longer there, and tells what is new. What went
    /// among the loose objects cannot be told apart from the rest of them: then
    /// all of them are new.
    pub(super) fn keep(&mut self, now: &Stamps) -> (Stamps, bool) {
        let before = self.packs.len();
        self.packs.retain(|(stamp, _)| now.packs.contains(stamp));
        let mut gone = self.packs.len() < before;
        let loose = without(&now.loose, &self.loose).unwrap_or_else(|| {
            gone = true;
            self.loose = Vec::new();
            self.in_loose = Share::default();
            now.loose.clone()
        });
        let is_new = |stamp: &&PackStamp| self.packs.iter().all(|(known, _)| known != *stamp);
        let packs = now.packs.iter().filter(is_new).cloned().collect();
        (Stamps { packs, loose }, gone)
    }

    /// All as bytes.
    pub(super) fn encode(&self) -> Vec<u8> {
        let mut to = Encoder::default();
        to.list(&self.packs, |to, (stamp, share)| {
            to.bytes(stamp.index.as_os_str().as_encoded_bytes());
            to.number(stamp.length);
            to.array(&stamp.checksums);
            share.encode(to);
        });
        to.list(&self.loose, |to, id| to.array(id.as_bytes()));
        self.in_loose.encode(&mut to);
        to.list(&self.rules, |to, rule| to.bytes(rule.as_bytes()));
        let before = self.before.as_ref().map_or([].as_slice(), std::slice::from_ref);
        to.list(before, |to, before| whereabouts::encode(before, to));
        to.finish()
    }

    /// The same from bytes. Packs are known by their paths: of `now` those that
    /// are still there get theirs back, the others are forgotten.
    pub(super) fn decode(bytes: &[u8], now: &Stamps) -> Result<Self, Malformed> {
        let mut from = Decoder::new(bytes);
        let packs = from.list(|from| {
            let path = from.bytes()?;
            let length = from.number()?;
            let checksums = *from.array()?;
            let same = |stamp: &&PackStamp| stamp.index.as_os_str().as_encoded_bytes() == path;
            let index = now.packs.iter().find(same).map(|stamp| stamp.index.clone());
            let stamp = PackStamp { index: index.unwrap_or_default(), length, checksums };
            Ok((stamp, Share::decode(from)?))
        })?;
        let loose = from.list(id)?;
        let in_loose = Share::decode(&mut from)?;
        let rules = from.list(text)?;
        let before = from.list(whereabouts::decode)?.pop();
        let remembered = Self { packs, loose, in_loose, rules, before };
        let count = remembered.rules.len();
        let located = remembered.before.as_ref().is_none_or(|before| before.leaks.len() == count);
        let known = located && remembered.seen().all(|seen| (seen.leak as usize) < count);
        if known && from.rest().is_empty() { Ok(remembered) } else { Err(Malformed) }
    }
}

impl Share {
    fn encode(&self, to: &mut Encoder) {
        let Coverage { bytes, blobs, messages, searched, dropped, .. } = self.coverage;
        for number in [bytes, blobs, messages, searched, dropped] {
            to.number(number);
        }
        to.list(&self.notices, |to, notice| {
            to.bytes(notice.place.as_bytes());
            to.bytes(notice.detail.as_bytes());
        });
        to.list(&self.seen, |to, seen| seen.encode(to));
    }

    fn decode(from: &mut Decoder<'_>) -> Result<Self, Malformed> {
        let coverage = Coverage {
            bytes: from.number()?,
            blobs: from.number()?,
            messages: from.number()?,
            searched: from.number()?,
            dropped: from.number()?,
            ..Coverage::default()
        };
        let notices =
            from.list(|from| Ok(Notice::new(NoticeKind::TooLarge, text(from)?, text(from)?)))?;
        Ok(Self { coverage, notices, seen: from.list(Seen::decode)? })
    }
}

const ENCODINGS: [Encoding; 5] =
    [Encoding::Bytes, Encoding::Utf16Le, Encoding::Utf16Be, Encoding::Utf32Le, Encoding::Utf32Be];

impl Seen {
    fn encode(&self, to: &mut Encoder) {
        to.number(u64::from(self.leak));
        let (kind, id) = match &self.origin {
            Origin::Commit(id) => (1, *id),
            Origin::Tag(id) => (2, *id),
            other => (0, other.object().unwrap_or(ObjectId::ZERO)),
        };
        to.number(kind);
        to.array(id.as_bytes());
        to.number(self.span.start);
        to.number(self.span.end.saturating_sub(self.span.start));
        to.list(self.position.as_ref().map_or([].as_slice(), std::slice::from_ref), |to, ends| {
            for end in [ends.0, ends.1] {
                to.number(end.line);
                to.number(end.column);
            }
        });
        let encoding = ENCODINGS.iter().position(|encoding| *encoding == self.encoding);
        to.number(encoding.unwrap_or_default() as u64);
        to.flag(self.is_allowed);
        to.list(self.score.as_ref().map_or([].as_slice(), std::slice::from_ref), |to, score| {
            to.signed(score.text.into());
            to.flag(score.bare);
        });
    }

    fn decode(from: &mut Decoder<'_>) -> Result<Self, Malformed> {
        let leak = from.small()?;
        let kind = from.number()?;
        let id = id(from)?;
        let origin = match kind {
            0 => Origin::Blob { path: None, id },
            1 => Origin::Commit(id),
            2 => Origin::Tag(id),
            _ => return Err(Malformed),
        };
        let start = from.number()?;
        let end = start.checked_add(from.number()?).ok_or(Malformed)?;
        let position =
            |from: &mut Decoder<'_>| Ok(Position { line: from.number()?, column: from.number()? });
        let positions = from.list(|from| Ok((position(from)?, position(from)?)))?;
        let encoding = from.small::<usize>()?;
        let is_allowed = from.flag()?;
        let scores = from.list(|from| {
            let text = i32::try_from(from.signed()?).map_err(|_| Malformed)?;
            Ok(Score { text, bare: from.flag()? })
        })?;
        Ok(Self {
            leak,
            origin,
            span: Span { start, end },
            position: positions.first().copied(),
            encoding: *ENCODINGS.get(encoding).ok_or(Malformed)?,
            is_allowed,
            score: scores.first().copied(),
        })
    }
}

pub(super) fn id(from: &mut Decoder<'_>) -> Result<ObjectId, Malformed> {
    Ok(ObjectId::new(*from.array()?))
}

pub(super) fn text(from: &mut Decoder<'_>) -> Result<String, Malformed> {
    String::from_utf8(from.bytes()?.to_vec()).map_err(|_| Malformed)
}

/// `all` without `some`, each as often as it is there; none if some are not
/// among all. Both are in order.
fn without(all: &[ObjectId], some: &[ObjectId]) -> Option<Vec<ObjectId>> {
    let mut some = some.iter().peekable();
    let rest = all.iter().filter(|id| some.next_if_eq(id).is_none()).copied().collect();
    some.peek().is_none().then_some(rest)
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::{Remembered, Seen, Share, without};
    use crate::cache::code::Malformed;
    use crate::finding::{Score, Time};
    use crate::notice::{Notice, NoticeKind};
    use crate::object::ObjectId;
    use crate::scan::Coverage;
    use crate::source::{Age, Before, LeakBefore, PackStamp, Stamps};
    use crate::span::{Position, Span};
    use crate::unit::{Encoding, Origin};

    fn id(byte: u8) -> ObjectId {
        ObjectId::new([byte; ObjectId::LENGTH])
    }

    fn full() -> (Remembered, Stamps) {
        let stamp = PackStamp { index: "/a/b.idx".into(), length: 300, checksums: [7; 60] };
        let position = Position { line: 3, column: 200 };
        let seen = |leak, origin| Seen {
            leak,
            origin,
            span: Span { start: 5, end: 300 },
            position: (leak == 0).then_some((position, position)),
            encoding: if leak == 0 { Encoding::Bytes } else { Encoding::Utf32Be },
            is_allowed: leak == 1,
            score: (leak == 1).then_some(Score { text: -70, bare: true }),
        };
        let share = |origin: Origin| Share {
            coverage: Coverage { bytes: 1, blobs: 2, messages: 3, ..Coverage::default() },
            notices: vec![Notice::new(NoticeKind::TooLarge, "object", "large")],
            seen: vec![seen(0, origin.clone()), seen(1, origin)],
        };
        let time = Some(Time { seconds: -5, offset: -120 });
        let leak = LeakBefore {
            introductions: vec![(id(1), b"a/b".to_vec(), id(2)), (id(2), Vec::new(), id(2))],
            in_head: true,
            refs: vec![0],
            first_seen: time,
            last_seen: None,
            commits: 9,
        };
        let before = Before {
            refs: vec![("refs/heads/main".into(), id(1))],
            head: Some(id(1)),
            shallow: vec![id(4)],
            notices: vec![Notice::new(NoticeKind::MissingObject, "object x", "missing")],
            commits: vec![(id(1), Age { seconds: -1, generation: 1 }), (id(2), Age::default())],
            leaks: vec![leak, LeakBefore::default()],
        };
        let remembered = Remembered {
            packs: vec![(stamp.clone(), share(Origin::Blob { path: None, id: id(5) }))],
            loose: vec![id(1), id(1), id(3)],
            in_loose: share(Origin::Commit(id(1))),
            rules: vec!["one".into(), "two".into()],
            before: Some(before),
        };
        (remembered, Stamps { packs: vec![stamp], loose: vec![id(1), id(1), id(3)] })
    }

    #[test]
    fn what_is_written_is_read_back() {
        let (remembered, now) = full();
        let bytes = remembered.encode();
        let mut read = Remembered::decode(&bytes, &now).expect("it is sound");
        assert_eq!(read.before, remembered.before);
        assert_eq!(read.encode(), bytes);
        let (new, gone) = read.keep(&now);
        assert_eq!((new, gone), (Stamps::default(), false));
    }

    #[test]
    fn what_went_is_forgotten() {
        let (remembered, mut now) = full();
        let bytes = remembered.encode();
        now.packs[0].length += 1;
        now.loose.push(id(9));
        let mut read = Remembered::decode(&bytes, &now).expect("it is sound");
        let (new, gone) = read.keep(&now);
        assert!(gone && read.packs.is_empty());
        assert_eq!((new.packs, new.loose), (now.packs.clone(), vec![id(9)]));
        now.loose.remove(0);
        let (new, gone) = read.keep(&now);
        assert!(gone && read.loose.is_empty() && read.in_loose.seen.is_empty());
        assert_eq!(new.loose, now.loose);
    }

    #[test]
    fn lists_are_compared_with_their_copies() {
        let ids = |bytes: &[u8]| bytes.iter().map(|byte| id(*byte)).collect::<Vec<_>>();
        assert_eq!(without(&ids(&[1, 1, 2, 3]), &ids(&[1, 3])), Some(ids(&[1, 2])));
        assert_eq!(without(&ids(&[1, 2]), &ids(&[1, 1])), None);
        assert_eq!(without(&ids(&[2]), &ids(&[1])), None);
    }

    proptest! {
        /// Whatever stands in a file, reading it ends, with an error at worst.
        #[test]
        fn nonsense_is_read_without_harm(
            at in 0..1000_usize,
            bytes in proptest::collection::vec(any::<u8>(), 0..20),
        ) {
            let (remembered, now) = full();
            let mut damaged = remembered.encode();
            let length = damaged.len();
            let at = at.min(length);
            let end = damaged.len().min(at + bytes.len());
            damaged.splice(at..end, bytes.iter().copied());
            let _ = Remembered::decode(&damaged, &now);
            let cut: Result<_, Malformed> = Remembered::decode(&damaged[..at], &now);
            prop_assert!(cut.is_err() || at == length);
        }
    }
}
