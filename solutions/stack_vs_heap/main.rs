//! The same sum twice: with locals only, and with three fresh lists on the heap in every round.

use std::env;
use std::time::{Duration, Instant};

/// Rounds when no argument is given.
const DEFAULT_ROUNDS: u64 = 1_000_000;

/// The sum of five numbers, written out so that the adding costs little and the storage shows.
fn total(list: &[u64]) -> u64 {
    list[0] + list[1] + list[2] + list[3] + list[4]
}

/// Arrays are locals: entering the function makes room for all of them at once, and nothing is ever allocated.
fn sum_with_locals(rounds: u64) -> u64 {
    let mut sum = 0;
    for round in 0..rounds {
        let first = [round, round + 1, round + 2, round + 3, round + 4];
        let second = [round + 5, round + 6, round + 7, round + 8, round + 9];
        let third = [round + 10, round + 11, round + 12, round + 13, round + 14];
        sum += total(&first) + total(&second) + total(&third);
    }
    sum
}

/// `vec!` knows the length beforehand, so each list is exactly one block, freed at the end of its round.
fn sum_with_lists(rounds: u64) -> u64 {
    let mut sum = 0;
    for round in 0..rounds {
        let first = vec![round, round + 1, round + 2, round + 3, round + 4];
        let second = vec![round + 5, round + 6, round + 7, round + 8, round + 9];
        let third = vec![round + 10, round + 11, round + 12, round + 13, round + 14];
        sum += total(&first) + total(&second) + total(&third);
    }
    sum
}

/// Runs one phase between its two lines and says how long it took.
fn phase(name: &str, work: fn(u64) -> u64, rounds: u64) -> Duration {
    println!("{name}: start");
    let started = Instant::now();
    let sum = work(rounds);
    let took = started.elapsed();
    println!("{name}: end, sum {sum}");
    took
}

fn main() {
    let rounds = env::args()
        .nth(1)
        .and_then(|text| text.parse().ok())
        .unwrap_or(DEFAULT_ROUNDS);

    let stack = phase("stack", sum_with_locals, rounds);
    let heap = phase("heap", sum_with_lists, rounds);
    println!("ratio: {:.2}", heap.as_secs_f64() / stack.as_secs_f64());
}
