//! The old layout that `realloc` gets is not the block's.
//= wrong-layout at-once size=16 given=24/8 moved

use std::alloc::{Layout, alloc, dealloc, realloc};

fn main() {
    unsafe {
        let block = alloc(Layout::from_size_align(16, 8).unwrap()); //~ allocated
        let block = realloc(block, Layout::from_size_align(24, 8).unwrap(), 48); //~ used freed
        dealloc(block, Layout::from_size_align(48, 8).unwrap());
    }
}
