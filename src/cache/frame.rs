//! What stands around the content of a file: what it is, for which repository
//! and key, and a checksum of all that.

use super::CacheError;
use super::code::{Decoder, Encoder};

/// The first bytes of every file.
const MAGIC: &[u8; 16] = b"redhanded scan\0\n";
const CHECKSUM: usize = 32;

/// A file taken apart.
pub(super) struct Frame<'a> {
    pub(super) key: [u8; 32],
    pub(super) repository: &'a [u8],
    pub(super) content: &'a [u8],
}

impl<'a> Frame<'a> {
    /// Takes a file apart, if it is as it was written.
    pub(super) fn parse(bytes: &'a [u8]) -> Result<Self, CacheError> {
        let rest = bytes.strip_prefix(MAGIC).ok_or(CacheError::Damaged)?;
        let (checksum, rest) = rest.split_at_checked(CHECKSUM).ok_or(CacheError::Damaged)?;
        if blake3::hash(rest).as_bytes() != checksum {
            return Err(CacheError::Damaged);
        }
        let mut decoder = Decoder::new(rest);
        let frame = Self::decode(&mut decoder).map_err(|_| CacheError::Damaged)?;
        Ok(Self { content: decoder.rest(), ..frame })
    }

    fn decode(decoder: &mut Decoder<'a>) -> Result<Self, super::code::Malformed> {
        let key = *decoder.array()?;
        Ok(Self { key, repository: decoder.bytes()?, content: &[] })
    }

    /// The bytes of the file.
    pub(super) fn bytes(&self) -> Vec<u8> {
        let mut encoder = Encoder::default();
        encoder.array(&self.key);
        encoder.bytes(self.repository);
        let head = encoder.finish();
        let mut hasher = blake3::Hasher::new();
        hasher.update(&head).update(self.content);
        [MAGIC, hasher.finalize().as_bytes().as_slice(), &head, self.content].concat()
    }
}

#[cfg(test)]
mod tests {
    use super::Frame;

    #[test]
    fn a_file_is_read_as_it_was_written_or_not_at_all() {
        let frame = Frame { key: [7; 32], repository: b"/a/b", content: b"much" };
        let bytes = frame.bytes();
        let read = Frame::parse(&bytes).expect("nothing happened to it");
        assert_eq!(
            (read.key, read.repository, read.content),
            ([7; 32], &b"/a/b"[..], &b"much"[..])
        );
        for at in 0..bytes.len() {
            assert!(Frame::parse(&bytes[..at]).is_err(), "cut at {at}");
            let mut flipped = bytes.clone();
            flipped[at] ^= 1;
            assert!(Frame::parse(&flipped).is_err(), "another byte at {at}");
        }
    }
}
