//! Private keys: of which algorithm and size they are, and whether a passphrase
//! protects them.
//!
//! PEM (RFC 7468) with PKCS #1 (RFC 8017), SEC 1 (RFC 5915) and PKCS #8 (RFC
//! 5958) in it, the format of OpenSSH (`PROTOCOL.key` in its source) and that of
//! PuTTY (its manual, appendix C), as they stand in files and, with escaped line
//! ends or once more in Base64, in programs and configuration.

use super::der::{Element, INTEGER, OBJECT, OCTETS, SEQUENCE, elements};
use super::encoded::{base64, base64_of_lines};
use super::facts::Facts;

/// Object identifiers (the content of their DER form) of keys and curves.
const ALGORITHMS: [(&[u8], &str); 14] = [
    (&[0x2a, 0x86, 0x48, 0x86, 0xf7, 0x0d, 1, 1, 1], "RSA"),
    (&[0x2a, 0x86, 0x48, 0x86, 0xf7, 0x0d, 1, 1, 10], "RSA-PSS"),
    (&[0x2a, 0x86, 0x48, 0xce, 0x38, 4, 1], "DSA"),
    (&[0x2a, 0x86, 0x48, 0x86, 0xf7, 0x0d, 1, 3, 1], "Diffie-Hellman"),
    (&[0x2b, 0x65, 0x6e], "X25519"),
    (&[0x2b, 0x65, 0x6f], "X448"),
    (&[0x2b, 0x65, 0x70], "Ed25519"),
    (&[0x2b, 0x65, 0x71], "Ed448"),
    (&[0x2a, 0x86, 0x48, 0xce, 0x3d, 3, 1, 7], "EC P-256"),
    (&[0x2b, 0x81, 4, 0, 34], "EC P-384"),
    (&[0x2b, 0x81, 4, 0, 35], "EC P-521"),
    (&[0x2b, 0x81, 4, 0, 10], "EC secp256k1"),
    (&[0x2b, 0x24, 3, 3, 2, 8, 1, 1, 7], "EC brainpoolP256r1"),
    // Of an elliptic curve that is none of these.
    (EC, "EC"),
];
/// An elliptic curve's key; which curve stands behind it.
const EC: &[u8] = &[0x2a, 0x86, 0x48, 0xce, 0x3d, 2, 1];
/// Object identifiers of ciphers.
const CIPHERS: [(&[u8], &str); 6] = [
    (&[0x60, 0x86, 0x48, 1, 0x65, 3, 4, 1, 2], "aes128-cbc"),
    (&[0x60, 0x86, 0x48, 1, 0x65, 3, 4, 1, 22], "aes192-cbc"),
    (&[0x60, 0x86, 0x48, 1, 0x65, 3, 4, 1, 42], "aes256-cbc"),
    (&[0x60, 0x86, 0x48, 1, 0x65, 3, 4, 1, 46], "aes256-gcm"),
    (&[0x2a, 0x86, 0x48, 0x86, 0xf7, 0x0d, 3, 7], "des-ede3-cbc"),
    (&[0x2a, 0x86, 0x48, 0x86, 0xf7, 0x0d, 3, 2], "rc2-cbc"),
];

/// Tells what a private key is.
pub(super) fn read(secret: &[u8], facts: &mut Facts) {
    if secret.starts_with(b"PuTTY-User-Key-File-") {
        return read_putty(secret, facts);
    }
    // `-----BEGIN` in Base64.
    if secret.starts_with(b"LS0tLS1CRUdJTi") {
        if let Some(plain) = base64_of_lines(secret) {
            read_pem(&plain, facts);
        }
        return;
    }
    // A sequence of some length, as all keys are, in Base64.
    if secret.starts_with(b"MI") {
        if let Some(der) = base64(secret) {
            read_der(&der, facts);
        }
        return;
    }
    read_pem(secret, facts);
}

