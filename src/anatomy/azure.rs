//! Microsoft Azure: shared access signatures and identifiable keys.

use super::Context;
use super::facts::Facts;
use super::moment;

/// What the letters of `sp` allow. Storage services REST API, "Create an account
/// SAS" and "Create a service SAS".
const PERMISSIONS: [(char, &str); 15] = [
    ('r', "read"),
    ('a', "add"),
    ('c', "create"),
    ('w', "write"),
    ('u', "update"),
    ('d', "delete"),
    ('x', "delete versions"),
    ('y', "delete for good"),
    ('l', "list"),
    ('t', "tags"),
    ('f', "find"),
    ('m', "move"),
    ('e', "execute"),
    ('o', "own"),
    ('i', "make immutable"),
];
/// What the letters of `ss` name.
const SERVICES: [(char, &str); 4] = [('b', "blob"), ('q', "queue"), ('t', "table"), ('f', "file")];
/// What `sr` names.
const RESOURCES: [(&str, &str); 7] = [
    ("b", "blob"),
    ("bs", "blob snapshot"),
    ("bv", "blob version"),
    ("c", "container"),
    ("d", "directory"),
    ("f", "file"),
    ("s", "share"),
];

/// Tells what a signature with its fields, or an identifiable key, says.
pub(super) fn read(secret: &[u8], facts: &mut Facts) {
    tell_key(secret, facts);
    if let Ok(text) = std::str::from_utf8(secret)
        && text.contains("sig=")
    {
        tell_signature(text, facts);
    }
}

/// Tells what stands around a bare signature.
pub(super) fn read_around(context: &Context<'_>, facts: &mut Facts) {
    if context.before.ends_with("sig=") {
        let ends = [' ', '"', '\'', '`', '<', '>'];
        let before = context.before.rsplit(ends).next().unwrap_or_default();
        // What is cut may be half a field: no time is read from it.
        let after = context.after.split(ends).next().unwrap_or_default();
        let whole = if context.cut_after { after.rfind('&').unwrap_or(0) } else { after.len() };
        tell_signature(&format!("{before}{}", &after[..whole]), facts);
    }
}

/// Tells of a shared access signature: of storage, or of Service Bus, Event Hubs
/// and `IoT` Hub, which call their fields otherwise.
fn tell_signature(text: &str, facts: &mut Facts) {
    let text = text.replace("&amp;", "&").replace("\\u0026", "&");
    let field = |name: &str| {
        let mut fields = text.split(['?', '&', ' ', '"', '\'']);
        let value = fields.find_map(|field| field.strip_prefix(name)?.strip_prefix('='))?;
        Some(plain(value))
    };
    let end = field("se").and_then(|end| moment::read(&end).or_else(|| end.parse().ok()));
    // Other signed addresses have `sv` too: a number that is no date.
    let is_dated = field("sv").is_some_and(|version| version.starts_with("20"));
    if !is_dated && end.is_none() {
        return;
    }
    let host = text.split_once("://").and_then(|(_, rest)| rest.split(['/', '?']).next());
    let host = host.filter(|host| host.ends_with(".windows.net"));
    facts.tell_some("account", host.and_then(|host| host.split('.').next()));
    facts.tell_some("policy", field("skn").or_else(|| field("si")));
    facts.tell_some("permissions", field("sp").and_then(|letters| names(&PERMISSIONS, &letters)));
    facts.tell_some("services", field("ss").and_then(|letters| names(&SERVICES, &letters)));
    let resource = field("sr");
    let known = |kind: &String| RESOURCES.iter().find(|(own, _)| own == kind).map(|it| it.1);
    facts.tell_some("resource", resource.as_ref().map(|kind| known(kind).unwrap_or(kind)));
    facts.tell_some("addresses", field("sip"));
    facts.tell_day("valid from", field("st").as_deref().and_then(moment::read));
    if let Some(end) = end {
        facts.expires(end);
    }
}

