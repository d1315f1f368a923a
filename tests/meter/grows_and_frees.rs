//! Freed at the end, so no leak; grown until then all the same. No global holds it.
//= heap.at_exit.blocks = 0
//= heap.shape.kind = "growth"
//= heap.shape.bytes_per_step = 10000
//= heap.shape.projection.full_after = 858993
//= heap.shape.projection.unit = "steps"
//= findings.len = 0
fn main() {
    let mut kept = Vec::with_capacity(9);
    for _ in 0..9 {
        kept.push(vec![0u8; 10_000]);
        println!("working");
    }
}
