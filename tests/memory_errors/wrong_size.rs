//! Asked for as 40 bytes, given back as 32.
//= wrong-layout at-once size=40 given=32/8

use std::alloc::{Layout, alloc, dealloc};

fn main() {
    unsafe {
        let block = alloc(Layout::from_size_align(40, 8).unwrap()); //~ allocated
        dealloc(block, Layout::from_size_align(32, 8).unwrap()); //~ used freed
    }
}
