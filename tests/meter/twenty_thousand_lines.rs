//! More lines than are kept. A block of 1,008 bytes for each is written, and stays: 20 MB are resident at the end, and the pages in
//! which the lines are kept were taken out once, however often they are filled.
//@ limit: output=2MiB
//= marks[0].number = 1
//= heap.peak.blocks = 20001
//= heap.peak.bytes = 20320000
//= pages.peak_resident_bytes > 20320000
//= pages.peak_resident_bytes < 24000000
//= heap.shape.kind = "growth"
//= heap.shape.bytes_per_step = 1008
//= heap.shape.projection.full_after = 8521761
//= heap.shape.projection.unit = "orders"
fn main() {
    let mut kept = Vec::with_capacity(20_000);
    for order in 1..=20_000 {
        kept.push(Box::new([1_u8; 1008]));
        println!("{order} orders");
    }
}
