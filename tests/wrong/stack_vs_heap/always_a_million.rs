//@ about: Ignores the argument: the number of rounds is written into the program.
//@ finding: output/no-match in fewer rounds/sums of fewer rounds

use std::time::{Duration, Instant};

const ROUNDS: u64 = 1_000_000;

fn total(list: &[u64]) -> u64 {
    list[0] + list[1] + list[2] + list[3] + list[4]
}

fn with_arrays() -> u64 {
    let mut sum = 0;
    for i in 0..ROUNDS {
        sum += total(&[i, i + 1, i + 2, i + 3, i + 4]);
        sum += total(&[i + 5, i + 6, i + 7, i + 8, i + 9]);
        sum += total(&[i + 10, i + 11, i + 12, i + 13, i + 14]);
    }
    sum
}

fn with_vectors() -> u64 {
    let mut sum = 0;
    for i in 0..ROUNDS {
        sum += total(&vec![i, i + 1, i + 2, i + 3, i + 4]);
        sum += total(&vec![i + 5, i + 6, i + 7, i + 8, i + 9]);
        sum += total(&vec![i + 10, i + 11, i + 12, i + 13, i + 14]);
    }
    sum
}

fn measure(name: &str, work: fn() -> u64) -> Duration {
    println!("{name}: start");
    let clock = Instant::now();
    let sum = work();
    let time = clock.elapsed();
    println!("{name}: end, sum {sum}");
    time
}

fn main() {
    let stack = measure("stack", with_arrays);
    let heap = measure("heap", with_vectors);
    println!("ratio: {:.2}", heap.as_secs_f64() / stack.as_secs_f64());
}
