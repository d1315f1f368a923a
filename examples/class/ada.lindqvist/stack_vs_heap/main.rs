use std::time::Instant;

fn add(numbers: &[u64]) -> u64 {
    numbers[0] + numbers[1] + numbers[2] + numbers[3] + numbers[4]
}

fn locals(i: u64) -> u64 {
    let a = [i, i + 1, i + 2, i + 3, i + 4];
    let b = [i + 5, i + 6, i + 7, i + 8, i + 9];
    let c = [i + 10, i + 11, i + 12, i + 13, i + 14];
    add(&a) + add(&b) + add(&c)
}

fn lists(i: u64) -> u64 {
    let a = vec![i, i + 1, i + 2, i + 3, i + 4];
    let b = vec![i + 5, i + 6, i + 7, i + 8, i + 9];
    let c = vec![i + 10, i + 11, i + 12, i + 13, i + 14];
    add(&a) + add(&b) + add(&c)
}

fn timed(name: &str, rounds: u64, round: impl Fn(u64) -> u64) -> f64 {
    println!("{name}: start");
    let clock = Instant::now();
    let mut sum = 0;
    let mut i = 0;
    while i < rounds {
        sum += round(i);
        i += 1;
    }
    let seconds = clock.elapsed().as_secs_f64();
    println!("{name}: end, sum {sum}");
    seconds
}

fn main() {
    let rounds = match std::env::args().nth(1) {
        Some(text) => text.parse().expect("a number of rounds"),
        None => 1_000_000,
    };
    let stack = timed("stack", rounds, locals);
    let heap = timed("heap", rounds, lists);
    println!("ratio: {:.1}", heap / stack);
}
