//! A global allocator that looks libc's `malloc` up past the probe. It counts as any memory that a program takes for itself.
//@ group: cheating
//@ promise: recording
//@ control: the figures
//= outcome.exit_code = 0
//= heap.total.blocks = 0
//= pages.foreign_bytes > 100000
use std::alloc::{GlobalAlloc, Layout};
use std::ffi::{CStr, c_char, c_int};

unsafe extern "C" {
    fn dlopen(name: *const c_char, flags: c_int) -> *mut u8;
    fn dlsym(library: *mut u8, name: *const c_char) -> *mut u8;
}

struct Hidden;

fn libc(name: &CStr) -> *mut u8 {
    unsafe { dlsym(dlopen(c"libc.so.6".as_ptr(), 2), name.as_ptr()) }
}

unsafe impl GlobalAlloc for Hidden {
    unsafe fn alloc(&self, layout: Layout) -> *mut u8 {
        let malloc: extern "C" fn(usize) -> *mut u8 = unsafe { std::mem::transmute(libc(c"malloc")) };
        malloc(layout.size())
    }

    unsafe fn dealloc(&self, block: *mut u8, _layout: Layout) {
        let free: extern "C" fn(*mut u8) = unsafe { std::mem::transmute(libc(c"free")) };
        free(block);
    }
}

#[global_allocator]
static HIDDEN: Hidden = Hidden;

fn main() {
    std::mem::forget(vec![1_u8; 5000]);
}
