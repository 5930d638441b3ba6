//! Amazon Web Services: ids that give away the account, Bedrock keys, session
//! tokens, and addresses that are signed for a while.

use super::encoded::{base32, base64};
use super::facts::Facts;
use super::moment;

/// What the first four letters of an id say it names. IAM User Guide, "IAM
/// identifiers: unique identifiers".
const KINDS: [(&str, &str); 12] = [
    ("ABIA", "STS service bearer token"),
    ("ACCA", "context-specific credential"),
    ("AGPA", "user group"),
    ("AIDA", "user"),
    ("AIPA", "instance profile"),
    ("AKIA", "long-term access key"),
    ("ANPA", "managed policy"),
    ("ANVA", "version of a managed policy"),
    ("APKA", "public key"),
    ("AROA", "role"),
    ("ASCA", "certificate"),
    ("ASIA", "temporary access key"),
];
/// Characters of an id; those of users, roles and their like have one more.
const ID: usize = 20;
const LONGER_ID: usize = ID + 1;
/// Digits of an account's number.
const ACCOUNT: usize = 12;

/// Tells what a key or a signed address of AWS says.
pub(super) fn read(secret: &[u8], facts: &mut Facts) {
    tell_id(secret, facts);
    tell_bedrock(secret, facts);
    tell_session(secret, facts);
    if let Some(address) = secret.strip_prefix(b"bedrock-api-key-").and_then(base64) {
        tell_signed(&address, facts);
    }
    tell_signed(secret, facts);
}

/// An id such as `AKIA…`: what it names, and in which account.
fn tell_id(secret: &[u8], facts: &mut Facts) {
    let Some((prefix, rest)) = secret.split_first_chunk::<4>() else { return };
    let kind = KINDS.iter().find(|(id, _)| id.as_bytes() == prefix);
    let Some((_, kind)) = kind.filter(|_| matches!(secret.len(), ID | LONGER_ID)) else { return };
    if base32(&rest[..ID - prefix.len()]).is_some() {
        facts.tell("kind", kind);
        // How the longer ones are made is not public.
        facts.tell_some("account", (secret.len() == ID).then(|| account(rest)).flatten());
    }
}

/// The account's number in the 16 characters behind an id's first four, if they
/// hold one.
///
/// In base32 they are ten bytes; of the first six, as one number, bits 7 to 46
/// are the account. A. Steele, "AWS Access Key ID formats", and T. Be'ery, "A
/// short note on AWS KEY ID", both public since 2023. Ids from before 2019,
/// whose fifth character is I or J, are made in another way.
fn account(rest: &[u8]) -> Option<String> {
    let bytes = base32(rest)?;
    let mut number = [0; 8];
    number[2..].copy_from_slice(bytes.first_chunk::<6>()?);
    let account = (u64::from_be_bytes(number) & 0x7fff_ffff_ff80) >> 7;
    let is_old = matches!(rest.first(), Some(b'I' | b'J'));
    let is_number = !is_old && account < 1_000_000_000_000;
    is_number.then(|| format!("{account:012}"))
}

/// A long-term key of Amazon Bedrock: `ABSK` and in Base64 its name, which ends
/// with `-at-` and the account, a colon and the secret.
fn tell_bedrock(secret: &[u8], facts: &mut Facts) {
    let Some(encoded) = secret.strip_prefix(b"ABSK") else { return };
    let Some(plain) = base64(encoded) else { return };
    let name = plain.split(|&byte| byte == b':').next().unwrap_or_default();
    let Ok(name) = std::str::from_utf8(name) else { return };
    let Some((name, account)) = name.rsplit_once("-at-") else { return };
    if is_account(account) && name.starts_with("Bedrock") {
        facts.tell("account", account);
        facts.tell("key", name);
    }
}

/// A session token: its first bytes name the region that issued it.
fn tell_session(secret: &[u8], facts: &mut Facts) {
    /// Characters of the beginning, which is all that is decoded.
    const BEGINNING: usize = 64;
    if !secret.starts_with(b"IQoJb3JpZ2lu") {
        return;
    }
    let Some(bytes) = secret.get(..BEGINNING).and_then(base64) else { return };
    // Field 3 of a message in protocol buffers: its tag, its length, its text.
    let region = bytes.windows(2).enumerate().find_map(|(at, field)| {
        let &[0x1a, length @ 9..=16] = field else { return None };
        let text = bytes.get(at + 2..at + 2 + usize::from(length))?;
        let is_region =
            |byte: &u8| byte.is_ascii_lowercase() || byte.is_ascii_digit() || *byte == b'-';
        text.iter().all(is_region).then(|| String::from_utf8_lossy(text).into_owned())
    });
    facts.tell_some("region", region);
}

