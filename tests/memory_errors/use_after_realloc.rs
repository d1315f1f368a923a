//! The old address is used after `realloc` has given a new one.
//= use-after-free at-once offset=0 size=64 moved

use std::alloc::{Layout, alloc, dealloc, realloc};

fn main() {
    let layout = Layout::from_size_align(64, 8).unwrap();
    unsafe {
        let old = alloc(layout); //~ allocated
        let new = realloc(old, layout, 128); //~ freed
        old.write(1); //~ used
        dealloc(new, Layout::from_size_align(128, 8).unwrap());
    }
}
