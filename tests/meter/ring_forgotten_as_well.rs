//! One of two nodes that own each other is forgotten as well: there is a count that no pointer explains, and a cycle.
//= heap.cycles.len = 1
//= heap.cycles[0].blocks = 2
//= heap.cycles[0].bytes = 64
//= findings[0].code = "leak/cycle"
use std::cell::RefCell;
use std::rc::Rc;
struct N { next: RefCell<Option<Rc<N>>> }
fn main() {
    let a = Rc::new(N { next: RefCell::new(None) });
    let b = Rc::new(N { next: RefCell::new(Some(a.clone())) });
    *a.next.borrow_mut() = Some(b);
    std::mem::forget(a.clone());
}
