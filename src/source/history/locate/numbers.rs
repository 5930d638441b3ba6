//! Numbers in place of names: every object that is there has one.

use crate::object::ObjectId;
use crate::source::history::History;
use crate::source::history::walk::Object;

/// Stands for no object, and for nothing else that has a number.
pub(super) const NONE: u32 = u32::MAX;
/// What a [`Finder`] remembers at most: a power of two, and little enough to
/// stay near the processor.
const RECENT: usize = 1 << 15;
/// Names of which each is compared; of more, half are passed over with each step.
/// Buckets of honest names are no larger.
const FEW: usize = 8;
/// Names that are looked for together.
const TOGETHER: usize = 32;
/// Most binary digits of a name that go into a bucket's number.
const DIGITS: u32 = 24;

/// The numbers of a repository's objects: packed ones in the order of packs and
/// their indexes, then loose ones. Of copies, the first one's number counts.
pub(super) struct Numbers<'a> {
    history: &'a History,
    /// The first number of each pack, then that of the loose objects.
    starts: Vec<u32>,
    count: u32,
    /// All names, if they stand in the order of their numbers.
    names: Option<&'a [[u8; ObjectId::LENGTH]]>,
    /// Else the numbers in the order of names.
    order: Vec<u32>,
    /// For each beginning of names where in that order it starts, and the end.
    buckets: Vec<u32>,
    /// How far the first 32 digits are shifted to give the bucket.
    shift: u32,
}

impl<'a> Numbers<'a> {
    pub(super) fn new(history: &'a History) -> Self {
        let lengths = history.packs.iter().map(|(pack, _)| pack.index.len());
        let mut starts = vec![0];
        let mut count = 0_u32;
        for length in lengths.chain([history.loose.len()]) {
            // As many names as would be too many for this never fit in memory.
            count = count.saturating_add(u32::try_from(length).unwrap_or(NONE));
            starts.push(count);
        }
        let digits = (count.max(1).ilog2() + 1).min(DIGITS);
        let names = match &history.packs[..] {
            [(pack, _)] if history.loose.is_empty() => Some(pack.index.names()),
            _ => None,
        };
        let (order, buckets) = (Vec::new(), vec![0; (1 << digits) + 1]);
        let shift = 32 - digits;
        let mut numbers = Self { history, starts, count, names, order, buckets, shift };
        if names.is_none() {
            // Each pack is in order by itself, so this is merging. The first of
            // equal names stays the first.
            let mut order: Vec<u32> = (0..count).collect();
            order.sort_by_key(|number| numbers.id(*number));
            numbers.order = order;
        }
        numbers.fill_buckets();
        numbers
    }

    fn fill_buckets(&mut self) {
        for at in 0..self.count {
            let number = if self.names.is_some() { at } else { self.order[at as usize] };
            let bucket = self.bucket(&self.id(number));
            self.buckets[bucket + 1] += 1;
        }
        let mut end = 0;
        for count in &mut self.buckets {
            end += *count;
            *count = end;
        }
    }

    fn bucket(&self, id: &ObjectId) -> usize {
        let [a, b, c, d, ..] = *id.as_bytes();
        (u32::from_be_bytes([a, b, c, d]) >> self.shift) as usize
    }

    /// How many there are; all are smaller.
    pub(super) fn count(&self) -> usize {
        self.count as usize
    }

    /// The name of the object with this number.
    pub(super) fn id(&self, number: u32) -> ObjectId {
        let packs = &self.history.packs;
        let pack = self.starts.partition_point(|start| *start <= number) - 1;
        let at = number - self.starts[pack];
        match packs.get(pack) {
            Some((pack, _)) => pack.index.name(at),
            None => self.history.loose[at as usize].id,
        }
    }

    /// The number of the object with this name; none if it is not there.
    pub(super) fn find(&self, id: &ObjectId) -> Option<u32> {
        let bucket = self.bucket(id);
        let range = self.buckets[bucket] as usize..self.buckets[bucket + 1] as usize;
        if let Some(names) = self.names {
            let start = range.start;
            let near = &names[range];
            let at = if near.len() <= FEW {
                near.iter().position(|name| name == id.as_bytes())?
            } else {
                near.binary_search(id.as_bytes()).ok()?
            };
            return u32::try_from(start + at).ok();
        }
        let order = &self.order[range];
        let found = *order.get(order.partition_point(|number| self.id(*number) < *id))?;
        (self.id(found) == *id).then_some(found)
    }
}

