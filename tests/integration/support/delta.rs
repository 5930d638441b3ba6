//! Deltas by hand: what a pack says of an object that is much like another one.

use super::random::Random;

/// An instruction of a delta.
#[derive(Clone, Debug)]
pub(crate) enum Op {
    /// Bytes of the base.
    Copy { from: usize, length: usize },
    /// New bytes.
    Insert(Vec<u8>),
    /// Bytes of the instruction stream as they stand, right or wrong.
    Raw(Vec<u8>),
}

impl Op {
    /// Bytes that it adds to the result.
    fn length(&self) -> usize {
        match self {
            Self::Copy { length, .. } => *length,
            Self::Insert(bytes) => bytes.len(),
            Self::Raw(_) => 0,
        }
    }
}

/// A delta with the sizes that it declares.
#[derive(Clone, Debug)]
pub(crate) struct Delta {
    pub(crate) base_size: u64,
    pub(crate) result_size: u64,
    pub(crate) ops: Vec<Op>,
}

/// Longest copy that one instruction of git's can make.
const LONGEST_COPY: usize = 0xff_ffff;
/// Longest insertion that one instruction can make.
const LONGEST_INSERT: usize = 127;

impl Delta {
    /// The delta of `ops` over `base`, its sizes right.
    pub(crate) fn over(base: &[u8], ops: Vec<Op>) -> Self {
        let result_size: usize = ops.iter().map(Op::length).sum();
        Self { base_size: base.len() as u64, result_size: result_size as u64, ops }
    }

    /// Its bytes.
    pub(crate) fn encode(&self) -> Vec<u8> {
        let mut out = Vec::new();
        put_size(self.base_size, &mut out);
        put_size(self.result_size, &mut out);
        for op in &self.ops {
            match op {
                Op::Copy { from, length } => put_copies(*from, *length, &mut out),
                Op::Insert(bytes) => {
                    for part in bytes.chunks(LONGEST_INSERT) {
                        out.push(u8::try_from(part.len()).expect("it fits seven bits"));
                        out.extend_from_slice(part);
                    }
                }
                Op::Raw(bytes) => out.extend_from_slice(bytes),
            }
        }
        out
    }
}

/// A number in groups of seven bits, the lowest first.
pub(crate) fn put_size(mut size: u64, out: &mut Vec<u8>) {
    loop {
        let low = size.to_le_bytes()[0] & 0x7f;
        size >>= 7;
        out.push(if size > 0 { low | 0x80 } else { low });
        if size == 0 {
            return;
        }
    }
}

fn put_copies(mut from: usize, mut length: usize, out: &mut Vec<u8>) {
    while length > 0 {
        let part = length.min(LONGEST_COPY);
        put_copy(from, part, out);
        from += part;
        length -= part;
    }
}

fn put_copy(from: usize, length: usize, out: &mut Vec<u8>) {
    let at = out.len();
    out.push(0x80);
    let mut put = |value: usize, bytes: usize, first: u8| {
        for (number, byte) in value.to_le_bytes()[..bytes].iter().enumerate() {
            if *byte != 0 {
                out[at] |= first << number;
                out.push(*byte);
            }
        }
    };
    put(from, 4, 0x01);
    // A length of zero stands for this one.
    put(if length == 0x1_0000 { 0 } else { length }, 3, 0x10);
}

/// What the instructions make of `base`. They must be right.
pub(crate) fn apply(base: &[u8], ops: &[Op]) -> Vec<u8> {
    let mut result = Vec::new();
    for op in ops {
        match op {
            Op::Copy { from, length } => result.extend_from_slice(&base[*from..from + length]),
            Op::Insert(bytes) => result.extend_from_slice(bytes),
            Op::Raw(_) => {}
        }
    }
    result
}

/// Bytes by which places in the base are looked up.
const GRAM: usize = 4;

