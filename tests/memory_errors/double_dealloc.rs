//! `dealloc` is called twice, in a function that both calls go through.
//= double-free at-once offset=0 size=24

use std::alloc::{Layout, alloc, dealloc};

fn give_back(block: *mut u8, layout: Layout) {
    unsafe { dealloc(block, layout) } //~ used freed
}

fn main() {
    let layout = Layout::from_size_align(24, 8).unwrap();
    let block = unsafe { alloc(layout) }; //~ allocated
    give_back(block, layout);
    give_back(block, layout);
}
