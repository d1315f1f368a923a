//! Vec to boxed slice without spare capacity moves nothing; with spare capacity it is one realloc. 30 + (100, then 10).
//= heap.total.blocks = 3
//= heap.total.bytes = 140
//= heap.peak.bytes = 130
//= heap.at_exit.blocks = 0
fn main() {
    let exact = vec![1_u8; 30].into_boxed_slice();
    let mut spare = Vec::with_capacity(100);
    spare.extend([1_u8; 10]);
    let spare = spare.into_boxed_slice();
    assert_eq!(exact.len() + spare.len(), 40);
}
