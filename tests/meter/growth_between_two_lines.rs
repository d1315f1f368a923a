//! All grows between the only two lines, and is freed at the end: the growing line is the one that held most at the last of them.
//= marks.len = 2
//= heap.at_exit.bytes = 0
//= heap.shape.kind = "growth"
//= heap.shape.over = "allocations"
//= heap.shape.last_bytes = 2480000
//= heap.shape.site.line = 12
fn main() {
    println!("begin");
    let mut kept = Vec::with_capacity(20_000);
    for _ in 0..20_000 {
        kept.push(vec![1_u8; 100]);
    }
    println!("end {}", kept.len());
}
