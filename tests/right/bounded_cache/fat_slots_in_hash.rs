//@ about: Notes uses in a queue that is tidied up when it is twice as long as the map.

use given::PageCache;
use std::collections::HashMap;
use std::time::Instant;
#[allow(dead_code)]
struct Entry {
    address: String,
    page: Vec<u8>,
    born: Option<Instant>,
    hits: u64,
    version: u64,
    tick: u64,
}
/// Entries in the map itself, order by a queue that is compacted when it is twice as long as the map.
pub struct Cache {
    capacity: usize,
    clock: u64,
    map: HashMap<String, Entry>,
    queue: std::collections::VecDeque<(u64, u64)>,
    names: HashMap<u64, String>,
}
impl Cache {
    pub fn new(capacity: usize) -> Self {
        Self {
            capacity,
            clock: 0,
            map: HashMap::new(),
            queue: Default::default(),
            names: HashMap::new(),
        }
    }
    fn touch(&mut self, address: &str) {
        self.clock += 1;
        let e = self.map.get_mut(address).unwrap();
        e.hits += 1;
        let id = e.version;
        e.tick = self.clock;
        self.queue.push_back((self.clock, id));
        if self.queue.len() > 2 * self.map.len() + 16 {
            let (map, names) = (&self.map, &self.names);
            self.queue
                .retain(|(t, id)| names.get(id).is_some_and(|n| map[n].tick == *t));
        }
    }
}
impl PageCache for Cache {
    fn get(&mut self, address: &str) -> Option<&[u8]> {
        if !self.map.contains_key(address) {
            return None;
        }
        self.touch(address);
        self.map.get(address).map(|e| &e.page[..])
    }
    fn put(&mut self, address: &str, page: &[u8]) {
        if self.capacity == 0 {
            return;
        }
        if let Some(e) = self.map.get_mut(address) {
            e.page = Vec::new();
            e.page = page.to_vec();
            self.touch(address);
            return;
        }
        if self.map.len() == self.capacity {
            while let Some((t, id)) = self.queue.pop_front() {
                if let Some(n) = self.names.get(&id)
                    && self.map[n].tick == t
                {
                    let n = self.names.remove(&id).unwrap();
                    self.map.remove(&n);
                    break;
                }
            }
        }
        self.clock += 1;
        let id = self.clock;
        self.names.insert(id, address.to_owned());
        self.map.insert(
            address.to_owned(),
            Entry {
                address: address.to_owned(),
                page: page.to_vec(),
                born: None,
                hits: 0,
                version: id,
                tick: 0,
            },
        );
        self.touch(address);
    }
    fn remove(&mut self, address: &str) -> bool {
        match self.map.remove(address) {
            Some(e) => {
                self.names.remove(&e.version);
                true
            }
            None => false,
        }
    }
    fn pages(&self) -> usize {
        self.map.len()
    }
}
