//! Any text as configuration and rule file: an error or rules, never a panic.
#![no_main]

use libfuzzer_sys::fuzz_target;
use redhanded::config::parse_rules;
use redhanded::rule::sample;

fuzz_target!(|text: &str| {
    let _ = parse_rules("fuzz.toml".as_ref(), text);
    let _ = sample::expand(text, 1);
});
