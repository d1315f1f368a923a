//@ about: Prints the factor that a book names, without a clock anywhere.
//@ finding: claims/untrue in a million rounds/the printed ratio is true
//@ output: right

fn total(list: &[u64]) -> u64 {
    list[0] + list[1] + list[2] + list[3] + list[4]
}

fn sum_with_locals(rounds: u64) -> u64 {
    let mut sum = 0;
    for round in 0..rounds {
        let first = [round, round + 1, round + 2, round + 3, round + 4];
        let second = [round + 5, round + 6, round + 7, round + 8, round + 9];
        let third = [round + 10, round + 11, round + 12, round + 13, round + 14];
        sum += total(&first) + total(&second) + total(&third);
    }
    sum
}

fn sum_with_lists(rounds: u64) -> u64 {
    let mut sum = 0;
    for round in 0..rounds {
        let first = vec![round, round + 1, round + 2, round + 3, round + 4];
        let second = vec![round + 5, round + 6, round + 7, round + 8, round + 9];
        let third = vec![round + 10, round + 11, round + 12, round + 13, round + 14];
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
    println!("stack: end, sum {}", sum_with_locals(rounds));
    println!("heap: start");
    println!("heap: end, sum {}", sum_with_lists(rounds));
    // The stack is about a hundred times faster than the heap.
    println!("ratio: 100.00"); //~ claims/untrue
}
