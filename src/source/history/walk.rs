//! Walking delta forests: every object of the wanted kinds rebuilt once, each
//! right behind its base, by several threads.
//!
//! A tree is walked depth first, the heaviest child of an entry last: by then
//! nobody else needs the entry, so what has to be kept at a time is at most as
//! many objects as a tree's weight has binary digits. What waits in a big tree
//! is shared with threads that have nothing to do. When more than [`BUDGET`]
//! is kept all the same, large objects are forgotten and rebuilt when their
//! turn comes.

use std::panic::{AssertUnwindSafe, catch_unwind};
use std::sync::atomic::{AtomicBool, AtomicU64, AtomicUsize, Ordering};
use std::sync::{Arc, Condvar, Mutex, PoisonError};

use super::delta::Delta;
use super::forest::Forest;
use super::pack::{Kind, ObjectError, Pack, PackReader};
use crate::object::ObjectId;
use crate::unit::Copied;

/// Bytes of objects that may wait for their deltas before large ones are
/// forgotten.
pub(super) const BUDGET: usize = 64 << 20;
/// An object of fewer bytes is never forgotten: rebuilding it would take longer
/// than its memory is worth.
const SMALL: usize = 64 << 10;
/// Roots that a thread takes at a time: they stand near each other in the pack.
const ROOTS: usize = 32;
/// Bytes that may be rebuilt of each byte of a pack, beyond [`ALWAYS`].
const EXPANSION: u64 = 1 << 16;
/// Bytes that may be rebuilt of any pack.
const ALWAYS: u64 = 64 << 30;

/// An object of a repository, as the walk comes by it.
pub(in crate::source) struct Object<'a> {
    pub(in crate::source) id: ObjectId,
    pub(in crate::source) kind: Kind,
    pub(in crate::source) bytes: &'a [u8],
    /// The place of its name in the index of its pack; none if it is loose.
    pub(in crate::source) name: Option<u32>,
    /// Whether deltas for it come by.
    pub(in crate::source) has_deltas: bool,
}

/// What one thread does with the objects.
pub(in crate::source) trait Visitor: Send {
    /// What is to be known of an object when its deltas come by.
    type Kept: Send + Sync;

    /// Takes an object; `base` is what was kept of the one it is a delta for,
    /// and what both share.
    fn object(&mut self, object: &Object<'_>, base: Option<(&Self::Kept, &[Copied])>)
    -> Self::Kept;

    /// Takes note that an object cannot be read.
    fn lost(&mut self, id: ObjectId, error: &ObjectError);

    /// Whether to stop.
    fn is_cancelled(&self) -> bool;
}

/// What is walked, and how.
pub(in crate::source) struct Walk<'a> {
    pub(in crate::source) pack: &'a Pack,
    /// The pack's number in the list of packs.
    pub(in crate::source) number: usize,
    pub(in crate::source) forest: &'a Forest,
    /// Whether objects of a kind are wanted.
    pub(in crate::source) wanted: fn(Kind) -> bool,
    /// Entries of the forest that need not be visited, by a bit for each.
    pub(in crate::source) threads: usize,
    /// Largest object that is rebuilt, in bytes.
    pub(in crate::source) max_size: u64,
}

/// An object that waits for its deltas.
struct Node<K> {
    /// Its bytes, unless they were forgotten.
    bytes: Option<Vec<u8>>,
    kept: K,
}

/// An entry to be rebuilt.
struct Task<K> {
    entry: u32,
    kind: Kind,
    base: Option<Arc<Node<K>>>,
}

/// What the threads share.
struct Shared<'a, K> {
    walk: &'a Walk<'a>,
    next_root: AtomicUsize,
    pool: Mutex<Pool<K>>,
    wake: Condvar,
    /// Threads that wait, for a look without the lock.
    waiting: AtomicUsize,
    /// Bytes of all nodes.
    held: AtomicUsize,
    rebuilt: AtomicU64,
    stop: AtomicBool,
}

/// Tasks that anybody may take.
struct Pool<K> {
    tasks: Vec<Task<K>>,
    waiting: usize,
}

impl Walk<'_> {
    /// Walks the forest with a visitor for each thread. Gives false if the walk
    /// ended because the pack unpacks to more than any honest one.
    pub(in crate::source) fn run<V: Visitor>(&self, visitor: &(dyn Fn() -> V + Sync)) -> bool {
        let shared = Shared {
            walk: self,
            next_root: AtomicUsize::new(0),
            pool: Mutex::new(Pool { tasks: Vec::new(), waiting: 0 }),
            wake: Condvar::new(),
            waiting: AtomicUsize::new(0),
            held: AtomicUsize::new(0),
            rebuilt: AtomicU64::new(0),
            stop: AtomicBool::new(false),
        };
        std::thread::scope(|scope| {
            for _ in 1..self.threads {
                scope.spawn(|| Walker::new(&shared, visitor()).run());
            }
            Walker::new(&shared, visitor()).run();
        });
        shared.rebuilt.load(Ordering::Relaxed) <= self.most_rebuilt()
    }

    fn most_rebuilt(&self) -> u64 {
        most_rebuilt(self.pack)
    }
}