impl Numbers<'_> {
    /// Finds the numbers of those objects that have none yet, [`NONE`], and are
    /// there.
    ///
    /// Names stand all over the memory. What is fetched for each does not depend
    /// on what is fetched for others, so the processor fetches many at once.
    fn find_all(&self, ids: &[ObjectId], numbers: &mut [u32]) {
        let Some(names) = self.names else {
            for (id, number) in ids.iter().zip(numbers).filter(|(_, number)| **number == NONE) {
                *number = self.find(id).unwrap_or(NONE);
            }
            return;
        };
        for (ids, numbers) in ids.chunks(TOGETHER).zip(numbers.chunks_mut(TOGETHER)) {
            let (mut firsts, mut guesses) = ([NONE; TOGETHER], [[0; 8]; TOGETHER]);
            for ((id, number), first) in ids.iter().zip(&*numbers).zip(&mut firsts) {
                if *number == NONE {
                    *first = self.buckets[self.bucket(id)];
                }
            }
            for (guess, first) in guesses.iter_mut().zip(&firsts) {
                if let Some(name) = names.get(*first as usize) {
                    guess.copy_from_slice(&name[..8]);
                }
            }
            for (at, (id, number)) in ids.iter().zip(numbers).enumerate() {
                let first = firsts[at];
                if first == NONE {
                    continue;
                }
                let is_first = guesses[at] == id.as_bytes()[..8]
                    && names.get(first as usize) == Some(id.as_bytes());
                *number = if is_first { first } else { self.find(id).unwrap_or(NONE) };
            }
        }
    }
}

/// One thread's way to numbers: trees that are built on one another name the
/// same objects again and again.
pub(super) struct Finder<'a> {
    numbers: &'a Numbers<'a>,
    /// What was found last, by the last digits of names.
    recent: Vec<(ObjectId, u32)>,
}

impl<'a> Finder<'a> {
    pub(super) fn new(numbers: &'a Numbers<'a>) -> Self {
        let size = numbers.count().next_power_of_two().min(RECENT);
        Self { numbers, recent: vec![(ObjectId::ZERO, NONE); size] }
    }

    /// The number of an object that the walk came by.
    pub(super) fn number(&self, object: &Object<'_>) -> Option<u32> {
        self.number_of(object.name, &object.id)
    }

    /// The number of an object with this name, which stands at this place in the
    /// index of its pack.
    pub(super) fn number_of(&self, place: Option<u32>, id: &ObjectId) -> Option<u32> {
        let known = place.filter(|_| self.numbers.names.is_some());
        known.or_else(|| self.numbers.find(id))
    }

    /// The number of the object with this name; none if it is not there.
    pub(super) fn find(&mut self, id: &ObjectId) -> Option<u32> {
        let at = self.slot(id);
        let recent = &mut self.recent[at];
        if recent.0 != *id || recent.1 == NONE {
            *recent = (*id, self.numbers.find(id)?);
        }
        Some(recent.1)
    }

    /// The numbers of the objects with these names, in their order; [`NONE`] for
    /// those that are not there.
    pub(super) fn find_all(&mut self, ids: &[ObjectId], numbers: &mut Vec<u32>) {
        let known = |id: &ObjectId| {
            let (recent, number) = self.recent[self.slot(id)];
            if recent == *id { number } else { NONE }
        };
        numbers.clear();
        numbers.extend(ids.iter().map(known));
        self.numbers.find_all(ids, numbers);
        for (id, number) in ids.iter().zip(numbers) {
            let at = self.slot(id);
            if *number != NONE {
                self.recent[at] = (*id, *number);
            }
        }
    }

    /// Where a name is remembered.
    fn slot(&self, id: &ObjectId) -> usize {
        let [.., a, b, c, d] = *id.as_bytes();
        u32::from_be_bytes([a, b, c, d]) as usize & (self.recent.len() - 1)
    }
}

/// A mark for each number, set or not.
#[derive(Clone, Default)]
pub(super) struct Marks(Vec<u64>);

impl Marks {
    pub(super) fn new(count: usize) -> Self {
        Self(vec![0; count.div_ceil(64)])
    }

    pub(super) fn has(&self, number: u32) -> bool {
        self.0[number as usize / 64] >> (number % 64) & 1 != 0
    }

    /// Sets a mark; tells whether it was not set before.
    pub(super) fn set(&mut self, number: u32) -> bool {
        let word = &mut self.0[number as usize / 64];
        let before = *word;
        *word |= 1 << (number % 64);
        before != *word
    }
}
