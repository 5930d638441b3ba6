//! Credentials that are JSON, or carry some in Base64: the fields that say whose
//! they are.

use serde_json::Value;

use super::encoded::{base64, base64_of_lines};
use super::facts::Facts;

/// A field and the fact it becomes. Steps into objects are separated by blanks.
type Field = (&'static str, &'static str);

/// What begins a token that carries JSON behind it, and its fields.
const TOKENS: [(&str, &[Field]); 6] = [
    // Sentry: organization tokens. `develop.sentry.dev`, "Authentication tokens".
    (
        "sntrys_",
        &[("org", "organization"), ("region_url", "host"), ("url", "host"), ("iat", "issued")],
    ),
    // Grafana Cloud: access policy tokens.
    ("glc_", &[("o", "organization"), ("n", "token"), ("m r", "region")]),
    // 1Password: service account tokens.
    ("ops_", &[("signInAddress", "host"), ("email", "user")]),
    // Mapbox: secret, temporary and public tokens. "Token format", its API pages.
    ("sk.", MAPBOX),
    ("tk.", MAPBOX),
    ("pk.", MAPBOX),
];
const MAPBOX: &[Field] = &[("u", "user"), ("a", "token"), ("exp", "expires")];

/// Fields of an object by the field that tells its kind, for credentials that
/// are nothing but an object.
const OBJECTS: [(&str, &[Field]); 9] = [
    // Google Cloud: service account keys and what `gcloud` signs in with.
    (
        "client_email",
        &[
            ("project_id", "project"),
            ("client_email", "account"),
            ("private_key_id", "key"),
            ("client_id", "client"),
        ],
    ),
    ("refresh_token", &[("client_id", "client"), ("quota_project_id", "project")]),
    // Cloudflare: tunnel tokens.
    ("t", &[("a", "account"), ("t", "tunnel")]),
    // Grafana: API keys of old.
    ("k", &[("n", "token"), ("id", "organization")]),
    // Upstash QStash.
    ("UserID", &[("UserID", "user")]),
    // Box: the configuration of an application.
    (
        "boxAppSettings",
        &[
            ("boxAppSettings clientID", "client"),
            ("boxAppSettings appAuth publicKeyID", "key"),
            ("enterpriseID", "organization"),
        ],
    ),
    // JSON Web Keys (RFC 7517).
    ("kty", &[("kty", "algorithm"), ("crv", "curve"), ("kid", "key"), ("use", "use")]),
    // Amazon Web Services: what `sts` and the metadata service give.
    ("AccessKeyId", &[("AccessKeyId", "key"), ("Expiration", "expires")]),
    // Google's installed and web applications.
    ("client_secret", &[("project_id", "project"), ("client_id", "client")]),
];

/// Tells what the JSON in a credential says.
pub(super) fn read(secret: &[u8], facts: &mut Facts) {
    for (prefix, fields) in TOKENS {
        if let Some(rest) = secret.strip_prefix(prefix.as_bytes())
            && let Some(object) = object_before_end(rest)
        {
            return tell(&object, fields, facts);
        }
    }
    let Some(mut object) = object(secret) else { return };
    // Both kinds of Google's client files have one object in another.
    for inside in ["installed", "web"] {
        if let Some(own) = object.get_mut(inside) {
            object = own.take();
        }
    }
    if let Some((_, fields)) = OBJECTS.iter().find(|(kind, _)| object.get(kind).is_some()) {
        tell(&object, fields, facts);
    } else if let Some(hosts) = object.get("auths").and_then(Value::as_object) {
        // Docker: the registries of a configuration.
        let hosts: Vec<&str> = hosts.keys().take(16).map(String::as_str).collect();
        facts.tell("host", hosts.join(", "));
    }
}

/// The object in Base64 up to a character that ends it.
fn object_before_end(text: &[u8]) -> Option<Value> {
    let end = text.iter().position(|byte| b"_.".contains(byte)).unwrap_or(text.len());
    serde_json::from_slice(&base64(&text[..end])?).ok().filter(Value::is_object)
}

/// The object that a text is, perhaps in Base64.
fn object(text: &[u8]) -> Option<Value> {
    let decoded;
    let json = if text.first() == Some(&b'{') {
        text
    } else if text.starts_with(b"ey") || text.starts_with(b"ew") {
        decoded = base64_of_lines(text)?;
        &decoded
    } else {
        return None;
    };
    serde_json::from_slice(json).ok().filter(Value::is_object)
}

fn tell(object: &Value, fields: &[Field], facts: &mut Facts) {
    for (field, name) in fields {
        let mut steps = field.split(' ');
        let Some(value) = steps.try_fold(object, |value, step| value.get(step)) else { continue };
        #[expect(clippy::cast_possible_truncation, reason = "a time beyond all bounds is as good")]
        let seconds = value.as_f64().map(|seconds| seconds as i64);
        let seconds = seconds.or_else(|| super::moment::read(value.as_str()?));
        match (*name, value) {
            ("issued", _) => facts.tell_day("issued", seconds),
            ("expires", _) => {
                if let Some(end) = seconds {
                    facts.expires(end);
                }
            }
            (name, Value::String(text)) => facts.tell(name, text),
            (name, Value::Number(number)) => facts.tell(name, number.to_string()),
            _ => {}
        }
    }
}

#[cfg(test)]
mod tests {
    use crate::anatomy::tests::{facts_of, made};

    #[test]
    fn what_a_token_carries_is_told() {
        for (template, expected) in [
            (
                r#"sntrys_${encode-base64:{"iat":1700000000.5,"url":"https://sentry.io","region_url":"https://us.sentry.io","org":"acme"}}_${base64:43}"#,
                "organization acme · host https://us.sentry.io · issued 2023-11-14",
            ),
            (
                r#"glc_${encode-base64:{"o":"17","n":"ci","k":"${alnum:24}","m":{"r":"us"}}}"#,
                "organization 17 · token ci · region us",
            ),
            (
                r#"ops_${encode-base64url:{"signInAddress":"acme.1password.com","email":"x@y.test","muk":{"k":"${alnum:43}"}}}"#,
                "host acme.1password.com · user x@y.test",
            ),
            (
                r#"tk.${encode-base64url:{"u":"jane","exp":1700000000,"a":"id"}}.${base64url:22}"#,
                "user jane · token id · expires 2023-11-14",
            ),
            (
                r#"${encode-base64:{"a":"acct","t":"tunnel-id","s":"${alnum:43}"}}"#,
                "account acct · tunnel tunnel-id",
            ),
            (
                r#"${encode-base64:{"k":"${alnum:32}","n":"ci","id":1}}"#,
                "token ci · organization 1",
            ),
            (
                r#"{"type":"service_account","project_id":"p","private_key_id":"k","client_email":"a@p.test"}"#,
                "project p · account a@p.test · key k",
            ),
            (
                r#"{"installed":{"client_id":"c","project_id":"p","client_secret":"${alnum:24}"}}"#,
                "project p · client c",
            ),
            (r#"${encode-base64:{"auths":{"ghcr.io":{"auth":"${base64:30}"}}}}"#, "host ghcr.io"),
            (
                r#"{"kty":"OKP","crv":"Ed25519","d":"${base64url:43}"}"#,
                "algorithm OKP · curve Ed25519",
            ),
            ("sntrys_${base64:80}", ""),
            ("{", ""),
        ] {
            assert_eq!(facts_of(&made(template)), expected, "{template}");
        }
    }
}
