//! [`ObjectId`]: the name of an object in a git repository.

use std::fmt;
use std::str::FromStr;

use crate::hex::{hex, unhex};

/// The name of a git object: the SHA-1 of its header and content.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct ObjectId([u8; ObjectId::LENGTH]);

impl ObjectId {
    /// Bytes in a name.
    pub const LENGTH: usize = 20;
    /// The name that git writes where there is no object.
    pub const ZERO: Self = Self([0; Self::LENGTH]);

    /// The name with these bytes.
    pub const fn new(bytes: [u8; Self::LENGTH]) -> Self {
        Self(bytes)
    }

    /// Its bytes.
    pub const fn as_bytes(&self) -> &[u8; Self::LENGTH] {
        &self.0
    }

    /// The first digits, as people write a name.
    pub fn short(&self) -> String {
        hex(&self.0[..5])
    }
}

impl fmt::Display for ObjectId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&hex(&self.0))
    }
}

impl fmt::Debug for ObjectId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Display::fmt(self, f)
    }
}

/// A text that is no object's name: not forty hexadecimal digits.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("not forty hexadecimal digits")]
pub struct NotAnObjectId;

impl FromStr for ObjectId {
    type Err = NotAnObjectId;

    fn from_str(text: &str) -> Result<Self, NotAnObjectId> {
        unhex(text.as_bytes()).map(Self).ok_or(NotAnObjectId)
    }
}

#[cfg(test)]
mod tests {
    use super::ObjectId;

    #[test]
    fn a_name_is_read_as_it_is_written() {
        let name = "00ff10a9e4bf0123456789abcdef0123456789ab";
        let id: ObjectId = name.parse().expect("it is a name");
        assert_eq!(id.to_string(), name);
        assert_eq!(id.short(), "00ff10a9e4");
        assert!("00ff".parse::<ObjectId>().is_err());
        assert!(format!("{name}0").parse::<ObjectId>().is_err());
        assert!(name.replace('f', "g").parse::<ObjectId>().is_err());
    }
}
