//! A detached thread runs when main returns: what its stack holds is reachable (3000 bytes).
//= heap.definitely_lost.blocks = 0
//= heap.sites[0].line = 11
//= heap.sites[0].still_reachable.bytes = 3000
//= heap.sites[0].holders[0].kind = "thread-stack"
use std::sync::mpsc;

fn main() {
    let (ready, is_ready) = mpsc::channel();
    std::thread::spawn(move || {
        let held = vec![1_u8; 3000];
        ready.send(held.len()).unwrap();
        loop {
            std::thread::park();
            std::hint::black_box(&held);
        }
    });
    assert_eq!(is_ready.recv(), Ok(3000));
}
