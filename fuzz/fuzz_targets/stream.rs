//! Any stream, decoded if it looks encoded, in small pieces: no panic, and
//! every byte covered.
#![no_main]

use std::io::Cursor;
use std::sync::LazyLock;

use libfuzzer_sys::fuzz_target;
use redhanded::rule::RuleSet;
use redhanded::scan::{Progress, ScanOptions, Scanner};
use redhanded::source::{Limits, Stdin};
use redhanded::suppress::AllowLists;

static SCANNER: LazyLock<Scanner> = LazyLock::new(|| {
    Scanner::new(RuleSet::builtin(), AllowLists::default(), ScanOptions::default())
});

fuzz_target!(|text: &[u8]| {
    let limits = Limits { max_size: u64::MAX, piece: 700, reach: SCANNER.reach() };
    let source = Stdin::new(Cursor::new(text.to_vec()), limits);
    let outcome = SCANNER.run(&source, &Progress::default());
    assert_eq!(outcome.coverage.bytes, text.len() as u64);
});
