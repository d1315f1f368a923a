//! alloc_zeroed gives one block, and no page of it is touched: 16 MiB are 4096 pages, and there are fewer faults than that.
//= heap.total.blocks = 1
//= heap.total.bytes = 16777216
//= heap.definitely_lost.bytes = 16777216
//= pages.minor_faults < 1000
//= pages.peak_resident_bytes < 16777216
use std::alloc::{Layout, alloc_zeroed};

fn main() {
    let layout = Layout::from_size_align(16 << 20, 8).unwrap();
    let block = unsafe { alloc_zeroed(layout) };
    assert!(!block.is_null());
}
