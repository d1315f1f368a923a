//! A cache that is emptied every fourth step: 100, 200, 300, 400 bytes, and again.
//= marks.len = 12
//= marks[3].live_bytes = 496
//= marks[4].live_bytes = 196
//= marks[7].live_bytes = 496
//= marks[11].live_bytes = 496
//= heap.peak.bytes = 496
fn main() {
    let mut cache: Vec<Box<[u8; 100]>> = Vec::with_capacity(12);
    for step in 0..12 {
        if step % 4 == 0 {
            cache.clear();
        }
        cache.push(Box::new([1; 100]));
        println!("step {step}");
    }
}
