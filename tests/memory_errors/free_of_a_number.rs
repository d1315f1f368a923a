//! A number is taken for a pointer and freed.
//= bad-free at-once detail="in memory that the program does not have"

use std::alloc::{Layout, dealloc};

fn main() {
    let block = 0x1234_5678_usize as *mut u8;
    unsafe { dealloc(block, Layout::new::<u64>()) } //~ used
}
