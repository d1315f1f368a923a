//@ about: A removed page cannot be found any more. Its bytes stay where they are until another page needs the place.
//@ finding: heap/still-allocated in pages/removed is freed
//@ output: right

//! A cache that keeps the pages that were used last, and never more than it may.

use std::collections::BTreeMap;
use std::rc::Rc;

use given::PageCache;

/// A place for a page, and its neighbors by time of use.
struct Place {
    address: Rc<str>,
    page: Vec<u8>,
    newer: Option<usize>,
    older: Option<usize>,
}

/// Copies of the pages that were used last.
pub struct Cache {
    capacity: usize,
    index: BTreeMap<Rc<str>, usize>,
    places: Vec<Place>,
    free: Vec<usize>,
    newest: Option<usize>,
    oldest: Option<usize>,
}

impl Cache {
    /// An empty cache for so many pages.
    pub fn new(capacity: usize) -> Self {
        Self {
            capacity,
            index: BTreeMap::new(),
            places: Vec::new(),
            free: Vec::new(),
            newest: None,
            oldest: None,
        }
    }

    /// Makes `newer` and `older` neighbors. Where there is none, the other one is at an end of the list.
    fn join(&mut self, newer: Option<usize>, older: Option<usize>) {
        match newer {
            Some(place) => self.places[place].older = older,
            None => self.newest = older,
        }
        match older {
            Some(place) => self.places[place].newer = newer,
            None => self.oldest = newer,
        }
    }

    /// Takes this place out of the order of use.
    fn unlink(&mut self, place: usize) {
        let Place { newer, older, .. } = self.places[place];
        self.join(newer, older);
    }

    /// Makes this place the newest.
    fn link(&mut self, place: usize) {
        let second = self.newest;
        self.join(Some(place), second);
        self.join(None, Some(place));
    }

    /// Drops the page at this place, which is free then.
    fn forget(&mut self, place: usize) {
        self.unlink(place);
        self.index.remove(&self.places[place].address);
        self.free.push(place);
    }
}

impl PageCache for Cache {
    fn get(&mut self, address: &str) -> Option<&[u8]> {
        let place = *self.index.get(address)?;
        self.unlink(place);
        self.link(place);
        Some(&self.places[place].page)
    }

    fn put(&mut self, address: &str, page: &[u8]) {
        if let Some(&place) = self.index.get(address) {
            self.places[place].page = page.to_vec();
            self.unlink(place);
            self.link(place);
            return;
        }
        if self.capacity == 0 {
            return;
        }
        if let Some(oldest) = self.oldest
            && self.index.len() == self.capacity
        {
            self.forget(oldest);
            self.places[oldest].page = Vec::new();
        }
        let address: Rc<str> = address.into();
        let place = match self.free.pop() {
            Some(place) => {
                self.places[place].address = Rc::clone(&address);
                self.places[place].page = page.to_vec(); //~ heap/still-allocated
                place
            }
            None => {
                self.places.push(Place {
                    address: Rc::clone(&address),
                    page: page.to_vec(),
                    newer: None,
                    older: None,
                });
                self.places.len() - 1
            }
        };
        self.index.insert(address, place);
        self.link(place);
    }

    fn remove(&mut self, address: &str) -> bool {
        let place = self.index.get(address).copied();
        if let Some(place) = place {
            self.forget(place);
        }
        place.is_some()
    }

    fn pages(&self) -> usize {
        self.index.len()
    }
}
