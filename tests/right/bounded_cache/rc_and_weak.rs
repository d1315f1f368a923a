//@ about: A list of `Rc` to the older and `Weak` to the newer page, dropped in a loop; lends a counted page.

use given::PageCache;
use std::cell::RefCell;
use std::collections::HashMap;
use std::rc::{Rc, Weak};
struct Node {
    address: String,
    page: RefCell<Rc<[u8]>>,
    newer: RefCell<Weak<Node>>,
    older: RefCell<Option<Rc<Node>>>,
}
pub struct Cache {
    capacity: usize,
    map: HashMap<String, Rc<Node>>,
    newest: Option<Rc<Node>>,
    oldest: Weak<Node>,
    shown: Rc<[u8]>,
}
impl Cache {
    pub fn new(capacity: usize) -> Self {
        Self {
            capacity,
            map: HashMap::new(),
            newest: None,
            oldest: Weak::new(),
            shown: Rc::from([]),
        }
    }
    fn unlink(&mut self, node: &Rc<Node>) {
        let newer = node.newer.take().upgrade();
        let older = node.older.take();
        match &older {
            Some(o) => *o.newer.borrow_mut() = newer.as_ref().map_or(Weak::new(), Rc::downgrade),
            None => self.oldest = newer.as_ref().map_or(Weak::new(), Rc::downgrade),
        }
        match newer {
            Some(n) => *n.older.borrow_mut() = older,
            None => self.newest = older,
        }
    }
    fn link(&mut self, node: Rc<Node>) {
        let second = self.newest.take();
        match &second {
            Some(s) => *s.newer.borrow_mut() = Rc::downgrade(&node),
            None => self.oldest = Rc::downgrade(&node),
        }
        *node.older.borrow_mut() = second;
        self.newest = Some(node);
    }
}
impl PageCache for Cache {
    fn get(&mut self, address: &str) -> Option<&[u8]> {
        let node = Rc::clone(self.map.get(address)?);
        self.unlink(&node);
        self.shown = Rc::clone(&node.page.borrow());
        self.link(node);
        Some(&self.shown)
    }
    fn put(&mut self, address: &str, page: &[u8]) {
        if self.capacity == 0 {
            return;
        }
        self.shown = Rc::from([]);
        if let Some(node) = self.map.get(address).cloned() {
            node.page.replace(Rc::from([]));
            node.page.replace(page.into());
            self.unlink(&node);
            self.link(node);
            return;
        }
        if self.map.len() == self.capacity
            && let Some(old) = self.oldest.upgrade()
        {
            self.map.remove(&old.address);
            self.unlink(&old);
        }
        let node = Rc::new(Node {
            address: address.into(),
            page: RefCell::new(page.into()),
            newer: Default::default(),
            older: RefCell::new(None),
        });
        self.map.insert(address.into(), Rc::clone(&node));
        self.link(node);
    }
    fn remove(&mut self, address: &str) -> bool {
        self.shown = Rc::from([]);
        let Some(node) = self.map.remove(address) else {
            return false;
        };
        self.unlink(&node);
        true
    }
    fn pages(&self) -> usize {
        self.map.len()
    }
}
impl Drop for Cache {
    fn drop(&mut self) {
        let mut next = self.newest.take();
        while let Some(n) = next {
            next = n.older.take();
        }
    }
}
