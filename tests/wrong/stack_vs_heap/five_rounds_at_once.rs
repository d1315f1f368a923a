//@ about: Saves the stack phase most of its work: one round in five is done, the others are calculated.
//@ finding: ratio/too-high in a million rounds/both phases do the work
//@ output: right

use std::time::{Duration, Instant};

fn total(list: &[u64]) -> u64 {
    list[0] + list[1] + list[2] + list[3] + list[4]
}

fn sum_with_locals(rounds: u64) -> u64 {
    let mut sum = 0;
    for round in (0..rounds).step_by(5) {
        let first = [round, round + 1, round + 2, round + 3, round + 4];
        let second = [round + 5, round + 6, round + 7, round + 8, round + 9];
        let third = [round + 10, round + 11, round + 12, round + 13, round + 14];
        // The next four rounds are like this one, only each is larger by 15 than the one before.
        sum += 5 * (total(&first) + total(&second) + total(&third)) + 15 * (1 + 2 + 3 + 4);
    }
    sum
}

fn sum_with_lists(rounds: u64) -> u64 {
    let mut sum = 0;
    for round in 0..rounds {
        let first: Vec<u64> = (round..round + 5).collect();
        let second: Vec<u64> = (round + 5..round + 10).collect();
        let third: Vec<u64> = (round + 10..round + 15).collect();
        sum += total(&first) + total(&second) + total(&third);
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