/// What letters stand for, if all of the text is letters.
fn names(known: &[(char, &'static str)], letters: &str) -> Option<String> {
    let name = |(letter, name): &(char, &'static str)| letters.contains(*letter).then_some(*name);
    let is_list = letters.chars().all(|letter| letter.is_ascii_lowercase());
    is_list.then(|| known.iter().filter_map(name).collect::<Vec<_>>().join(", "))
}

/// Text without percent-encoding (RFC 3986 §2.1).
fn plain(text: &str) -> String {
    let mut bytes = Vec::with_capacity(text.len());
    let mut rest = text.as_bytes();
    while let Some((&byte, behind)) = rest.split_first() {
        let digits = behind.get(..2).and_then(|digits| std::str::from_utf8(digits).ok());
        let code = digits.and_then(|digits| u8::from_str_radix(digits, 16).ok());
        let code = code.filter(|_| byte == b'%');
        bytes.push(code.unwrap_or(byte));
        rest = if code.is_some() { &behind[2..] } else { behind };
    }
    String::from_utf8_lossy(&bytes).into_owned()
}

/// Tells when an identifiable key of the second generation was made: two letters
/// behind its mark are the year, from 2024 on, and the month. Microsoft's
/// Security Utilities, "Common Annotated Security Keys".
fn tell_key(secret: &[u8], facts: &mut Facts) {
    if !matches!(secret.len(), 84 | 88) || secret.get(52..57) != Some(b"JQQJ9") {
        return;
    }
    let (kind, year, month) = (secret[57], secret[58], secret[59]);
    match kind {
        b'D' => facts.tell("kind", "derived from a key"),
        b'H' => facts.tell("kind", "hash of a key"),
        _ => {}
    }
    if year.is_ascii_uppercase() && (b'A'..=b'L').contains(&month) {
        let (year, month) = (2024 + u16::from(year - b'A'), month - b'A' + 1);
        facts.tell("created", format!("{year}-{month:02}"));
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::{plain, read_around};
    use crate::anatomy::Context;
    use crate::anatomy::facts::Facts;
    use crate::anatomy::tests::{facts_of, made};

    #[test]
    fn a_signature_says_what_it_allows() {
        let text = made(
            "https://acme.blob.core.windows.net/x?sv=2022-11-02&ss=bq&srt=sco&sp=rwl\
             &se=2023-11-14T22%3A13%3A20Z&st=2023-01-01T00:00:00Z&spr=https&sig=${base62:43}%3D",
        );
        let told = "account acme · permissions read, write, list · services blob, queue · \
                    valid from 2023-01-01";
        let facts = facts_of(&text);
        assert!(facts.starts_with(told) && facts.ends_with("expires 2023-11-14"), "{facts}");
        let (before, after) = text.split_at(text.find("sig=").expect("it is there") + 4);
        let mut facts = Facts::default();
        let context = Context { before, after: &after[46..], ..Context::default() };
        read_around(&context, &mut facts);
        let (around, expires) = facts.finish(None);
        assert_eq!((around[0].value.as_str(), expires), ("acme", Some(1_700_000_000)));
    }

    #[test]
    fn a_signature_of_service_bus_says_its_policy() {
        let text = made(
            "SharedAccessSignature sr=acme.servicebus.windows.net&sig=${base62:43}%3D&se=1700000000&skn=Root",
        );
        let expected = "policy Root · resource acme.servicebus.windows.net · expires 2023-11-14";
        assert_eq!(facts_of(&text), expected);
        assert_eq!(facts_of("a?sig=b&c=d"), "");
    }

    #[test]
    fn an_identifiable_key_says_when_it_was_made() {
        assert_eq!(facts_of(&made("${base62:52}JQQJ99BC${base62:24}")), "created 2025-03");
        assert_eq!(
            facts_of(&made("${base62:52}JQQJ9DAL${base62:24}")),
            "kind derived from a key · created 2024-12"
        );
        assert_eq!(facts_of(&made("${base62:52}JQQJ99az${base62:24}")), "");
    }

    proptest! {
        #[test]
        fn any_text_is_decoded(text in ".{0,20}%[0-9a-fA-F]{0,3}.{0,9}") {
            prop_assert!(plain(&text).len() <= text.len() * 3);
        }
    }
}
