//@ about: Keeps objects in a hash map by a number that is never used again.

use std::collections::{HashMap, HashSet};
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub struct Handle(u64);
struct Object {
    payload: Vec<u8>,
    links: Vec<u64>,
}
#[derive(Default)]
pub struct Heap {
    next: u64,
    objects: HashMap<u64, Object>,
    roots: HashMap<u64, usize>,
}
impl Heap {
    pub fn new() -> Self {
        Self::default()
    }
    pub fn allocate(&mut self, payload: &[u8]) -> Handle {
        let id = self.next;
        self.next += 1;
        self.objects.insert(
            id,
            Object {
                payload: payload.to_vec(),
                links: vec![],
            },
        );
        Handle(id)
    }
    pub fn get(&self, object: Handle) -> Option<&[u8]> {
        Some(&self.objects.get(&object.0)?.payload)
    }
    pub fn link(&mut self, from: Handle, to: Handle) {
        if !self.objects.contains_key(&to.0) {
            return;
        }
        if let Some(o) = self.objects.get_mut(&from.0) {
            o.links.push(to.0);
        }
    }
    pub fn unlink(&mut self, from: Handle, to: Handle) {
        if let Some(o) = self.objects.get_mut(&from.0) {
            if let Some(i) = o.links.iter().rposition(|l| *l == to.0) {
                o.links.remove(i);
            }
        }
    }
    pub fn add_root(&mut self, object: Handle) {
        if self.objects.contains_key(&object.0) {
            *self.roots.entry(object.0).or_insert(0) += 1;
        }
    }
    pub fn remove_root(&mut self, object: Handle) {
        if let Some(n) = self.roots.get_mut(&object.0) {
            *n -= 1;
            if *n == 0 {
                self.roots.remove(&object.0);
            }
        }
    }
    pub fn collect(&mut self) -> usize {
        let mut seen: HashSet<u64> = HashSet::new();
        let mut todo: Vec<u64> = self.roots.keys().copied().collect();
        while let Some(id) = todo.pop() {
            if seen.insert(id) {
                todo.extend(self.objects[&id].links.iter().filter(|l| !seen.contains(l)));
            }
        }
        let before = self.objects.len();
        self.objects.retain(|id, _| seen.contains(id));
        before - self.objects.len()
    }
    pub fn objects(&self) -> usize {
        self.objects.len()
    }
}
