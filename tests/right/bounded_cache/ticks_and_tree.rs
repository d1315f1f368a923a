//@ about: Gives each use a time, and keeps the addresses in a map by time.

use given::PageCache;
use std::collections::{BTreeMap, HashMap};
pub struct Cache {
    capacity: usize,
    clock: u64,
    pages: HashMap<String, (u64, Box<[u8]>)>,
    by_time: BTreeMap<u64, String>,
}
impl Cache {
    pub fn new(capacity: usize) -> Self {
        Self {
            capacity,
            clock: 0,
            pages: HashMap::new(),
            by_time: BTreeMap::new(),
        }
    }
}
impl PageCache for Cache {
    fn get(&mut self, address: &str) -> Option<&[u8]> {
        let entry = self.pages.get_mut(address)?;
        let name = self.by_time.remove(&entry.0).unwrap();
        self.clock += 1;
        entry.0 = self.clock;
        self.by_time.insert(self.clock, name);
        Some(&entry.1)
    }
    fn put(&mut self, address: &str, page: &[u8]) {
        if self.capacity == 0 {
            return;
        }
        self.clock += 1;
        if let Some(entry) = self.pages.get_mut(address) {
            let name = self.by_time.remove(&entry.0).unwrap();
            entry.1 = Box::default();
            *entry = (self.clock, page.into());
            self.by_time.insert(self.clock, name);
            return;
        }
        while self.pages.len() >= self.capacity {
            let (_, name) = self.by_time.pop_first().unwrap();
            self.pages.remove(&name);
        }
        self.pages
            .insert(address.to_string(), (self.clock, page.into()));
        self.by_time.insert(self.clock, address.to_string());
    }
    fn remove(&mut self, address: &str) -> bool {
        let Some((time, _)) = self.pages.remove(address) else {
            return false;
        };
        self.by_time.remove(&time);
        true
    }
    fn pages(&self) -> usize {
        self.pages.len()
    }
}
