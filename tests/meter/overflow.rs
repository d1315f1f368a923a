//! A stack overflow is told by the fault address, with the function that recursed.
//= outcome.kind = "stack_overflow"
//= outcome.signal = "SIGABRT"
//= outcome.place.function = "depth"
//= heap.complete = false
fn depth(n: u64) -> u64 {
    let frame = std::hint::black_box([n; 16]);
    if n == u64::MAX { 0 } else { 1 + depth(n + 1) + frame[3] }
}

fn main() {
    println!("{}", depth(0));
}
