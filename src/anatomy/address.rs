//! Addresses with a credential in them: what they lead to, and as whom.
//!
//! URLs (RFC 3986 §3.2), and connection strings made of names and values, as
//! ADO.NET, Azure and libpq write them. The credential may be the whole address
//! or only the password in it; then the rest stands around it.

use super::Context;
use super::facts::Facts;

/// Longest scheme, such as `mongodb+srv`.
const SCHEME: usize = 24;
/// Schemes whose path is no database.
const WITHOUT_DATABASE: [&str; 9] =
    ["http", "https", "ftp", "ftps", "sftp", "ssh", "git", "smtp", "smtps"];
/// What ends an address in a text.
const ENDS: [char; 11] = [' ', '\t', '\n', '\r', '"', '\'', '`', '<', '>', '\\', '|'];
/// What some services take for a password beside a token as the user's name, or
/// for a user's name beside a token as the password.
const PASSWORDS_OF_TOKENS: [&str; 3] = ["", "x", "x-oauth-basic"];

/// Names of connection strings and the facts that their values become.
const FIELDS: [(&str, &str); 27] = [
    ("server", "host"),
    ("data source", "host"),
    ("host", "host"),
    ("hostname", "host"),
    ("hostaddr", "host"),
    ("addr", "host"),
    ("address", "host"),
    ("endpoint", "host"),
    ("accountendpoint", "host"),
    ("blobendpoint", "host"),
    ("port", "port"),
    ("database", "database"),
    ("initial catalog", "database"),
    ("dbname", "database"),
    ("entitypath", "queue"),
    ("user id", "user"),
    ("user", "user"),
    ("username", "user"),
    ("uid", "user"),
    ("accountname", "account"),
    ("endpointsuffix", "domain"),
    ("sharedaccesskeyname", "policy"),
    ("deviceid", "device"),
    ("moduleid", "module"),
    ("applicationid", "application"),
    ("instrumentationkey", "resource"),
    ("ingestionendpoint", "host"),
];

/// Tells what an address that is a credential as a whole says.
pub(super) fn read(secret: &[u8], facts: &mut Facts) {
    let Ok(text) = std::str::from_utf8(secret) else { return };
    if let Some((before, behind)) = text.split_once("://")
        && is_scheme(before)
    {
        let end = behind.find(ENDS).unwrap_or(behind.len());
        return tell(before, &behind[..end], facts);
    }
    tell_fields(text, facts);
}

/// Tells what stands around a password in an address.
pub(super) fn read_around(context: &Context<'_>, facts: &mut Facts) {
    let Context { before, after, cut_after, .. } = *context;
    if let Some(at) = before.rfind("://") {
        let start = before[..at]
            .rfind(|c: char| !is_of_scheme(c))
            .map_or(0, |last| last + before[last..].chars().next().map_or(0, char::len_utf8));
        let (scheme, user) = (&before[start..at], &before[at + 3..]);
        let end = after.find(ENDS).unwrap_or(after.len());
        // What the line was cut in may be half a name.
        let is_cut = cut_after && end == after.len();
        let behind = &after[..end];
        let behind =
            if is_cut { &behind[..behind.rfind(['/', '?', ':']).unwrap_or(0)] } else { behind };
        let name = user.strip_suffix(':');
        let has_user = user.is_empty() || name.is_some_and(|name| !name.contains(['@', '/', ' ']));
        if is_scheme(scheme) && has_user && behind.contains('@') {
            return tell(scheme, &format!("{user}*{behind}"), facts);
        }
    }
    let quotes = ['"', '\'', '`', '<', '>'];
    let before = before.rsplit(quotes).next().unwrap_or_default();
    let after = after.split(quotes).next().unwrap_or_default();
    // The last field before the password is its own name, and what is behind it
    // may be cut in two.
    let before = before.rfind([';', ' ']).map_or("", |end| &before[..end]);
    let after = after.find(';').map_or("", |start| &after[start..]);
    let after =
        if cut_after { after.rsplit_once(';').map_or("", |(whole, _)| whole) } else { after };
    tell_fields(&format!("{before};{after}"), facts);
}

fn is_of_scheme(character: char) -> bool {
    character.is_ascii_alphanumeric() || "+.-".contains(character)
}

