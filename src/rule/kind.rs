//! The words a rule is described with: severity, confidence, class, principal,
//! lifetime and status.
//!
//! Each is a closed vocabulary, written in rule files and reports in the same
//! kebab-case form. This file is also compiled into the build script.

use serde::Deserialize;

/// Defines a vocabulary: an enum, its words, and parsing from them.
macro_rules! vocabulary {
    ($(#[$doc:meta])* $name:ident { $($(#[$vdoc:meta])* $variant:ident = $word:literal,)+ }) => {
        $(#[$doc])*
        #[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Deserialize)]
        pub enum $name {
            $($(#[$vdoc])* #[serde(rename = $word)] $variant,)+
        }

        impl $name {
            /// Every value, in the order of the enum.
            pub const ALL: &'static [Self] = &[$(Self::$variant),+];

            /// The word used in rule files and reports.
            pub const fn as_str(self) -> &'static str {
                match self { $(Self::$variant => $word),+ }
            }
        }

        impl std::fmt::Display for $name {
            fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
                f.pad(self.as_str())
            }
        }

        impl std::str::FromStr for $name {
            type Err = UnknownWord;

            fn from_str(word: &str) -> Result<Self, UnknownWord> {
                Self::ALL
                    .iter()
                    .copied()
                    .find(|value| value.as_str() == word)
                    .ok_or_else(|| UnknownWord {
                        word: word.to_owned(),
                        expected: Self::ALL.iter().map(|value| value.as_str()).collect(),
                    })
            }
        }
    };
}

/// A word that is not in the vocabulary, with the ones that are.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct UnknownWord {
    /// What was written.
    pub word: String,
    /// What could have been written.
    pub expected: Vec<&'static str>,
}

impl std::fmt::Display for UnknownWord {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "`{}` is none of {}", self.word, self.expected.join(", "))
    }
}

impl std::error::Error for UnknownWord {}

vocabulary! {
    /// What the bare value gives to whoever holds it, if it is live.
    ///
    /// Ordered from least to most severe.
    Severity {
        /// A public identifier, or a value that opens nothing by itself.
        Info = "info",
        /// Little: a test mode, a read of public data.
        Low = "low",
        /// Some: sending in somebody's name, reading limited data.
        Medium = "medium",
        /// Much: private data or the use of a paid service.
        High = "high",
        /// Everything a user or an organisation has there.
        Critical = "critical",
    }
}

vocabulary! {
    /// How sure it is that a match is a real credential of the rule's kind.
    ///
    /// Ordered from least to most sure.
    Confidence {
        /// Looks like one by its surroundings alone.
        Low = "low",
        /// A telling name beside a value of the right shape.
        Medium = "medium",
        /// A distinctive form, or a checksum that holds.
        High = "high",
    }
}

vocabulary! {
    /// What kind of credential it is.
    Class {
        /// A key that identifies and authenticates an application or account.
        ApiKey = "api-key",
        /// A token that a person made to act as themselves.
        PersonalAccessToken = "personal-access-token",
        /// An OAuth 2.0 access token (RFC 6749 §1.4).
        OauthAccessToken = "oauth-access-token",
        /// An OAuth 2.0 refresh token (RFC 6749 §1.5).
        OauthRefreshToken = "oauth-refresh-token",
        /// The secret of an OAuth 2.0 client (RFC 6749 §2.3.1).
        OauthClientSecret = "oauth-client-secret",
        /// A JSON Web Token (RFC 7519).
        Jwt = "jwt",
        /// A bearer token of unknown make (RFC 6750).
        BearerToken = "bearer-token",
        /// A user name and password for HTTP Basic (RFC 7617).
        BasicAuth = "basic-auth",
        /// A SAML or similar assertion.
        SsoAssertion = "sso-assertion",
        /// The cookie of a signed-in browser.
        SessionCookie = "session-cookie",
        /// The key file of a service account.
        ServiceAccount = "service-account",
        /// A secret that signs or verifies messages.
        SigningKey = "signing-key",
        /// The private half of a key pair.
        PrivateKey = "private-key",
        /// A database or queue address with its credential inside.
        ConnectionString = "connection-string",
        /// An address that anybody who knows it may post to.
        WebhookUrl = "webhook-url",
        /// A password.
        Password = "password",
    }
}

vocabulary! {
    /// Whom the credential acts as.
    Principal {
        /// A person.
        User = "user",
        /// An application registered with the provider.
        Application = "application",
        /// A machine, service account, pipeline or device.
        Machine = "machine",
        /// Nobody in particular: whoever holds it.
        Anonymous = "anonymous",
    }
}

vocabulary! {
    /// How long the credential lives.
    Lifetime {
        /// Until somebody revokes it.
        UntilRevoked = "until-revoked",
        /// It ends by itself.
        Expiring = "expiring",
        /// It works once.
        OneTime = "one-time",
    }
}

impl Principal {
    /// In words for people.
    pub const fn words(self) -> &'static str {
        match self {
            Self::User => "a user",
            Self::Application => "an application",
            Self::Machine => "a machine",
            Self::Anonymous => "whoever holds it",
        }
    }
}

impl Lifetime {
    /// In words for people.
    pub const fn words(self) -> &'static str {
        match self {
            Self::UntilRevoked => "valid until revoked",
            Self::Expiring => "ends by itself",
            Self::OneTime => "works once",
        }
    }
}

vocabulary! {
    /// Where a rule stands in its life.
    Status {
        /// New: it may still change or go.
        Preview = "preview",
        /// Its id and meaning stay.
        Stable = "stable",
        /// Kept so that configurations go on working; to be removed.
        Deprecated = "deprecated",
    }
}
