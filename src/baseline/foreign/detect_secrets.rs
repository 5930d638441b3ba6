//! The baseline of detect-secrets: `.secrets.baseline`.

use std::collections::BTreeMap;

use serde::Deserialize;

use super::{Foreign, ForeignEntry, ForeignKind, Value, plain_path};
use crate::baseline::Fault;
use crate::finding::Triage;
use crate::hex::unhex;

#[derive(Deserialize)]
struct File {
    results: BTreeMap<String, Vec<Potential>>,
}

#[derive(Deserialize)]
struct Potential {
    #[serde(rename = "type", default)]
    kind: String,
    hashed_secret: String,
    #[serde(default)]
    line_number: u64,
    #[serde(default)]
    is_secret: Option<bool>,
}

/// Reads a baseline.
pub(in crate::baseline) fn parse(text: &str) -> Result<Foreign, Fault> {
    let file: File = serde_json::from_str(text).map_err(|error| {
        // A value that is missing shows at the end of the text.
        let line = (!error.is_data()).then(|| error.line());
        let message = if error.is_data() {
            "it is no baseline of detect-secrets: `results` is missing, or is not what it should be"
        } else {
            "it begins like a baseline of detect-secrets and is not valid JSON"
        };
        Fault { line, message: message.to_owned() }
    })?;
    let mut entries = Vec::new();
    for (path, potentials) in file.results {
        for potential in potentials {
            let value = value(&potential).ok_or_else(|| {
                Fault::whole("a hashed_secret in it is no SHA-1 of 40 hexadecimal digits")
            })?;
            entries.push(ForeignEntry {
                path: plain_path(&path),
                lines: potential.line_number..=potential.line_number,
                columns: None,
                commit: None,
                value,
                triage: match potential.is_secret {
                    Some(true) => Triage::True,
                    Some(false) => Triage::False,
                    None => Triage::Accepted,
                },
                kind: potential.kind,
            });
        }
    }
    Ok(Foreign { kind: ForeignKind::DetectSecrets, entries })
}

fn value(potential: &Potential) -> Option<Value> {
    let bytes = unhex(potential.hashed_secret.as_bytes())?;
    Some(if potential.kind == "Private Key" { Value::PrivateKey } else { Value::Sha1(bytes) })
}

#[cfg(test)]
mod tests {
    use super::parse;
    use crate::baseline::foreign::Value;
    use crate::finding::Triage;

    fn text(hash: &str, rest: &str) -> String {
        let kind = r#""type": "Secret Keyword""#;
        format!(r#"{{"results": {{"a.py": [{{{kind}, "hashed_secret": "{hash}"{rest}}}]}}}}"#)
    }

    #[test]
    fn what_was_decided_is_kept() {
        let hash = "0123456789abcdef0123456789ABCDEF01234567";
        for (rest, triage) in [
            ("", Triage::Accepted),
            (r#", "is_secret": null"#, Triage::Accepted),
            (r#", "is_secret": true, "line_number": 7, "is_verified": false"#, Triage::True),
            (r#", "is_secret": false"#, Triage::False),
        ] {
            let entries = parse(&text(hash, rest)).expect("it is right").entries;
            assert_eq!((entries.len(), entries[0].triage), (1, triage));
            assert!(matches!(entries[0].value, Value::Sha1(hash) if hash[19] == 0x67));
        }
    }

    #[test]
    fn a_hash_that_is_none_is_refused() {
        for hash in ["", "abc", &"0g".repeat(20), &"00".repeat(21), "é"] {
            assert!(parse(&text(hash, "")).is_err(), "{hash}");
        }
    }
}
