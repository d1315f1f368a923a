// Exercise: stack_vs_heap

use std::env;
use std::time::Instant;

fn total(list: &[u64]) -> u64 {
    list[0] + list[1] + list[2] + list[3] + list[4]
}

/// Five numbers in a row, as an array: it is returned by value and stays on the stack.
fn row(first: u64) -> [u64; 5] {
    [first, first + 1, first + 2, first + 3, first + 4]
}

fn sum_with_locals(rounds: u64) -> u64 {
    let mut sum = 0;
    for round in 0..rounds {
        let a = row(round);
        let b = row(round + 5);
        let c = row(round + 10);
        sum += total(&a) + total(&b) + total(&c);
    }
    sum
}

fn sum_with_lists(rounds: u64) -> u64 {
    let mut sum = 0;
    for round in 0..rounds {
        // to_vec copies the array into a block of exactly the right size.
        let a = row(round).to_vec();
        let b = row(round + 5).to_vec();
        let c = row(round + 10).to_vec();
        sum += total(&a) + total(&b) + total(&c);
    }
    sum
}

fn main() {
    let rounds: u64 = match env::args().nth(1) {
        Some(arg) => arg.parse().expect("the argument must be a number"),
        None => 1_000_000,
    };

    println!("stack: start");
    let clock = Instant::now();
    let stack_sum = sum_with_locals(rounds);
    let stack_time = clock.elapsed().as_secs_f64();
    println!("stack: end, sum {stack_sum}");

    println!("heap: start");
    let clock = Instant::now();
    let heap_sum = sum_with_lists(rounds);
    let heap_time = clock.elapsed().as_secs_f64();
    println!("heap: end, sum {heap_sum}");

    let ratio = heap_time / stack_time;
    println!("ratio: {ratio:.2}");
}
