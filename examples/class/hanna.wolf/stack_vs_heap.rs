use std::time::Instant;

fn main() {
    let rounds: u64 = std::env::args().nth(1).map(|s| s.parse().unwrap()).unwrap_or(1000000);

    println!("stack: start");
    let t0 = Instant::now();
    let mut sum = 0u64;
    for i in 0..rounds {
        // a Vec in a local variable is on the stack
        let v: Vec<u64> = (i..i + 15).collect();
        sum += v.iter().sum::<u64>();
    }
    let stack_time = t0.elapsed();
    println!("stack: end, sum {}", sum);

    println!("heap: start");
    let t1 = Instant::now();
    let mut sum = 0u64;
    for i in 0..rounds {
        let a = Box::new([i, i + 1, i + 2, i + 3, i + 4]);
        let b = Box::new([i + 5, i + 6, i + 7, i + 8, i + 9]);
        let c = Box::new([i + 10, i + 11, i + 12, i + 13, i + 14]);
        sum += a.iter().sum::<u64>() + b.iter().sum::<u64>() + c.iter().sum::<u64>();
    }
    let heap_time = t1.elapsed();
    println!("heap: end, sum {}", sum);

    println!("ratio: {:.2}", heap_time.as_secs_f64() / stack_time.as_secs_f64());
}
