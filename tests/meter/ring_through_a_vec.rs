//! Parent and child own each other, the parent through a Vec's buffer (one pointer with room for 4: 32 bytes).
//! Parent: 16 + 8 + 24 = 48. Child: 16 + 8 = 24. In all 104 bytes in 3 blocks.
//= heap.cycles.len = 1
//= heap.cycles[0].count = 1
//= heap.cycles[0].blocks = 3
//= heap.cycles[0].bytes = 104
//= heap.cycles[0].members.len = 2
//= heap.at_exit.bytes = 104
use std::cell::RefCell;
use std::rc::Rc;

struct Parent {
    children: RefCell<Vec<Rc<Child>>>,
}

struct Child {
    _parent: Rc<Parent>,
}

fn main() {
    let parent = Rc::new(Parent { children: RefCell::new(Vec::new()) });
    let child = Rc::new(Child { _parent: Rc::clone(&parent) });
    parent.children.borrow_mut().push(child);
}
