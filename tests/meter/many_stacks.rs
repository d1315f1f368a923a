//! One line, reached on 4096 ways: twelve levels of calls, each of two. Every way is taken twice; the first block is forgotten.
//= heap.total.blocks = 8192
//= heap.total.bytes = 65536
//= heap.at_exit.blocks = 4096
//= heap.definitely_lost.blocks = 4096
//= heap.definitely_lost.bytes = 32768
//= heap.peak.blocks = 4097
//= heap.sites.len = 1
//= heap.sites[0].line = 17
//= heap.complete = true
fn descend(level: u32, kept: bool) {
    if level > 0 {
        descend(level - 1, kept);
        descend(level - 1, kept);
        return;
    }
    let block = Box::new(7u64);
    if kept {
        std::mem::forget(block);
    }
}

fn main() {
    descend(12, true);
    descend(12, false);
}
