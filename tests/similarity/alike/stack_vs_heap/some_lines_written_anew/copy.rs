use std::env;
use std::time::Instant;

// adds all numbers
fn total(numbers: &[u64]) -> u64 {
    let mut t = 0;
    for n in numbers {
        t += n;
    }
    t
}

fn main() {
    let mut n: u64 = 1_000_000;
    if let Some(text) = env::args().nth(1) {
        n = text.parse().unwrap();
    }

    let clock = Instant::now();
    println!("stack: start");
    let mut s = 0;
    for k in 0..n {
        let one = [k, k + 1, k + 2, k + 3, k + 4];
        let two = [k + 5, k + 6, k + 7, k + 8, k + 9];
        let three = [k + 10, k + 11, k + 12, k + 13, k + 14];
        s += total(&one) + total(&two) + total(&three);
    }
    println!("stack: end, sum {s}");
    let time_stack = clock.elapsed();

    let clock = Instant::now();
    println!("heap: start");
    let mut s = 0;
    for k in 0..n {
        // always five numbers in a list
        for piece in 0..3 {
            let mut v = Vec::new();
            for j in 0..5 {
                v.push(k + piece * 5 + j);
            }
            s += total(&v);
        }
    }
    println!("heap: end, sum {s}");
    let time_heap = clock.elapsed();

    let ratio = time_heap.as_secs_f64() / time_stack.as_secs_f64();
    println!("ratio: {ratio:.2}");
}
