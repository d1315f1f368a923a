//! A value in ManuallyDrop is never dropped: 5 * 4 bytes are lost.
//= heap.total.blocks = 1
//= heap.definitely_lost.bytes = 20
//= heap.definitely_lost.blocks = 1
//= heap.sites[0].line = 9
use std::mem::ManuallyDrop;

fn main() {
    let numbers = ManuallyDrop::new(vec![1_u32; 5]);
    assert_eq!(numbers.len(), 5);
}
