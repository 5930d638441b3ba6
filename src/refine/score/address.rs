//! What an address says of the password in it.

use std::borrow::Cow;

use crate::rule::ADDRESS;

/// The parts of `scheme://user:password@host` that are not the password.
pub(super) struct Address<'t> {
    scheme: &'t [u8],
    user: &'t [u8],
    host: &'t [u8],
}

/// Schemes of databases.
const DATABASES: [&[u8]; 19] = [
    b"postgres",
    b"postgresql",
    b"pgsql",
    b"psycopg2",
    b"asyncpg",
    b"mysql",
    b"pymysql",
    b"mysql2",
    b"mariadb",
    b"sqlserver",
    b"mssql",
    b"oracle",
    b"mongodb",
    b"redis",
    b"rediss",
    b"clickhouse",
    b"cockroachdb",
    b"ecto",
    b"bolt",
];
/// Schemes of the web and of what hosts code.
const WEB: [&[u8]; 9] =
    [b"http", b"https", b"git", b"svn", b"hg", b"ws", b"wss", b"socks5", b"proxy"];
/// Users that stand for any user.
const ANYBODY: [&[u8]; 20] = [
    b"user",
    b"username",
    b"user_name",
    b"userid",
    b"user_id",
    b"usr",
    b"uname",
    b"name",
    b"login",
    b"myuser",
    b"my_user",
    b"dbuser",
    b"db_user",
    b"foo",
    b"test",
    b"testuser",
    b"test_user",
    b"someuser",
    b"example",
    b"token",
];
/// Users that come with a service.
const ACCOUNTS: [&[u8]; 10] = [
    b"root",
    b"admin",
    b"postgres",
    b"mysql",
    b"sa",
    b"guest",
    b"elastic",
    b"neo4j",
    b"default",
    b"rabbitmq",
];
/// Parts of host names that stand for any host.
const ANYWHERE: [&[u8]; 12] = [
    b"example",
    b"host",
    b"hostname",
    b"server",
    b"domain",
    b"test",
    b"invalid",
    b"url",
    b"your",
    b"myhost",
    b"mydomain",
    b"somehost",
];
/// Beginnings of the names and numbers of hosts that nobody reaches from outside.
const NEAR: [&[u8]; 6] = [b"localhost", b"127.", b"0.0.0.0", b"10.", b"192.168.", b"172."];

/// Longest host name.
const MOST_HOST: usize = 255;

impl<'t> Address<'t> {
    /// The address with this name, its scheme and user, and with `rest` behind
    /// its password.
    pub(super) fn of(name: &'t [u8], rest: &'t [u8]) -> Self {
        let mark = memchr::memmem::find(name, ADDRESS).unwrap_or(name.len());
        let host = rest.strip_prefix(b"@").unwrap_or(rest);
        let is_host = |byte: &u8| byte.is_ascii_alphanumeric() || b"-_.$%".contains(byte);
        let length = host.iter().take(MOST_HOST).take_while(|byte| is_host(byte)).count();
        Self {
            scheme: &name[..mark],
            user: name.get(mark + ADDRESS.len()..).unwrap_or_default(),
            host: &host[..length],
        }
    }

    /// What is addressed.
    pub(super) fn kind(&self) -> &'static str {
        if is_one(self.scheme, &DATABASES) {
            "database address"
        } else if is_one(self.scheme, &WEB) {
            "web address"
        } else {
            "service address"
        }
    }

    /// Whose password it is.
    pub(super) fn user(&self, password: &[u8]) -> &'static str {
        let has_variable = self.user.iter().any(|byte| matches!(byte, b'$' | b'%' | b'{'));
        match self.user {
            [] => "no user",
            _ if has_variable => "user from elsewhere",
            user if is_one(user, &ANYBODY) => "anybody",
            user if user.eq_ignore_ascii_case(password) => "user alike",
            user if is_one(user, &ACCOUNTS) => "known account",
            _ => "some user",
        }
    }

    /// Where the host is.
    pub(super) fn host(&self) -> &'static str {
        let starts = |known: &&[u8]| {
            self.host.get(..known.len()).is_some_and(|start| start.eq_ignore_ascii_case(known))
        };
        if self.host.split(|byte| *byte == b'.').any(|part| is_one(part, &ANYWHERE)) {
            "any host"
        } else if NEAR.iter().any(starts) {
            "near host"
        } else if !self.host.contains(&b'.') {
            "host without a dot"
        } else {
            "far host"
        }
    }
}

/// A password as it is, not as an address spells it (RFC 3986, 2.1).
pub(super) fn unescaped(password: &[u8]) -> Cow<'_, [u8]> {
    if !password.contains(&b'%') {
        return Cow::Borrowed(password);
    }
    let digit =
        |byte: &u8| char::from(*byte).to_digit(16).and_then(|digit| u8::try_from(digit).ok());
    let mut plain = Vec::with_capacity(password.len());
    let mut rest = password;
    while let [first, tail @ ..] = rest {
        let pair = tail.first().and_then(digit).zip(tail.get(1).and_then(digit));
        let (byte, length) = match pair {
            Some((high, low)) if *first == b'%' => (high << 4 | low, 3),
            _ => (*first, 1),
        };
        plain.push(byte);
        rest = &rest[length..];
    }
    Cow::Owned(plain)
}

fn is_one(word: &[u8], known: &[&[u8]]) -> bool {
    known.iter().any(|one| word.eq_ignore_ascii_case(one))
}

#[cfg(test)]
mod tests {
    use super::{Address, unescaped};

    #[test]
    fn what_is_escaped_is_read() {
        assert_eq!(&*unescaped(b"a%40b%2fc%"), b"a@b/c%");
        assert_eq!(&*unescaped(b"%zz%4"), b"%zz%4");
    }

    #[test]
    fn users_and_hosts_are_told_apart() {
        let said = |name: &'static str, rest: &'static str| {
            let address = Address::of(name.as_bytes(), rest.as_bytes());
            (address.kind(), address.user(b"pass"), address.host())
        };
        assert_eq!(
            said("postgres://postgres", "@db:5432/app"),
            ("database address", "known account", "host without a dot")
        );
        assert_eq!(
            said("https://user", "@www.example.com/"),
            ("web address", "anybody", "any host")
        );
        assert_eq!(
            said("amqp://PASS", "@10.0.0.1"),
            ("service address", "user alike", "near host")
        );
        assert_eq!(
            said("redis://", "@cache.corp.net"),
            ("database address", "no user", "far host")
        );
    }
}
