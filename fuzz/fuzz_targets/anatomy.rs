//! Any bytes as a credential, and any text around it: few and short facts, never
//! a panic.
#![no_main]

use libfuzzer_sys::fuzz_target;
use redhanded::anatomy::{Context, read_form};

fuzz_target!(|input: (&[u8], &str, &str, Option<i64>)| {
    let (secret, before, after, now) = input;
    let anatomy = read_form(secret, &Context { before, after, cut_after: false, now });
    assert!(anatomy.facts.len() <= 24);
    for fact in &anatomy.facts {
        assert!(!fact.value.is_empty() && fact.value.chars().count() <= 200);
    }
});
