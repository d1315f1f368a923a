//! 150 threads at once, 60 after one another: each allocates 10 boxes of 64 bytes at line 16, in all 210 * 10.
//@ limit: processes=300
//= heap.sites[0].line = 16
//= heap.sites[0].total.blocks = 2100
//= heap.sites[0].total.bytes = 134400
//= heap.sites[0].at_exit.blocks = 0
//= heap.at_exit.blocks = 0
//= heap.complete = true
//= findings.len = 0
//= stdout.text = "2100\n"
use std::sync::{Arc, Barrier};
use std::thread;

fn work(number: u64) -> u64 {
    (0..10).map(|n| {
        let boxed = Box::new([number + n; 8]);
        boxed[7] - boxed[0] + 1
    })
    .sum()
}

fn main() {
    let all = Arc::new(Barrier::new(150));
    let together: Vec<_> = (0..150)
        .map(|number| {
            let all = Arc::clone(&all);
            thread::spawn(move || {
                let before = work(number);
                all.wait();
                before
            })
        })
        .collect();
    let mut blocks: u64 = together.into_iter().map(|thread| thread.join().unwrap()).sum();
    for number in 0..60 {
        blocks += thread::spawn(move || work(number)).join().unwrap();
    }
    println!("{blocks}");
}