fn is_scheme(text: &str) -> bool {
    let is_letter = |c: char| c.is_ascii_alphabetic();
    text.len() <= SCHEME && text.starts_with(is_letter) && text.chars().all(is_of_scheme)
}

/// Tells of a URL: its scheme and what stands behind `://`.
fn tell(scheme: &str, rest: &str, facts: &mut Facts) {
    facts.tell("scheme", scheme.to_ascii_lowercase());
    let Some((user, rest)) = split_user(rest) else { return };
    let end = rest.find(['/', '?', '#']).unwrap_or(rest.len());
    let (host, behind) = rest.split_at(end);
    facts.tell_some("user", user.and_then(user_name));
    tell_host(host, facts);
    let has_database = !WITHOUT_DATABASE.iter().any(|other| scheme.eq_ignore_ascii_case(other));
    if let Some(path) = behind.strip_prefix('/').filter(|_| has_database) {
        let database = path.split(['?', '#', '/', ';', ')']).next().unwrap_or_default();
        facts.tell("database", shown(database));
    }
}

/// The user with the password, if there are any, and what stands behind them.
/// `None` if a password that is not encoded as it should be makes it doubtful
/// where it ends: rather nothing is told than a part of it.
fn split_user(rest: &str) -> Option<(Option<&str>, &str)> {
    let end = rest.find(['/', '?', '#']).unwrap_or(rest.len());
    let (authority, behind) = rest.split_at(end);
    match authority.rsplit_once('@') {
        Some(_) if behind.contains('@') => None,
        Some((user, host)) => Some((Some(user), &rest[rest.len() - host.len() - behind.len()..])),
        None if behind.contains('@') && authority.contains(':') => None,
        None => Some((None, rest)),
    }
}

/// The user's name before a password. Without a true password it is a token.
pub(super) fn user_name(user: &str) -> Option<&str> {
    let (name, password) = user.split_once(':')?;
    let is_token = PASSWORDS_OF_TOKENS.contains(&password);
    (!is_token).then(|| shown(name))
}

/// A host, or a list of hosts, each perhaps with its port.
fn tell_host(host: &str, facts: &mut Facts) {
    let is_host = |c: char| c.is_ascii_alphanumeric() || ".-_:[],".contains(c) || !c.is_ascii();
    // An address in brackets ends with one.
    let host = host.split([')', '}', ';']).next().unwrap_or_default();
    let host = if host.contains('[') { host } else { host.trim_end_matches([']', ',']) };
    if !host.chars().all(is_host) {
        return;
    }
    match host.rsplit_once(':') {
        Some((name, port)) if !name.contains(',') && is_port(port) => {
            facts.tell("host", name);
            facts.tell("port", port);
        }
        _ => facts.tell("host", host),
    }
}

fn is_port(text: &str) -> bool {
    (1..=5).contains(&text.len()) && text.bytes().all(|byte| byte.is_ascii_digit())
}

/// A name that is shown: none with stars for a credential in it.
fn shown(name: &str) -> &str {
    if name.contains(['*', '$', '{']) { "" } else { name }
}

/// Tells of fields such as `Server=db;User Id=app`, or `host=db user=app`.
fn tell_fields(text: &str, facts: &mut Facts) {
    let separators: &[char] =
        if text.trim_matches(';').contains(';') { &[';'] } else { &[';', ' '] };
    let fields = text.split(separators).filter_map(|field| {
        let (name, value) = field.split_once('=')?;
        let name = name.trim().to_ascii_lowercase();
        let (_, fact) = FIELDS.iter().find(|(own, _)| *own == name)?;
        Some((*fact, value.trim().trim_matches(['"', '\''])))
    });
    let fields: Vec<_> = fields.collect();
    // One name alone stands in many texts.
    if fields.len() < 2 {
        return;
    }
    for (fact, value) in fields {
        match fact {
            "host" => tell_server(value, facts),
            _ => facts.tell(fact, shown(value)),
        }
    }
}

