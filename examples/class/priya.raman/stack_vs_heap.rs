use std::time::Instant;

fn main() {
    let n: u64 = std::env::args().nth(1).unwrap_or("1000000".into()).parse().unwrap();

    println!("stack: start");
    let t = Instant::now();
    let mut s = 0u64;
    for i in 0..n {
        // 15 numbers, i is the first: 15 * i + (0 + 1 + … + 14)
        s += 15 * i + 105;
    }
    let a = t.elapsed().as_nanos();
    println!("stack: end, sum {s}");

    println!("heap: start");
    let t = Instant::now();
    let mut s = 0u64;
    for i in 0..n {
        for j in [0, 5, 10] {
            let v: Vec<u64> = (i + j..i + j + 5).collect();
            s += v.into_iter().sum::<u64>();
        }
    }
    let b = t.elapsed().as_nanos();
    println!("heap: end, sum {s}");

    println!("ratio: {:.2}", b as f64 / a as f64);
}
