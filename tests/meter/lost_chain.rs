//! A box in a box in a box, forgotten: the outermost is lost, the others through it.
//= heap.total.blocks = 3
//= heap.definitely_lost.bytes = 8
//= heap.definitely_lost.blocks = 1
//= heap.indirectly_lost.bytes = 24
//= heap.indirectly_lost.blocks = 2
fn main() {
    std::mem::forget(Box::new(Box::new(Box::new([1_u64; 2]))));
}
