//! The names of entries in folders, each kept once.

use std::collections::HashMap;
use std::sync::{Arc, Mutex, PoisonError};

/// All names that matter, with a number for each. Numbers are given out as names
/// come by, so they say nothing but whether two are equal.
#[derive(Default)]
pub(super) struct Names(Mutex<Table>);

#[derive(Default)]
struct Table {
    numbers: HashMap<Arc<[u8]>, u32>,
    names: Vec<Arc<[u8]>>,
}

impl Names {
    fn number(&self, name: &[u8]) -> (Arc<[u8]>, u32) {
        let mut table = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some((name, number)) = table.numbers.get_key_value(name) {
            return (name.clone(), *number);
        }
        let name: Arc<[u8]> = name.into();
        // Four thousand million names do not fit in memory.
        let number = u32::try_from(table.names.len()).unwrap_or(u32::MAX);
        table.numbers.insert(name.clone(), number);
        table.names.push(name.clone());
        (name, number)
    }

    /// All names, by their numbers.
    pub(super) fn into_list(self) -> Vec<Arc<[u8]>> {
        self.0.into_inner().unwrap_or_else(PoisonError::into_inner).names
    }
}

/// One thread's way to the names: those it has met before it need not ask for.
pub(super) struct KnownNames<'a> {
    names: &'a Names,
    known: HashMap<Arc<[u8]>, u32>,
}

impl<'a> KnownNames<'a> {
    pub(super) fn new(names: &'a Names) -> Self {
        Self { names, known: HashMap::new() }
    }

    pub(super) fn number(&mut self, name: &[u8]) -> u32 {
        if let Some(number) = self.known.get(name) {
            return *number;
        }
        let (name, number) = self.names.number(name);
        self.known.insert(name, number);
        number
    }
}
