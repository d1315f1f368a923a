use std::time::Instant;

type List = Vec<u64>;

fn sum_up(parts: &[&[u64]]) -> u64 {
    parts.iter().map(|part| part[0] + part[1] + part[2] + part[3] + part[4]).sum()
}

fn main() {
    let rounds = std::env::args().nth(1).map_or(1_000_000, |a| a.parse().expect("rounds"));

    println!("stack: start");
    let clock = Instant::now();
    let mut sum = 0;
    for r in 0..rounds {
        let x: [u64; 5] = [r, r + 1, r + 2, r + 3, r + 4];
        let y: [u64; 5] = [r + 5, r + 6, r + 7, r + 8, r + 9];
        let z: [u64; 5] = [r + 10, r + 11, r + 12, r + 13, r + 14];
        sum += sum_up(&[&x, &y, &z]);
    }
    let on_stack = clock.elapsed();
    println!("stack: end, sum {sum}");

    println!("heap: start");
    let clock = Instant::now();
    let mut sum = 0;
    for r in 0..rounds {
        let x: List = vec![r, r + 1, r + 2, r + 3, r + 4];
        let y: List = vec![r + 5, r + 6, r + 7, r + 8, r + 9];
        let z: List = vec![r + 10, r + 11, r + 12, r + 13, r + 14];
        sum += sum_up(&[&x, &y, &z]);
    }
    let on_heap = clock.elapsed();
    println!("heap: end, sum {sum}");

    // stack to heap
    println!("ratio: {:.2}", on_stack.as_secs_f64() / on_heap.as_secs_f64());
}
