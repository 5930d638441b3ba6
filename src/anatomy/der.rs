//! As much of DER (ITU-T X.690) as private keys need: elements in elements.

/// An element: its tag and its content.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Element<'a> {
    /// The identifier octet.
    pub(super) tag: u8,
    /// What is in it.
    pub(super) content: &'a [u8],
}

/// The tags of the elements that are read here.
pub(super) const INTEGER: u8 = 0x02;
pub(super) const OCTETS: u8 = 0x04;
pub(super) const OBJECT: u8 = 0x06;
pub(super) const SEQUENCE: u8 = 0x30;

/// The elements that stand one after another in `bytes`, up to the first one
/// that is cut short or has a form that DER forbids.
pub(super) fn elements(bytes: &[u8]) -> impl Iterator<Item = Element<'_>> {
    let mut rest = bytes;
    std::iter::from_fn(move || {
        let (element, behind) = element(rest)?;
        rest = behind;
        Some(element)
    })
}

/// The first element of `bytes` and what stands behind it.
fn element(bytes: &[u8]) -> Option<(Element<'_>, &[u8])> {
    let (&tag, rest) = bytes.split_first()?;
    let (&first, rest) = rest.split_first()?;
    let (length, rest) = match first {
        0..=0x7f => (usize::from(first), rest),
        // So many bytes of length follow: two are enough for any key.
        0x81..=0x83 => {
            let (length, rest) = rest.split_at_checked(usize::from(first & 0x7f))?;
            let number = length.iter().fold(0, |number, byte| number << 8 | usize::from(*byte));
            (number, rest)
        }
        _ => return None,
    };
    let (content, behind) = rest.split_at_checked(length)?;
    Some((Element { tag, content }, behind))
}

impl<'a> Element<'a> {
    /// The elements in it, if it has that tag.
    pub(super) fn inside(self, tag: u8) -> Option<impl Iterator<Item = Element<'a>>> {
        (self.tag == tag).then(|| elements(self.content))
    }

    /// The length in bits, if it is a positive integer.
    pub(super) fn bits(self) -> Option<usize> {
        let zeros = self.content.iter().position(|&byte| byte != 0)?;
        let first = self.content[zeros];
        let bits = (self.content.len() - zeros) * 8 - first.leading_zeros() as usize;
        (self.tag == INTEGER).then_some(bits)
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::{Element, INTEGER, SEQUENCE, elements};

    #[test]
    fn elements_are_read_in_elements() {
        let bytes = [0x30, 6, 2, 1, 0, 2, 1, 5, 4, 0];
        let outer: Vec<Element> = elements(&bytes).collect();
        assert_eq!(outer.len(), 2);
        let inner: Vec<_> = outer[0].inside(SEQUENCE).expect("it is one").collect();
        assert_eq!(inner[1], Element { tag: INTEGER, content: &[5] });
        assert_eq!((inner[0].bits(), inner[1].bits(), outer[1].bits()), (None, Some(3), None));
        assert!(outer[1].inside(SEQUENCE).is_none());
        let long = [&[0x30, 0x82, 0, 130][..], &[0; 130]].concat();
        assert_eq!(elements(&long).next().map(|element| element.content.len()), Some(130));
    }

    proptest! {
        #[test]
        fn any_bytes_end(bytes in proptest::collection::vec(any::<u8>(), 0..60)) {
            let all = elements(&bytes).inspect(|element| { element.bits(); });
            prop_assert!(all.count() <= bytes.len());
        }
    }
}
