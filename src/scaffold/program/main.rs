// TODO(author): what learners begin with; it compiles, and fails as the spec says under `[starter]`
//! Adds up the numbers from 1 to n.

/// TODO: the sum of all numbers from 1 to `n`.
fn sum(n: u64) -> u64 {
    n
}

fn main() {
    let argument = std::env::args().nth(1);
    let n = argument.map_or(1000, |text| text.parse().expect("n is a number"));
    println!("sum: {}", sum(n));
}
