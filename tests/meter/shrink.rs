//! with_capacity(1000) is 4000 bytes; shrink_to_fit to 10 elements is a realloc: a second block of 40 bytes in the total, and at the peak
//! only one of them.
//= heap.total.blocks = 2
//= heap.total.bytes = 4040
//= heap.peak.bytes = 4000
//= heap.peak.blocks = 1
//= heap.definitely_lost.bytes = 40
fn main() {
    let mut numbers: Vec<u32> = Vec::with_capacity(1000);
    numbers.extend(0..10);
    numbers.shrink_to_fit();
    std::mem::forget(numbers);
}
