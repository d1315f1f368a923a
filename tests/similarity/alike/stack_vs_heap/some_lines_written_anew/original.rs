//! Which one is faster?

use std::time::Instant;

fn add_up(slice: &[u64]) -> u64 {
    let mut sum = 0;
    for x in slice {
        sum += x;
    }
    sum
}

fn main() {
    let rounds: u64 = match std::env::args().nth(1) {
        Some(arg) => arg.parse().expect("please give me a number"),
        None => 1_000_000,
    };

    let begin = Instant::now();
    println!("stack: start");
    let mut sum = 0;
    for r in 0..rounds {
        let a = [r, r + 1, r + 2, r + 3, r + 4];
        let b = [r + 5, r + 6, r + 7, r + 8, r + 9];
        let c = [r + 10, r + 11, r + 12, r + 13, r + 14];
        sum += add_up(&a) + add_up(&b) + add_up(&c);
    }
    println!("stack: end, sum {sum}");
    let stack = begin.elapsed();

    let begin = Instant::now();
    println!("heap: start");
    let mut sum = 0;
    for r in 0..rounds {
        // three lists with five numbers each
        for part in 0..3 {
            let mut list = Vec::new();
            for i in 0..5 {
                list.push(r + part * 5 + i);
            }
            sum += add_up(&list);
        }
    }
    println!("heap: end, sum {sum}");
    let heap = begin.elapsed();

    println!("ratio: {:.2}", heap.as_secs_f64() / stack.as_secs_f64());
}
