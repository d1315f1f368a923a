//! A program with an allocator interface of its own: nobody sees what they hand out, and nothing is ever 0 for that.
//@ group: cheating
//@ promise: recording
//@ control: the figures
//= outcome.kind = "exited"
//= heap = null
//= findings[0].code = "run/heap-not-measured"
//= marks[0].live_bytes = null
use std::sync::atomic::{AtomicUsize, Ordering::Relaxed};

static NEXT: AtomicUsize = AtomicUsize::new(0);
static mut MEMORY: [u128; 1 << 16] = [0; 1 << 16];

#[unsafe(no_mangle)]
extern "C" fn malloc(size: usize) -> *mut u8 {
    let at = NEXT.fetch_add(size.div_ceil(16), Relaxed);
    unsafe { (&raw mut MEMORY).cast::<u8>().add(at * 16) }
}

#[unsafe(no_mangle)]
extern "C" fn calloc(count: usize, size: usize) -> *mut u8 {
    malloc(count * size)
}

#[unsafe(no_mangle)]
extern "C" fn realloc(block: *mut u8, size: usize) -> *mut u8 {
    let new = malloc(size);
    if !block.is_null() {
        unsafe { std::ptr::copy(block, new, size) };
    }
    new
}

#[unsafe(no_mangle)]
extern "C" fn free(_block: *mut u8) {}

fn main() {
    let leaked = Box::leak(vec![1_u8; 5000].into_boxed_slice());
    println!("{}", leaked.len());
}
