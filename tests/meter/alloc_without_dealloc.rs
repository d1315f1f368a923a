//! std::alloc by hand: 3 blocks of 100 bytes, one given back, two lost.
//= heap.total.blocks = 3
//= heap.total.bytes = 300
//= heap.peak.bytes = 300
//= heap.definitely_lost.blocks = 2
//= heap.definitely_lost.bytes = 200
//= heap.sites.len = 1
use std::alloc::{Layout, alloc, dealloc};

fn main() {
    let layout = Layout::from_size_align(100, 4).unwrap();
    unsafe {
        let blocks = [(); 3].map(|()| {
            alloc(layout)
        });
        blocks[0].write(1);
        dealloc(blocks[1], layout);
    }
}
