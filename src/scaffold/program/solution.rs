// TODO(author): the model solution; it passes every check with room to spare
//! Adds up the numbers from 1 to n.

/// The sum of all numbers from 1 to `n`.
fn sum(n: u64) -> u64 {
    (1..=n).sum()
}

fn main() {
    let argument = std::env::args().nth(1);
    let n = argument.map_or(1000, |text| text.parse().expect("n is a number"));
    println!("sum: {}", sum(n));
}
