//! JSON Web Tokens (RFC 7519), signed (RFC 7515) or encrypted (RFC 7516): what
//! header and claims say, and what a signature's length gives away.
//!
//! The claims of a signed token are readable by everybody. Those told are
//! names, ids and times; the signature is only measured.

use serde_json::{Map, Value};

use super::claims;
use super::encoded::base64;
use super::facts::Facts;

/// How the Base64url form of a JSON object begins: `{"`, or `{` before blanks.
const STARTS: [&[u8]; 4] = [b"eyJ", b"eyA", b"ewo", b"ew0"];
/// Places tried in the first part of a token: before its header may stand a
/// prefix such as `glcbt-`.
const TRIES: usize = 4;

/// Tells what a token says.
pub(super) fn read(secret: &[u8], facts: &mut Facts) {
    let Some((header, payload, rest)) = parts(secret) else { return };
    facts.tell_some("algorithm", text(&header, "alg"));
    facts.tell_some("encryption", text(&header, "enc"));
    facts.tell_some("type", text(&header, "typ").filter(|typ| !typ.eq_ignore_ascii_case("jwt")));
    facts.tell_some("key", text(&header, "kid"));
    let Some(payload) = object(payload) else { return };
    tell_weakness(&header, &payload, rest, facts);
    claims::tell(&payload, facts);
}

/// The header of a token, its encoded second part, and what stands behind that.
type Parts<'t> = (Map<String, Value>, &'t [u8], &'t [u8]);

/// The parts of what is a token or holds one behind a prefix.
fn parts(secret: &[u8]) -> Option<Parts<'_>> {
    let (first, rest) = split(secret)?;
    let is_start = |at: &usize| STARTS.iter().any(|start| first[*at..].starts_with(start));
    let header = (0..first.len()).filter(is_start).take(TRIES).find_map(|at| {
        let header = object(&first[at..])?;
        header.contains_key("alg").then_some(header)
    })?;
    let (payload, signature) = split(rest)?;
    Some((header, payload, signature))
}

fn split(text: &[u8]) -> Option<(&[u8], &[u8])> {
    let dot = memchr::memchr(b'.', text)?;
    Some((&text[..dot], &text[dot + 1..]))
}

fn object(encoded: &[u8]) -> Option<Map<String, Value>> {
    serde_json::from_slice(&base64(encoded)?).ok()
}

fn text<'v>(object: &'v Map<String, Value>, name: &str) -> Option<&'v str> {
    object.get(name)?.as_str()
}

/// Tells what makes a token worth less, or more, than it seems.
fn tell_weakness(
    header: &Map<String, Value>,
    payload: &Map<String, Value>,
    signature: &[u8],
    facts: &mut Facts,
) {
    // The sample of jwt.io, which stands in tutorials everywhere.
    if text(payload, "sub") == Some("1234567890") && text(payload, "name") == Some("John Doe") {
        facts.tell("sample", "the one of jwt.io");
    }
    let algorithm = text(header, "alg").unwrap_or_default();
    if algorithm.eq_ignore_ascii_case("none") {
        return facts.tell("signature", "none: anybody can make such a token");
    }
    if header.contains_key("enc") {
        return;
    }
    // What stands behind a token in the same credential ends it.
    let is_own = |byte: &u8| byte.is_ascii_alphanumeric() || b"-_".contains(byte);
    let end = signature.iter().position(|byte| !is_own(byte)).unwrap_or(signature.len());
    let length = base64(&signature[..end]).map_or(0, |bytes| bytes.len());
    if length == 0 {
        facts.tell("signature", "missing: no service should take it");
    } else if !fits(algorithm, length) {
        facts.tell("signature", format!("{length} bytes, which is none of {algorithm}"));
    }
}

