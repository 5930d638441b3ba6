//! Any bytes as a pack, with an index of whatever entries are in it: no panic,
//! and what is found does not depend on the way it is looked for.
//!
//! A corpus to begin with is written by a test:
//! `REDHANDED_CORPUS=fuzz/corpus/pack cargo test -- --ignored write_a_corpus`.
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

use flate2::{Crc, Decompress, FlushDecompress};
use libfuzzer_sys::fuzz_target;
use pack::{Index, Name, Row};

/// Bytes of a pack before its first entry, and behind its last one.
const HEADER: usize = 12;
const TRAILER: usize = 20;

fuzz_target!(|pack: &[u8]| {
    let end = pack.len().saturating_sub(TRAILER);
    let mut rows = Vec::new();
    let mut start = HEADER;
    while start < end && rows.len() < 1000 {
        let length = entry_length(&pack[start..end]).unwrap_or(end - start);
        let mut crc = Crc::new();
        crc.update(&pack[start..start + length]);
        rows.push(Row { name: name(rows.len()), offset: start as u64, crc: crc.sum() });
        start += length;
    }
    let checksum = pack.get(end..).and_then(|tail| tail.try_into().ok()).unwrap_or([0; 20]);
    objects::assert_exact(pack, &Index::new(&rows, checksum, false).bytes());
});

/// A short name, so that deltas by name come upon their base now and then.
fn name(number: usize) -> Name {
    let mut name = [0; 20];
    name[..2].copy_from_slice(&u16::try_from(number).expect("they are few").to_be_bytes());
    name
}

/// Bytes of the entry that `bytes` begin with, if it can be read.
fn entry_length(bytes: &[u8]) -> Option<usize> {
    let ends = |bytes: &[u8]| bytes.iter().position(|byte| byte & 0x80 == 0).map(|at| at + 1);
    let mut head = ends(bytes)?;
    head += match bytes[0] >> 4 & 7 {
        6 => ends(&bytes[head..])?,
        7 => 20,
        _ => 0,
    };
    let mut inflater = Decompress::new(true);
    let mut room = vec![0; 1 << 16];
    let packed = bytes.get(head..)?;
    loop {
        let from = usize::try_from(inflater.total_in()).ok()?;
        let before = inflater.total_out();
        let status = inflater.decompress(&packed[from..], &mut room, FlushDecompress::None).ok()?;
        let used = usize::try_from(inflater.total_in()).ok()?;
        match status {
            flate2::Status::StreamEnd => return Some(head + used),
            _ if (used, before) == (from, inflater.total_out()) => return None,
            _ if inflater.total_out() > 4 << 20 => return None,
            _ => {}
        }
    }
}
