//! Four threads that allocate at the same time, two million blocks each.

use std::hint::black_box;
use std::thread;

fn work(seed: u64) -> u64 {
    let mut kept = Vec::new();
    let mut sum = seed;
    for round in 0..2_000_000_u64 {
        let block = black_box(Box::new([round; 3]));
        sum += block[1];
        if round % 16 == 0 {
            kept.push("kept for a while".to_string());
        }
        if kept.len() > 500 {
            kept.clear();
        }
    }
    sum
}

fn main() {
    let threads: Vec<_> = (0..4)
        .map(|seed| thread::spawn(move || work(seed)))
        .collect();
    let sum: u64 = threads
        .into_iter()
        .map(|thread| thread.join().unwrap_or(0))
        .sum();
    println!("sum {sum}");
}