/// Whether a signature of so many bytes can be of that algorithm (RFC 7518 §3.1,
/// RFC 8037 §3.1). Of one that is not known any can.
fn fits(algorithm: &str, length: usize) -> bool {
    match algorithm {
        "HS256" => length == 32,
        "HS384" => length == 48,
        "HS512" | "ES256" | "ES256K" => length == 64,
        "ES384" => length == 96,
        "ES512" => length == 132,
        // Ed25519 and Ed448.
        "EdDSA" => length == 64 || length == 114,
        // As long as the modulus, of which 1024 bits is the least in use.
        "RS256" | "RS384" | "RS512" | "PS256" | "PS384" | "PS512" => length >= 128,
        _ => true,
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use crate::anatomy::tests::{facts_of, made};

    /// A token of these parts, the third of them random characters.
    fn token(header: &str, claims: &str, signature: usize) -> String {
        let parts = "${encode-base64url:HEADER}.${encode-base64url:CLAIMS}.${base64url:LENGTH}";
        let template = parts.replace("HEADER", header).replace("CLAIMS", claims);
        made(&template.replace("LENGTH", &signature.to_string()))
    }

    #[test]
    fn header_and_claims_are_told() {
        let token = token(
            r#"{"alg":"HS256","typ":"JWT","kid":"k1"}"#,
            r#"{"iss":"https://id.test","sub":"jane","aud":["a","b"],"scope":"read write","iat":1700000000,"exp":1700003600}"#,
            43,
        );
        assert_eq!(
            facts_of(&token),
            "algorithm HS256 · key k1 · issuer https://id.test · subject jane · audience a, b · \
             scopes read write · issued 2023-11-14 · expires 2023-11-14"
        );
        assert_eq!(facts_of(&format!("glcbt-{token}")), facts_of(&token));
    }

    #[test]
    fn what_is_wrong_with_a_signature_is_told() {
        let claims = r#"{"sub":"jane"}"#;
        let of = |header: &str, length| facts_of(&token(header, claims, length));
        assert_eq!(of(r#"{"alg":"ES256"}"#, 86), "algorithm ES256 · subject jane");
        let none = "algorithm none · signature none: anybody can make such a token · subject jane";
        assert_eq!(of(r#"{"alg":"none"}"#, 0), none);
        let missing =
            "algorithm RS256 · signature missing: no service should take it · subject jane";
        assert_eq!(of(r#"{"alg":"RS256"}"#, 0), missing);
        let short = "algorithm HS256 · signature 15 bytes, which is none of HS256 · subject jane";
        assert_eq!(of(r#"{"alg":"HS256"}"#, 20), short);
    }

    #[test]
    fn the_sample_of_tutorials_is_known() {
        let claims = r#"{"sub":"1234567890","name":"John Doe","iat":1516239022}"#;
        assert!(facts_of(&token(r#"{"alg":"HS256"}"#, claims, 43)).contains("sample the one of"));
    }

    #[test]
    fn an_encrypted_token_tells_how() {
        let parts = r#"${encode-base64url:{"alg":"dir","enc":"A256GCM"}}..${base64url:16}.${base64url:99}.${base64url:22}"#;
        assert_eq!(facts_of(&made(parts)), "algorithm dir · encryption A256GCM");
    }

    #[test]
    fn no_part_of_a_signature_is_told() {
        let token = token(r#"{"alg":"HS256"}"#, r#"{"sub":"jane","password":"hunter2"}"#, 30);
        let facts = facts_of(&token);
        assert!(!facts.contains(&token[token.len() - 20..]) && !facts.contains("hunter2"));
    }

    proptest! {
        #[test]
        fn any_header_and_claims_are_read_or_not(header in ".{0,60}", claims in ".{0,60}", at in 0..200_usize) {
            let braces = |text: &str| text.replace(['$', '{', '}'], "");
            let token = token(&format!(r#"{{"alg":"{}"}}"#, braces(&header)), &braces(&claims), 9);
            let _ = facts_of(&token[..at.min(token.len())]);
        }
    }
}
