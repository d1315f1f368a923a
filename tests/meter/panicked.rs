//! A panic ends the program: its message and its line.
//= outcome.kind = "panicked"
//= outcome.exit_code = 101
//= outcome.message = "boom 3"
//= outcome.place.line = 9
//= heap.at_exit.blocks = 0
fn main() {
    let held = vec![1u8; 10];
    assert!(held.len() < 10, "boom {}", 3);
}
