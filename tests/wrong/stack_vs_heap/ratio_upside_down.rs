//@ about: Divides the stack's time by the heap's: the ratio is upside down.
//@ finding: claims/untrue in a million rounds/the printed ratio is true
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
    let clock = Instant::now();
    let mut sum = 0;
    for n in 0..rounds {
        let x = [n, n + 1, n + 2, n + 3, n + 4];
        let y = [n + 5, n + 6, n + 7, n + 8, n + 9];
        let z = [n + 10, n + 11, n + 12, n + 13, n + 14];
        sum += total(&x) + total(&y) + total(&z);
    }
    let stack = clock.elapsed().as_millis() as f64;
    println!("stack: end, sum {sum}");

    println!("heap: start");
    let clock = Instant::now();
    let mut sum = 0;
    for n in 0..rounds {
        let x = vec![n, n + 1, n + 2, n + 3, n + 4];
        let y = vec![n + 5, n + 6, n + 7, n + 8, n + 9];
        let z = vec![n + 10, n + 11, n + 12, n + 13, n + 14];
        sum += total(&x) + total(&y) + total(&z);
    }
    let heap = clock.elapsed().as_millis() as f64;
    println!("heap: end, sum {sum}");

    println!("ratio: {:.2}", stack / heap); //~ claims/untrue
}
