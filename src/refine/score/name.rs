//! What a name says: does it name a secret, or something about one?

use super::address::Address;
use super::words::{BEFORE, BEHIND};

/// A name, taken apart.
pub(super) struct Name {
    /// What secret it names.
    pub(super) kind: &'static str,
    /// What stands before that word.
    pub(super) before: &'static str,
    /// What stands behind it.
    pub(super) behind: &'static str,
    style: &'static str,
}

/// Longest name, in words, of which all are looked at.
const MOST_WORDS: usize = 16;

impl Name {
    /// Takes a name apart; `said` is the word before it, with a blank between.
    pub(super) fn read(name: &[u8], said: &[u8]) -> Self {
        let mut words = [&[][..]; MOST_WORDS];
        let count = split(name, &mut words);
        let mut lower = [[0_u8; 24]; MOST_WORDS];
        let mut folded = [""; MOST_WORDS];
        for ((word, buffer), text) in words[..count].iter().zip(&mut lower).zip(&mut folded) {
            let length = word.len().min(buffer.len());
            buffer[..length].copy_from_slice(&word[..length]);
            buffer[..length].make_ascii_lowercase();
            *text = std::str::from_utf8(&buffer[..length]).unwrap_or("");
        }
        let words = &folded[..count];
        let at = words.iter().rposition(|word| secret_word(word).is_some());
        let found = at.and_then(|at| Some((at, secret_word(words[at])?)));
        let (kind, before, behind) = found.map_or(("other", "none", "none"), |(at, kind)| {
            let previous = if at == 0 { known_word(said) } else { words[at - 1] };
            let public =
                words[..at].iter().chain([&previous]).any(|word| matches!(*word, "public" | "pub"));
            let kind = if public { "public key" } else { qualified(kind, previous) };
            // A cipher's key is not enciphered.
            let first = if kind == "encryption key" { at.saturating_sub(1) } else { at };
            (kind, before(&words[..first]), behind(&words[at + 1..]))
        });
        Self { kind, before, behind, style: style(name, count) }
    }

    /// The name of the password in an address, which its scheme, its user and its
    /// host are.
    pub(super) fn of_address(address: &Address<'_>, password: &[u8]) -> Self {
        Self {
            kind: address.kind(),
            before: address.user(password),
            behind: address.host(),
            style: "address",
        }
    }

    /// How the name is written.
    pub(super) fn style(&self, quoted: bool) -> &'static str {
        match (self.style, quoted) {
            ("plain", true) => "quoted plain",
            ("camel", true) => "quoted camel",
            ("snake", true) => "quoted snake",
            (style, _) => style,
        }
    }
}

/// A word before a name, if it says what the name is of: `API key: …`.
fn known_word(said: &[u8]) -> &'static str {
    const KNOWN: [&str; 18] = [
        "api",
        "app",
        "secret",
        "private",
        "public",
        "access",
        "encryption",
        "signing",
        "master",
        "jwt",
        "auth",
        "license",
        "account",
        "refresh",
        "bearer",
        "client",
        "consumer",
        "csrf",
    ];
    KNOWN.into_iter().find(|known| said.eq_ignore_ascii_case(known.as_bytes())).unwrap_or("")
}

/// Splits a name where its parts are joined, where a capital follows a small
/// letter, and where digits begin. Returns how many words there are.
fn split<'n>(name: &'n [u8], words: &mut [&'n [u8]; MOST_WORDS]) -> usize {
    let mut count = 0;
    let parts = name.split(|byte| !byte.is_ascii_alphanumeric() && *byte < 0x80);
    for part in parts {
        let mut start = 0;
        for at in 1..=part.len() {
            let ends = at == part.len() || {
                let (before, here) = (part[at - 1], part[at]);
                let next_is_lower = part.get(at + 1).is_some_and(u8::is_ascii_lowercase);
                let hump = here.is_ascii_uppercase() && !before.is_ascii_uppercase()
                    || here.is_ascii_uppercase() && before.is_ascii_uppercase() && next_is_lower;
                hump || here.is_ascii_digit() && !before.is_ascii_digit()
            };
            if ends {
                if count == MOST_WORDS {
                    words.rotate_left(1);
                    count -= 1;
                }
                words[count] = &part[start..at];
                count += 1;
                start = at;
            }
        }
    }
    count
}

/// Words that name a secret by themselves.
const WHOLE: [(&str, &str); 19] = [
    // SQL: `IDENTIFIED BY`.
    ("identified", "password"),
    ("pass", "pass"),
    ("pw", "pass"),
    ("pwd", "pwd"),
    ("psw", "pwd"),
    ("passwd", "password"),
    ("key", "key"),
    ("keys", "key"),
    ("auth", "auth"),
    ("oauth", "auth"),
    ("creds", "credential"),
    ("cred", "credential"),
    ("authorization", "authorization"),
    ("mdp", "password"),
    ("tokens", "tokens"),
    ("secrets", "secrets"),
    ("passwords", "passwords"),
    ("pin", "pin"),
    ("credentials", "credential"),
];

