//! A global allocator that calls libc's functions by their other names, so that nothing of it would be counted.
//@ group: cheating
//@ promise: recording
//@ control: the figures
//= outcome.exit_code = 0
//= heap.total.blocks = 2
//= heap.definitely_lost.bytes = 5000
//= pages.foreign_bytes = 0
use std::alloc::{GlobalAlloc, Layout};

unsafe extern "C" {
    fn __libc_malloc(size: usize) -> *mut u8;
    fn __libc_free(block: *mut u8);
}

struct Hidden;

unsafe impl GlobalAlloc for Hidden {
    unsafe fn alloc(&self, layout: Layout) -> *mut u8 {
        unsafe { __libc_malloc(layout.size()) }
    }

    unsafe fn dealloc(&self, block: *mut u8, _layout: Layout) {
        unsafe { __libc_free(block) }
    }
}

#[global_allocator]
static HIDDEN: Hidden = Hidden;

fn main() {
    std::mem::forget(vec![1_u8; 5000]);
    drop(std::hint::black_box(vec![1_u8; 300]));
}
