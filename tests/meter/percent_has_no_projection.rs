//! It grows, and it says itself that it comes to an end at 100 %: no server is full "after 85,899 such steps".
//= heap.shape.kind = "growth"
//= heap.shape.bytes_per_step = 100000
//= heap.shape.projection = null
fn main() {
    let mut kept = Vec::with_capacity(20);
    for part in 1..=20 {
        kept.push(vec![1_u8; 100_000]);
        println!("{}% complete", part * 5);
    }
}