/// Bytes that may be rebuilt of a pack before it counts as one that was made to
/// keep whoever reads it busy.
pub(super) fn most_rebuilt(pack: &Pack) -> u64 {
    pack.length().saturating_mul(EXPANSION).max(ALWAYS)
}

/// One thread's part in a walk.
struct Walker<'a, V: Visitor> {
    shared: &'a Shared<'a, V::Kept>,
    visitor: V,
    reader: PackReader,
    tasks: Vec<Task<V::Kept>>,
    /// Buffers to be used again.
    spare: Vec<Vec<u8>>,
    /// The delta at hand, inflated.
    delta: Vec<u8>,
    copied: Vec<Copied>,
    children: Vec<u32>,
}

impl<'a, V: Visitor> Walker<'a, V> {
    fn new(shared: &'a Shared<'a, V::Kept>, visitor: V) -> Self {
        Self {
            shared,
            visitor,
            reader: PackReader::new(),
            tasks: Vec::new(),
            spare: Vec::new(),
            delta: Vec::new(),
            copied: Vec::new(),
            children: Vec::new(),
        }
    }

    fn run(mut self) {
        while let Some(task) = self.next() {
            let entry = task.entry;
            // The other threads wait for this one: it must not just go.
            if catch_unwind(AssertUnwindSafe(|| self.visit(task))).is_err() {
                self.lose(entry, &ObjectError::Panicked);
            }
            if self.visitor.is_cancelled() {
                self.shared.stop.store(true, Ordering::Relaxed);
            }
            if self.tasks.len() > 1 && self.shared.waiting.load(Ordering::Relaxed) > 0 {
                self.share();
            }
        }
    }

    /// The next task: our own, one of the roots, or somebody else's. None when
    /// all is done.
    fn next(&mut self) -> Option<Task<V::Kept>> {
        if self.shared.stop.load(Ordering::Relaxed) {
            self.tasks.clear();
        }
        if let Some(task) = self.tasks.pop() {
            return Some(task);
        }
        self.take_roots();
        self.tasks.pop().or_else(|| self.wait())
    }

    /// Takes the next roots of the wanted kinds as tasks, the first one on top.
    fn take_roots(&mut self) {
        let Shared { walk, next_root, stop, .. } = self.shared;
        let roots = walk.forest.roots();
        while self.tasks.is_empty() && !stop.load(Ordering::Relaxed) {
            let first = next_root.fetch_add(ROOTS, Ordering::Relaxed);
            if first >= roots.len() {
                return;
            }
            let taken = roots[first..roots.len().min(first + ROOTS)].iter().rev();
            let taken = taken.filter(|(_, kind)| (walk.wanted)(*kind));
            self.tasks.extend(taken.map(|&(entry, kind)| Task { entry, kind, base: None }));
        }
    }

    /// Waits for somebody to share a task, or for all to wait.
    fn wait(&self) -> Option<Task<V::Kept>> {
        let shared = self.shared;
        let mut pool = shared.pool.lock().unwrap_or_else(PoisonError::into_inner);
        loop {
            if shared.stop.load(Ordering::Relaxed) {
                pool.tasks.clear();
            }
            if let Some(task) = pool.tasks.pop() {
                return Some(task);
            }
            pool.waiting += 1;
            shared.waiting.store(pool.waiting, Ordering::Relaxed);
            if pool.waiting >= shared.walk.threads {
                shared.wake.notify_all();
                return None;
            }
            pool = shared.wake.wait(pool).unwrap_or_else(PoisonError::into_inner);
            if pool.waiting >= shared.walk.threads {
                return None;
            }
            pool.waiting -= 1;
            shared.waiting.store(pool.waiting, Ordering::Relaxed);
        }
    }

    /// Gives half of the own tasks away: those that have waited longest, which
    /// are the heaviest.
    fn share(&mut self) {
        if self.shared.held.load(Ordering::Relaxed) > BUDGET {
            return;
        }
        let half = self.tasks.len() / 2;
        let mut pool = self.shared.pool.lock().unwrap_or_else(PoisonError::into_inner);
        pool.tasks.extend(self.tasks.drain(..half));
        self.shared.wake.notify_all();
    }

    /// Rebuilds an entry, has it visited and makes tasks of its children.
    fn visit(&mut self, task: Task<V::Kept>) {
        let mut bytes = self.spare.pop().unwrap_or_default();
        let result = self.rebuild(&task, &mut bytes);
        let rebuilt = self.shared.rebuilt.fetch_add(bytes.len() as u64, Ordering::Relaxed);
        if rebuilt > self.shared.walk.most_rebuilt() {
            self.shared.stop.store(true, Ordering::Relaxed);
        }
        if let Err(error) = result {
            self.lose(task.entry, &error);
            self.release(task.base);
            return self.spare.push(bytes);
        }
        let forest = self.shared.walk.forest;
        let object = Object {
            id: self.id(task.entry),
            kind: task.kind,
            bytes: &bytes,
            name: Some(forest.name(task.entry)),
            has_deltas: forest.weight(task.entry) > 1,
        };
        let base = task.base.as_ref().map(|base| (&base.kept, &self.copied[..]));
        let kept = self.visitor.object(&object, base);
        self.release(task.base);
        self.descend(task.entry, task.kind, bytes, kept);
    }

