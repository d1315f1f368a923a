//! A cache that fills and then stays: a plateau, and nothing to say about it.
//= heap.shape.kind = "plateau"
//= heap.shape.site = null
//= heap.shape.projection = null
//= findings.len = 0
use std::cell::RefCell;
use std::collections::VecDeque;

thread_local! {
    static RECENT: RefCell<VecDeque<Vec<u8>>> = RefCell::default();
}

fn main() {
    for round in 1..=20 {
        for _ in 0..10 {
            RECENT.with_borrow_mut(|recent| {
                if recent.len() == 50 {
                    recent.pop_front();
                }
                recent.push_back(vec![0; 2000]);
            });
        }
        println!("round {round}");
    }
}
