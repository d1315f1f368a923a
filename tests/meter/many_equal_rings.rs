//! A thousand equal pairs are told once, with their number: 1000 * 2 * 32 bytes.
//= heap.cycles.len = 1
//= heap.cycles[0].count = 1000
//= heap.cycles[0].blocks = 2
//= heap.at_exit.blocks = 2000
//= heap.at_exit.bytes = 64000
use std::cell::RefCell;
use std::rc::Rc;

struct Node {
    next: RefCell<Option<Rc<Node>>>,
}

fn node() -> Rc<Node> {
    Rc::new(Node { next: RefCell::new(None) })
}

fn main() {
    for _ in 0..1000 {
        let (a, b) = (node(), node());
        *a.next.borrow_mut() = Some(Rc::clone(&b));
        *b.next.borrow_mut() = Some(a);
    }
}