/// Tells of the first block of a text.
fn read_pem(text: &[u8], facts: &mut Facts) {
    let find = |text: &[u8], what: &[u8]| memchr::memmem::find(text, what);
    let Some(begin) = find(text, b"-----BEGIN ") else { return };
    let rest = &text[begin + 11..];
    let Some(label_end) = find(rest, b"-----") else { return };
    let (label, body) = (&rest[..label_end], &rest[label_end + 5..]);
    let body = &body[..find(body, b"-----END").unwrap_or(body.len())];
    let format = match label {
        b"RSA PRIVATE KEY" => "PKCS #1",
        b"EC PRIVATE KEY" => "SEC 1",
        b"DSA PRIVATE KEY" => "OpenSSL",
        b"PRIVATE KEY" | b"ENCRYPTED PRIVATE KEY" => "PKCS #8",
        b"OPENSSH PRIVATE KEY" => "OpenSSH",
        b"PGP PRIVATE KEY BLOCK" => return facts.tell("format", "OpenPGP"),
        _ => return,
    };
    facts.tell("format", format);
    if find(body, b"Proc-Type: 4,ENCRYPTED").is_some() {
        // RFC 1421 §4.6.1.1 and §4.6.1.3, as OpenSSL uses them.
        let cipher = find(body, b"DEK-Info:").map(|at| word(&body[at + 9..]));
        tell_algorithm(format, facts);
        return tell_passphrase(cipher.as_deref(), facts);
    }
    if let Some(bytes) = base64_of_lines(body) {
        match bytes.strip_prefix(b"openssh-key-v1\0") {
            Some(rest) if format == "OpenSSH" => {
                read_openssh(rest, facts);
            }
            _ => read_der(&bytes, facts),
        }
    }
    // What is damaged, or cut short, still has its label.
    tell_algorithm(format, facts);
    if label.starts_with(b"ENCRYPTED ") {
        tell_passphrase(None, facts);
    }
}

/// What the format tells alone: there is no other algorithm in it.
fn tell_algorithm(format: &str, facts: &mut Facts) {
    match format {
        "PKCS #1" => facts.tell("algorithm", "RSA"),
        "SEC 1" => facts.tell("algorithm", "EC"),
        "OpenSSL" => facts.tell("algorithm", "DSA"),
        _ => {}
    }
}

/// The first word of a text, in lower case, if it is one of a cipher's name.
fn word(text: &[u8]) -> String {
    let text = text.trim_ascii_start();
    let is_own = |byte: &u8| byte.is_ascii_alphanumeric() || *byte == b'-';
    let end = text.iter().position(|byte| !is_own(byte)).unwrap_or(text.len());
    String::from_utf8_lossy(&text[..end.min(24)]).to_ascii_lowercase()
}

fn tell_passphrase(cipher: Option<&str>, facts: &mut Facts) {
    match cipher {
        Some("none") => facts.tell("encrypted", "no"),
        Some(cipher) if !cipher.is_empty() => facts.tell("encrypted", format!("yes, {cipher}")),
        _ => facts.tell("encrypted", "yes"),
    }
}

/// PKCS #8, encrypted or not, PKCS #1, SEC 1 or OpenSSL's form of DSA.
fn read_der(der: &[u8], facts: &mut Facts) {
    let Some(inside) = elements(der).next().and_then(|key| key.inside(SEQUENCE)) else { return };
    // More would be the numbers of a key, of which only the second is measured.
    let parts: Vec<Element> = inside.take(4).collect();
    let told = match parts[..] {
        // The encryption, and what is encrypted.
        [how, Element { tag: OCTETS, .. }] => {
            return tell_passphrase(cipher(how), facts);
        }
        // Version, algorithm and key.
        [_, algorithm @ Element { tag: SEQUENCE, .. }, key, ..] => of_pkcs8(algorithm, key),
        // Version, key and curve.
        [_, Element { tag: OCTETS, .. }, curve, ..] => Some(of_curve(elements(curve.content))),
        // Version, modulus and exponent; a DSA key has its prime there.
        [version, modulus, exponent, ..] if version.content == [0] => {
            // A public exponent of RSA is short; DSA has a prime there, too.
            let is_rsa = exponent.bits().is_some_and(|bits| bits <= 64);
            let name = if is_rsa { "RSA" } else { "DSA" };
            modulus.bits().map(|bits| format!("{name}, {bits} bits"))
        }
        _ => None,
    };
    if let Some(told) = told {
        facts.tell("algorithm", told);
        facts.tell("encrypted", "no");
    }
}

