//! The panic was caught; the program ends by its own decision, with the code that a panic would have.
//= outcome.kind = "exited"
//= outcome.exit_code = 101
//= heap.complete = true
fn main() {
    let caught = std::panic::catch_unwind(|| panic!("caught"));
    if caught.is_err() {
        std::process::exit(101);
    }
}
