//! Each `print!` writes its second and third line together: they share a point, and the line that counts is among them. A line that
//! grows by 100,000 bytes is one of 20, not one of the 60 that were printed.
//= marks.len = 60
//= marks[1].coalesced = true
//= heap.shape.kind = "growth"
//= heap.shape.points = 20
//= heap.shape.bytes_per_step = 100000
//= heap.shape.projection.unit = "jobs"
//= heap.shape.projection.full_after = 858993
fn main() {
    let mut kept = Vec::with_capacity(20);
    for job in 1..=20 {
        kept.push(vec![1_u8; 100_000]);
        print!("--\n{} jobs\n\n", job * 10);
    }
}
