//@ about: Keeps the pages in one line and looks each of them up from the front.
//@ finding: ratio/too-high in speed/as fast when it is large
//@ output: right

//! A cache that keeps the pages that were used last, and never more than it may.

use std::collections::VecDeque;

use given::PageCache;

/// Copies of the pages that were used last, the newest in front.
pub struct Cache {
    capacity: usize,
    entries: VecDeque<(String, Box<[u8]>)>,
}

impl Cache {
    /// An empty cache for so many pages.
    pub fn new(capacity: usize) -> Self {
        Self {
            capacity,
            entries: VecDeque::new(),
        }
    }

    /// Takes the entry of this address out.
    fn take(&mut self, address: &str) -> Option<(String, Box<[u8]>)> {
        let place = self
            .entries
            .iter()
            .position(|(known, _)| known == address)?;
        self.entries.remove(place)
    }
}

impl PageCache for Cache {
    fn get(&mut self, address: &str) -> Option<&[u8]> {
        let entry = self.take(address)?;
        self.entries.push_front(entry);
        self.entries.front().map(|(_, page)| &**page)
    }

    fn put(&mut self, address: &str, page: &[u8]) {
        self.take(address);
        if self.capacity == 0 {
            return;
        }
        self.entries.truncate(self.capacity - 1);
        self.entries.push_front((address.to_owned(), page.into()));
    }

    fn remove(&mut self, address: &str) -> bool {
        self.take(address).is_some()
    }

    fn pages(&self) -> usize {
        self.entries.len()
    }
}
