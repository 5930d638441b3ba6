//! Words in the names of secrets, as triggers of the rules that look for what
//! is assigned to such a name. This file is also compiled into the build script.

use super::byte_set::ByteSet;
use super::definition::Trigger;
use super::gram::rarest_pair;
use super::pattern::Analysis;

/// Bytes of a name before the word in it that leads to it.
pub(crate) const BEFORE: u32 = 64;
/// Bytes behind the beginning of that word in which the value must end.
pub(crate) const AFTER: u32 = 1600;

/// Stands among the words of a rule that looks for passwords in addresses, too.
pub(crate) const ADDRESS: &[u8] = b"://";

/// Shortest word that may go on as it likes: what the prefilter can find
/// without knowing what follows.
const SHORTEST: usize = 4;
/// Shortest word of all. Behind it the name's next part begins, or its plural.
const SHORTEST_WHOLE: usize = 3;
/// What can stand behind a word that is not part of a longer one.
const BEHIND: &[u8] = b"sS0123456789_-.\"'`\\])( \t=:,>*[!?+|&\r\n";

/// What a rule guarantees that is for values assigned to names with one of
/// `words` in them.
///
/// # Errors
///
/// What is wrong with a word.
pub(crate) fn analyse(words: &[String]) -> Result<Analysis, String> {
    let triggers = words.iter().map(|word| trigger(word)).collect::<Result<_, _>>()?;
    Ok(Analysis {
        max_len: Some((BEFORE + AFTER) as usize),
        triggers,
        also: Vec::new(),
        whole: false,
        run: None,
        has_secret: true,
    })
}

/// Whether a byte can stand at the beginning of an address's user, or behind one
/// without any letter.
fn begins_user(byte: u8) -> bool {
    byte.is_ascii_alphanumeric() || b"_.%+~!&=$-:".contains(&byte)
}

/// The trigger for names that hold `word`, in any letter case.
fn trigger(word: &str) -> Result<Trigger, String> {
    if word.len() < SHORTEST_WHOLE {
        return Err(format!("`names`: `{word}` is shorter than three bytes"));
    }
    let in_names =
        |byte: u8| byte.is_ascii_alphanumeric() || b"_-.".contains(&byte) || byte >= 0x80;
    if word.as_bytes() != ADDRESS && !word.bytes().all(in_names) {
        return Err(format!("`names`: `{word}` holds what no name does"));
    }
    let literal: Vec<u8> = word.bytes().map(|byte| byte | 0x20).collect();
    let follow: Vec<u8> = match &*literal {
        ADDRESS => (0..=u8::MAX).filter(|byte| begins_user(*byte)).collect(),
        short if short.len() < SHORTEST => BEHIND.to_vec(),
        _ => (0..=u8::MAX).collect(),
    };
    let follow = ByteSet::of(&follow);
    let pair = rarest_pair(&literal, follow.folded().count());
    Ok(Trigger {
        literal: literal.into(),
        fold: true,
        follow,
        pair,
        before_min: 0,
        before_max: BEFORE,
        inside: false,
    })
}
