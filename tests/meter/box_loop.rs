//! A thousand boxes, one at a time.
//= heap.total.blocks = 1000
//= heap.total.bytes = 8000
//= heap.peak.bytes = 8
//= heap.peak.blocks = 1
//= heap.sites[0].function = "main"
fn main() {
    let mut sum = 0;
    for n in 0..1000u64 {
        let boxed = Box::new(n);
        sum += *boxed;
    }
    assert_eq!(sum, 499_500);
}
