//! A leaked box owns a tree whose children know their parent weakly: all counts are explained by lost blocks, but nothing in the
//! ring owns its root.
//= heap.cycles.len = 0
//= findings[0].code = "leak/forgotten"
use std::cell::RefCell;
use std::rc::{Rc, Weak};
struct N { parent: RefCell<Weak<N>>, kids: RefCell<Vec<Rc<N>>> }
struct Tree { root: Rc<N>, name: u64 }
fn node() -> Rc<N> { Rc::new(N { parent: RefCell::new(Weak::new()), kids: RefCell::new(vec![]) }) }
fn main() {
    let root = node();
    for _ in 0..3 {
        let k = node();
        *k.parent.borrow_mut() = Rc::downgrade(&root);
        root.kids.borrow_mut().push(k);
    }
    let t = Box::leak(Box::new(Tree { root, name: 3 }));
    println!("{} {}", t.name, t.root.kids.borrow().len());
}
