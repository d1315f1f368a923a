//! A pointer that is kept as an integer in a static is still a pointer to whoever follows words: reachable. One that is kept with its
//! bits turned around is not.
//= heap.total.blocks = 2
//= heap.still_reachable.bytes = 16
//= heap.definitely_lost.bytes = 24
use std::sync::atomic::{AtomicUsize, Ordering};

static AS_NUMBER: AtomicUsize = AtomicUsize::new(0);
static TURNED: AtomicUsize = AtomicUsize::new(0);

fn main() {
    AS_NUMBER.store(Box::into_raw(Box::new([1_u64; 2])) as usize, Ordering::Relaxed);
    TURNED.store(!(Box::into_raw(Box::new([1_u64; 3])) as usize), Ordering::Relaxed);
}
