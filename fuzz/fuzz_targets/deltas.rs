//! Any bytes as the plan of a pack: a few texts with credentials, and deltas
//! over them and over each other. What is found does not depend on whether the
//! texts are scanned by what is new in them or whole.
#![no_main]

#[allow(dead_code, reason = "a part of what the tests need is needed here")]
#[path = "../../tests/integration/support/delta.rs"]
mod delta;
mod objects;
#[allow(dead_code, reason = "a part of what the tests need is needed here")]
#[path = "../../tests/integration/support/pack.rs"]
mod pack;
#[allow(dead_code, reason = "a part of what the tests need is needed here")]
#[path = "../../tests/integration/support/random.rs"]
mod random;

use delta::Op;
use libfuzzer_sys::fuzz_target;
use pack::{Kind, Pack, name_of};
use redhanded::rule::sample;

/// What texts are made of.
const TEMPLATES: [&str; 16] = [
    "token = ${seal:crc32-base62-body:ghp_${base62:36}}",
    "ghp_",
    "password = \"${alnum:14}\"\n",
    "password: ",
    "${hex:32}",
    "-----BEGIN RSA PRIVATE KEY-----\n${base64:64}\n${base64:64}\n${base64:64}\n",
    "${base64:64}\n${base64:64}\n${base64:64}\n${base64:64}\n",
    "-----END RSA PRIVATE KEY-----\n",
    " # redhanded:allow\n",
    "# redhanded:allow-next-line\n",
    "\u{feff}",
    "\0",
    "AWS_SECRET_ACCESS_KEY=${base64:40}\n",
    "https://user:${base62:16}@host.test/",
    "${lower:2000} ",
    "\r\n",
];

/// The plan, read byte by byte.
struct Plan<'a>(&'a [u8]);

impl Plan<'_> {
    fn byte(&mut self) -> u8 {
        self.0.split_off_first().copied().unwrap_or_default()
    }

    fn below(&mut self, bound: usize) -> usize {
        (usize::from(self.byte()) << 8 | usize::from(self.byte())) % bound.max(1)
    }

    /// A text to be inserted.
    fn text(&mut self) -> Vec<u8> {
        let kind = self.byte();
        if kind < 32 {
            return (0..kind).map(|_| self.byte()).collect();
        }
        let template = TEMPLATES[usize::from(kind) % TEMPLATES.len()];
        let seed = u64::from(self.byte() % 4);
        let mut text = sample::expand(template, seed).expect("it is right").into_bytes();
        if kind >= 200 {
            let cut = self.below(text.len() + 1);
            if kind % 2 == 0 {
                text.truncate(cut)
            } else {
                text.drain(..cut);
            }
        }
        text
    }
}

fuzz_target!(|plan: &[u8]| {
    let mut plan = Plan(plan);
    let mut pack = Pack::default();
    let mut first = Vec::new();
    for _ in 0..plan.byte() % 16 {
        first.extend(plan.text());
    }
    pack.blob(first);
    while !plan.0.is_empty() && pack.entries.len() < 40 {
        let newest = pack.entries.len() - 1;
        let base = newest - usize::from(plan.byte()) / 64 % pack.entries.len();
        let length = pack.content(base).len();
        let mut ops = Vec::new();
        for _ in 0..plan.byte() % 8 {
            if length > 0 && plan.byte() % 3 > 0 {
                let from = plan.below(length);
                let length = 1 + plan.below(length - from);
                ops.push(Op::Copy { from, length });
            } else {
                ops.push(Op::Insert(plan.text()));
            }
        }
        let made = delta::apply(pack.content(base), &ops);
        let name = name_of(Kind::Blob, &made);
        let is_known = pack.entries.iter().any(|entry| entry.name == name);
        if made.len() < 100_000 && !is_known {
            pack.delta(base, ops);
        }
    }
    let written = pack.write();
    objects::assert_exact(&written.bytes, &written.index().bytes());
});
