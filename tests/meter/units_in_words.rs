//! 100,000 bytes with every million requests: 8 GiB are full after 85,899 million.
//= heap.shape.kind = "growth"
//= heap.shape.bytes_per_step = 100000
//= heap.shape.projection.full_after = 85899345920
//= heap.shape.projection.text = "an 8 GiB server is full after 86 billion requests"
fn main() {
    let mut kept = Vec::with_capacity(20);
    for million in 1..=20 {
        kept.push(vec![1_u8; 100_000]);
        println!("balance {} EUR after {million} million requests", million * 7);
    }
}
