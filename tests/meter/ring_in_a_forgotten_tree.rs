//! A forgotten tree with weak parents is no cycle, but two of its children own each other: 2 * 80 bytes.
//= heap.cycles.len = 1
//= heap.cycles[0].blocks = 2
use std::cell::RefCell;
use std::rc::{Rc, Weak};
struct N { parent: RefCell<Weak<N>>, kids: RefCell<Vec<Rc<N>>>, friend: RefCell<Option<Rc<N>>> }
fn node() -> Rc<N> { Rc::new(N { parent: Default::default(), kids: Default::default(), friend: Default::default() }) }
fn main() {
    let root = node();
    for _ in 0..3 {
        let k = node();
        *k.parent.borrow_mut() = Rc::downgrade(&root);
        root.kids.borrow_mut().push(k);
    }
    let (a, b) = (root.kids.borrow()[0].clone(), root.kids.borrow()[1].clone());
    *a.friend.borrow_mut() = Some(b.clone());
    *b.friend.borrow_mut() = Some(a.clone());
    std::mem::forget(root);
}
