//@ about: Keeps objects in a tree by number, and counts links to the same object.

use std::collections::{BTreeMap, BTreeSet};
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct Handle(u64);
struct Object {
    payload: Box<[u8]>,
    links: BTreeMap<u64, usize>,
    roots: usize,
}
#[derive(Default)]
pub struct Heap {
    next: u64,
    objects: BTreeMap<u64, Object>,
}
impl Heap {
    pub fn new() -> Self {
        Self::default()
    }
    pub fn allocate(&mut self, payload: &[u8]) -> Handle {
        self.next += 1;
        self.objects.insert(
            self.next,
            Object {
                payload: payload.into(),
                links: BTreeMap::new(),
                roots: 0,
            },
        );
        Handle(self.next)
    }
    pub fn get(&self, object: Handle) -> Option<&[u8]> {
        self.objects.get(&object.0).map(|o| &*o.payload)
    }
    pub fn link(&mut self, from: Handle, to: Handle) {
        if !self.objects.contains_key(&to.0) {
            return;
        }
        if let Some(o) = self.objects.get_mut(&from.0) {
            *o.links.entry(to.0).or_default() += 1;
        }
    }
    pub fn unlink(&mut self, from: Handle, to: Handle) {
        if let Some(o) = self.objects.get_mut(&from.0)
            && let Some(n) = o.links.get_mut(&to.0)
        {
            *n -= 1;
            if *n == 0 {
                o.links.remove(&to.0);
            }
        }
    }
    pub fn add_root(&mut self, object: Handle) {
        if let Some(o) = self.objects.get_mut(&object.0) {
            o.roots += 1;
        }
    }
    pub fn remove_root(&mut self, object: Handle) {
        if let Some(o) = self.objects.get_mut(&object.0) {
            o.roots = o.roots.saturating_sub(1);
        }
    }
    pub fn collect(&mut self) -> usize {
        let mut seen: BTreeSet<u64> = self
            .objects
            .iter()
            .filter(|(_, o)| o.roots > 0)
            .map(|(i, _)| *i)
            .collect();
        let mut todo: Vec<u64> = seen.iter().copied().collect();
        while let Some(id) = todo.pop() {
            for to in self.objects[&id].links.keys() {
                if seen.insert(*to) {
                    todo.push(*to);
                }
            }
        }
        let gone: Vec<u64> = self
            .objects
            .keys()
            .copied()
            .filter(|i| !seen.contains(i))
            .collect();
        for id in &gone {
            self.objects.remove(id);
        }
        gone.len()
    }
    pub fn objects(&self) -> usize {
        self.objects.len()
    }
}
