//@ about: Makes the numbers on the stack smaller, to save room; the large sum does not fit and wraps around.
//@ finding: output/no-match in a million rounds/the stack's sum

use std::time::{Duration, Instant};

fn total(list: &[u64]) -> u64 {
    list[0] + list[1] + list[2] + list[3] + list[4]
}

/// Numbers of 32 bits make the arrays half as large. Plain `+=` panicked, so this wraps.
fn sum_with_locals(rounds: u64) -> u64 {
    let mut sum = 0_u32;
    for round in 0..rounds as u32 {
        let first = [round, round + 1, round + 2, round + 3, round + 4];
        let second = [round + 5, round + 6, round + 7, round + 8, round + 9];
        let third = [round + 10, round + 11, round + 12, round + 13, round + 14];
        for list in [first, second, third] {
            sum = sum.wrapping_add(list[0] + list[1] + list[2] + list[3] + list[4]);
        }
    }
    u64::from(sum)
}

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
