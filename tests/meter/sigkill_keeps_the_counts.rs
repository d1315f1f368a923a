//! What was counted survives a limit's SIGKILL.
//@ limit: wall=300 ms
//= outcome.kind = "time_limit"
//= heap.total.blocks = 1
//= heap.at_exit.bytes = 12345
//= heap.complete = false
fn main() {
    let held = vec![1u8; 12_345];
    while held.len() == 12_345 {
        std::thread::sleep(std::time::Duration::from_millis(10));
    }
}
