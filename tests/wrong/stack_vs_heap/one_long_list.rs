//@ about: Puts the fifteen numbers into one list a round, since the sum is the same.
//@ finding: heap/too-few-blocks in a million rounds/three million blocks
//@ output: right

use std::time::Instant;

fn main() {
    let rounds: u64 = std::env::args()
        .nth(1)
        .map_or(1_000_000, |a| a.parse().unwrap());

    println!("stack: start");
    let clock = Instant::now();
    let mut sum = 0;
    for r in 0..rounds {
        for number in r..r + 15 {
            sum += number;
        }
    }
    let stack = clock.elapsed();
    println!("stack: end, sum {sum}");

    println!("heap: start");
    let clock = Instant::now();
    let mut sum = 0;
    for r in 0..rounds {
        let list: Vec<u64> = (r..r + 15).collect();
        for number in &list {
            sum += number;
        }
    }
    let heap = clock.elapsed();
    println!("heap: end, sum {sum}");

    println!("ratio: {:.2}", heap.as_secs_f64() / stack.as_secs_f64());
}
