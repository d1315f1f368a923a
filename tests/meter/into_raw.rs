//! Of two boxes that were made raw one is taken back. The other's 48 bytes are lost.
//= heap.total.blocks = 2
//= heap.total.bytes = 96
//= heap.definitely_lost.bytes = 48
//= heap.sites[0].line = 8
fn main() {
    let raw: Vec<u8> = Vec::new();
    let one = Box::into_raw(Box::new([1_u64; 6]));
    let two = Box::into_raw(Box::new([2_u64; 6]));
    unsafe {
        assert_eq!((*one)[0] + (*two)[0], 3);
        drop(Box::from_raw(two));
    }
    assert!(raw.is_empty());
}
