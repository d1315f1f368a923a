//! abort() is neither an overflow nor a failed allocation, and what happened until then is known.
//= outcome.kind = "aborted"
//= outcome.signal = "SIGABRT"
//= heap.total.blocks = 1
//= heap.at_exit.bytes = 50
//= outcome.place.line = 11
//= heap.complete = false
fn main() {
    let held = vec![1u8; 50];
    if held.len() == 50 {
        std::process::abort();
    }
}
