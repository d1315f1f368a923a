//! The size agrees, the alignment does not.
//= wrong-layout at-once size=64 given=64/8

use std::alloc::{Layout, alloc, dealloc};

fn main() {
    unsafe {
        let block = alloc(Layout::from_size_align(64, 64).unwrap()); //~ allocated
        dealloc(block, Layout::from_size_align(64, 8).unwrap()); //~ used freed
    }
}
