//! The panic was caught and is over; it is the call of abort that ends the program, and nothing was allocated in between.
//= outcome.kind = "aborted"
//= outcome.signal = "SIGABRT"
//= outcome.message = null
//= outcome.place.line = 10
//= heap.complete = false
fn main() {
    let caught = std::panic::catch_unwind(|| panic!("caught"));
    if caught.is_err() {
        std::process::abort();
    }
}
