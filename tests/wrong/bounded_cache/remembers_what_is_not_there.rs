//@ about: Remembers the addresses that were not found, so that nobody has to search for them again.
//@ finding: curve/grows in looks/a look leaves nothing behind
//@ finding: heap/too-many-blocks in looks/a look needs no memory
//@ output: right

//! A cache that keeps the pages that were used last, and never more than it may.

use std::collections::{BTreeMap, BTreeSet};
use std::rc::Rc;

use given::PageCache;

/// A page, and its neighbors by time of use.
struct Entry {
    address: Rc<str>,
    page: Box<[u8]>,
    newer: Option<usize>,
    older: Option<usize>,
}

/// Copies of the pages that were used last.
///
/// The entries lie side by side in one list, without a gap. By the numbers of their places they are linked from the
/// newest to the oldest; the index tells the place of each address.
pub struct Cache {
    capacity: usize,
    index: BTreeMap<Rc<str>, usize>,
    entries: Vec<Entry>,
    newest: Option<usize>,
    oldest: Option<usize>,
    /// What was looked for and not found.
    missing: BTreeSet<String>,
}

impl Cache {
    /// An empty cache for so many pages.
    pub fn new(capacity: usize) -> Self {
        Self {
            capacity,
            index: BTreeMap::new(),
            entries: Vec::new(),
            newest: None,
            oldest: None,
            missing: BTreeSet::new(),
        }
    }

    /// Makes `newer` and `older` neighbors. Where there is none, the other one is at an end of the list.
    fn join(&mut self, newer: Option<usize>, older: Option<usize>) {
        match newer {
            Some(place) => self.entries[place].older = older,
            None => self.newest = older,
        }
        match older {
            Some(place) => self.entries[place].newer = newer,
            None => self.oldest = newer,
        }
    }

    /// Takes the entry at this place out of the order of use.
    fn unlink(&mut self, place: usize) {
        let Entry { newer, older, .. } = self.entries[place];
        self.join(newer, older);
    }

    /// Makes the entry at this place the newest.
    fn link(&mut self, place: usize) {
        let second = self.newest;
        self.join(Some(place), second);
        self.join(None, Some(place));
    }

    /// Drops the entry at this place. The last of the entries moves into the gap.
    fn forget(&mut self, place: usize) {
        self.unlink(place);
        let gone = self.entries.swap_remove(place);
        self.index.remove(&gone.address);
        if let Some(moved) = self.entries.get(place) {
            let (newer, older) = (moved.newer, moved.older);
            self.index.insert(Rc::clone(&moved.address), place);
            self.join(newer, Some(place));
            self.join(Some(place), older);
        }
    }
}

impl PageCache for Cache {
    fn get(&mut self, address: &str) -> Option<&[u8]> {
        if self.missing.contains(address) {
            return None;
        }
        let Some(&place) = self.index.get(address) else {
            self.missing.insert(address.to_owned());
            return None;
        };
        self.unlink(place);
        self.link(place);
        Some(&self.entries[place].page)
    }

    fn put(&mut self, address: &str, page: &[u8]) {
        self.missing.remove(address);
        if let Some(&place) = self.index.get(address) {
            self.entries[place].page = page.into();
            self.unlink(place);
            self.link(place);
            return;
        }
        if self.capacity == 0 {
            return;
        }
        // Room first, and then the copy: so there is never one page too many.
        if let Some(oldest) = self.oldest
            && self.entries.len() == self.capacity
        {
            self.forget(oldest);
        }
        let address: Rc<str> = address.into();
        self.index.insert(Rc::clone(&address), self.entries.len());
        self.entries.push(Entry {
            address,
            page: page.into(),
            newer: None,
            older: None,
        });
        self.link(self.entries.len() - 1);
    }

    fn remove(&mut self, address: &str) -> bool {
        let place = self.index.get(address).copied();
        if let Some(place) = place {
            self.forget(place);
        }
        place.is_some()
    }

    fn pages(&self) -> usize {
        self.entries.len()
    }
}
