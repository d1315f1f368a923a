//! A request beyond the heap limit is refused, and the program dies as it handles that.
//@ limit: heap=1 MiB
//= outcome.kind = "allocation_failed"
//= outcome.signal = "SIGABRT"
//= outcome.place.line = 13
//= heap.total.blocks = 10
//= heap.total.bytes = 1000000
//= heap.complete = false
fn main() {
    let mut kept: Vec<Vec<u8>> = Vec::new();
    loop {
        kept.extend(Some(vec![1; 100_000]));
    }
}
