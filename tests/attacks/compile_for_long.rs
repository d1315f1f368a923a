//! A constant that takes the compiler many seconds to work out.
//@ group: compiling
//@ promise: compiler
//@ build-limit: wall=1s
//@ reached: said
//@ control: full build-limit wall=60s
//= outcome.kind = "build_failed"
//= findings[0].fault = "learner"
#![allow(long_running_const_eval)]

const SLOW: u64 = {
    let mut n = 0;
    let mut i = 0;
    while i < 4_000_000 {
        n ^= i;
        i += 1;
    }
    n
};

fn main() {
    std::hint::black_box(SLOW);
    println!("REACHED");
}
