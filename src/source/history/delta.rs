//! Deltas: a text as parts copied from another and bytes inserted between.
//!
//! The instructions are those of git's `gitformat-pack(5)`, "Deltified
//! representation".

use crate::unit::Copied;

/// What is wrong with a delta.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub(super) enum DeltaError {
    #[error("the delta ends in the middle of an instruction")]
    Truncated,
    #[error("the delta is for a base of {0} bytes, and its base has another size")]
    BaseSize(u64),
    #[error("the delta copies from behind the end of its base")]
    CopyRange,
    #[error("the delta gives more or less than the {0} bytes it says")]
    ResultSize(u64),
    #[error("the delta has an instruction that means nothing")]
    Reserved,
}

/// A delta with its sizes read and its instructions still to come.
pub(super) struct Delta<'a> {
    instructions: &'a [u8],
    /// Bytes of the text it gives.
    pub(super) size: u64,
}

impl<'a> Delta<'a> {
    /// Reads the sizes at the beginning; `base` is the size of the base.
    pub(super) fn parse(bytes: &'a [u8], base: usize) -> Result<Self, DeltaError> {
        let mut rest = bytes;
        let wanted = size(&mut rest)?;
        if wanted != base as u64 {
            return Err(DeltaError::BaseSize(wanted));
        }
        let size = size(&mut rest)?;
        Ok(Self { instructions: rest, size })
    }

    /// Appends the text to `text`, which is empty, and what it shares with the
    /// base to `copied`: ascending in the text, each as long as it can be.
    pub(super) fn apply(
        &self,
        base: &[u8],
        text: &mut Vec<u8>,
        copied: &mut Vec<Copied>,
    ) -> Result<(), DeltaError> {
        let mut rest = self.instructions;
        let room = usize::try_from(self.size).map_err(|_| DeltaError::ResultSize(self.size))?;
        text.reserve(room);
        while let Some((&instruction, behind)) = rest.split_first() {
            rest = behind;
            let added = if instruction & 0x80 == 0 {
                let length = usize::from(instruction);
                let (bytes, behind) = rest.split_at_checked(length).ok_or(DeltaError::Truncated)?;
                rest = behind;
                if length == 0 {
                    return Err(DeltaError::Reserved);
                }
                bytes
            } else {
                let (from, length) = copy(instruction, &mut rest)?;
                let end = from.checked_add(length).ok_or(DeltaError::CopyRange)?;
                let bytes = base.get(from..end).ok_or(DeltaError::CopyRange)?;
                note(Copied { from, to: text.len(), length }, copied);
                bytes
            };
            if added.len() > room - text.len() {
                return Err(DeltaError::ResultSize(self.size));
            }
            text.extend_from_slice(added);
        }
        if text.len() == room { Ok(()) } else { Err(DeltaError::ResultSize(self.size)) }
    }
}

/// Notes a copied part; one that goes on where the last one ended belongs to it.
fn note(part: Copied, copied: &mut Vec<Copied>) {
    match copied.last_mut() {
        Some(last) if last.from + last.length == part.from && last.to + last.length == part.to => {
            last.length += part.length;
        }
        _ => copied.push(part),
    }
}

/// Offset and length of a copy instruction: the lower bits of the first byte
/// say which of the bytes that follow are there.
fn copy(instruction: u8, rest: &mut &[u8]) -> Result<(usize, usize), DeltaError> {
    let mut field = |bits: std::ops::Range<u32>| {
        let mut value = 0_usize;
        for (place, bit) in bits.enumerate() {
            if instruction & (1 << bit) != 0 {
                let (&byte, behind) = rest.split_first().ok_or(DeltaError::Truncated)?;
                value |= usize::from(byte) << (8 * place);
                *rest = behind;
            }
        }
        Ok(value)
    };
    let from = field(0..4)?;
    let length = field(4..7)?;
    Ok((from, if length == 0 { 0x1_0000 } else { length }))
}

/// A number in groups of seven bits, the lowest first.
fn size(rest: &mut &[u8]) -> Result<u64, DeltaError> {
    let mut value = 0_u64;
    for shift in (0..63).step_by(7) {
        let (&byte, behind) = rest.split_first().ok_or(DeltaError::Truncated)?;
        *rest = behind;
        value |= u64::from(byte & 0x7f) << shift;
        if byte & 0x80 == 0 {
            return Ok(value);
        }
    }
    Err(DeltaError::Truncated)
}

#[cfg(test)]
mod tests {
    use super::{Delta, DeltaError};
    use crate::unit::Copied;

    fn apply(base: &[u8], delta: &[u8]) -> Result<(Vec<u8>, Vec<Copied>), DeltaError> {
        let (mut text, mut copied) = (Vec::new(), Vec::new());
        Delta::parse(delta, base.len())?.apply(base, &mut text, &mut copied)?;
        Ok((text, copied))
    }

    #[test]
    fn parts_are_copied_and_inserted() {
        // Copy 0..4, copy 4..8 (which goes on), insert "--", copy 2..5.
        let delta = b"\x08\x0d\x90\x04\x91\x04\x04\x02--\x91\x02\x03";
        let (text, copied) = apply(b"abcdefgh", delta).expect("the delta is right");
        assert_eq!(text, b"abcdefgh--cde");
        let part = |from, to, length| Copied { from, to, length };
        assert_eq!(copied, [part(0, 0, 8), part(2, 10, 3)]);
    }

    #[test]
    fn a_copy_without_length_is_of_64_kib() {
        let base = vec![b'x'; 0x1_0000];
        let (text, _) = apply(&base, b"\x80\x80\x04\x80\x80\x04\x80").expect("it is right");
        assert_eq!(text.len(), 0x1_0000);
    }

    #[test]
    fn damage_is_an_error() {
        for (delta, error) in [
            (b"\x07\x01\x01a".as_slice(), DeltaError::BaseSize(7)),
            (b"\x08\x04\x91\x06\x04", DeltaError::CopyRange),
            (b"\x08\x04\x9f\xff\xff\xff\xff\x04", DeltaError::CopyRange),
            (b"\x08\x04\x02ab", DeltaError::ResultSize(4)),
            (b"\x08\x01\x02ab", DeltaError::ResultSize(1)),
            (b"\x08\x04\x05ab", DeltaError::Truncated),
            (b"\x08\x04\x91\x00", DeltaError::Truncated),
            (b"\x08\x04\x00", DeltaError::Reserved),
            (b"\x88", DeltaError::Truncated),
            (b"\xff\xff\xff\xff\xff\xff\xff\xff\xff\xff\x01", DeltaError::Truncated),
        ] {
            assert_eq!(apply(b"abcdefgh", delta).expect_err("it is damaged"), error);
        }
    }
}