/// What the algorithm of PKCS #8 says, and of RSA the length of the modulus.
fn of_pkcs8(algorithm: Element<'_>, key: Element<'_>) -> Option<String> {
    let mut inside = elements(algorithm.content);
    let id = inside.next()?;
    if id.content == EC {
        return Some(of_curve(inside));
    }
    let name = name_of(&ALGORITHMS, id)?;
    let modulus = || elements(key.content).next()?.inside(SEQUENCE)?.nth(1)?.bits();
    Some(match modulus().filter(|_| name.starts_with("RSA")) {
        Some(bits) => format!("{name}, {bits} bits"),
        None => name.to_owned(),
    })
}

/// The curve that is named first.
fn of_curve<'a>(mut parameters: impl Iterator<Item = Element<'a>>) -> String {
    let curve = parameters.next().and_then(|id| name_of(&ALGORITHMS, id));
    curve.unwrap_or("EC").to_owned()
}

/// The cipher of PBES2 (RFC 8018 §A.4); of older schemes none is told.
fn cipher(how: Element<'_>) -> Option<&'static str> {
    let parameters = how.inside(SEQUENCE)?.nth(1)?;
    let scheme = parameters.inside(SEQUENCE)?.nth(1)?;
    name_of(&CIPHERS, scheme.inside(SEQUENCE)?.next()?)
}

fn name_of(names: &[(&[u8], &'static str)], id: Element<'_>) -> Option<&'static str> {
    let is_it = |(own, _): &&(&[u8], &'static str)| id.tag == OBJECT && *own == id.content;
    names.iter().find(is_it).map(|(_, name)| *name)
}

/// A key of OpenSSH behind its mark: cipher, key derivation and its options, the
/// number of keys, the public key, and the private one with its comment.
fn read_openssh(bytes: &[u8], facts: &mut Facts) -> Option<()> {
    let mut rest = bytes;
    let cipher = string(&mut rest)?;
    let (_derivation, _options) = (string(&mut rest)?, string(&mut rest)?);
    rest = rest.get(4..)?;
    let mut public = string(&mut rest)?;
    let kind = string(&mut public)?;
    let algorithm = match kind {
        b"ssh-rsa" => {
            let (_exponent, modulus) = (string(&mut public)?, string(&mut public)?);
            let bits = Element { tag: INTEGER, content: modulus }.bits()?;
            format!("RSA, {bits} bits")
        }
        b"ssh-ed25519" => "Ed25519".to_owned(),
        b"ssh-dss" => "DSA".to_owned(),
        b"ecdsa-sha2-nistp256" => "EC P-256".to_owned(),
        b"ecdsa-sha2-nistp384" => "EC P-384".to_owned(),
        b"ecdsa-sha2-nistp521" => "EC P-521".to_owned(),
        b"sk-ssh-ed25519@openssh.com" => "Ed25519, on a security key".to_owned(),
        b"sk-ecdsa-sha2-nistp256@openssh.com" => "EC P-256, on a security key".to_owned(),
        _ => return None,
    };
    facts.tell("algorithm", algorithm);
    tell_passphrase(Some(&word(cipher)), facts);
    if cipher == b"none" {
        facts.tell_some("comment", comment(string(&mut rest)?));
    }
    Some(())
}

/// The comment at the end of a private key that is not encrypted.
fn comment(private: &[u8]) -> Option<&str> {
    // Two numbers that are the same come first: who decrypts sees that by them.
    let mut rest = private.get(8..)?;
    let fields = match string(&mut rest)? {
        b"ssh-ed25519" => 2,
        b"ssh-rsa" => 6,
        b"ssh-dss" => 5,
        kind if kind.starts_with(b"ecdsa-sha2-") => 3,
        _ => return None,
    };
    for _ in 0..fields {
        string(&mut rest)?;
    }
    std::str::from_utf8(string(&mut rest)?).ok()
}

/// Takes a string with its length before it (RFC 4251 §5).
fn string<'a>(rest: &mut &'a [u8]) -> Option<&'a [u8]> {
    let (length, behind) = rest.split_first_chunk::<4>()?;
    let length = usize::try_from(u32::from_be_bytes(*length)).ok()?;
    let (string, behind) = behind.split_at_checked(length)?;
    *rest = behind;
    Some(string)
}

/// A key of PuTTY: its first lines are names and values.
fn read_putty(text: &[u8], facts: &mut Facts) {
    let text = String::from_utf8_lossy(text);
    facts.tell("format", "PuTTY");
    // Line ends may be escaped.
    for line in text.split(['\n', '\\']).take(16) {
        let line = line.trim_start_matches(['n', 'r']).trim();
        let Some((name, value)) = line.split_once(':') else { continue };
        let value = value.trim();
        match name {
            "PuTTY-User-Key-File-2" | "PuTTY-User-Key-File-3" => facts.tell("algorithm", value),
            "Encryption" => tell_passphrase(Some(&word(value.as_bytes())), facts),
            "Comment" => facts.tell("comment", value),
            _ => {}
        }
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use crate::anatomy::tests::{facts_of, made};

    /// A DER element.
    fn der(tag: u8, content: &[u8]) -> Vec<u8> {
        let length = u16::try_from(content.len()).expect("it is short").to_be_bytes();
        [&[tag, 0x82], length.as_slice(), content].concat()
    }

    fn sequence(parts: &[Vec<u8>]) -> Vec<u8> {
        der(0x30, &parts.concat())
    }

    /// An integer of so many bytes without a leading zero bit.
    fn integer(bytes: usize) -> Vec<u8> {
        der(2, &[&[0], vec![0xc5; bytes].as_slice()].concat())
    }

    const ZERO: [u8; 3] = [2, 1, 0];

    fn object(name: &str) -> Vec<u8> {
        let all = super::ALGORITHMS.iter().chain(&super::CIPHERS);
        let (id, _) = all.into_iter().find(|(_, own)| *own == name).expect("it is known");
        der(6, id)
    }

    fn rsa(bytes: usize) -> Vec<u8> {
        sequence(&[ZERO.to_vec(), integer(bytes), vec![2, 3, 1, 0, 1], integer(bytes)])
    }

    /// A string with its length before it.
    fn string(bytes: &[u8]) -> Vec<u8> {
        [&u32::try_from(bytes.len()).expect("it is short").to_be_bytes(), bytes].concat()
    }

    /// Base64 in lines, through the only encoder there is.
    fn encoded(bytes: &[u8]) -> String {
        const ALPHABET: &[u8; 64] =
            b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
        let mut text = String::new();
        for group in bytes.chunks(3) {
            let mut word = [0; 4];
            word[1..=group.len()].copy_from_slice(group);
            let word = u32::from_be_bytes(word);
            for place in 0..=group.len() {
                text.push(char::from(ALPHABET[(word >> (18 - 6 * place) & 63) as usize]));
            }
            text.push_str(if text.len().is_multiple_of(64) { "\n" } else { "" });
        }
        text
    }

    /// A block whose label is put together here, so that none stands in a file.
    fn pem(label: &str, bytes: &[u8]) -> String {
        let rule = "-".repeat(5);
        format!("{rule}BEGIN {label}{rule}\n{}\n{rule}END {label}{rule}\n", encoded(bytes))
    }

    #[test]
    fn algorithm_and_size_are_told() {
        let key = |label: &str, bytes: &[u8]| facts_of(&pem(&format!("{label}PRIVATE KEY"), bytes));
        assert_eq!(
            key("RSA ", &rsa(256)),
            "format PKCS #1 · algorithm RSA, 2048 bits · encrypted no"
        );
        let curve = der(0xa0, &object("EC P-384"));
        let ec = sequence(&[vec![2, 1, 1], der(4, &[7; 48]), curve]);
        assert_eq!(key("EC ", &ec), "format SEC 1 · algorithm EC P-384 · encrypted no");
        let pkcs8 = |algorithm: &[Vec<u8>], inner: &[u8]| {
            key("", &sequence(&[ZERO.to_vec(), sequence(algorithm), der(4, inner)]))
        };
        let expected = "format PKCS #8 · algorithm RSA, 3072 bits · encrypted no";
        assert_eq!(pkcs8(&[object("RSA"), vec![5, 0]], &rsa(384)), expected);
        let expected = "format PKCS #8 · algorithm EC P-256 · encrypted no";
        assert_eq!(pkcs8(&[object("EC"), object("EC P-256")], &ec), expected);
        let expected = "format PKCS #8 · algorithm Ed25519 · encrypted no";
        assert_eq!(pkcs8(&[object("Ed25519")], &[4, 2, 7, 7]), expected);
        let dsa = sequence(&[ZERO.to_vec(), integer(128), integer(20), integer(128)]);
        let expected = "format OpenSSL · algorithm DSA, 1024 bits · encrypted no";
        assert_eq!(key("DSA ", &dsa), expected);
    }

    #[test]
    fn a_key_is_the_same_however_it_is_written() {
        let text = pem("RSA PRIVATE KEY", &rsa(256));
        let escaped = text.replace('\n', "\\n");
        assert_eq!(facts_of(&escaped), facts_of(&text));
        let again = made(&format!("${{encode-base64:{text}}}"));
        assert_eq!(facts_of(&again), facts_of(&text));
        assert_eq!(
            facts_of(&encoded(&rsa(256)).replace('\n', "")),
            "algorithm RSA, 2048 bits · encrypted no"
        );
    }

    #[test]
    fn a_passphrase_is_told() {
        let scheme = sequence(&[object("aes256-cbc"), der(4, &[9; 16])]);
        let derivation = sequence(&[object("RSA")]);
        let how = sequence(&[object("RSA"), sequence(&[derivation, scheme])]);
        let key = pem("ENCRYPTED PRIVATE KEY", &sequence(&[how, der(4, &[7; 99])]));
        assert_eq!(facts_of(&key), "format PKCS #8 · encrypted yes, aes256-cbc");
        let header = "\nProc-Type: 4,ENCRYPTED\nDEK-Info: AES-128-CBC,0011\n\n";
        let key = pem("RSA PRIVATE KEY", &[7; 99]).replacen('\n', header, 1);
        assert_eq!(facts_of(&key), "format PKCS #1 · algorithm RSA · encrypted yes, aes-128-cbc");
    }

    #[test]
    fn keys_of_openssh_are_read() {
        let key = |cipher: &str, public: &[u8], private: &[u8]| {
            let head = [string(cipher.as_bytes()), string(b"none"), string(b""), vec![0, 0, 0, 1]];
            let all = [&b"openssh-key-v1\0"[..], &head.concat(), &string(public), &string(private)];
            facts_of(&pem("OPENSSH PRIVATE KEY", &all.concat()))
        };
        let kind = string(b"ssh-ed25519");
        let public = [kind.clone(), string(&[1; 32])].concat();
        let private = [vec![0; 8], kind, string(&[1; 32]), string(&[2; 64]), string(b"jane@host")];
        let private = private.concat();
        assert_eq!(
            key("none", &public, &private),
            "format OpenSSH · algorithm Ed25519 · encrypted no · comment jane@host"
        );
        assert_eq!(
            key("aes256-ctr", &public, &[9; 64]),
            "format OpenSSH · algorithm Ed25519 · encrypted yes, aes256-ctr"
        );
        let rsa = [
            string(b"ssh-rsa"),
            string(&[1, 0, 1]),
            string(&[&[0], [0xff; 512].as_slice()].concat()),
        ];
        assert!(key("none", &rsa.concat(), &[]).contains("algorithm RSA, 4096 bits"));
    }

    #[test]
    fn keys_of_putty_are_read() {
        let text = "PuTTY-User-Key-File-3: ssh-ed25519\nEncryption: aes256-cbc\nComment: jane's\nPublic-Lines: 2\n";
        let expected =
            "format PuTTY · algorithm ssh-ed25519 · encrypted yes, aes256-cbc · comment jane's";
        assert_eq!(facts_of(text), expected);
        assert_eq!(facts_of(&text.replace('\n', "\\r\\n")), expected);
    }

    proptest! {
        #[test]
        fn damaged_keys_are_read_without_harm(at in 0..600_usize, byte in any::<u8>(), length in 0..700_usize) {
            let mut key = sequence(&[ZERO.to_vec(), sequence(&[object("RSA")]), der(4, &rsa(256))]);
            let count = key.len();
            key[at % count] = byte;
            let _ = facts_of(&pem("PRIVATE KEY", &key[..length.min(count)]));
            let mark = [b"openssh-key-v1\0".as_slice(), &key].concat();
            let _ = facts_of(&pem("OPENSSH PRIVATE KEY", &mark));
        }
    }
}
