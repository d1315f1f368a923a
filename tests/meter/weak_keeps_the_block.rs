//! The last strong owner is gone and a forgotten Weak keeps the block: 16 + 800 bytes are lost, no ring.
//= heap.total.blocks = 1
//= heap.definitely_lost.bytes = 816
//= heap.cycles.len = 0
use std::rc::Rc;

fn main() {
    let value = Rc::new([1_u64; 100]);
    std::mem::forget(Rc::downgrade(&value));
    assert_eq!(Rc::weak_count(&value), 1);
}
