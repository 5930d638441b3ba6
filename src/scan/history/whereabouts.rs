//! Where credentials were, as bytes.

use std::collections::HashMap;

use super::remembered::{id, text};
use crate::cache::code::{Decoder, Encoder, Malformed};
use crate::finding::Time;
use crate::notice::{Notice, NoticeKind};
use crate::object::ObjectId;
use crate::source::{Age, Before, LeakBefore};

/// Everything in `before` that is written as text: a credential could be in it.
pub(super) fn texts(before: &Before) -> impl Iterator<Item = &[u8]> {
    let refs = before.refs.iter().map(|(name, _)| name.as_bytes());
    let notices = before.notices.iter().flat_map(|notice| [&notice.place, &notice.detail]);
    let introductions = before.leaks.iter().flat_map(|leak| &leak.introductions);
    let paths = introductions.map(|(_, path, _)| path.as_slice());
    refs.chain(notices.map(String::as_bytes)).chain(paths)
}

/// Writes it.
pub(super) fn encode(before: &Before, to: &mut Encoder) {
    to.list(&before.refs, |to, (name, id)| {
        to.bytes(name.as_bytes());
        to.array(id.as_bytes());
    });
    to.list(before.head.as_ref().map_or([].as_slice(), std::slice::from_ref), encode_id);
    to.list(&before.shallow, encode_id);
    to.list(&before.notices, |to, notice| {
        to.bytes(notice.place.as_bytes());
        to.bytes(notice.detail.as_bytes());
    });
    to.list(&before.commits, |to, (id, age)| {
        encode_id(to, id);
        to.signed(age.seconds);
        to.number(u64::from(age.generation));
    });
    // The same paths come again and again.
    let paths = Paths::of(before);
    to.list(&paths.list, |to, path| to.bytes(path));
    to.list(&before.leaks, |to, leak| encode_leak(leak, &paths, to));
}

/// Reads it.
pub(super) fn decode(from: &mut Decoder<'_>) -> Result<Before, Malformed> {
    let refs = from.list(|from| Ok((text(from)?, id(from)?)))?;
    let head = from.list(id)?.first().copied();
    let shallow = from.list(id)?;
    let missing = |from: &mut Decoder<'_>| {
        Ok(Notice::new(NoticeKind::MissingObject, text(from)?, text(from)?))
    };
    let notices = from.list(missing)?;
    let commits = from.list(|from| {
        let id = id(from)?;
        Ok((id, Age { seconds: from.signed()?, generation: from.small()? }))
    })?;
    let paths = from.list(|from| Ok(from.bytes()?.to_vec()))?;
    let leaks = from.list(|from| decode_leak(from, &paths))?;
    let in_order = commits.is_sorted_by_key(|(id, _)| *id);
    let before = Before { refs, head, shallow, notices, commits, leaks };
    if in_order { Ok(before) } else { Err(Malformed) }
}

/// The paths of introductions, each once.
struct Paths<'a> {
    list: Vec<&'a [u8]>,
    numbers: HashMap<&'a [u8], u64>,
}

impl<'a> Paths<'a> {
    fn of(before: &'a Before) -> Self {
        let introductions = before.leaks.iter().flat_map(|leak| &leak.introductions);
        let mut list: Vec<&[u8]> = introductions.map(|(_, path, _)| path.as_slice()).collect();
        list.sort_unstable();
        list.dedup();
        let numbers = (0..).zip(&list).map(|(number, path)| (*path, number)).collect();
        Self { list, numbers }
    }
}

fn encode_id(to: &mut Encoder, id: &ObjectId) {
    to.array(id.as_bytes());
}

fn encode_leak(leak: &LeakBefore, paths: &Paths<'_>, to: &mut Encoder) {
    to.list(&leak.introductions, |to, (commit, path, object)| {
        encode_id(to, commit);
        to.number(paths.numbers.get(path.as_slice()).copied().unwrap_or_default());
        encode_id(to, object);
    });
    to.flag(leak.in_head);
    to.list(&leak.refs, |to, at| to.number(u64::from(*at)));
    for time in [leak.first_seen, leak.last_seen] {
        to.list(time.as_ref().map_or([].as_slice(), std::slice::from_ref), |to, time| {
            to.signed(time.seconds);
            to.signed(i64::from(time.offset));
        });
    }
    to.number(leak.commits);
}

fn decode_leak(from: &mut Decoder<'_>, paths: &[Vec<u8>]) -> Result<LeakBefore, Malformed> {
    let introductions = from.list(|from| {
        let commit = id(from)?;
        let path = from.small::<usize>()?;
        Ok((commit, paths.get(path).ok_or(Malformed)?.clone(), id(from)?))
    })?;
    let in_head = from.flag()?;
    let refs = from.list(Decoder::small)?;
    let time = |from: &mut Decoder<'_>| {
        let seconds = from.signed()?;
        Ok(Time { seconds, offset: from.signed()?.try_into().map_err(|_| Malformed)? })
    };
    let first_seen = from.list(time)?.first().copied();
    let last_seen = from.list(time)?.first().copied();
    let commits = from.number()?;
    Ok(LeakBefore { introductions, in_head, refs, first_seen, last_seen, commits })
}
