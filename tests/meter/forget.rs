//! Forgotten blocks are definitely lost, at their line.
//= heap.at_exit.blocks = 3
//= heap.at_exit.bytes = 300
//= heap.definitely_lost.blocks = 3
//= heap.definitely_lost.bytes = 300
//= heap.indirectly_lost.blocks = 0
//= heap.still_reachable.blocks = 0
//= heap.sites[0].line = 12
fn main() {
    let mut kept = 0;
    while kept < 3 {
        let bytes = vec![1u8; 100];
        std::mem::forget(bytes);
        kept += 1;
    }
}
