//! A program that is ended by its time limit: what it had done is counted.
//@ limit: wall=500ms
//= outcome.kind = "time_limit"
//= heap.complete = false
//= heap.total.blocks = 1
//= heap.at_exit.bytes = 640
fn main() {
    let held = vec![1_u64; 80];
    loop {
        std::thread::sleep(std::time::Duration::from_millis(10));
        std::hint::black_box(&held);
    }
}
