//@ about: Adds up the lists in floating point, "for large numbers"; the sum loses its last digits on the way.
//@ finding: output/no-match in a million rounds/the heap's sum

use std::time::{Duration, Instant};

fn total(list: &[u64]) -> u64 {
    list[0] + list[1] + list[2] + list[3] + list[4]
}

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

fn sum_with_lists(rounds: u64) -> u64 {
    let mut sum = 0.0_f32;
    for round in 0..rounds {
        for start in [round, round + 5, round + 10] {
            let list: Vec<f32> = (start..start + 5).map(|number| number as f32).collect();
            for number in &list {
                sum += number;
            }
        }
    }
    sum as u64
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
