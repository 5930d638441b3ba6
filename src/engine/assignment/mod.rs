//! Assignments: a value that some name is given, in whatever language.
//!
//! `password = "…"`, `"apiKey": "…"`, `setToken('…')`, `SECRET=…`,
//! `--token …`, `<password>…</password>`: a name, something that binds, a value.
//! This reads the one that begins at a place, without knowing the language; what
//! it cannot read as a literal value it leaves alone. The password in an address,
//! `scheme://user:…@host`, counts as given to its scheme and user.
//!
//! What is read depends on no more than 64 bytes before the word that led
//! here and 1600 bytes behind it.

mod address;
mod binding;
mod name;
mod value;

use std::ops::Range;

use crate::rule::AFTER;

pub use binding::Binding;
pub use value::{Quote, Wrapper};

/// Shortest and longest value.
const LEAST: usize = 3;
const MOST: usize = 1200;

/// A name and the value it is given.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Assignment {
    /// The name, with what is before its last dot and its leading dashes.
    pub name: Range<usize>,
    /// Whether the name stands in quotes, or is an index in quotes.
    pub quoted_name: bool,
    /// What binds.
    pub binding: Binding,
    /// What stands between the binding and the value.
    pub wrapper: Wrapper,
    /// How the value is quoted.
    pub quote: Quote,
    /// The value.
    pub value: Range<usize>,
}

impl Assignment {
    /// The assignment to the name that a word at `at` of `text` is in, of
    /// which `length` bytes are known to be part of the name.
    pub(crate) fn around(text: &[u8], at: usize, length: usize) -> Option<Self> {
        if text.get(at..).is_some_and(address::begins) {
            return Self::read(text, name::start(text, at)?..at);
        }
        // Most names are read, passed on and compared; what follows tells.
        let end = name::end(text, at + length, name::MOST_BEHIND)?;
        binding::may_follow(text, end).then_some(())?;
        let start = name::start(text, at)?;
        Self::read(text, start..end)
    }

    /// The assignment to the name that begins at `start` of `text`, if there is
    /// one.
    pub fn at(text: &[u8], start: usize) -> Option<Self> {
        let first = start + text.get(start..)?.iter().take_while(|byte| **byte == b'-').count();
        Self::read(text, start..name::end(text, first, name::MOST)?)
    }

    fn read(text: &[u8], name: Range<usize>) -> Option<Self> {
        let limit = text.len().min(name.start + AFTER as usize);
        let text = &text[..limit];
        if address::begins(&text[name.end..]) {
            return address::read(text, name);
        }
        let bound = binding::behind(text, &name)?;
        let read = value::read(text, bound.end, bound.binding, name.start)?;
        let length = read.value.len();
        (LEAST..=MOST).contains(&length).then_some(Self {
            name,
            quoted_name: bound.quoted_name,
            binding: read.binding,
            wrapper: read.wrapper,
            quote: read.quote,
            value: read.value,
        })
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::{Assignment, Binding, Quote};

    /// The name, the value and how it is quoted, of the assignment to the name
    /// that `word` is in.
    fn read<'t>(text: &'t str, word: &str) -> Option<(&'t str, &'t str, Quote)> {
        let at = text.find(word).expect("the word is there");
        let found = Assignment::around(text.as_bytes(), at, word.len())?;
        Some((&text[found.name], &text[found.value], found.quote))
    }

