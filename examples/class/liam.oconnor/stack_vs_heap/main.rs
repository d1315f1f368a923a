//! The same sum twice: once with locals only, once with three fresh lists on the heap in every round.
//! How many times as long does the heap take?
//!
//! Print exactly these five lines, each at the moment it speaks of (SUM and RATIO are yours):
//!
//!     stack: start
//!     stack: end, sum SUM
//!     heap: start
//!     heap: end, sum SUM
//!     ratio: RATIO
//!
//! RATIO is the heap's time divided by the stack's time, with two digits after the point.
//! There are 1,000,000 rounds, or as many as the first argument says.

/// The sum of five numbers, written out so that the adding costs little and the storage shows.
fn total(list: &[u64]) -> u64 {
    list[0] + list[1] + list[2] + list[3] + list[4]
}

/// In each round (0, 1, 2, …) three lists of five numbers, fifteen numbers in a row that begin with the round's own
/// number: [round, …, round + 4], [round + 5, …, round + 9], [round + 10, …, round + 14]. All of them are added up.
fn sum_with_locals(rounds: u64) -> u64 {
    let mut sum = 0;
    for round in 0..rounds {
        let first: [u64; 5] = [round, round + 1, round + 2, round + 3, round + 4];
        let second: [u64; 5] = [round + 5, round + 6, round + 7, round + 8, round + 9];
        let third: [u64; 5] = [round + 10, round + 11, round + 12, round + 13, round + 14];
        sum += total(&first) + total(&second) + total(&third);
    }
    sum
}

fn sum_with_lists(rounds: u64) -> u64 {
    let mut sum = 0;
    // made once, that is much faster than in every round!
    let mut first: Vec<u64> = Vec::with_capacity(5);
    let mut second: Vec<u64> = Vec::with_capacity(5);
    let mut third: Vec<u64> = Vec::with_capacity(5);
    for round in 0..rounds {
        first.clear();
        second.clear();
        third.clear();
        for i in 0..5 {
            first.push(round + i);
            second.push(round + 5 + i);
            third.push(round + 10 + i);
        }
        sum += total(&first) + total(&second) + total(&third);
    }
    sum
}

fn main() {
    let rounds = std::env::args()
        .nth(1)
        .and_then(|text| text.parse().ok())
        .unwrap_or(1_000_000);

    println!("stack: start");
    let start = std::time::Instant::now();
    let sum = sum_with_locals(rounds);
    let stack = start.elapsed();
    println!("stack: end, sum {sum}");
    println!("heap: start");
    let start = std::time::Instant::now();
    let sum = sum_with_lists(rounds);
    let heap = start.elapsed();
    println!("heap: end, sum {sum}");
    println!("ratio: {:.2}", heap.as_secs_f64() / stack.as_secs_f64());
}
