//! A thread aborts the program: all that was counted until then is there, and it is said that the figures are cut short.
//= outcome.kind = "aborted"
//= heap.complete = false
//= heap.sites[0].line = 11
//= heap.sites[0].total.bytes = 7000
//= heap.sites[0].at_exit.bytes = 7000
//= outcome.place.line = 14
fn main() {
    // The thread runs long before this block is looked at.
    let held = [(); 7].map(|()| {
        vec![1_u8; 1000]
    });
    let thread = std::thread::spawn(|| {
        std::process::abort();
    });
    let _ = thread.join();
    drop(held);
}
