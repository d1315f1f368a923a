//! Two Arcs own each other through a Mutex (futex 4, poison 1, padding to 8, pointer 8): 16 + 16 = 32 bytes each. Made in a thread.
//= heap.cycles.len = 1
//= heap.cycles[0].count = 1
//= heap.cycles[0].blocks = 2
//= heap.cycles[0].bytes = 64
//= heap.cycles[0].members[0].line = 14
use std::sync::{Arc, Mutex};

struct Node {
    other: Mutex<Option<Arc<Node>>>,
}

fn node() -> Arc<Node> {
    Arc::new(Node { other: Mutex::new(None) })
}

fn tie() {
    let (a, b) = (node(), node());
    *a.other.lock().unwrap() = Some(Arc::clone(&b));
    *b.other.lock().unwrap() = Some(a);
}

fn main() {
    std::thread::spawn(tie).join().unwrap();
}
