//@ about: Keeps pages in a hash map and the order of use in a map by time.

use std::collections::{BTreeMap, BTreeSet, HashMap, HashSet, VecDeque};
struct Entry {
    frame: u64,
    used: u64,
    dirty: bool,
}
pub struct PageTable {
    frames: usize,
    clock: u64,
    entries: HashMap<u64, Entry>,
    order: BTreeMap<u64, u64>,
    faults: u64,
    back: u64,
}
impl PageTable {
    pub fn new(frames: usize) -> Self {
        Self {
            frames,
            clock: 0,
            entries: HashMap::new(),
            order: BTreeMap::new(),
            faults: 0,
            back: 0,
        }
    }
    pub fn access(&mut self, address: u64, write: bool) -> u64 {
        let page = address >> 12;
        self.clock += 1;
        if let Some(entry) = self.entries.get_mut(&page) {
            self.order.remove(&entry.used);
            entry.used = self.clock;
            entry.dirty |= write;
            self.order.insert(self.clock, page);
            return entry.frame << 12 | address & 0xfff;
        }
        self.faults += 1;
        let frame = if self.entries.len() < self.frames {
            self.entries.len() as u64
        } else {
            let (_, old) = self.order.pop_first().unwrap();
            let entry = self.entries.remove(&old).unwrap();
            self.back += u64::from(entry.dirty);
            entry.frame
        };
        self.entries.insert(
            page,
            Entry {
                frame,
                used: self.clock,
                dirty: write,
            },
        );
        self.order.insert(self.clock, page);
        frame << 12 | address & 0xfff
    }
    pub fn faults(&self) -> u64 {
        self.faults
    }
    pub fn write_backs(&self) -> u64 {
        self.back
    }
}
pub fn fifo_faults(trace: &[u64], frames: usize) -> u64 {
    let mut queue = VecDeque::new();
    let mut there = HashSet::new();
    let mut faults = 0;
    for &page in trace {
        if there.insert(page) {
            faults += 1;
            queue.push_back(page);
            if queue.len() > frames {
                let old = queue.pop_front().unwrap();
                there.remove(&old);
            }
        }
    }
    faults
}
pub fn best_faults(trace: &[u64], frames: usize) -> u64 {
    let mut there = BTreeSet::new();
    let mut faults = 0;
    for (i, &page) in trace.iter().enumerate() {
        if there.contains(&page) {
            continue;
        }
        faults += 1;
        if there.len() >= frames {
            let victim = *there
                .iter()
                .max_by_key(|p| {
                    trace[i + 1..]
                        .iter()
                        .position(|x| x == *p)
                        .unwrap_or(usize::MAX)
                })
                .unwrap();
            there.remove(&victim);
        }
        there.insert(page);
    }
    faults
}
