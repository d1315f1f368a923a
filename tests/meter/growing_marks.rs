//! 1000 bytes more are alive at each of ten printed lines: the curve is a line.
//= marks.len = 10
//= marks[0].live_bytes = 1240
//= marks[4].live_bytes = 5240
//= marks[9].live_bytes = 10240
//= marks[9].live_blocks = 11
//= heap.peak.bytes = 10240
//= heap.at_exit.bytes = 0
fn main() {
    let mut kept: Vec<Vec<u8>> = Vec::with_capacity(10);
    for step in 0..10 {
        kept.push(vec![1; 1000]);
        println!("step {step}");
    }
}
