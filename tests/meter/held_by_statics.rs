//! What a static, a OnceLock or a leaked reference in a static holds is reachable, not lost.
//= heap.definitely_lost.blocks = 0
//= heap.indirectly_lost.blocks = 0
//= heap.still_reachable.blocks = 3
//= heap.still_reachable.bytes = 70
use std::sync::{Mutex, OnceLock};

static LIST: Mutex<Vec<u8>> = Mutex::new(Vec::new());
static ONCE: OnceLock<Box<[u8; 20]>> = OnceLock::new();
static LEAKED: OnceLock<&'static [u8; 10]> = OnceLock::new();

fn main() {
    *LIST.lock().unwrap() = vec![1; 40];
    ONCE.set(Box::new([2; 20])).unwrap();
    LEAKED.set(Box::leak(Box::new([3; 10]))).unwrap();
}
