//! Five nodes in a ring, made at one line: 5 * 32 = 160 bytes.
//= heap.total.blocks = 6
//= heap.cycles.len = 1
//= heap.cycles[0].blocks = 5
//= heap.cycles[0].bytes = 160
//= heap.cycles[0].edges = [[0,1],[1,2],[2,3],[3,4],[4,0]]
//= heap.cycles[0].members[4].line = 17
//= heap.at_exit.bytes = 160
use std::cell::RefCell;
use std::rc::Rc;

struct Node {
    next: RefCell<Option<Rc<Node>>>,
}

fn node() -> Rc<Node> {
    Rc::new(Node { next: RefCell::new(None) })
}

fn main() {
    let nodes: Vec<Rc<Node>> = (0..5).map(|_| node()).collect();
    for i in 0..5 {
        *nodes[i].next.borrow_mut() = Some(Rc::clone(&nodes[(i + 1) % 5]));
    }
}
