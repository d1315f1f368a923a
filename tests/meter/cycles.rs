//! Reference cycles are named as such, with the lines of their members; a forgotten tree with weak parents, a leaked map and a
//! leaked list are not cycles.
//= heap.cycles[0].count = 3
//= heap.cycles[0].blocks = 2
//= heap.cycles[0].members[0].line = 29
//= heap.cycles.len = 1
//= heap.cycles[0].members.len = 2
//= heap.cycles[0].edges = [[0,1],[1,0]]
use std::cell::RefCell;
use std::collections::{BTreeMap, LinkedList};
use std::rc::{Rc, Weak};

struct Node {
    other: RefCell<Option<Rc<Node>>>,
}

struct Tree {
    children: RefCell<Vec<Rc<Tree>>>,
    parent: RefCell<Weak<Tree>>,
}

fn tree(parent: Weak<Tree>) -> Rc<Tree> {
    Rc::new(Tree { children: RefCell::default(), parent: RefCell::new(parent) })
}

fn main() {
    for _ in 0..3 {
        let pair = [(); 2].map(|()| {
            Rc::new(Node { other: RefCell::new(None) })
        });
        *pair[0].other.borrow_mut() = Some(Rc::clone(&pair[1]));
        *pair[1].other.borrow_mut() = Some(Rc::clone(&pair[0]));
    }
    let root = tree(Weak::new());
    for _ in 0..3 {
        root.children.borrow_mut().push(tree(Rc::downgrade(&root)));
    }
    assert!(root.children.borrow()[0].parent.borrow().upgrade().is_some());
    std::mem::forget(root);
    std::mem::forget((0..200u32).map(|n| (n, n)).collect::<BTreeMap<_, _>>());
    std::mem::forget((0..5u64).collect::<LinkedList<_>>());
}
