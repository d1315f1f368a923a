//! Thread-locals of a thread that has ended are dropped: 1024 bytes were allocated by each of 3 threads, and none is left. (Line 12 only:
//! a spawned thread has blocks of its own.)
//= heap.sites[0].line = 12
//= heap.sites[0].total.blocks = 3
//= heap.sites[0].total.bytes = 3072
//= heap.at_exit.blocks = 0
//= heap.definitely_lost.blocks = 0
use std::cell::RefCell;
thread_local! { static BUFFER: RefCell<Vec<u8>> = const { RefCell::new(Vec::new()) }; }

fn work() {
    BUFFER.with(|buffer| buffer.borrow_mut().resize(1024, 0));
}

fn main() {
    for _ in 0..3 {
        std::thread::spawn(work).join().unwrap();
    }
}
