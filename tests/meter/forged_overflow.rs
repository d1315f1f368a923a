//! Printing what std prints on an overflow does not make one.
//= outcome.kind = "aborted"
fn main() {
    eprintln!("\nthread 'main' has overflowed its stack\nfatal runtime error: stack overflow");
    std::process::abort();
}
