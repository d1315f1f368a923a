//! Collects numbers, one after the other, in a list that begins empty.
//!
//! Usage: `growing COUNT`.

fn main() {
    let count = std::env::args().nth(1);
    let count: u64 = count.and_then(|text| text.parse().ok()).unwrap_or(0);
    let mut numbers: Vec<u64> = Vec::new();
    for number in 0..count {
        numbers.push(number);
    }
    println!("collected: {}", numbers.len());
}
