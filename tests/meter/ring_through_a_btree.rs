//! A hub and 20 nodes own each other through `BTreeMap`s. A map that split its nodes leaves copies of what it moved behind: more
//! pointers than counts, and a cycle all the same.
//= heap.cycles.len = 1
//= heap.cycles[0].count = 1
//= heap.cycles[0].members.len = 2
use std::cell::RefCell;
use std::collections::BTreeMap;
use std::rc::Rc;
#[derive(Default)]
struct N { m: RefCell<BTreeMap<u32, Rc<N>>> }
fn main() {
    let all: Vec<Rc<N>> = (0..20).map(|_| Rc::new(N::default())).collect();
    let hub = Rc::new(N::default());
    for (i, n) in all.iter().enumerate() {
        hub.m.borrow_mut().insert(i as u32, n.clone());
        n.m.borrow_mut().insert(0, hub.clone());
    }
}
