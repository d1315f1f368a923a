//@ about: Adds an `x` to the ratio, though the line was given exactly.
//@ finding: claims/missing in a million rounds/the printed ratio is true
//@ output: right

use std::time::Instant;

fn total(list: &[u64]) -> u64 {
    list[0] + list[1] + list[2] + list[3] + list[4]
}

fn main() {
    let rounds = match std::env::args().nth(1) {
        Some(text) => text.parse::<u64>().expect("the number of rounds"),
        None => 1_000_000,
    };

    println!("stack: start");
    let before = Instant::now();
    let mut sum = 0;
    for n in 0..rounds {
        let x = [n, n + 1, n + 2, n + 3, n + 4];
        let y = [n + 5, n + 6, n + 7, n + 8, n + 9];
        let z = [n + 10, n + 11, n + 12, n + 13, n + 14];
        sum += total(&x) + total(&y) + total(&z);
    }
    let stack = before.elapsed();
    println!("stack: end, sum {sum}");

    println!("heap: start");
    let before = Instant::now();
    let mut sum = 0;
    for n in 0..rounds {
        let x = vec![n, n + 1, n + 2, n + 3, n + 4];
        let y = vec![n + 5, n + 6, n + 7, n + 8, n + 9];
        let z = vec![n + 10, n + 11, n + 12, n + 13, n + 14];
        sum += total(&x) + total(&y) + total(&z);
    }
    let heap = before.elapsed();
    println!("heap: end, sum {sum}");

    println!("ratio: {:.2}x", heap.as_secs_f64() / stack.as_secs_f64());
}
