//@ about: Fills empty lists with `push`: each begins with room for four, and the fifth number moves it to a new block.
//@ finding: heap/too-many-blocks in a million rounds/three million blocks
//@ output: right

use std::time::{Duration, Instant};

fn total(list: &[u64]) -> u64 {
    list[0] + list[1] + list[2] + list[3] + list[4]
}

fn sum_with_locals(rounds: u64) -> u64 {
    let mut sum = 0;
    for round in 0..rounds {
        for start in [round, round + 5, round + 10] {
            sum += total(&[start, start + 1, start + 2, start + 3, start + 4]);
        }
    }
    sum
}

fn five_from(start: u64) -> Vec<u64> {
    let mut list = Vec::new();
    for number in start..start + 5 {
        list.push(number); //~ heap/too-many-blocks
    }
    list
}

fn sum_with_lists(rounds: u64) -> u64 {
    let mut sum = 0;
    for round in 0..rounds {
        for start in [round, round + 5, round + 10] {
            sum += total(&five_from(start));
        }
    }
    sum
}

fn phase(name: &str, work: fn(u64) -> u64, rounds: u64) -> Duration {
    println!("{name}: start");
    let started = Instant::now();
    let sum = work(rounds);
    let took = started.elapsed();
    println!("{name}: end, sum {sum}");
    took
}

fn main() {
    let rounds = std::env::args()
        .nth(1)
        .and_then(|text| text.parse().ok())
        .unwrap_or(1_000_000);
    let stack = phase("stack", sum_with_locals, rounds);
    let heap = phase("heap", sum_with_lists, rounds);
    println!("ratio: {:.2}", heap.as_secs_f64() / stack.as_secs_f64());
}
