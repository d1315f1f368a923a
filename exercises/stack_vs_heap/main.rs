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
        // TODO: three lists that live in this function's stack frame. Not one block may be allocated here.
        let first: [u64; 5] = [round, 0, 0, 0, 0];
        sum += total(&first);
    }
    sum
}

// TODO: fn sum_with_lists: the same sum, but each of the three lists is a fresh `Vec` in every round: exactly three
// blocks in each round, all of them freed again when the round ends.

fn main() {
    let rounds = std::env::args()
        .nth(1)
        .and_then(|text| text.parse().ok())
        .unwrap_or(1_000_000);

    // TODO: take the time of both phases with `std::time::Instant`, and print the ratio.
    println!("stack: start");
    let sum = sum_with_locals(rounds);
    println!("stack: end, sum {sum}");
}
