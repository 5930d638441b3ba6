//! Assertions of SAML 2.0 (OASIS saml-core-2.0-os §2), as XML or in Base64.

use super::encoded::base64_of_lines;
use super::facts::Facts;
use super::moment;

/// How XML of SAML begins in Base64: `<saml`, `<samlp`, `<?xml`, `<Asse`,
/// `<Resp`, `<ns`.
const STARTS: [&[u8]; 5] = [b"PHNhbW", b"PD94bW", b"PEFzc2", b"PFJlc3", b"PG5z"];

/// Tells whose assertion it is, about whom, for whom and until when.
pub(super) fn read(secret: &[u8], facts: &mut Facts) {
    let decoded;
    let bytes = if STARTS.iter().any(|start| secret.starts_with(start)) {
        // Padding may be percent-encoded; it is not needed.
        let end = secret.iter().position(|&byte| byte == b'%').unwrap_or(secret.len());
        let Some(bytes) = base64_of_lines(&secret[..end]) else { return };
        decoded = bytes;
        &decoded
    } else {
        secret
    };
    let text = String::from_utf8_lossy(bytes);
    if text.contains("Assertion") && text.contains(":SAML:") {
        tell(&text, facts);
    }
}

fn tell(text: &str, facts: &mut Facts) {
    let content = |name: &str| element(text, name).map(|element| element.content);
    let attribute = |name: &str, attribute: &str| {
        element(text, name).and_then(|element| value(element.attributes, attribute))
    };
    facts.tell_some("issuer", content("Issuer"));
    facts.tell_some("subject", content("NameID"));
    // The last word of `urn:oasis:names:tc:SAML:1.1:nameid-format:emailAddress`.
    let format = attribute("NameID", "Format").and_then(|format| format.rsplit(':').next());
    facts.tell_some("subject kind", format);
    facts.tell_some("audience", content("Audience"));
    let time = |name| attribute("Conditions", name).and_then(moment::read);
    facts.tell_day("valid from", time("NotBefore"));
    if let Some(end) = time("NotOnOrAfter") {
        facts.expires(end);
    }
}

/// An element of XML, as far as it is needed.
struct Element<'t> {
    attributes: &'t str,
    content: &'t str,
}

/// The first element of that name, whatever its namespace is called; its content
/// up to the next tag.
fn element<'t>(text: &'t str, name: &str) -> Option<Element<'t>> {
    text.match_indices('<').find_map(|(at, _)| {
        let tag = &text[at + 1..];
        // Not `>` alone: text full of `<` would be gone over again and again.
        let end = tag.find(['<', '>']).filter(|end| tag[*end..].starts_with('>'))?;
        let (head, behind) = (&tag[..end], &tag[end + 1..]);
        let (full, attributes) = head.split_once(|c: char| c.is_whitespace()).unwrap_or((head, ""));
        let local = full.rsplit_once(':').map_or(full, |(_, local)| local);
        let content = behind.split('<').next().unwrap_or_default();
        (local.trim_end_matches('/') == name).then_some(Element { attributes, content })
    })
}

/// The value of an attribute.
fn value<'t>(attributes: &'t str, name: &str) -> Option<&'t str> {
    let (_, rest) = attributes.split_once(&format!("{name}="))?;
    let quote = rest.chars().next().filter(|quote| matches!(quote, '"' | '\''))?;
    rest[1..].split(quote).next()
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use crate::anatomy::tests::{facts_of, made};

    const ASSERTION: &str = "<samlp:Response xmlns:samlp=\"urn:oasis:names:tc:SAML:2.0:protocol\">\
        <saml:Assertion><saml:Issuer>https://idp.test</saml:Issuer><saml:Subject>\
        <saml:NameID Format=\"urn:oasis:names:tc:SAML:1.1:nameid-format:persistent\">jane</saml:NameID>\
        </saml:Subject><saml:Conditions NotBefore='2023-11-14T00:00:00Z' \
        NotOnOrAfter=\"2023-11-14T22:13:20.5Z\"><saml:AudienceRestriction><saml:Audience>sp.test\
        </saml:Audience></saml:AudienceRestriction></saml:Conditions></saml:Assertion></samlp:Response>";
    const EXPECTED: &str = "issuer https://idp.test · subject jane · subject kind persistent · \
        audience sp.test · valid from 2023-11-14 · expires 2023-11-14";

    #[test]
    fn an_assertion_says_about_whom_and_until_when() {
        assert_eq!(facts_of(ASSERTION), EXPECTED);
        assert_eq!(facts_of(&made(&format!("${{encode-base64:{ASSERTION}}}"))), EXPECTED);
        assert_eq!(facts_of("<Assertion>urn:oasis:names:tc:SAML:2.0</Assertion>"), "");
    }

    proptest! {
        #[test]
        fn damaged_assertions_are_read_without_harm(at in 0..600_usize, length in 0..600_usize, text in "[<>:=\"' a-z]{0,9}") {
            let mut assertion = ASSERTION.to_owned();
            assertion.replace_range(at.min(300)..at.min(300) + 9, &text);
            let _ = facts_of(&assertion[..length.min(assertion.len())]);
        }
    }
}
