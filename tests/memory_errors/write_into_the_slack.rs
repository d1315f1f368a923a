//! 5 bytes with an alignment of 4: the block cannot end where its guard begins. The write is seen when the block is freed.
//= past-the-end when-freed offset=6 size=5

use std::alloc::{Layout, alloc, dealloc};

fn main() {
    let layout = Layout::from_size_align(5, 4).unwrap();
    unsafe {
        let block = alloc(layout); //~ allocated
        block.add(6).write(1);
        dealloc(block, layout); //~ used freed
    }
}
