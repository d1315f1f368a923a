//! A recursion 100 deep holds a box of 8 bytes in each frame: 100 blocks at one line, all alive at the deepest point.
//= heap.total.blocks = 100
//= heap.peak.blocks = 100
//= heap.peak.bytes = 800
//= heap.at_exit.blocks = 0
//= heap.sites.len = 1
fn down(n: u64) -> u64 {
    let held = Box::new(n);
    if n == 0 { 0 } else { down(n - 1) + *held }
}

fn main() {
    assert_eq!(down(99), 4950);
}
