//! Values that standards give as examples. Whoever wrote a test or a manual
//! copied them, and nobody's account opens with them.

/// The examples, with where they are from.
const EXAMPLES: [&str; 13] = [
    // RFC 6749, OAuth 2.0: 2.3.1, 4.1, 5.1, 6.
    "czZCaGRSa3F0MzpnWDFmQmF0M2JW",
    "7Fjfp0ZBr1KtDRbnfVdmIw",
    "SplxlOBeZQQYbYS6WxSbIA",
    "2YotnFZFEjr1zCsicMWpAA",
    "tGzv3JOkF0XG5Qx2TlKWIA",
    // RFC 6750, bearer tokens: 2.1; curl's tests cut it off.
    "mF_9.B5f-4.1JqM",
    "mF_9.B5f-4",
    // RFC 7009, revocation: 2.1.
    "45ghiukldjahdnhzdauz",
    // RFC 7662, introspection: 2.1.
    "23410913-abewfq.123483",
    // RFC 7617, Basic: 2, 2.1.
    "QWxhZGRpbjpvcGVuIHNlc2FtZQ==",
    "dGVzdDoxMjPCow==",
    // RFC 6455, WebSocket: 1.2.
    "dGhlIHNhbXBsZSBub25jZQ==",
    // OpenID Connect Core 1.0: 3.1.3.3.
    "SlAV32hkKG",
];

/// Whether a value is an example that a standard gives.
pub(super) fn is_example(value: &[u8]) -> bool {
    EXAMPLES.iter().any(|example| example.as_bytes() == value)
}

#[cfg(test)]
mod tests {
    use super::is_example;

    #[test]
    fn only_the_whole_value_is_an_example() {
        assert!(is_example(b"SlAV32hkKG"));
        assert!(!is_example(b"SlAV32hkKGa"));
    }
}
