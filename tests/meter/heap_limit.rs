//! A request beyond the heap limit is refused, and the program dies as it handles that.
//@ limit: heap=1 MiB
//= outcome.kind = "allocation_failed"
//= outcome.signal = "SIGABRT"
//= outcome.place.line = 12
//= heap.total.blocks = 11
//= heap.total.bytes = 1000480
//= heap.complete = false
fn main() {
    let mut kept: Vec<Vec<u8>> = Vec::with_capacity(20);
    loop {
        kept.extend(Some(vec![1; 100_000]));
    }
}
