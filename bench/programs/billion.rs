//! A thousand million blocks, one after the other, with a line after every hundred million: figures and curve stay bounded.

use std::hint::black_box;

/// Makes and frees blocks one at a time; a loop by hand, as iterators cost more than the blocks at opt-level 0.
fn churn(blocks: u64) -> u64 {
    let mut sum = 0;
    let mut number = 0;
    while number < blocks {
        let block = black_box(Box::new(number));
        sum += *block & 1;
        number += 1;
    }
    sum
}

fn main() {
    let mut odd = 0;
    for round in 1..=10 {
        odd += churn(100_000_000);
        println!("round {round}: {odd} odd numbers");
    }
}
