//! [`Secret`]: a found credential that cannot be shown by accident.

/// Shortest secret whose first characters may be shown: of a shorter one they
/// would give too much away.
const SHORTEST_HINT: usize = 16;
/// How many characters of a long secret are shown.
const HINT: usize = 4;
/// What stands for the hidden part, whatever its length.
pub(crate) const STARS: &str = "********";
/// Fewest bits of Shannon information that make guessing a secret offline from
/// its hash hopeless.
const STRONG_BITS: f64 = 64.0;

/// The bytes of a credential.
///
/// There is no `Display`, no `Serialize` and nothing to see in `Debug`; whoever
/// needs the value says so with [`expose`](Secret::expose). The memory is
/// overwritten when the value goes.
#[derive(Clone, PartialEq, Eq, Hash)]
pub struct Secret(Box<[u8]>);

impl Secret {
    /// Takes a copy of `bytes`.
    pub fn new(bytes: &[u8]) -> Self {
        Self(bytes.into())
    }

    /// The value itself. Every call is a place where it could leak.
    pub fn expose(&self) -> &[u8] {
        &self.0
    }

    /// Length in bytes.
    pub fn len(&self) -> usize {
        self.0.len()
    }

    /// Whether there is nothing in it.
    pub fn is_empty(&self) -> bool {
        self.0.is_empty()
    }

    /// The first four characters of a long value, then stars; stars alone for a
    /// short one.
    pub fn masked(&self) -> String {
        format!("{}{STARS}", self.hint())
    }

    /// The characters that may be shown.
    fn hint(&self) -> &str {
        if self.0.len() < SHORTEST_HINT || !self.0[..HINT].iter().all(u8::is_ascii_graphic) {
            return "";
        }
        std::str::from_utf8(&self.0[..HINT]).unwrap_or("")
    }

    /// Whether the value cannot be found by trying values against its hash.
    pub fn is_strong(&self) -> bool {
        entropy(&self.0) * self.0.len() as f64 >= STRONG_BITS
    }
}

impl std::fmt::Debug for Secret {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "Secret({} bytes)", self.0.len())
    }
}

impl Drop for Secret {
    fn drop(&mut self) {
        self.0.fill(0);
        // The compiler must not drop the write as unread.
        std::hint::black_box(&self.0);
    }
}

/// Shannon entropy of `bytes`, in bits per byte: 0 for one byte repeated, at
/// most 8.
///
/// C. E. Shannon, *A Mathematical Theory of Communication*, 1948.
pub fn entropy(bytes: &[u8]) -> f64 {
    let mut counts = [0_u32; 256];
    for &byte in bytes {
        counts[usize::from(byte)] += 1;
    }
    let total = bytes.len() as f64;
    let terms = counts.iter().filter(|&&count| count > 0).map(|&count| {
        let share = f64::from(count) / total;
        -share * share.log2()
    });
    terms.sum()
}

#[cfg(test)]
mod tests {
    use super::{Secret, entropy};

    #[test]
    fn nothing_shows_by_accident() {
        let secret = Secret::new(b"correct horse battery staple");
        assert_eq!(format!("{secret:?}"), "Secret(28 bytes)");
        assert_eq!(secret.masked(), "corr********");
        assert_eq!(Secret::new(b"hunter2").masked(), "********");
        assert_eq!(Secret::new(&[0xff; 20]).masked(), "********");
    }

    #[test]
    fn entropy_is_bits_per_byte() {
        assert!(entropy(b"").abs() < 1e-9);
        assert!(entropy(b"aaaa").abs() < 1e-9);
        assert!((entropy(b"abcd") - 2.0).abs() < 1e-9);
        assert!((entropy(b"0123456789abcdef") - 4.0).abs() < 1e-9);
    }

    #[test]
    fn a_password_is_weak_and_a_token_strong() {
        assert!(!Secret::new(b"Summer2024!").is_strong());
        assert!(Secret::new(b"0123456789abcdefghijkl").is_strong());
    }
}