    /// Makes tasks of the children of an entry, the heaviest at the bottom.
    fn descend(&mut self, entry: u32, kind: Kind, bytes: Vec<u8>, kept: V::Kept) {
        let forest = self.shared.walk.forest;
        self.children.clear();
        self.children.extend(forest.children(entry));
        if self.children.is_empty() {
            return self.spare.push(bytes);
        }
        let heaviest = self.children.iter().enumerate().max_by_key(|(_, c)| forest.weight(**c));
        let heaviest = heaviest.map_or(0, |(at, _)| at);
        self.children.swap(0, heaviest);
        // On top those that stand first in the pack.
        self.children[1..].sort_unstable_by(|a, b| b.cmp(a));
        let held = self.shared.held.load(Ordering::Relaxed);
        let forget = bytes.len() > SMALL && self.children.len() > 1 && held > BUDGET;
        let bytes = if forget {
            self.spare.clear();
            None
        } else {
            self.shared.held.fetch_add(bytes.len(), Ordering::Relaxed);
            Some(bytes)
        };
        let node = Arc::new(Node { bytes, kept });
        let tasks =
            self.children.iter().map(|&entry| Task { entry, kind, base: Some(node.clone()) });
        self.tasks.extend(tasks);
    }

    /// Lets go of a base; the last one to do so keeps its buffer.
    fn release(&mut self, base: Option<Arc<Node<V::Kept>>>) {
        let bytes = base.and_then(Arc::into_inner).and_then(|node| node.bytes);
        if let Some(bytes) = bytes {
            self.shared.held.fetch_sub(bytes.len(), Ordering::Relaxed);
            if self.spare.len() < 4 && bytes.capacity() <= BUDGET / 8 {
                self.spare.push(bytes);
            }
        }
    }

    /// Rebuilds a task's entry into `bytes`, which is replaced.
    fn rebuild(&mut self, task: &Task<V::Kept>, bytes: &mut Vec<u8>) -> Result<(), ObjectError> {
        let Some(base) = &task.base else { return self.inflate(task.entry, bytes) };
        let again;
        let base = if let Some(bytes) = &base.bytes {
            bytes
        } else {
            again = self.rebuild_from_root(task.entry)?;
            &again
        };
        self.apply(task.entry, base, bytes)
    }

    /// Rebuilds the base of `entry` once more.
    fn rebuild_from_root(&mut self, entry: u32) -> Result<Vec<u8>, ObjectError> {
        let forest = self.shared.walk.forest;
        let chain: Vec<u32> =
            std::iter::successors(forest.base(entry), |&base| forest.base(base)).collect();
        let (mut text, mut next) = (Vec::new(), Vec::new());
        let mut chain = chain.into_iter().rev();
        if let Some(root) = chain.next() {
            self.inflate(root, &mut text)?;
        }
        for entry in chain {
            self.apply(entry, &text, &mut next)?;
            self.shared.rebuilt.fetch_add(next.len() as u64, Ordering::Relaxed);
            std::mem::swap(&mut text, &mut next);
        }
        Ok(text)
    }

    /// Rebuilds an entry from its base, and notes what it copies.
    fn apply(&mut self, entry: u32, base: &[u8], text: &mut Vec<u8>) -> Result<(), ObjectError> {
        let mut delta = std::mem::take(&mut self.delta);
        let result = self.inflate(entry, &mut delta).and_then(|()| {
            let delta = Delta::parse(&delta, base.len())?;
            if delta.size > self.shared.walk.max_size {
                return Err(ObjectError::TooLarge(delta.size));
            }
            text.clear();
            self.copied.clear();
            Ok(delta.apply(base, text, &mut self.copied)?)
        });
        self.delta = delta;
        result
    }

    /// Inflates an entry.
    fn inflate(&mut self, entry: u32, data: &mut Vec<u8>) -> Result<(), ObjectError> {
        let Walk { pack, number, forest, max_size, .. } = *self.shared.walk;
        let place = forest.place(entry, pack);
        let checksum = forest.checksum(entry);
        self.reader.inflate((number, pack), place, checksum, max_size, data)
    }

    fn id(&self, entry: u32) -> ObjectId {
        self.shared.walk.forest.id(entry)
    }

    /// Tells of an entry that cannot be rebuilt, and of all below it.
    fn lose(&mut self, entry: u32, error: &ObjectError) {
        self.visitor.lost(self.id(entry), error);
        let forest = self.shared.walk.forest;
        let mut left: Vec<u32> = forest.children(entry).collect();
        while let Some(entry) = left.pop() {
            self.visitor.lost(self.id(entry), &ObjectError::LostBase);
            left.extend(forest.children(entry));
        }
    }
}
