//! The owner is dropped; its block stays for the weak references of two gadgets (40 bytes each) that own each other.
//= heap.cycles.len = 1
//= heap.cycles[0].count = 1
//= heap.cycles[0].blocks = 2
//= heap.cycles[0].bytes = 80
use std::cell::RefCell;
use std::rc::{Rc, Weak};
struct Owner { first: RefCell<Option<Rc<Gadget>>> }
struct Gadget { owner: Weak<Owner>, other: RefCell<Option<Rc<Gadget>>> }
fn main() {
    let owner = Rc::new(Owner { first: RefCell::new(None) });
    let a = Rc::new(Gadget { owner: Rc::downgrade(&owner), other: RefCell::new(None) });
    let b = Rc::new(Gadget { owner: Rc::downgrade(&owner), other: RefCell::new(Some(a.clone())) });
    *a.other.borrow_mut() = Some(b);
    assert!(a.owner.upgrade().is_some());
    *owner.first.borrow_mut() = Some(a);
}
