//! Known miss: a wrong layout where the program has an allocator of its own.
//@ says: run/layouts-not-checked

use std::alloc::{GlobalAlloc, Layout, System, alloc, dealloc};

struct Own;

unsafe impl GlobalAlloc for Own {
    unsafe fn alloc(&self, layout: Layout) -> *mut u8 {
        unsafe { System.alloc(layout) }
    }

    unsafe fn dealloc(&self, block: *mut u8, layout: Layout) {
        unsafe { System.dealloc(block, layout) }
    }
}

#[global_allocator]
static ALLOCATOR: Own = Own;

fn main() {
    unsafe {
        let block = alloc(Layout::new::<[u64; 4]>());
        dealloc(block, Layout::new::<u64>());
    }
}
