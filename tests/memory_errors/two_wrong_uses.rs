//! A double free does not end the run: what comes after it is seen too.
//= double-free at-once offset=0 size=8
//= wrong-layout at-once size=16 given=8/8

use std::alloc::{Layout, alloc, dealloc};

fn main() {
    let word = Layout::new::<u64>();
    let pair = Layout::new::<[u64; 2]>();
    unsafe {
        let block = alloc(word);
        dealloc(block, word);
        dealloc(block, word);
        let block = alloc(pair);
        dealloc(block, word);
    }
}
