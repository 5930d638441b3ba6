//! Any bytes as a baseline: an error or entries, never a panic; what is written
//! of ours is read again.
#![no_main]

use libfuzzer_sys::fuzz_target;
use redhanded::baseline::{Baseline, Entries};

fuzz_target!(|bytes: &[u8]| {
    if let Ok(Baseline::Own(entries)) = Baseline::parse(bytes) {
        let text = entries.to_text();
        let again = Entries::parse(&text).expect("what was written can be read");
        assert_eq!(again.to_text(), text);
    }
});
