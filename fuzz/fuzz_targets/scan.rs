//! Any bytes, scanned the fast way and the plain way: the same findings.
#![no_main]

use std::sync::{Arc, LazyLock};

use libfuzzer_sys::fuzz_target;
use redhanded::engine::{Engine, Scratch};
use redhanded::rule::RuleSet;
use redhanded::unit::{Origin, Unit};

static ENGINE: LazyLock<Engine> = LazyLock::new(|| Engine::new(Arc::new(RuleSet::builtin())));

fuzz_target!(|text: &[u8]| {
    let unit = Unit::whole(&Origin::Stdin, text);
    let mut scratch = Scratch::default();
    let (mut fast, mut plain) = (Vec::new(), Vec::new());
    ENGINE.find(&unit, &mut scratch, &mut fast);
    ENGINE.find_plainly(&unit, &mut scratch, &mut plain);
    assert_eq!(fast, plain);
});
