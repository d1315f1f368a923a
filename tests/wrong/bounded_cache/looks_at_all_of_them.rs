//@ about: Writes the time of its last use to each page, and goes through all of them to find the oldest.
//@ finding: ratio/too-high in speed/as fast when it is large
//@ output: right

//! A cache that keeps the pages that were used last, and never more than it may.

use std::collections::BTreeMap;

use given::PageCache;

/// A page, and when it was used last.
struct Entry {
    page: Box<[u8]>,
    used: u64,
}

/// Copies of the pages that were used last.
pub struct Cache {
    capacity: usize,
    now: u64,
    entries: BTreeMap<String, Entry>,
}

impl Cache {
    /// An empty cache for so many pages.
    pub fn new(capacity: usize) -> Self {
        Self {
            capacity,
            now: 0,
            entries: BTreeMap::new(),
        }
    }

    /// Throws out what was not used for the longest time.
    fn forget_one(&mut self) {
        let oldest = self.entries.iter().min_by_key(|(_, entry)| entry.used);
        if let Some((address, _)) = oldest {
            let address = address.clone();
            self.entries.remove(&address);
        }
    }
}

impl PageCache for Cache {
    fn get(&mut self, address: &str) -> Option<&[u8]> {
        self.now += 1;
        let entry = self.entries.get_mut(address)?;
        entry.used = self.now;
        Some(&entry.page)
    }

    fn put(&mut self, address: &str, page: &[u8]) {
        if self.capacity == 0 {
            return;
        }
        if self.entries.len() == self.capacity && !self.entries.contains_key(address) {
            self.forget_one();
        }
        self.now += 1;
        let entry = Entry {
            page: page.into(),
            used: self.now,
        };
        self.entries.insert(address.to_owned(), entry);
    }

    fn remove(&mut self, address: &str) -> bool {
        self.entries.remove(address).is_some()
    }

    fn pages(&self) -> usize {
        self.entries.len()
    }
}