/// The host in the forms `tcp:host,1433`, `host:5432`, `sb://host/`.
fn tell_server(value: &str, facts: &mut Facts) {
    let value = value.strip_prefix("tcp:").unwrap_or(value);
    let value = value.split_once("://").map_or(value, |(_, rest)| rest);
    let value = value.split('/').next().unwrap_or_default();
    match value.split_once(',') {
        Some((host, port)) if is_port(port.trim()) => {
            facts.tell("host", shown(host));
            facts.tell("port", port);
        }
        _ => tell_host(value, facts),
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::read_around;
    use crate::anatomy::Context;
    use crate::anatomy::facts::Facts;
    use crate::anatomy::tests::facts_of;

    /// What is told of what stands around a password.
    fn around(before: &str, after: &str, cut_after: bool) -> String {
        let mut facts = Facts::default();
        read_around(&Context { before, after, cut_after, now: None }, &mut facts);
        let (told, _) = facts.finish(None);
        let each = told.iter().map(|fact| format!("{} {}", fact.name, fact.value));
        each.collect::<Vec<_>>().join(" · ")
    }

    #[test]
    fn an_address_says_where_it_leads() {
        let expected = "scheme postgres · user app · host db.test · port 5432 · database shop";
        assert_eq!(facts_of("postgres://app:xxxx@db.test:5432/shop?sslmode=require"), expected);
        assert_eq!(around("DB='postgres://app:", "@db.test:5432/shop'", false), expected);
        assert_eq!(
            facts_of("redis://:xxxx@[::1]:6379/0"),
            "scheme redis · host [::1] · port 6379 · database 0"
        );
        assert_eq!(
            facts_of("mongodb+srv://u:p@a.test,b.test/db"),
            "scheme mongodb+srv · user u · host a.test,b.test · database db"
        );
        assert_eq!(around("[x](ftp://u:", "@h.test)", false), "scheme ftp · user u · host h.test");
        for doubtful in
            ["https://u:p/@ss@h.test/x", "https://u:p/ss@h.test/x", "https://u:p@ss@h.test/x@y"]
        {
            assert_eq!(facts_of(doubtful), "scheme https");
        }
    }

    #[test]
    fn a_user_that_is_the_token_is_not_told() {
        for address in [
            "https://token123@git.test/a.git",
            "https://token123:x-oauth-basic@git.test/a.git",
            "https://token123:@git.test/a.git",
        ] {
            assert_eq!(facts_of(address), "scheme https · host git.test");
        }
        assert_eq!(
            around("https://", ":x-oauth-basic@git.test/a.git", false),
            "scheme https · host git.test"
        );
        assert_eq!(
            around("https://ci:", "@git.test/a.git", false),
            "scheme https · user ci · host git.test"
        );
        assert_eq!(
            around("https://********:", "@git.test/", false),
            "scheme https · host git.test"
        );
    }

    #[test]
    fn what_the_line_was_cut_in_is_not_told() {
        assert_eq!(around("amqp://u:", "@queue.exam", true), "");
        assert_eq!(
            around("amqp://u:", "@queue.test:5672/vho", true),
            "scheme amqp · user u · host queue.test · port 5672"
        );
    }

    #[test]
    fn connection_strings_say_it_by_names() {
        let expected = "host db.test · port 1433 · database shop · user sa";
        assert_eq!(
            facts_of("Server=tcp:db.test,1433;Initial Catalog=shop;User ID=sa;Password=swordfish;"),
            expected
        );
        assert_eq!(
            around(
                "x = \"Server=tcp:db.test,1433;Database=shop;User Id=sa;Password=",
                ";Encrypt=True\"",
                false
            ),
            expected
        );
        assert_eq!(
            around("\"host=db.test port=1433 dbname=shop user=sa password=", "\"", false),
            expected
        );
        assert_eq!(
            facts_of(
                "DefaultEndpointsProtocol=https;AccountName=acme;AccountKey=abc=;EndpointSuffix=core.windows.net"
            ),
            "account acme · domain core.windows.net"
        );
        assert_eq!(
            facts_of(
                "Endpoint=sb://acme.servicebus.windows.net/;SharedAccessKeyName=Root;SharedAccessKey=abc="
            ),
            "host acme.servicebus.windows.net · policy Root"
        );
        assert_eq!(around("user=jane password=", "", false), "");
    }

    proptest! {
        #[test]
        fn no_password_is_told(password in "[a-z0-9/@:#?]{0,12}Zq7[a-z0-9/:#?]{0,12}", host in "[a-z]{1,9}") {
            let facts = facts_of(&format!("postgres://app:{password}@{host}.test/db"));
            prop_assert!(!facts.contains("Zq7"), "{}", facts);
        }
    }
}
