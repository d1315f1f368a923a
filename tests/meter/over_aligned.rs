//! Over-aligned blocks are counted with the bytes asked for, and found when lost.
//= heap.total.blocks = 2
//= heap.total.bytes = 256
//= heap.definitely_lost.blocks = 1
//= heap.definitely_lost.bytes = 128
#[repr(align(128))]
struct Wide([u8; 128]);

fn main() {
    let kept = Box::new(Wide([1; 128]));
    assert_eq!(std::ptr::from_ref(&*kept).addr() % 128, 0);
    std::mem::forget(Box::new(Wide([2; 128])));
    assert_eq!(kept.0[5], 1);
}
