//! Box::leak whose reference a static keeps is reachable (24 bytes); one whose reference is gone is lost (16 bytes).
//= heap.total.blocks = 2
//= heap.still_reachable.bytes = 24
//= heap.definitely_lost.bytes = 16
//= heap.sites[0].line = 14
//= heap.sites[0].still_reachable.bytes = 24
//= heap.sites[1].line = 15
//= heap.sites[1].definitely_lost.bytes = 16
use std::sync::atomic::{AtomicPtr, Ordering};

static KEPT: AtomicPtr<[u64; 3]> = AtomicPtr::new(std::ptr::null_mut());

fn main() {
    let kept: &'static mut [u64; 3] = Box::leak(Box::new([1; 3]));
    let gone: &'static mut [u64; 2] = Box::leak(Box::new([2; 2]));
    assert_eq!(kept[0] + gone[0], 3);
    KEPT.store(kept, Ordering::Relaxed);
}
