//@ about: Notes each use at the end of a queue, and passes over what is out of date when it throws a page out. While nothing is thrown out, the queue grows.
//@ finding: curve/grows in looks/a look leaves nothing behind
//@ output: right

//! A cache that keeps the pages that were used last, and never more than it may.

use std::collections::{BTreeMap, VecDeque};
use std::rc::Rc;

use given::PageCache;

/// A page, and when it was used last.
struct Entry {
    address: Rc<str>,
    page: Box<[u8]>,
    used: u64,
}

/// Copies of the pages that were used last.
pub struct Cache {
    capacity: usize,
    now: u64,
    entries: BTreeMap<Rc<str>, Entry>,
    /// A note of each use, the latest last. Notes about pages that were used again since then do not count.
    uses: VecDeque<(u64, Rc<str>)>,
}

impl Cache {
    /// An empty cache for so many pages.
    pub fn new(capacity: usize) -> Self {
        Self {
            capacity,
            now: 0,
            entries: BTreeMap::new(),
            uses: VecDeque::new(),
        }
    }

    /// Notes a use.
    fn note(&mut self, address: &str) {
        self.now += 1;
        if let Some(entry) = self.entries.get_mut(address) {
            entry.used = self.now;
            self.uses.push_back((self.now, Rc::clone(&entry.address))); //~ curve/grows
        }
    }

    /// Throws out what was not used for the longest time.
    fn forget_one(&mut self) {
        while let Some((used, address)) = self.uses.pop_front() {
            if self
                .entries
                .get(&address)
                .is_some_and(|entry| entry.used == used)
            {
                self.entries.remove(&address);
                return;
            }
        }
    }
}

impl PageCache for Cache {
    fn get(&mut self, address: &str) -> Option<&[u8]> {
        self.note(address);
        self.entries.get(address).map(|entry| &*entry.page)
    }

    fn put(&mut self, address: &str, page: &[u8]) {
        if self.capacity == 0 {
            return;
        }
        if self.entries.len() == self.capacity && !self.entries.contains_key(address) {
            self.forget_one();
        }
        let shared: Rc<str> = address.into();
        let entry = Entry {
            address: Rc::clone(&shared),
            page: page.into(),
            used: 0,
        };
        self.entries.insert(shared, entry);
        self.note(address);
    }

    fn remove(&mut self, address: &str) -> bool {
        self.entries.remove(address).is_some()
    }

    fn pages(&self) -> usize {
        self.entries.len()
    }
}
