//! collect() of a known length allocates once: 1000 * 8; the sorted copy another 8000, and a stable sort of 1000 nothing that is left.
//= heap.sites[0].line = 10
//= heap.sites[0].total.blocks = 1
//= heap.sites[0].total.bytes = 8000
//= heap.sites[1].line = 11
//= heap.sites[1].total.bytes = 8000
//= heap.total.blocks = 2
//= heap.at_exit.blocks = 0
fn main() {
    let numbers: Vec<u64> = (0..1000).rev().collect();
    let mut sorted = numbers.clone();
    sorted.sort_unstable();
    assert_eq!(sorted[0] + numbers[999], 0);
}
