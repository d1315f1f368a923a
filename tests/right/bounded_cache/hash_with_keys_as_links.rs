//@ about: Links the pages by their addresses, all in one map.

use given::PageCache;
use std::collections::HashMap;
use std::rc::Rc;
struct Node {
    page: Vec<u8>,
    prev: Option<Rc<str>>,
    next: Option<Rc<str>>,
}
/// head = newest
pub struct Cache {
    capacity: usize,
    map: HashMap<Rc<str>, Node>,
    head: Option<Rc<str>>,
    tail: Option<Rc<str>>,
}
impl Cache {
    pub fn new(capacity: usize) -> Self {
        Self {
            capacity,
            map: HashMap::new(),
            head: None,
            tail: None,
        }
    }
    fn take(&mut self, key: &str) -> Option<(Rc<str>, Node)> {
        let (key, mut node) = self.map.remove_entry(key)?;
        match &node.prev {
            Some(p) => self.map.get_mut(p).unwrap().next = node.next.clone(),
            None => self.head = node.next.clone(),
        }
        match &node.next {
            Some(n) => self.map.get_mut(n).unwrap().prev = node.prev.clone(),
            None => self.tail = node.prev.clone(),
        }
        node.prev = None;
        node.next = None;
        Some((key, node))
    }
    fn front(&mut self, key: Rc<str>, mut node: Node) {
        node.next = self.head.take();
        match &node.next {
            Some(n) => self.map.get_mut(n).unwrap().prev = Some(key.clone()),
            None => self.tail = Some(key.clone()),
        }
        self.head = Some(key.clone());
        self.map.insert(key, node);
    }
}
impl PageCache for Cache {
    fn get(&mut self, address: &str) -> Option<&[u8]> {
        let (k, n) = self.take(address)?;
        self.front(k, n);
        Some(&self.map[address].page)
    }
    fn put(&mut self, address: &str, page: &[u8]) {
        if self.capacity == 0 {
            return;
        }
        if let Some((k, mut n)) = self.take(address) {
            n.page = page.to_vec();
            self.front(k, n);
            return;
        }
        if self.map.len() >= self.capacity {
            let old = self.tail.clone().unwrap();
            self.take(&old);
        }
        self.front(
            address.into(),
            Node {
                page: page.to_vec(),
                prev: None,
                next: None,
            },
        );
    }
    fn remove(&mut self, address: &str) -> bool {
        self.take(address).is_some()
    }
    fn pages(&self) -> usize {
        self.map.len()
    }
}
