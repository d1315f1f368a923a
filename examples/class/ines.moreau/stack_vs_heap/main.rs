//! The same sum on the stack and on the heap.

use std::hint::black_box;
use std::time::{Duration, Instant};

const PARTS: [u64; 3] = [0, 5, 10];

fn five(from: u64) -> [u64; 5] {
    [from, from + 1, from + 2, from + 3, from + 4]
}

fn on_the_stack(rounds: u64) -> u64 {
    let mut sum = 0;
    for round in 0..rounds {
        for part in PARTS {
            let list = black_box(five(round + part));
            sum += list[0] + list[1] + list[2] + list[3] + list[4];
        }
    }
    sum
}

fn on_the_heap(rounds: u64) -> u64 {
    let mut sum = 0;
    for round in 0..rounds {
        for part in PARTS {
            // `to_vec` asks for exactly five places, once.
            let list = black_box(five(round + part).to_vec());
            sum += list[0] + list[1] + list[2] + list[3] + list[4];
        }
    }
    sum
}

fn phase(name: &str, rounds: u64, work: fn(u64) -> u64) -> Duration {
    println!("{name}: start");
    let before = Instant::now();
    let sum = work(rounds);
    let took = before.elapsed();
    println!("{name}: end, sum {sum}");
    took
}

fn main() {
    let rounds = std::env::args().nth(1);
    let rounds = rounds.and_then(|text| text.parse().ok()).unwrap_or(1_000_000);
    let stack = phase("stack", rounds, on_the_stack);
    let heap = phase("heap", rounds, on_the_heap);
    println!("ratio: {:.2}", heap.as_secs_f64() / stack.as_secs_f64());
}
