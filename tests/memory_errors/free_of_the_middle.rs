//! A pointer into a block is freed, not the block's start.
//= bad-free at-once offset=8 size=32

use std::alloc::{Layout, alloc, dealloc};

fn main() {
    let layout = Layout::from_size_align(32, 8).unwrap();
    unsafe {
        let block = alloc(layout); //~ allocated
        dealloc(block.add(8), Layout::from_size_align(24, 8).unwrap()); //~ used
        dealloc(block, layout); //~ freed
    }
}
