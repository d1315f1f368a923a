//! Box::leak whose reference is gone is lost.
//= heap.definitely_lost.blocks = 1
//= heap.definitely_lost.bytes = 24
fn leak(n: u64) -> u64 {
    let three: &'static mut [u64; 3] = Box::leak(Box::new([n; 3]));
    three[1]
}

fn main() {
    assert_eq!(leak(5), 5);
}
