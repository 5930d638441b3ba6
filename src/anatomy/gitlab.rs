//! Routable tokens of GitLab: where a request with one is sent to. GitLab's
//! design document "Routable tokens".

use super::encoded::{base36, base64};
use super::facts::Facts;

/// What the letters of the payload stand for.
const KEYS: [(&str, &str); 5] =
    [("c", "cell"), ("o", "organization"), ("g", "group"), ("p", "project"), ("u", "user")];
/// Random bytes in a payload.
const RANDOM: usize = 16;

/// Tells the ids in the payload of a token: prefix, payload, length and checksum,
/// with a version between them in the newer form.
pub(super) fn read(secret: &[u8], facts: &mut Facts) {
    let Some(token) = behind_prefix(secret) else { return };
    let parts: Vec<&[u8]> = token.split(|&byte| byte == b'.').collect();
    let (payload, version) = match parts[..] {
        [payload, check] if check.len() == 9 => (payload, None),
        [payload, version, check] if check.len() == 9 => (payload, Some(version)),
        _ => return,
    };
    let Some(payload) = base64(payload) else { return };
    let Some(lines) = lines(&payload) else { return };
    for (key, name) in KEYS {
        let id = lines.iter().find(|line| line.0 == key);
        facts.tell_some(name, id.map(|(_, id)| id.to_string()));
    }
    facts.tell_some("version", version.map(String::from_utf8_lossy));
}

/// What stands behind a token's prefix. A runner's is `glrt-t1_`.
fn behind_prefix(token: &[u8]) -> Option<&[u8]> {
    let dash = memchr::memchr(b'-', token.strip_prefix(b"gl")?)?;
    let ([b't', b'1'..=b'9', b'_', rest @ ..] | rest) = &token[dash + 3..];
    Some(rest)
}

/// The lines of a payload, each a letter and a number. Random bytes stand behind
/// them, with their count as the last byte, or before them.
fn lines(payload: &[u8]) -> Option<Vec<(&str, u64)>> {
    let (last, rest) = payload.split_last()?;
    let before = rest.len().checked_sub(RANDOM).filter(|_| usize::from(*last) == RANDOM);
    let before = before.map(|end| &rest[..end]);
    let behind = payload.get(RANDOM..);
    [before, behind].into_iter().flatten().find_map(|text| {
        let text = std::str::from_utf8(text).ok()?;
        let lines: Option<Vec<_>> = text.trim_end_matches('\n').split('\n').map(line).collect();
        lines.filter(|lines| !lines.is_empty())
    })
}

/// A letter, a colon and a number in base 36.
fn line(text: &str) -> Option<(&str, u64)> {
    let (key, id) = text.split_once(':')?;
    Some((key, base36(id.as_bytes())?)).filter(|_| key.len() == 1)
}

#[cfg(test)]
mod tests {
    use crate::anatomy::tests::{facts_of, made};

    #[test]
    fn a_routable_token_says_where_it_leads() {
        let token = made(
            "${seal:gitlab-routable:glpat-${encode-base64url:o:1\nu:a2\n${alnum:16}\u{10}}.000000000}",
        );
        assert_eq!(facts_of(&token), "organization 1 · user 362");
        let token = made(
            "${seal:gitlab-routable-versioned:glrt-t1_${encode-base64url:${alnum:16}c:1\ng:zz\np:4}.01.000000000}",
        );
        assert_eq!(facts_of(&token), "cell 1 · group 1295 · project 4 · version 01");
    }

    #[test]
    fn what_is_no_payload_is_none() {
        assert_eq!(facts_of(&made("glpat-${base64url:40}.000000000")), "");
        assert_eq!(facts_of(&made("glpat-${base64url:20}")), "");
        assert_eq!(facts_of("glpat-.000000000"), "");
    }
}
