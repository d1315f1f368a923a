//! One block of exactly the bytes asked for.
//= heap.total.blocks = 1
//= heap.total.bytes = 4096
//= heap.peak.bytes = 4096
//= heap.at_exit.blocks = 0
//= heap.sites[0].line = 10
fn main() {
    let sum: u64;
    {
        let numbers = vec![0u8; 4096];
        sum = numbers.iter().map(|n| u64::from(*n)).sum();
    }
    assert_eq!(sum, 0);
}
