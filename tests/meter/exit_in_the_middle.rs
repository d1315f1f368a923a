//! After process::exit the stack still holds what main owned: reachable.
//= outcome.exit_code = 3
//= heap.at_exit.blocks = 1
//= heap.definitely_lost.blocks = 0
//= heap.still_reachable.blocks = 1
fn main() {
    let held = vec![7u8; 64];
    if held.len() == 64 {
        std::process::exit(3);
    }
}
