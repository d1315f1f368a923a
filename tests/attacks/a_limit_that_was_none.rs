//! Sends itself the signal of the CPU limit: that is no limit that was hit, and the leak is told.
//@ group: cheating
//@ promise: recording
//@ control: the figures
//= outcome.kind = "signaled"
//= outcome.signal = "SIGXCPU"
//= heap.at_exit.bytes = 5000
//= findings[0].code = "run/recording-cut-short"
use std::time::{Duration, Instant};

unsafe extern "C" {
    fn raise(signal: i32) -> i32;
}

fn main() {
    std::mem::forget(vec![1_u8; 5000]);
    unsafe { raise(24) };
    let begin = Instant::now();
    while begin.elapsed() < Duration::from_secs(3) {}
}
