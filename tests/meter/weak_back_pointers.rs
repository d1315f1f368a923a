//! Children own nothing of their parent: Weak breaks the ring, and all is freed.
//= heap.at_exit.blocks = 0
//= heap.cycles.len = 0
//= heap.definitely_lost.blocks = 0
use std::cell::RefCell;
use std::rc::{Rc, Weak};

struct Tree {
    children: RefCell<Vec<Rc<Tree>>>,
    parent: RefCell<Weak<Tree>>,
}

fn main() {
    let root = Rc::new(Tree { children: RefCell::default(), parent: RefCell::default() });
    for _ in 0..10 {
        let child = Rc::new(Tree { children: RefCell::default(), parent: RefCell::new(Rc::downgrade(&root)) });
        root.children.borrow_mut().push(child);
    }
    assert!(root.children.borrow().iter().all(|child| child.parent.borrow().upgrade().is_some()));
}
