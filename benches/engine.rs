//! The engine's pace on ordinary text, one core.
//!
//! `REDHANDED_BENCH_TEXT` names a file to scan; without it a text is made up.

use std::hint::black_box;
use std::sync::Arc;

use criterion::{Criterion, Throughput, criterion_group, criterion_main};
use redhanded::engine::{Engine, Scratch};
use redhanded::rule::{Rule, RuleSet};
use redhanded::unit::{Origin, Unit};

fn pace(criterion: &mut Criterion) {
    let text = text();
    let builtin = RuleSet::builtin();
    let thousand = with_synthetic(&builtin, 1000);
    let specific = builtin.iter().filter(|(_, rule)| !rule.generic);
    let specific = RuleSet::new(specific.map(|(_, rule)| rule.clone()));
    let mut group = criterion.benchmark_group("engine");
    group.sample_size(20).throughput(Throughput::Bytes(text.len() as u64));
    for (name, rules) in [
        ("60 rules", sixty(&builtin)),
        ("all without generic", specific),
        ("all rules", builtin),
        ("1000 rules", thousand),
    ] {
        let engine = Engine::new(Arc::new(rules));
        let mut scratch = Scratch::default();
        let mut candidates = Vec::new();
        group.bench_function(name, |bencher| {
            bencher.iter(|| {
                for piece in text.chunks(64 * 1024) {
                    let unit = Unit::whole(&Origin::Stdin, black_box(piece));
                    engine.find(&unit, &mut scratch, &mut candidates);
                    black_box(&candidates);
                }
            });
        });
    }
    group.finish();
}

/// Every so-many-eth rule, 60 in all.
fn sixty(rules: &RuleSet) -> RuleSet {
    let step = rules.len().div_ceil(60);
    RuleSet::new(rules.iter().map(|(_, rule)| rule.clone()).step_by(step))
}

/// `rules` and made-up ones, `count` in all: half with a prefix of their own,
/// half with a provider's name near a value.
fn with_synthetic(rules: &RuleSet, count: usize) -> RuleSet {
    let template = rules.iter().next().expect("there are rules").1;
    let missing = count.saturating_sub(rules.len());
    let mut state = 7_u64;
    let mut letters = |length: usize| -> String {
        (0..length)
            .map(|_| {
                state = state
                    .wrapping_mul(6_364_136_223_846_793_005)
                    .wrapping_add(1_442_695_040_888_963_407);
                char::from(b'a' + u8::try_from((state >> 33) % 26).expect("below 26"))
            })
            .collect()
    };
    let synthetic: Vec<Rule> = (0..missing)
        .map(|number| {
            let pattern = if number % 2 == 0 {
                format!("(?<secret>{}_[A-Za-z0-9]{{32}})", letters(3 + number % 3))
            } else {
                let name = letters(5 + number % 4);
                format!("(?i:{name})[\\w .-]{{0,20}}[=:][ \"']{{0,3}}(?<secret>[a-f0-9]{{32}})")
            };
            redhanded::rule::synthetic(template, format!("synthetic-{number}"), pattern)
                .expect("the pattern is valid")
        })
        .collect();
    rules.clone().with(synthetic)
}

/// The text to scan.
fn text() -> Vec<u8> {
    let named = std::env::var_os("REDHANDED_BENCH_TEXT");
    named.map_or_else(made_up_text, |path| std::fs::read(path).expect("the text can be read"))
}

/// Eight megabytes that look like source text to the prefilter.
fn made_up_text() -> Vec<u8> {
    let sources = [
        include_str!("../src/engine/prefilter/mod.rs"),
        include_str!("../src/rule/pattern/walk.rs"),
        include_str!("../src/scan.rs"),
        include_str!("../src/source/tree.rs"),
    ];
    sources.concat().bytes().cycle().take(8 << 20).collect()
}

criterion_group!(benches, pace);
criterion_main!(benches);