/// Instructions that make `target` of `base` in some roundabout way: what could
/// be copied is inserted now and then, copies end anywhere, the same text is
/// taken from whichever place in the base, and so literals come to stand across
/// seams between pieces that never met. Of a hundred pieces about `seams` are
/// short.
pub(crate) fn between(base: &[u8], target: &[u8], seams: usize, random: &mut Random) -> Vec<Op> {
    let mut places = std::collections::HashMap::<&[u8], Vec<usize>>::new();
    for (at, gram) in base.windows(GRAM).enumerate() {
        let known = places.entry(gram).or_default();
        if known.len() < 64 {
            known.push(at);
        }
    }
    let mut ops = Vec::new();
    let mut at = 0;
    while at < target.len() {
        let rest = &target[at..];
        let known = rest.get(..GRAM).and_then(|gram| places.get(gram));
        let op = match known {
            Some(known) if !random.chance(seams / 4) => {
                let from = *random.pick(known);
                let same = base[from..].iter().zip(rest).take_while(|(a, b)| a == b).count();
                let length = if random.chance(seams) { random.within(1, same) } else { same };
                Op::Copy { from, length }
            }
            _ => {
                let longest = if random.chance(seams) { 40 } else { 3 };
                let length = random.within(1, longest.min(rest.len()));
                Op::Insert(rest[..length].to_vec())
            }
        };
        at += op.length();
        ops.push(op);
    }
    ops
}

/// Instructions over `base` that make whatever they make: each call another
/// malice. `snippets` are texts worth inserting, whole or in part.
pub(crate) fn scramble(base: &[u8], snippets: &[Vec<u8>], random: &mut Random) -> Vec<Op> {
    let insert = |random: &mut Random| Op::Insert(random.pick(snippets).clone());
    let half = |random: &mut Random| {
        let snippet = random.pick(snippets);
        let cut = random.below(snippet.len() + 1);
        let (first, second) = snippet.split_at(cut);
        (Op::Insert(first.to_vec()), Op::Insert(second.to_vec()))
    };
    let whole = Op::Copy { from: 0, length: base.len() };
    if base.is_empty() {
        return vec![insert(random), insert(random)];
    }
    match random.below(12) {
        // Everything, once or twice, or nothing at all.
        0 => vec![whole],
        1 => vec![whole.clone(), whole],
        2 if random.chance(30) => Vec::new(),
        // In front and behind.
        2 => vec![insert(random), whole, insert(random)],
        // Amid a line, amid a secret: anywhere.
        3 => {
            let [first, second] = split(base.len(), random);
            vec![first, insert(random), second]
        }
        // The halves of a secret around what is copied.
        4 => {
            let [first, second] = split(base.len(), random);
            let (left, right) = half(random);
            vec![first, left, piece(base.len(), 60, random), right, second]
        }
        // A byte or a few go, or are doubled: two pieces meet that did not.
        5 => {
            let at = random.below(base.len());
            let skip = random.within(1, 20.min(base.len() - at));
            vec![
                Op::Copy { from: 0, length: at },
                Op::Copy { from: at + skip, length: base.len() - at - skip },
            ]
        }
        6 => {
            let at = random.below(base.len());
            let again = at.saturating_sub(random.within(1, 20));
            vec![
                Op::Copy { from: 0, length: at },
                Op::Copy { from: again, length: base.len() - again },
            ]
        }
        // Byte by byte where nothing changes.
        7 => {
            let at = random.below(base.len());
            let end = (at + 80).min(base.len());
            let mut ops = vec![Op::Copy { from: 0, length: at }];
            ops.extend((at..end).map(|from| Op::Copy { from, length: 1 }));
            ops.push(Op::Copy { from: end, length: base.len() - end });
            ops
        }
        // The beginning goes, and with it the mark that told the encoding.
        8 => {
            let skip = random.within(1, 4.min(base.len()));
            vec![Op::Copy { from: skip, length: base.len() - skip }]
        }
        // One byte in front: wide text is shifted.
        9 => vec![Op::Insert(vec![*random.pick(b"\0\n\xff a")]), whole],
        // Pieces in any order, some twice, with halves between.
        10 => (0..random.within(2, 30)).map(|_| piece(base.len(), 400, random)).collect(),
        _ => {
            let mut ops = Vec::new();
            for _ in 0..random.within(2, 12) {
                ops.push(piece(base.len(), base.len(), random));
                let (left, right) = half(random);
                ops.push(if random.chance(50) { left } else { right });
            }
            ops
        }
    }
}

/// All of a base in two copies.
fn split(length: usize, random: &mut Random) -> [Op; 2] {
    let at = random.below(length + 1);
    [Op::Copy { from: 0, length: at }, Op::Copy { from: at, length: length - at }]
}

/// A copy of some piece of a base.
fn piece(length: usize, longest: usize, random: &mut Random) -> Op {
    let from = random.below(length);
    Op::Copy { from, length: random.within(1, longest.min(length - from).max(1)) }
}
