//! A stack overflow is told by the fault address, with the function that recursed. Its frame holds the array twice, 2 * 128 bytes, and less
//! than 1 KiB in all: 8 MiB are more than 8192 calls.
//= outcome.kind = "stack_overflow"
//= outcome.signal = "SIGABRT"
//= outcome.place.function = "depth"
//= heap.complete = false
//= outcome.frames[0].at.function = "depth"
//= outcome.frames[0].bytes > 256
//= outcome.frames[0].bytes < 1024
//= outcome.frames[0].times > 8192
fn depth(n: u64) -> u64 {
    let frame = std::hint::black_box([n; 16]);
    if n == u64::MAX { 0 } else { 1 + depth(n + 1) + frame[3] }
}

fn main() {
    println!("{}", depth(0));
}