/// An address signed with version 4: whose key, for which region and service,
/// and until when. "Authenticating Requests: Using Query Parameters", Amazon S3
/// API Reference.
fn tell_signed(address: &[u8], facts: &mut Facts) {
    if memchr::memmem::find(address, b"X-Amz-Credential=").is_none() {
        return;
    }
    let text = String::from_utf8_lossy(address).replace("%2F", "/").replace("%2f", "/");
    let field = |name: &str| {
        let (_, value) = text.split_once(name)?;
        value.split(['&', '"', '\'', ' ', '<', '\\']).next()
    };
    let mut scope = field("X-Amz-Credential=").unwrap_or_default().split('/');
    let key = scope.next().unwrap_or_default();
    if key.len() == ID {
        facts.tell_some("account", account(&key.as_bytes()[4..]));
        facts.tell("key", key);
    }
    facts.tell_some("region", scope.nth(1));
    facts.tell_some("service", scope.next());
    let signed = field("X-Amz-Date=").and_then(moment::read);
    let lives = field("X-Amz-Expires=").and_then(|lives| lives.parse::<u32>().ok());
    facts.tell_day("issued", signed);
    if let (Some(signed), Some(lives)) = (signed, lives) {
        facts.expires(signed + i64::from(lives));
    }
}

fn is_account(text: &str) -> bool {
    text.len() == ACCOUNT && text.bytes().all(|byte| byte.is_ascii_digit())
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::account;
    use crate::anatomy::tests::{facts_of, made};

    /// The characters that hold an account's number, and zeros.
    fn sealed(account: u64) -> String {
        const ALPHABET: &[u8; 32] = b"ABCDEFGHIJKLMNOPQRSTUVWXYZ234567";
        let bits = u128::from(account) << 7 << 32 | 1 << 79;
        let digit = |place: u32| char::from(ALPHABET[(bits >> (75 - 5 * place) & 31) as usize]);
        (0..16).map(digit).collect()
    }

    #[test]
    fn an_id_gives_away_its_account() {
        let id = format!("AKIA{}", sealed(123_456_789_012));
        assert_eq!(facts_of(&id), "kind long-term access key · account 123456789012");
        assert_eq!(
            facts_of(&id.replace("AKIA", "ASIA")).split(" · ").next(),
            Some("kind temporary access key")
        );
        assert_eq!(
            facts_of(&format!("AKIA{}", sealed(7))),
            "kind long-term access key · account 000000000007"
        );
        assert_eq!(facts_of(&id[..19]), "");
        assert_eq!(facts_of(&format!("{}A", id.replace("AKIA", "AROA"))), "kind role");
        assert_eq!(account(b"I234567ABCDEFGHI"), None, "an old id");
        assert_eq!(account(b"7777777777777777"), None, "more than an account has digits");
        assert_eq!(account(b"q234567abcdefghi"), None);
    }

    #[test]
    fn a_bedrock_key_names_itself() {
        let key = made("ABSK${encode-base64:BedrockAPIKey-ab1c-at-${digits:12}:${base64:60}}");
        let facts = facts_of(&key);
        assert!(
            facts.starts_with("account ") && facts.ends_with("key BedrockAPIKey-ab1c"),
            "{facts}"
        );
    }

    #[test]
    fn a_signed_address_says_until_when() {
        let address = made(
            "https://s3.amazonaws.com/b/k?X-Amz-Algorithm=AWS4-HMAC-SHA256&\
             X-Amz-Credential=ASIA${base32:16}%2F20240305%2Feu-west-1%2Fs3%2Faws4_request&\
             X-Amz-Date=20240305T083000Z&X-Amz-Expires=3600&X-Amz-Signature=${hex:64}",
        );
        let facts = facts_of(&address);
        assert!(facts.contains("region eu-west-1 · service s3 · issued 2024-03-05"), "{facts}");
        assert!(facts.ends_with("expires 2024-03-05"), "{facts}");
        assert!(!facts.contains(&address[address.len() - 30..]));
        let short = "bedrock-api-key-${encode-base64:bedrock.amazonaws.com/?X-Amz-Credential=ASIA${base32:16}%2F20240305%2Fus-east-1%2Fbedrock%2Faws4_request}";
        assert!(facts_of(&made(short)).contains("region us-east-1 · service bedrock"));
    }

    #[test]
    fn a_session_token_says_its_region() {
        let token = made("${encode-base64:!\n\torigin_ec\u{10}~\u{1a}\tus-east-1\"${alnum:200}}");
        assert_eq!(facts_of(&token), "region us-east-1");
    }

    proptest! {
        #[test]
        fn every_account_is_read(number in 0..1_000_000_000_000_u64) {
            let digits = sealed(number);
            let is_old = digits.starts_with(['I', 'J']);
            let expected = (!is_old).then(|| format!("{number:012}"));
            prop_assert_eq!(account(digits.as_bytes()), expected);
        }
    }
}
