//@ about: Keeps the pages in a list in the order of use, and moves them in it.

use std::collections::{BTreeSet, LinkedList};
struct Page {
    number: u64,
    frame: usize,
    dirty: bool,
}
pub struct PageTable {
    size: usize,
    pages: Vec<Page>,
    faults: u64,
    written: u64,
}
impl PageTable {
    pub fn new(frames: usize) -> Self {
        Self {
            size: frames.max(1),
            pages: Vec::with_capacity(frames),
            faults: 0,
            written: 0,
        }
    }
    pub fn access(&mut self, address: u64, write: bool) -> u64 {
        let number = address / 4096;
        let mut page = if let Some(i) = self.pages.iter().rposition(|p| p.number == number) {
            self.pages.remove(i)
        } else {
            self.faults += 1;
            let frame = if self.pages.len() == self.size {
                let gone = self.pages.remove(0);
                if gone.dirty {
                    self.written += 1;
                }
                gone.frame
            } else {
                self.pages.len()
            };
            Page {
                number,
                frame,
                dirty: false,
            }
        };
        page.dirty = page.dirty || write;
        let at = page.frame as u64 * 4096 + address % 4096;
        self.pages.push(page);
        at
    }
    pub fn faults(&self) -> u64 {
        self.faults
    }
    pub fn write_backs(&self) -> u64 {
        self.written
    }
}
pub fn fifo_faults(trace: &[u64], frames: usize) -> u64 {
    let mut queue: Vec<u64> = Vec::new();
    let mut set = BTreeSet::new();
    let mut n = 0;
    for page in trace.iter().copied() {
        if set.contains(&page) {
            continue;
        }
        n += 1;
        if queue.len() == frames {
            set.remove(&queue.remove(0));
        }
        queue.push(page);
        set.insert(page);
    }
    n
}
pub fn best_faults(trace: &[u64], frames: usize) -> u64 {
    let mut there: LinkedList<u64> = LinkedList::new();
    let mut n = 0;
    for i in 0..trace.len() {
        if there.contains(&trace[i]) {
            continue;
        }
        n += 1;
        if there.len() == frames {
            let mut far = (0, 0);
            for (k, p) in there.iter().enumerate() {
                let next = (i + 1..trace.len())
                    .find(|&j| trace[j] == *p)
                    .unwrap_or(usize::MAX);
                if next >= far.0 {
                    far = (next, k);
                }
            }
            let mut tail = there.split_off(far.1);
            tail.pop_front();
            there.append(&mut tail);
        }
        there.push_back(trace[i]);
    }
    n
}
