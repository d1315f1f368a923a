//! An allocator of the program's own on top of the system's: blocks are checked, layouts are not.
//= past-the-end at-once offset=16 size=16

use std::alloc::{GlobalAlloc, Layout, System};

struct Counting;

unsafe impl GlobalAlloc for Counting {
    unsafe fn alloc(&self, layout: Layout) -> *mut u8 {
        unsafe { System.alloc(layout) }
    }

    unsafe fn dealloc(&self, block: *mut u8, layout: Layout) {
        unsafe { System.dealloc(block, layout) }
    }
}

#[global_allocator]
static ALLOCATOR: Counting = Counting;

fn main() {
    let numbers: Vec<u64> = vec![1, 2]; //~ allocated
    let at = numbers.as_ptr();
    println!("{}", unsafe { at.add(2).read_volatile() }); //~ used
}
