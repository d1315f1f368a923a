//! An Arc whose clone was forgotten: 16 + 24 bytes are lost, though every visible owner is gone.
//= heap.total.blocks = 1
//= heap.definitely_lost.bytes = 40
//= heap.cycles.len = 0
use std::sync::Arc;

fn main() {
    let value = Arc::new([1_u64; 3]);
    std::mem::forget(Arc::clone(&value));
    assert_eq!(Arc::strong_count(&value), 2);
}
