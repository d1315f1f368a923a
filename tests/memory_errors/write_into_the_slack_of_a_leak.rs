//! As before, but the block is never freed: the write is seen at the program's end.
//= past-the-end at-the-end offset=5 size=5

use std::alloc::{Layout, alloc};

fn main() {
    let layout = Layout::from_size_align(5, 4).unwrap();
    unsafe {
        let block = alloc(layout); //~ allocated
        block.add(5).write(1);
    }
}
