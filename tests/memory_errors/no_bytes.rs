//! `alloc` must not be asked for 0 bytes.
//= zero-size at-once

use std::alloc::{Layout, alloc};

fn main() {
    let count = std::env::args().count() - 1;
    let layout = Layout::array::<u64>(count).unwrap();
    let block = unsafe { alloc(layout) }; //~ used
    println!("{}", block.is_null());
}
