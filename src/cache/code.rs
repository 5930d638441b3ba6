//! Numbers and texts to bytes and back.
//!
//! What is read back is not believed: nothing here panics or takes more memory
//! than the bytes that are there can account for.

/// Writes values one behind the other.
#[derive(Debug, Default)]
pub struct Encoder(Vec<u8>);

/// Reads what an [`Encoder`] wrote, in the same order.
#[derive(Clone, Debug)]
pub struct Decoder<'a>(&'a [u8]);

/// Bytes that no [`Encoder`] wrote so.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("it makes no sense")]
pub struct Malformed;

impl Encoder {
    /// A number, in groups of seven bits, the lowest first.
    pub fn number(&mut self, number: u64) {
        let mut rest = number;
        while rest >= 0x80 {
            self.0.push(rest.to_le_bytes()[0] | 0x80);
            rest >>= 7;
        }
        self.0.push(rest.to_le_bytes()[0]);
    }

    /// A number that may be negative.
    pub fn signed(&mut self, number: i64) {
        self.array(&number.to_le_bytes());
    }

    /// So many bytes that whoever reads them knows their number.
    pub fn array(&mut self, bytes: &[u8]) {
        self.0.extend_from_slice(bytes);
    }

    /// Any bytes.
    pub fn bytes(&mut self, bytes: &[u8]) {
        self.number(bytes.len() as u64);
        self.array(bytes);
    }

    /// Yes or no.
    pub fn flag(&mut self, flag: bool) {
        self.0.push(u8::from(flag));
    }

    /// Each of some values, by what writes one.
    pub fn list<T>(
        &mut self,
        values: impl IntoIterator<Item = T, IntoIter: ExactSizeIterator>,
        mut one: impl FnMut(&mut Self, T),
    ) {
        let values = values.into_iter();
        self.number(values.len() as u64);
        for value in values {
            one(self, value);
        }
    }

    /// Everything written.
    pub fn finish(self) -> Vec<u8> {
        self.0
    }
}

impl<'a> Decoder<'a> {
    /// Reads from the first of these bytes on.
    pub fn new(bytes: &'a [u8]) -> Self {
        Self(bytes)
    }

    /// What is left.
    pub fn rest(&self) -> &'a [u8] {
        self.0
    }

    /// A number.
    ///
    /// # Errors
    ///
    /// Here and below: if there is none.
    pub fn number(&mut self) -> Result<u64, Malformed> {
        let mut number = 0_u64;
        for shift in (0..64).step_by(7) {
            let (&byte, rest) = self.0.split_first().ok_or(Malformed)?;
            self.0 = rest;
            let group = u64::from(byte & 0x7f);
            if group << shift >> shift != group {
                return Err(Malformed);
            }
            number |= group << shift;
            if byte & 0x80 == 0 {
                return Ok(number);
            }
        }
        Err(Malformed)
    }

    /// A number that is of another type.
    pub fn small<T: TryFrom<u64>>(&mut self) -> Result<T, Malformed> {
        T::try_from(self.number()?).map_err(|_| Malformed)
    }

    /// A number that may be negative.
    pub fn signed(&mut self) -> Result<i64, Malformed> {
        Ok(i64::from_le_bytes(*self.array()?))
    }

    /// Bytes of which the number is known.
    pub fn array<const N: usize>(&mut self) -> Result<&'a [u8; N], Malformed> {
        let (array, rest) = self.0.split_first_chunk().ok_or(Malformed)?;
        self.0 = rest;
        Ok(array)
    }

    /// Any bytes.
    pub fn bytes(&mut self) -> Result<&'a [u8], Malformed> {
        let length = self.small()?;
        let (bytes, rest) = self.0.split_at_checked(length).ok_or(Malformed)?;
        self.0 = rest;
        Ok(bytes)
    }

    /// Yes or no.
    pub fn flag(&mut self) -> Result<bool, Malformed> {
        match self.array()? {
            [0] => Ok(false),
            [1] => Ok(true),
            _ => Err(Malformed),
        }
    }

    /// Some values, by what reads one. Every value has a byte at least.
    pub fn list<T>(
        &mut self,
        mut one: impl FnMut(&mut Self) -> Result<T, Malformed>,
    ) -> Result<Vec<T>, Malformed> {
        let count: usize = self.small()?;
        if count > self.0.len() {
            return Err(Malformed);
        }
        let mut values = Vec::new();
        for _ in 0..count {
            let before = self.0.len();
            values.push(one(self)?);
            if self.0.len() == before {
                return Err(Malformed);
            }
        }
        Ok(values)
    }
}

#[cfg(test)]
mod tests {
    use super::{Decoder, Encoder, Malformed};

    #[test]
    fn what_is_written_is_read_back() {
        let mut encoder = Encoder::default();
        let numbers = [0, 1, 127, 128, 300, u64::MAX];
        encoder.list(numbers, Encoder::number);
        encoder.signed(-5);
        encoder.bytes(b"text");
        encoder.flag(true);
        let bytes = encoder.finish();
        let mut decoder = Decoder::new(&bytes);
        assert_eq!(decoder.list(Decoder::number), Ok(numbers.to_vec()));
        assert_eq!(decoder.signed(), Ok(-5));
        assert_eq!(decoder.bytes(), Ok(&b"text"[..]));
        assert_eq!(decoder.flag(), Ok(true));
        assert!(decoder.rest().is_empty());
    }

    #[test]
    fn nonsense_is_an_error() {
        assert_eq!(Decoder::new(&[0xff; 11]).number(), Err(Malformed));
        assert_eq!(Decoder::new(&[0x80]).number(), Err(Malformed));
        assert_eq!(Decoder::new(&[5, 1]).bytes(), Err(Malformed));
        assert_eq!(Decoder::new(&[2]).flag(), Err(Malformed));
        let huge = [0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0x7f];
        assert_eq!(Decoder::new(&huge).list(Decoder::number), Err(Malformed));
        assert_eq!(Decoder::new(&huge).bytes(), Err(Malformed));
        assert_eq!(Decoder::new(&[2, 1, 1]).list(|_| Ok(())), Err(Malformed));
    }
}
