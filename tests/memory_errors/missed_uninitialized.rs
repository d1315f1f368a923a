//! Known miss: memory that was never written is read. (Miri and valgrind see it.)

use std::alloc::{Layout, alloc, dealloc};

fn main() {
    let layout = Layout::new::<u64>();
    unsafe {
        let block = alloc(layout);
        let value = block.cast::<u64>().read_volatile();
        dealloc(block, layout);
        println!("{}", value == 1);
    }
}
