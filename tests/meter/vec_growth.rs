//! A vector of u64 grows 4, 8, … 1024: nine blocks, and the peak never holds two of them.
//= heap.total.blocks = 9
//= heap.total.bytes = 16352
//= heap.peak.bytes = 8192
//= heap.peak.blocks = 1
//= heap.at_exit.bytes = 0
fn main() {
    let mut numbers: Vec<u64> = Vec::new();
    for n in 0..1000 {
        numbers.push(n);
    }
    assert_eq!(numbers.len(), 1000);
}
