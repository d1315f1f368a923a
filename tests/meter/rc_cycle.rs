//! Two nodes that keep each other alive: one counts as definitely lost, the other as indirectly.
//= heap.at_exit.blocks = 2
//= heap.at_exit.bytes = 64
//= heap.definitely_lost.blocks = 1
//= heap.indirectly_lost.blocks = 1
use std::cell::RefCell;
use std::rc::Rc;

struct Node {
    other: RefCell<Option<Rc<Node>>>,
}

fn main() {
    let a = Rc::new(Node { other: RefCell::new(None) });
    let b = Rc::new(Node { other: RefCell::new(Some(Rc::clone(&a))) });
    *a.other.borrow_mut() = Some(b);
}
