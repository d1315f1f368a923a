//@ about: Does all the work first and prints the five lines afterwards, so nothing happens between the lines.
//@ finding: heap/too-few-blocks in a million rounds/three million blocks
//@ output: right

use std::time::Instant;

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
    let mut sum = 0;
    for round in 0..rounds {
        let first = vec![round, round + 1, round + 2, round + 3, round + 4];
        let second = vec![round + 5, round + 6, round + 7, round + 8, round + 9];
        let third = vec![round + 10, round + 11, round + 12, round + 13, round + 14];
        sum += total(&first) + total(&second) + total(&third);
    }
    sum
}

fn main() {
    let rounds = std::env::args()
        .nth(1)
        .and_then(|text| text.parse().ok())
        .unwrap_or(1_000_000);

    let clock = Instant::now();
    let stack_sum = sum_with_locals(rounds);
    let stack_time = clock.elapsed();
    let heap_sum = sum_with_lists(rounds);
    let heap_time = clock.elapsed() - stack_time;

    println!("stack: start");
    println!("stack: end, sum {stack_sum}");
    println!("heap: start");
    println!("heap: end, sum {heap_sum}");
    println!(
        "ratio: {:.2}",
        heap_time.as_secs_f64() / stack_time.as_secs_f64()
    );
}