    #[test]
    fn values_are_read_in_many_languages() {
        use Quote::{Address, Backtick, Double, Element, Escaped, None, Single};
        for (text, word, name, quote) in [
            ("db.password = \"~\";", "passw", "db.password", Double),
            ("'api_key' => '~',", "key", "api_key", Single),
            ("const token = `~`", "token", "token", Backtick),
            ("SECRET_KEY=~\n", "SECRET", "SECRET_KEY", None),
            ("let token: &'static str = \"~\";", "token", "token", Double),
            ("val password: String = \"~\"", "passw", "password", Double),
            ("\\\"token\\\":\\\"~\\\"}", "token", "token", Escaped),
            ("conn.setPassword(\"~\");", "Passw", "conn.setPassword", Double),
            ("<password> ~ </password>", "passw", "password", Element),
            ("<add key=\"AuthToken\" value=\"~\" />", "Token", "AuthToken", Double),
            ("- name: DB_PASSWORD\n  value: ~\n", "PASSW", "DB_PASSWORD", None),
            ("curl --token ~ host", "token", "--token", None),
            ("h['X-Auth-Token'] = b'~'", "Token", "X-Auth-Token", Single),
            ("password: |\n  ~\n", "passw", "password", None),
            ("Authorization: Bearer ~\n", "Auth", "Authorization", None),
            ("secret = Some(String::from(\"~\"))", "secret", "secret", Double),
            ("tokens: [\"~\", \"c3d4\"]", "token", "tokens", Double),
            ("put(\"password\", \"~\")", "passw", "password", Double),
            ("{&#34;token&#34;: &#34;~&#34;}", "token", "token", Escaped),
            ("token: &quot;~&quot;,", "token", "token", Escaped),
            ("CREATE USER a IDENTIFIED BY '~';", "IDENT", "IDENTIFIED", Single),
            ("alter user a IDENTIFIED WITH native BY \"~\"", "IDENT", "IDENTIFIED", Double),
            ("u = postgres://app:~@db/x", "://", "postgres://app", Address),
            ("redis://:~@cache:6379", "://", "redis://", Address),
        ] {
            let text = text.replace('~', "hunter2");
            assert_eq!(read(&text, word), Some((name, "hunter2", quote)), "{text}");
        }
    }

    #[test]
    fn what_is_no_literal_value_is_left_alone() {
        for (text, word) in [
            ("password = get_password(user)", "passw"),
            ("password := os.Getenv(", "passw"),
            ("token: ${TOKEN}", "token"),
            ("token: { \"optional\": true }", "token"),
            ("the password is a secret", "passw"),
            ("fn token(&self)", "token"),
            ("password = \"not closed", "passw"),
            ("secret::Secret", "secret"),
            ("https://host:8080/@scope/package", "://"),
            ("https://host/path?at=a:b@c", "://"),
            ("ftp://user:@host/", "://"),
            ("postgres://user:${PASSWORD}@host/db", "://"),
            ("CREATE USER a IDENTIFIED WITH auth_socket AS 'xyz'", "IDENT"),
            ("connections identified by 'numbers'", "ident"),
            ("token: &quot;not closed", "token"),
        ] {
            assert_eq!(read(text, word), None, "{text}");
        }
    }

    #[test]
    fn a_name_may_go_on_before_and_behind_the_word_in_it() {
        let name = format!("{}_token_{}", "a".repeat(60), "b".repeat(40));
        let text = format!("{name} = 'c1d2e3'");
        let found = Assignment::around(text.as_bytes(), 61, 5);
        assert_eq!(found.as_ref().map(|found| &text[found.name.clone()]), Some(&*name));
        assert_eq!(Assignment::at(text.as_bytes(), 0), found);
    }

    #[test]
    fn what_binds_is_known() {
        let binding =
            |text: &str| Assignment::around(text.as_bytes(), 0, 5).map(|found| found.binding);
        assert_eq!(binding("token == 'a1b2'"), Some(Binding::Compare));
        assert_eq!(binding("token ||= 'a1b2'"), Some(Binding::Equals));
        assert_eq!(binding("token := 'a1b2'"), Some(Binding::Walrus));
        assert_eq!(binding("token string = 'a1b2'"), Some(Binding::Equals));
    }

    proptest! {
        #[test]
        fn any_text_can_be_read(text in "[a-z\"'`=:<>(){}\\[\\]\\\\,|& \n$.-]{0,80}", at in 0_usize..80) {
            let text = format!("{}token{text}", &text[..at.min(text.len())]);
            let at = text.find("token").expect("it is there");
            if let Some(found) = Assignment::around(text.as_bytes(), at, 5) {
                prop_assert!(found.name.end <= found.value.start);
                prop_assert!(found.value.end <= text.len());
                prop_assert_eq!(Assignment::at(text.as_bytes(), found.name.start), Some(found));
            }
        }

        #[test]
        fn any_address_can_be_read(text in "[a-z]{0,9}://[a-z:@%+.0-9/]{0,40}") {
            let at = text.find("://").expect("it is there");
            if let Some(found) = Assignment::around(text.as_bytes(), at, 3) {
                prop_assert_eq!(&text[found.value.end..][..1], "@");
                prop_assert_eq!(Assignment::at(text.as_bytes(), found.name.start), Some(found));
            }
        }

        #[test]
        fn any_bytes_can_be_read(bytes in proptest::collection::vec(any::<u8>(), 0..200), at in 0_usize..200) {
            let _ = Assignment::around(&bytes, at.min(bytes.len()), 0);
        }
    }
}
