//! Only `calloc` is the program's own: what it hands out is seen by nobody, and that is said.
//@ group: cheating
//@ promise: recording
//@ control: the figures
//= heap = null
//= findings[0].code = "run/heap-not-measured"
//= findings[0].fault = "learner"
static mut MEMORY: [u128; 1 << 10] = [0; 1 << 10];

#[unsafe(no_mangle)]
extern "C" fn calloc(_count: usize, _size: usize) -> *mut u8 {
    (&raw mut MEMORY).cast()
}

fn main() {
    std::mem::forget(vec![0_u8; 5000]);
}
