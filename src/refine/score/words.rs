//! What the words around the one that names a secret say of it.

use std::collections::HashMap;
use std::sync::LazyLock;

/// A group of words: how many groups come before it, and what its words say.
type Group = (usize, &'static str);

/// What each word says.
pub(super) struct Words(LazyLock<HashMap<&'static str, Group>>);

impl Words {
    const fn new(read: fn() -> HashMap<&'static str, Group>) -> Self {
        Self(LazyLock::new(read))
    }

    /// What one of these words says; of several the one whose group comes first.
    pub(super) fn first(&self, words: &[&str]) -> Option<&'static str> {
        words.iter().filter_map(|word| self.0.get(word)).min().map(|(_, group)| *group)
    }
}

fn by_word(groups: &[(&'static str, &'static str)]) -> HashMap<&'static str, Group> {
    let mut by_word = HashMap::new();
    for (rank, (group, words)) in groups.iter().enumerate() {
        for word in words.split_ascii_whitespace() {
            by_word.entry(word).or_insert((rank, *group));
        }
    }
    by_word
}

/// What words before it say.
pub(super) static BEFORE: Words = Words::new(|| by_word(&BEFORE_GROUPS));
/// What the word behind it says.
pub(super) static BEHIND: Words = Words::new(|| by_word(&BEHIND_GROUPS));

/// Groups of words before, the most telling first.
static BEFORE_GROUPS: [(&str, &str); 8] = [
    (
        "question",
        "is has no use with require required show hide allow enable disable should can check \
         validate verify generate random on",
    ),
    (
        "label",
        "label placeholder title message msg hint text txt lbl btn button tooltip caption \
         error err heading help",
    ),
    ("hashed", "encrypted hashed hash sha md crypt digest wrapped cipher bcrypt enc signed"),
    (
        "action",
        "forgot reset forgotten change recover wrong invalid missing incorrect enter bad lost \
         expired confirm repeat set get select",
    ),
    ("test", "test fake dummy mock example sample expected stub"),
    (
        "public",
        "public csrf xsrf primary foreign sort partition cache map object row column routing \
         range index i18n translation event storage local session query lookup unique group \
         order dict tag field",
    ),
    (
        "account",
        "db database mysql postgres postgresql pg redis mongo mongodb smtp mail email ldap \
         ftp root admin user sa jdbc rabbitmq keystore truststore store bind datasource sql \
         mssql oracle login master server elastic neo4j amqp proxy vpn",
    ),
    (
        "service",
        "aws github gitlab slack stripe google azure twitter facebook cloudflare oauth client \
         consumer access app api jwt hmac cookie private secret encryption refresh auth \
         bearer",
    ),
];

/// Groups of words behind.
static BEHIND_GROUPS: [(&str, &str); 9] = [
    (
        "value",
        "value val base string str data text plain raw default prod production dev \
         development test staging live new old env var v s",
    ),
    ("confirm", "confirmation confirm repeat again verify retype"),
    ("hash", "hash digest hashed encrypted crypt checksum fingerprint sha md enc sum"),
    (
        "user",
        "user username users login email mail realm domain domains account role roles group \
         client",
    ),
    ("id", "id ids arn ref uuid guid index number no num reference"),
    (
        "label",
        "name names type types kind class label title text message hint placeholder error \
         errors description desc prompt help msg info caption tooltip advice txt lbl btn \
         heading question answer",
    ),
    (
        "place",
        "file files path dir directory url uri endpoint link host location store storage \
         bucket pem cert folder address src provider manager service vault server domain \
         scope scopes issuer audience",
    ),
    (
        "measure",
        "length len size count min max limit expires expiry expiration ttl timeout age time \
         date lifetime validity seconds at strength policy rule rules regex pattern bits \
         version rotation attempts interval period duration",
    ),
    (
        "part",
        "field fields param params parameter parameters header headers prefix suffix format \
         algorithm alg algo encoding charset method mode style enabled disabled required set \
         status state input form button view page handler helper controller generator reset \
         usage spec column attribute property key tag var schema code action option options \
         config types request response callback",
    ),
];
