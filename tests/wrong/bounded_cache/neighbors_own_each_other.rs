//@ about: Links the pages in both directions by owners. Each one that is thrown out is unlinked, and those that are left at the end are not.
//@ finding: leak/cycle in pages/nothing is left
//@ output: right

//! A cache that keeps the pages that were used last, and never more than it may.

use std::cell::RefCell;
use std::collections::BTreeMap;
use std::rc::Rc;

use given::PageCache;

/// A page, and its neighbors by time of use.
struct Node {
    address: Rc<str>,
    page: Box<[u8]>,
    links: RefCell<Links>,
}

#[derive(Default)]
struct Links {
    newer: Option<Rc<Node>>,
    older: Option<Rc<Node>>,
}

/// Copies of the pages that were used last.
pub struct Cache {
    capacity: usize,
    index: BTreeMap<Rc<str>, Rc<Node>>,
    ends: Links,
}

impl Cache {
    /// An empty cache for so many pages.
    pub fn new(capacity: usize) -> Self {
        Self {
            capacity,
            index: BTreeMap::new(),
            ends: Links::default(),
        }
    }

    /// Makes `newer` and `older` neighbors. Where there is none, the other one is at an end of the list.
    fn join(&mut self, newer: Option<Rc<Node>>, older: Option<Rc<Node>>) {
        match &newer {
            Some(node) => node.links.borrow_mut().older.clone_from(&older),
            None => self.ends.older.clone_from(&older),
        }
        match &older {
            Some(node) => node.links.borrow_mut().newer.clone_from(&newer),
            None => self.ends.newer.clone_from(&newer),
        }
    }

    /// Takes the node out of the order of use.
    fn unlink(&mut self, node: &Node) {
        let Links { newer, older } = node.links.take();
        self.join(newer, older);
    }

    /// Makes the node the newest.
    fn link(&mut self, node: &Rc<Node>) {
        let second = self.ends.older.take();
        self.join(Some(Rc::clone(node)), second);
        self.join(None, Some(Rc::clone(node)));
    }
}

impl PageCache for Cache {
    fn get(&mut self, address: &str) -> Option<&[u8]> {
        let node = Rc::clone(self.index.get(address)?);
        self.unlink(&node);
        self.link(&node);
        self.index.get(address).map(|node| &*node.page)
    }

    fn put(&mut self, address: &str, page: &[u8]) {
        self.remove(address);
        if self.capacity == 0 {
            return;
        }
        if self.index.len() == self.capacity
            && let Some(oldest) = self.ends.newer.clone()
        {
            self.remove(&oldest.address);
        }
        let address: Rc<str> = address.into();
        let node = Node {
            address: Rc::clone(&address),
            page: page.into(),
            links: RefCell::default(),
        };
        let node = Rc::new(node); //~ leak/cycle
        self.link(&node);
        self.index.insert(address, node);
    }

    fn remove(&mut self, address: &str) -> bool {
        let node = self.index.remove(address);
        if let Some(node) = &node {
            self.unlink(node);
        }
        node.is_some()
    }

    fn pages(&self) -> usize {
        self.index.len()
    }
}