/// What words end with that name a secret.
const ENDS: [(&str, &str); 24] = [
    ("apitoken", "access token"),
    ("accesstoken", "access token"),
    ("authtoken", "access token"),
    ("password", "password"),
    ("passphrase", "password"),
    ("passwort", "password"),
    ("passwd", "password"),
    ("passcode", "password"),
    ("senha", "password"),
    ("contrasena", "password"),
    ("wachtwoord", "password"),
    ("kennwort", "password"),
    ("motdepasse", "password"),
    ("secret", "secret"),
    ("token", "token"),
    ("credential", "credential"),
    ("apikey", "api key"),
    ("secretkey", "secret key"),
    ("privatekey", "private key"),
    ("accesskey", "access key"),
    ("authkey", "auth key"),
    ("pwd", "pwd"),
    ("pass", "pass"),
    ("key", "key"),
];

/// What a word says if it names a secret, also as the end of a compound.
fn secret_word(word: &str) -> Option<&'static str> {
    if (word.starts_with("csrf") || word.starts_with("xsrf")) && word.ends_with("token") {
        return Some("other token");
    }
    if word.starts_with("no") && word.ends_with("passwd") {
        return None;
    }
    if let Some((_, kind)) = WHOLE.iter().find(|(known, _)| *known == word) {
        return Some(kind);
    }
    if word.ends_with("pubkey") || word.ends_with("publickey") {
        return Some("public key");
    }
    ENDS.iter().find(|(known, _)| word.ends_with(known)).map(|(_, kind)| *kind)
}

/// The kind with the word before it.
fn qualified(kind: &'static str, previous: &str) -> &'static str {
    match (kind, previous) {
        ("key", "api" | "app") => "api key",
        ("key", "secret") => "secret key",
        ("key", "private" | "priv" | "rsa" | "ssh") => "private key",
        ("key", "public" | "pub" | "websocket" | "socket" | "recv" | "gpg" | "partition") => {
            "public key"
        }
        ("key", "access") => "access key",
        (
            "key",
            "encryption" | "encrypt" | "signing" | "sign" | "cipher" | "aes" | "hmac" | "master"
            | "crypt" | "jwt",
        ) => "encryption key",
        ("key", "auth" | "license" | "account" | "storage" | "shared" | "consumer" | "service") => {
            "auth key"
        }
        ("key", "") => "bare key",
        ("key", _) => "other key",
        (
            "token",
            "access" | "auth" | "bearer" | "refresh" | "api" | "oauth" | "personal" | "private"
            | "bot",
        ) => "access token",
        (
            "token",
            "csrf" | "xsrf" | "next" | "page" | "continuation" | "cancellation" | "sync"
            | "pagination" | "cancel" | "authenticity" | "verification" | "forgery" | "antiforgery",
        ) => "other token",
        ("token", "") => "bare token",
        ("secret", "client" | "consumer" | "app" | "api" | "oauth") => "client secret",
        ("secret", "") => "bare secret",
        ("password" | "passwd", "") => "bare password",
        _ => kind,
    }
}

/// What the words before say.
fn before(words: &[&str]) -> &'static str {
    match BEFORE.first(words) {
        _ if words.is_empty() => "none",
        Some("action") if words.first() == Some(&"set") || words.last() == Some(&"set") => "set",
        Some(group) => group,
        None => "other",
    }
}

/// What the words behind say.
fn behind(words: &[&str]) -> &'static str {
    let Some(last) = words.last() else { return "none" };
    if last.bytes().all(|byte| byte.is_ascii_digit()) {
        return if words.len() == 1 { "number" } else { behind(&words[..words.len() - 1]) };
    }
    BEHIND.first(&[last]).unwrap_or("other")
}

/// How the parts are joined.
fn style(name: &[u8], words: usize) -> &'static str {
    let has = |test: fn(&u8) -> bool| name.iter().any(test);
    if name.starts_with(b"-") {
        return "option";
    }
    if has(|byte| *byte == b'.') {
        return "dotted";
    }
    let (upper, lower) = (has(u8::is_ascii_uppercase), has(u8::is_ascii_lowercase));
    match (upper, lower) {
        (true, false) if words == 1 => "capitals",
        (true, false) => "constant",
        (true, true) if name.first().is_some_and(u8::is_ascii_uppercase) && words == 1 => "capital",
        (true, true) if has(|byte| *byte == b'-') => "header",
        (true, true) => "camel",
        _ if words == 1 => "plain",
        _ => "snake",
    }
}
