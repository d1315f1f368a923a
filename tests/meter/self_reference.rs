//! A node that owns itself: counts (16) + RefCell flag (8) + pointer (8) = 32 bytes, a ring of one.
//= heap.total.blocks = 1
//= heap.cycles[0].count = 1
//= heap.cycles[0].blocks = 1
//= heap.cycles[0].bytes = 32
//= heap.cycles[0].members[0].line = 16
//= heap.cycles[0].edges = [[0,0]]
use std::cell::RefCell;
use std::rc::Rc;

struct Node {
    next: RefCell<Option<Rc<Node>>>,
}

fn main() {
    let node = Rc::new(Node { next: RefCell::new(None) });
    *node.next.borrow_mut() = Some(Rc::clone(&node));
}
