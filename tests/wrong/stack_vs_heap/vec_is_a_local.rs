//@ about: Believes that a `Vec` in a local variable lies on the stack with all its elements.
//@ finding: heap/too-many-blocks in a million rounds/locals need no heap
//@ output: right

use std::time::Instant;

fn total(list: &[u64]) -> u64 {
    list[0] + list[1] + list[2] + list[3] + list[4]
}

fn on_stack(rounds: u64) -> u64 {
    let mut sum = 0;
    for r in 0..rounds {
        // Local variables, so they are on the stack.
        let a: Vec<u64> = vec![r, r + 1, r + 2, r + 3, r + 4]; //~ heap/too-many-blocks
        let b = [r + 5, r + 6, r + 7, r + 8, r + 9];
        let c = [r + 10, r + 11, r + 12, r + 13, r + 14];
        sum += total(&a) + total(&b) + total(&c);
    }
    sum
}

fn on_heap(rounds: u64) -> u64 {
    let mut sum = 0;
    for r in 0..rounds {
        let a = Box::new([r, r + 1, r + 2, r + 3, r + 4]);
        let b = Box::new([r + 5, r + 6, r + 7, r + 8, r + 9]);
        let c = Box::new([r + 10, r + 11, r + 12, r + 13, r + 14]);
        sum += total(&*a) + total(&*b) + total(&*c);
    }
    sum
}

fn main() {
    let rounds: u64 = std::env::args()
        .nth(1)
        .map_or(1_000_000, |a| a.parse().unwrap());

    println!("stack: start");
    let start = Instant::now();
    let sum = on_stack(rounds);
    let stack = start.elapsed();
    println!("stack: end, sum {sum}");

    println!("heap: start");
    let start = Instant::now();
    let sum = on_heap(rounds);
    let heap = start.elapsed();
    println!("heap: end, sum {sum}");

    println!("ratio: {:.2}", heap.as_secs_f64() / stack.as_secs_f64());
}
